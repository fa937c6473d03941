/** Fewer and longer dimensions: those of size 1 go, and neighbours that every operand walks through in one stride become one. */
import type { Dimension, Nest } from "./Nest.ts"

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
export const collapse = (nest: Nest, inner = true): Nest => ({
  ...nest,
  batch: merged(nest.batch),
  rows: merged(nest.rows),
  columns: merged(nest.columns),
  inner: inner ? merged(nest.inner) : nest.inner
})
