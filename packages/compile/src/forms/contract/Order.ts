/**
 * In which order tiles are visited. Blocks of rows walk past one panel of columns, or panels past one block of rows, so that
 * what is read again and again stays in a near cache. No bit depends on it.
 */
import type { Dimension } from "../../plan/expand/Contraction.ts"
import { bytes } from "./Operands.ts"

/** A loop by what it says about memory: how many turns it has, and how long each operand is that one turn reads. */
export interface Turns {
  readonly dimension: Dimension
  readonly times: number
}

/** Bytes between the first and the last element that these dimensions reach. */
const span = (dimensions: ReadonlyArray<Dimension>, stride: (dimension: Dimension) => number): number =>
  bytes * dimensions.reduce((sum, dimension) => sum + (dimension.size - 1) * Math.abs(stride(dimension)), 1)

/** The cost of a byte by its location: first-level cache, second-level cache, or beyond. */
const price = (size: number): number => (size <= 24 << 10 ? 0.05 : size <= 512 << 10 ? 1 : 4)

/** Bytes that are fetched together: cache lines, and those that the machine prefetches. */
const line = 512

export interface Product {
  /** Loops over rows, the outermost first. */
  readonly rows: ReadonlyArray<Turns>
  /** The number of column panels. */
  readonly panels: number
  readonly columns: ReadonlyArray<Dimension>
  readonly inner: ReadonlyArray<Dimension>
  /** The bytes that the writes read and store, and the number of contiguous bytes of a row in a tile. */
  readonly outputs: { readonly size: number; readonly together: number }
}

/** Around how many of the loops over rows, counted from the innermost, the loops over panels stand. */
export const panelsAround = ({ rows, panels, columns, inner, outputs }: Product): number => {
  const rightSize = span([...inner, ...columns], ({ right }) => right)
  const leftSize = span([...inner, ...rows.map(({ dimension }) => dimension)], ({ left }) => left)
  const cost = (around: number): number => {
    const outside = rows.slice(0, rows.length - around)
    const turns = outside.reduce((product, { times }) => product * times, 1)
    const near = span(
      [...inner, ...rows.slice(rows.length - around).map(({ dimension }) => dimension)],
      ({ left }) => left
    )
    const left = panels * leftSize * price(around === 0 ? 0 : near)
    const right = turns * rightSize * price(rightSize)
    // Going down a panel, lines of the cache are fetched for a part of each.
    const lines = around === 0 ? 1 : Math.max(1, line / outputs.together)
    return left + right + outputs.size * lines * price(outputs.size)
  }
  const choices = Array.from({ length: rows.length + 1 }, (_, around) => around)
  return choices.reduce((best, one) => (cost(one) < cost(best) ? one : best), choices[0] ?? 0)
}
