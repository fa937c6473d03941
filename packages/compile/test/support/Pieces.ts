/**
 * A plan's code in pieces: the tasks of a phase are cut anywhere, and what comes of it is done in any order, as threads do it,
 * on memory that remembers who touched what. A sound program has no faults and gives the bits that the plan means.
 */
import type { Target, Task } from "../../src/code/Code.ts"
import type { Values } from "../../src/plan/Evaluate.ts"
import type { RunForeign } from "../../src/plan/Interpret.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import * as Schedule from "../../src/schedule/Schedule.ts"
import * as Touches from "../../src/schedule/Touches.ts"
import * as CodeInterpreter from "./CodeInterpreter.ts"
import type { Draw } from "./Drawn.ts"
import * as Planned from "./Planned.ts"
import * as Shadow from "./Shadow.ts"
import * as Wanted from "./Wanted.ts"

interface Piece {
  readonly task: Task
  readonly name: string
  readonly rights: Shadow.Rights
  readonly run: CodeInterpreter.Run
  readonly first: number
  readonly last: number
}

const bytesOf = ({ buffers }: Plan, buffer: number): number =>
  buffers[buffer]!.size * (buffers[buffer]!.type === "u8" ? 1 : 4)

const wholeOf = (plan: Plan, { addressOf }: Planned.Laid, buffer: number): Shadow.Stretch => {
  const from = addressOf(buffer)
  return { from, to: from + bytesOf(plan, buffer) }
}

/** What each node may touch in each phase, and the table. */
const rightsOf = (plan: Plan, laid: Planned.Laid) => {
  const { placed, addressOf } = laid
  const table = { from: placed.table, to: placed.table + 4 * placed.entries }
  const touches = Touches.of(plan, placed).map((touch) => {
    const start = touch.space === "arena" ? 0 : addressOf(touch.buffer)
    return { ...touch, from: start + touch.from, to: start + touch.to }
  })
  return (node: number, phase: number): Shadow.Rights => {
    const own = touches.filter((touch) => touch.node === node && touch.phase === phase)
    const writes = own.filter(({ isWrite }) => isWrite)
    // A scatter reads what it adds to, a loop what it wrote before.
    const again = ["Scatter", "Loop"].includes(plan.nodes[node]!._tag) ? writes : []
    return { reads: [table, ...own.filter(({ isWrite }) => !isWrite), ...again], writes }
  }
}

/** Cuts from 0 to `units`: into single units, or anywhere. */
const cuts = (units: number, { below }: Draw): ReadonlyArray<readonly [number, number]> => {
  const most = below(2) === 0 ? 1 : Math.max(1, Math.ceil(units / (1 + below(4))))
  const pieces: Array<readonly [number, number]> = []
  for (let at = 0; at < units; ) {
    const to = Math.min(units, at + 1 + below(most))
    pieces.push([at, to])
    at = to
  }
  return pieces
}

const shuffled = <A>(all: ReadonlyArray<A>, { below }: Draw): ReadonlyArray<A> => {
  const order = [...all]
  for (let at = order.length - 1; at > 0; at--) {
    const to = below(at + 1)
    ;[order[at], order[to]] = [order[to]!, order[at]!]
  }
  return order
}

export interface Options {
  readonly target: Target
  readonly draw: Draw
  readonly foreign?: RunForeign
}

export interface Result {
  readonly faults: ReadonlyArray<string>
  readonly outputs: ReadonlyArray<Values>
}

const roomFor = (plan: Plan): number => {
  const bytes = plan.buffers.reduce((sum, { id, place }) => {
    const constant = place._tag === "Constant" ? place.bytes.length : 0
    return sum + bytesOf(plan, id) + constant + 512
  }, 0)
  return Math.ceil(bytes / 65_536) + 1
}

/** Runs a plan's code in drawn pieces; temporaries are full of NaN at first. */
export const run = (
  plan: Plan,
  inputs: ReadonlyArray<Values>,
  { target, draw, foreign = Planned.noForeign }: Options
): Result => {
  const laid = Planned.lay(plan, inputs, CodeInterpreter.arena(roomFor(plan)), { fill: 0xff })
  const { placed } = laid
  const shadow = Shadow.make(laid.memory)
  shadow.fill({ from: placed.table, to: placed.table + 4 * placed.entries })
  for (const { id, place } of plan.buffers) {
    if (place._tag === "Input" || place._tag === "Constant") shadow.fill(wholeOf(plan, laid, id))
  }
  const rights = rightsOf(plan, laid)
  for (const [phase, tasks] of Schedule.phasesOf(plan, placed, target).entries()) {
    const pieces = tasks.flatMap(({ node, task }): ReadonlyArray<Piece> => {
      const own = rights(node, phase)
      const run = CodeInterpreter.compiled(task, placed, shadow.memory, Wanted.of(task))
      return cuts(task.units, draw).map(([first, last]) => ({
        task,
        name: `${task.name} of node ${node}, units ${first} to ${last} of ${task.units}, in phase ${phase},`,
        rights: own,
        run,
        first,
        last
      }))
    })
    shadow.beginPhase()
    for (const piece of shuffled(pieces, draw)) {
      shadow.beginPiece(piece.name, piece.rights)
      piece.run(piece.first, piece.last)
    }
    for (const [at, node] of plan.nodes.entries()) {
      if (node._tag !== "Foreign" || placed.phases[at] !== phase) continue
      Planned.runForeign(node, laid, foreign)
      for (const { buffer } of node.outputs) shadow.fill(wholeOf(plan, laid, buffer))
    }
  }
  const unfilled = plan.outputs.flatMap(({ buffer }, at) =>
    shadow.isFilled(wholeOf(plan, laid, buffer)) ? [] : [`output ${at} is not written wholly`]
  )
  return { faults: [...shadow.faults, ...unfilled], outputs: laid.outputs() }
}

/** The first thing that is wrong when a plan runs in drawn pieces, the outputs' bits too; `undefined` where nothing is. */
export const wrong = (
  plan: Plan,
  inputs: ReadonlyArray<Values>,
  expected: ReadonlyArray<Values>,
  options: Options
): string | undefined => {
  const { faults, outputs } = run(plan, inputs, options)
  if (faults.length > 0) return faults.join("\n")
  for (const [at, values] of outputs.entries()) {
    const [one, other] = [Planned.bitsOf(values), Planned.bitsOf(expected[at]!)]
    const where = one.findIndex((bits, place) => bits !== other[place])
    if (where >= 0) return `output ${at}, element ${where}: ${values[where]} instead of ${expected[at]![where]}`
  }
  return undefined
}
