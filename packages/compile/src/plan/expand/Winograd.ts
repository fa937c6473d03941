/**
 * Convolutions with filters of 3×3, and the gradients of such filters, with 16 products for what takes 36 otherwise: Winograd's
 * F(2×2, 3×3) and F(3×3, 2×2). Tiles of 4×4 of the image and the filter are transformed by additions, multiplied place by place
 * (a contraction over channels for each of 16 places), and the results are transformed back. Sums are rounded otherwise than in
 * the plain convolution, with errors of the same order.
 */

import type { Contract } from "../Plan.ts"
import { sizeOf } from "../Shapes.ts"
import { forward } from "./winograd/Convolution.ts"
import { byFilter } from "./winograd/FilterGradient.ts"
import type { Expanded } from "./winograd/Tiles.ts"

/** The number of channels on either side from which transforming is cheaper than multiplying. */
const fewest = 12
/** Multiply-adds of the plain convolution from which on it is worth three passes. */
const worthwhile = 1 << 20

/** Whether two dimensions of 3 move along the images as two others, of even size, do. */
const slides = (
  positions: ReadonlyArray<number>,
  strides: ReadonlyArray<number>,
  lines: ReadonlyArray<number>,
  others: ReadonlyArray<number>
): boolean => [0, 1].every((axis) => positions[axis] === 3 && lines[axis]! % 2 === 0 && strides[axis] === others[axis])

/** The nodes that do the same for a convolution or a filter's gradient; `undefined` for others. `id` is the next free buffer. */
export const expand = (node: Contract, id: number): Expanded | undefined => {
  const { batch, rows, columns, inner, left } = node
  if (batch.length > 0 || rows.length !== 3 || inner.length !== 3 || columns.length !== 1 || node.parts > 1)
    return undefined
  if (sizeOf([...rows, ...inner, ...columns]) < worthwhile || columns[0]! < fewest) return undefined
  const [first, second] = [left.strides.slice(0, 3), left.strides.slice(3)]
  if (inner[2]! >= fewest && slides(inner, second, rows.slice(1), first.slice(1))) return forward(node, id)
  if (rows[2]! >= fewest && slides(rows, first, inner.slice(1), second.slice(1))) return byFilter(node, id)
  return undefined
}
