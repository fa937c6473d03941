/**
 * How large the tiles are that stay in registers. Each step of the inner sum loads a tile's rows (splatted) and its vectors,
 * and multiplies each with each; the shape whose tiles take the fewest cycles for the whole product is chosen. No bit depends
 * on it.
 */
import type { Target } from "../../code/Code.ts"
import { balanced, runs, type Split } from "./Split.ts"

export interface Blocking {
  /** Of the last rows dimension. */
  readonly rows: Split
  /** Of the one before, where the last is so short that whole ones are taken together; else of blocks of 1. */
  readonly outerRows: Split
  /** Of the vectors that cover the last columns dimension. */
  readonly vectors: Split
}

/** Cycles of a tile for one step of the inner sum: two multiply-adds or two loads at a time, each of a latency of four. */
const cycles = (rows: number, vectors: number): number =>
  Math.max((rows * vectors) / 2, (rows + vectors) / 2, 4) + overhead

/** The overhead of a step, and the cost of the code of each further kind of tile, which must be compiled and fetched. */
const overhead = 0.4
const kind = 0.01

/** Each block length, with the number of blocks. */
const lengths = (split: Split) => runs(split).map(({ from, to, size }) => ({ size, times: to - from }))

const cost = ({ rows, outerRows, vectors }: Blocking): number => {
  let [sum, kinds] = [0, 0]
  for (const row of lengths(rows)) {
    for (const outer of lengths(outerRows)) {
      for (const vector of lengths(vectors)) {
        sum += row.times * outer.times * vector.times * cycles(row.size * outer.size, vector.size)
        kinds++
      }
    }
  }
  return sum * (1 + kind * kinds)
}

/**
 * Accumulators, the step's vectors and one splatted number fit into the registers, one of which compilers keep. Where a row
 * has the numbers of the one before a step later, C's compilers keep these as well.
 */
const limit = (registers: number, vectors: number, overlapping: boolean): number =>
  Math.max(1, Math.floor((registers - 2 - vectors) / (overlapping ? vectors + 1 : vectors)))

export interface Extents {
  /** The sizes of the last row dimension and of the one before; 1 if there is none. */
  readonly rows: number
  readonly outerRows: number
  /** The size of the last column dimension. */
  readonly columns: number
  /** Whether the left operand moves along rows as it does along the inner dimension. */
  readonly overlapping: boolean
}

const candidates = (extents: Extents, rows: number, vectors: number, lanes: number): Blocking => ({
  rows: balanced(extents.rows, rows),
  outerRows: balanced(extents.outerRows, Math.max(1, Math.floor(rows / extents.rows))),
  vectors: balanced(Math.ceil(extents.columns / lanes), vectors)
})

/** The cheapest blocking. All sizes are at least 1. */
export const choose = (extents: Extents, { lanes, registers }: Target): Blocking => {
  const all: Array<Blocking> = []
  const isWebAssembly = lanes <= 4 && registers <= 16
  for (let vectors = 1; vectors <= 4; vectors++) {
    for (let rows = limit(registers, vectors, extents.overlapping && !isWebAssembly); rows >= 1; rows--)
      all.push(candidates(extents, rows, vectors, lanes))
  }
  return all.reduce((best, one) => (cost(one) < cost(best) ? one : best))
}
