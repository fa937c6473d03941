/**
 * The loops around the tiles. The outermost ones are the task's units: units are counted through them, and only those that
 * belong to the task's range are entered.
 */
import * as Build from "../../code/Build.ts"
import type { Expression, Statement } from "../../code/Code.ts"
import type { Dimension } from "../../plan/expand/Contraction.ts"
import * as Operands from "./Operands.ts"
import type { Run } from "./Split.ts"

/** The aspect of a tile that a loop determines. */
export type Role = "outer" | "rows" | "outerRows" | "vectors"

export interface Loop {
  readonly dimension: Dimension
  readonly role: Role
  /** Blocks along the dimension, with their lengths. */
  readonly runs: ReadonlyArray<Blocks>
}

/** Blocks of one kind: `lanes` of the last vector are stored; a block's length is counted in `unit` elements. */
export interface Blocks extends Run {
  readonly unit: number
  readonly lanes?: number
}

export const times = ({ runs }: Loop): number => runs.reduce((sum, { from, to }) => sum + to - from, 0)

/** The blocks that the loops have chosen. */
export type Chosen = ReadonlyMap<Role, Blocks>

export interface Options {
  readonly loops: ReadonlyArray<Loop>
  /** The number of loops that are divided into units. */
  readonly counted: number
  readonly operands: ReadonlyArray<Operands.Operand>
  readonly locals: Build.Locals
  readonly first: Expression
  readonly last: Expression
  readonly tile: (place: Operands.Place, chosen: Chosen) => ReadonlyArray<Statement>
}

const lesser = (left: Expression, right: Expression) => Build.select(Build.compare("lt", left, right), left, right)
const greater = (left: Expression, right: Expression) => Build.select(Build.compare("gt", left, right), left, right)

/** The number of units per iteration of the loop at `depth`. */
const unitsOf = ({ loops, counted }: Options, depth: number): number =>
  loops.slice(depth + 1, counted).reduce((product, loop) => product * times(loop), 1)

/** A loop over blocks, all of them or those whose units are in range. `unit` is that of the loop's first turn. */
const around = (
  options: Options,
  depth: number,
  unit: Expression,
  { from, to }: Blocks,
  body: (counter: Expression, unit: Expression) => ReadonlyArray<Statement>
): ReadonlyArray<Statement> => {
  const { first, last, locals, counted, loops } = options
  const loop = loops[depth]
  const alone = loop !== undefined && times(loop) === 1
  if (to - from === 1 && (alone || depth >= counted)) return body(Build.index(from), unit)
  const counter = locals.fresh("index", 1, "i")
  const turn = Build.get(counter)
  if (depth >= counted) return [Build.loop(counter, Build.index(from), Build.index(to), 1, body(turn, unit))]
  const each = unitsOf(options, depth)
  if (each === 1) {
    const start = Build.sub(greater(first, Build.add(unit, Build.index(from))), unit)
    const end = Build.sub(lesser(last, Build.add(unit, Build.index(to))), unit)
    return [Build.loop(counter, start, end, 1, body(turn, Build.add(unit, turn)))]
  }
  const own = locals.fresh("index", 1, "unit")
  if (depth === 0 && loop?.runs.length === 1) {
    const start = Build.div(first, Build.index(each))
    const end = Build.div(Build.add(last, Build.index(each - 1)), Build.index(each))
    const now = Build.set(own, Build.mul(turn, Build.index(each)))
    return [Build.loop(counter, start, end, 1, [now, ...body(turn, Build.get(own))])]
  }
  const inRange = Build.and(
    Build.compare("lt", first, Build.add(Build.get(own), Build.index(each))),
    Build.compare("lt", Build.get(own), last)
  )
  return [
    Build.loop(counter, Build.index(from), Build.index(to), 1, [
      Build.set(own, Build.add(unit, Build.mul(turn, Build.index(each)))),
      Build.when(inRange, body(turn, Build.get(own)))
    ])
  ]
}

const descend = (
  options: Options,
  depth: number,
  unit: Expression,
  place: Operands.Place,
  chosen: Chosen
): ReadonlyArray<Statement> => {
  const { loops, operands, locals, tile } = options
  const loop = loops[depth]
  if (loop === undefined) return tile(place, chosen)
  return loop.runs.flatMap((run) =>
    around(options, depth, unit, run, (counter, own) => {
      const block = Build.add(Build.mul(counter, Build.index(run.size)), Build.index(run.origin))
      const by = Build.mul(block, Build.index(run.unit))
      const moved = Operands.moved(place, operands, loop.dimension, by, locals)
      return [
        ...moved.statements,
        ...descend(options, depth + 1, own, moved.place, new Map([...chosen, [loop.role, run]]))
      ]
    })
  )
}

/** All tiles whose units are from `first` to before `last`. */
export const tiles = (options: Options): ReadonlyArray<Statement> => {
  const start = Operands.start(options.operands, options.locals)
  const all = [...start.statements, ...descend(options, 0, Build.index(0), start.place, new Map())]
  return units(options.loops, options.counted) > 1
    ? all
    : [Build.when(Build.compare("lt", options.first, options.last), all)]
}

/** Units of all tiles together. */
export const units = (loops: ReadonlyArray<Loop>, counted: number): number =>
  loops.slice(0, counted).reduce((product, loop) => product * times(loop), 1)
