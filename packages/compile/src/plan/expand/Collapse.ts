/** Fewer and longer dimensions: those of size 1 go, and neighbours that every operand walks through in one stride become one. */
import type { Contraction, Dimension } from "./Contraction.ts"

const follows = (outer: Dimension, inner: Dimension): boolean =>
  outer.named === undefined &&
  inner.named === undefined &&
  outer.left === inner.left * inner.size &&
  outer.right === inner.right * inner.size &&
  outer.outer.every((stride, i) => stride === (inner.outer[i] ?? 0) * inner.size)

const merged = (dimensions: ReadonlyArray<Dimension>): ReadonlyArray<Dimension> => {
  const result: Array<Dimension> = []
  for (const dimension of dimensions) {
    if (dimension.size === 1) continue
    const last = result.at(-1)
    if (last !== undefined && follows(last, dimension)) {
      result[result.length - 1] = { ...dimension, size: last.size * dimension.size }
    } else result.push(dimension)
  }
  return result
}

/** All groups, or all but the inner dimensions. */
export const collapse = (contraction: Contraction, inner = true): Contraction => ({
  ...contraction,
  batch: merged(contraction.batch),
  rows: merged(contraction.rows),
  columns: merged(contraction.columns),
  inner: inner ? merged(contraction.inner) : contraction.inner
})
