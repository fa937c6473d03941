/**
 * Says what is wrong with a placed plan, whatever its nodes compute: nodes of one phase that touch what another of them writes,
 * and reads of memory that holds something else, or nothing yet. A plan without problems gives the same on any number of threads.
 */
import { element } from "@etude/core/Lookup"
import { zip } from "../Lists.ts"
import * as PlanCheck from "../plan/Check.ts"
import type { Plan } from "../plan/Plan.ts"
import * as Memory from "./Memory.ts"
import type { Placed } from "./Place.ts"
import * as Touches from "./Touches.ts"

type Touch = Touches.Touch

const overlap = (one: { readonly from: number; readonly to: number }, other: typeof one): boolean =>
  one.from < other.to && other.from < one.to

const describe = (plan: Plan, { node, buffer, isWrite }: Touch): string =>
  `node ${node} (${plan.nodes[node]?._tag}) ${isWrite ? "writes" : "reads"} buffer ${buffer}`

/** Finds conflicting accesses of one phase in one space: at least one is a write, by two nodes or to two buffers. */
const conflicts = (plan: Plan, touches: ReadonlyArray<Touch>): ReadonlyArray<string> => {
  const found: Array<string> = []
  let open: ReadonlyArray<Touch> = []
  for (const touch of [...touches].sort((a, b) => a.from - b.from)) {
    open = open.filter(({ to }) => to > touch.from)
    for (const other of open) {
      const isShared = (touch.isWrite || other.isWrite) && overlap(touch, other)
      if (!isShared || (touch.node === other.node && touch.buffer === other.buffer)) continue
      found.push(`in phase ${touch.phase} ${describe(plan, other)} while ${describe(plan, touch)} in the same memory`)
    }
    open = [...open, touch]
  }
  return found
}

/** The memory of each space. */
type Memories = (space: string) => Memory.Memory

const memoriesOf = (): Memories => {
  const all = new Map<string, Memory.Memory>()
  return (space) => {
    const known = all.get(space) ?? Memory.make()
    all.set(space, known)
    return known
  }
}

/** The ranges that are initialized before the first phase: constants, in the arena, and inputs. */
const atFirst = ({ buffers }: Plan, { placements }: Placed): Memories => {
  const memories = memoriesOf()
  for (const { id, place, size, type } of buffers) {
    if (place._tag !== "Constant" && place._tag !== "Input") continue
    const placement = element(placements, id)
    const [space, from] = placement._tag === "Fixed" ? ["arena", placement.address] : [`entry ${placement.entry}`, 0]
    memories(space).write({ from, to: from + size * (type === "u8" ? 1 : 4), buffer: id })
  }
  return memories
}

/** No fixed address outside of the plan's own block is accessed. */
const strays = (plan: Plan, { block, size }: Placed, touches: ReadonlyArray<Touch>): ReadonlyArray<string> =>
  touches.flatMap((touch) => {
    const { space, from, to } = touch
    return space !== "arena" || (from >= block && to <= block + size)
      ? []
      : [`${describe(plan, touch)} outside of the plan's memory`]
  })

/** Outputs with elements that are never written. */
const unfilled = ({ buffers, outputs }: Plan, { outputs: places }: Placed, memories: Memories): ReadonlyArray<string> =>
  zip(outputs, places).flatMap(([{ buffer }, place], at) => {
    const { size, type } = element(buffers, buffer)
    if (place._tag !== "Entry") return []
    const whole = { from: 0, to: size * (type === "u8" ? 1 : 4), buffer }
    return memories(`entry ${place.entry}`).holds(whole) ? [] : [`output ${at} is not written wholly`]
  })

/** The problems, one line each; none for a sound plan. */
export const problems = (plan: Plan, placed: Placed): ReadonlyArray<string> => {
  const touches = Touches.of(plan, placed)
  const found = [...strays(plan, placed, touches)]
  const memories = atFirst(plan, placed)
  const phases = Map.groupBy(touches, ({ phase }) => phase)
  for (const [phase, all] of [...phases].sort(([a], [b]) => a - b)) {
    for (const [space, own] of Map.groupBy(all, (touch) => touch.space)) {
      found.push(...conflicts(plan, own))
      const memory = memories(space)
      for (const touch of own) {
        if (touch.isWrite || memory.holds(touch)) continue
        found.push(`in phase ${phase} ${describe(plan, touch)} where its values are not, or not yet`)
      }
      for (const touch of own) if (touch.isWrite) memory.write(touch)
    }
  }
  return [...found, ...unfilled(plan, placed, memories)]
}

/**
 * Throws where code of the plan might touch memory that it must not. Comparing results can't replace it: what overlaps may give
 * the right ones now, and others with more threads. It takes a few milliseconds at most.
 */
export const insist = (plan: Plan, placed: Placed): void => {
  const [problem] = [...PlanCheck.problems(plan), ...problems(plan, placed)]
  if (problem !== undefined) throw new Error(`its plan is not sound: ${problem}`)
}
