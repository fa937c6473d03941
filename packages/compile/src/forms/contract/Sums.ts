/**
 * The sums of one tile: all accumulators are locals, and each step of the inner loops loads the step's vectors of the right
 * operand, splats one number of the left operand for each row, and multiplies and adds each with each. Accumulators begin with
 * 0 and add in ascending order of the inner indices.
 */
import * as Build from "../../code/Build.ts"
import type { Expression, Statement } from "../../code/Code.ts"
import type { Dimension } from "../../plan/expand/Contraction.ts"
import { bytes } from "./Operands.ts"
import type { Registers } from "./Registers.ts"

export interface Tile {
  /** Where each row begins in the left operand, in bytes from the tile's beginning. */
  readonly rows: ReadonlyArray<number>
  readonly vectors: number
  readonly inner: ReadonlyArray<Dimension>
  readonly registers: Registers
}

/** Bytes from where the operands' locals point to. */
interface Offsets {
  readonly left: number
  readonly right: number
}

const none: Offsets = { left: 0, right: 0 }

const plus = (at: Offsets, { left, right }: Dimension, times: number): Offsets => ({
  left: at.left + left * bytes * times,
  right: at.right + right * bytes * times
})

/** The lowest offsets that a turn of the innermost loop reads at: the operands' locals point there, so that offsets are positive. */
const lowest = (tile: Tile): Offsets => {
  const last = tile.inner.at(-1)
  const reach = last === undefined ? none : plus(none, last, turnOf(tile, last.size) - 1)
  return { left: Math.min(0, reach.left) + Math.min(0, ...tile.rows), right: Math.min(0, reach.right) }
}

/** One step of the sums, for the products at these offsets. */
const step = (tile: Tile, at: Offsets): ReadonlyArray<Statement> => {
  const { rows, vectors, registers } = tile
  const { lanes, splat, accumulator, vector } = registers
  const statements: Array<Statement> = []
  const low = lowest(tile)
  for (let v = 0; v < vectors; v++) {
    const offset = at.right - low.right + v * lanes * bytes
    statements.push(Build.set(vector(v), Build.load("f32", lanes, Build.get(registers.right), offset)))
  }
  for (const [r, row] of rows.entries()) {
    const one = Build.load("f32", 1, Build.get(registers.left), at.left - low.left + row)
    statements.push(Build.set(splat, Build.splat(one, lanes)))
    for (let v = 0; v < vectors; v++) {
      const sum = accumulator(r * vectors + v)
      statements.push(Build.set(sum, Build.fma(Build.get(splat), Build.get(vector(v)), Build.get(sum))))
    }
  }
  return statements
}

/** Statements, and how far the operands' locals are behind them from where they were before. */
interface Piece {
  readonly statements: ReadonlyArray<Statement>
  readonly advanced: Offsets
}

const advance = ({ registers }: Tile, { left, right }: Offsets): ReadonlyArray<Statement> => {
  const by = (local: typeof registers.left, distance: number) =>
    distance === 0 ? [] : [Build.set(local, Build.add(Build.get(local), Build.index(distance)))]
  return [...by(registers.left, left), ...by(registers.right, right)]
}

/** The approximate number of multiply-adds that are unrolled. */
const unrolled = 48

/** The number of steps per iteration of the innermost loop: a divisor of `length` if there is a suitable one. */
const turnOf = ({ rows, vectors }: Tile, length: number): number => {
  const most = Math.min(8, Math.max(2, Math.round(unrolled / (rows.length * vectors))))
  if (length <= most + 1) return length
  for (let turn = most; turn > 1; turn--) if (length % turn === 0) return turn
  return most
}

/** The steps along the last inner dimension: a loop, then the remainder. */
const innermost = (tile: Tile, dimension: Dimension, depth: number): Piece => {
  const { size } = dimension
  const turn = turnOf(tile, size)
  const turns = Math.floor(size / turn)
  const steps = (many: number) => Array.from({ length: many }, (_, i) => step(tile, plus(none, dimension, i))).flat()
  if (turns === 1 && size === turn) return { statements: steps(size), advanced: none }
  const advanced = plus(none, dimension, turn)
  const counter = tile.registers.counter(depth)
  const body = [...steps(turn), ...advance(tile, advanced)]
  const loop = Build.loop(counter, Build.index(0), Build.index(turns), 1, body)
  return { statements: [loop, ...steps(size - turns * turn)], advanced: plus(none, dimension, turns * turn) }
}

const nested = (tile: Tile, depth: number): Piece => {
  const dimension = tile.inner[depth]
  if (dimension === undefined) return { statements: step(tile, none), advanced: none }
  if (depth === tile.inner.length - 1) return innermost(tile, dimension, depth)
  const { statements, advanced } = nested(tile, depth + 1)
  const once = plus(none, dimension, 1)
  const back = { left: once.left - advanced.left, right: once.right - advanced.right }
  const body = [...statements, ...advance(tile, back)]
  const loop = Build.loop(tile.registers.counter(depth), Build.index(0), Build.index(dimension.size), 1, body)
  return { statements: [loop], advanced: plus(none, dimension, dimension.size) }
}

/** All sums of the tile whose operands begin at these addresses, from 0. */
export const sums = (tile: Tile, left: Expression, right: Expression): ReadonlyArray<Statement> => {
  const { rows, vectors, registers, inner } = tile
  const zeros = Array.from({ length: rows.length * vectors }, (_, i) =>
    Build.set(registers.accumulator(i), Build.f32(0, registers.lanes))
  )
  if (inner.some(({ size }) => size === 0)) return zeros
  const { left: l, right: r } = lowest(tile)
  const starts = [
    Build.set(registers.left, Build.add(left, Build.index(l))),
    Build.set(registers.right, Build.add(right, Build.index(r)))
  ]
  return [...starts, ...zeros, ...nested(tile, 0).statements]
}
