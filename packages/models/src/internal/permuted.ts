/** Arrays with their axes in another order. */
import { sizeOf } from "@etude/core/Tensors"
import type { TensorData } from "@etude/core/TrainState"

/** How far apart neighbours along each axis are. */
const stridesOf = (shape: ReadonlyArray<number>): ReadonlyArray<number> =>
  shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))

type Values = TensorData["values"]

/** An array of the same kind. */
const emptyLike = (values: Values, length: number): Values => {
  if (values instanceof Float32Array) return new Float32Array(length)
  return values instanceof Int32Array ? new Int32Array(length) : new Uint8Array(length)
}

/** The tensor with these axes, in this order. Axes that are left out must be of size 1. */
export const permuted = ({ values, shape, dtype }: TensorData, axes: ReadonlyArray<number>): TensorData => {
  const sides = axes.map((axis) => shape[axis] ?? 1)
  const strides = axes.map((axis) => stridesOf(shape)[axis] ?? 0)
  const result = emptyLike(values, values.length)
  const indices = sides.map(() => 0)
  let source = 0
  for (let index = 0; index < result.length; index++) {
    result[index] = values[source] ?? 0
    // The next index, as an odometer counts: the last axis is the fastest.
    for (let axis = sides.length - 1; axis >= 0; axis--) {
      const [next, stride, side] = [(indices[axis] ?? 0) + 1, strides[axis] ?? 0, sides[axis] ?? 1]
      source += stride
      indices[axis] = next
      if (next < side) break
      source -= stride * side
      indices[axis] = 0
    }
  }
  return { values: result, shape: sides, dtype }
}

/** So many parts of the last axis, of equal size. */
export const splitLast = ({ values, shape, dtype }: TensorData, count: number): ReadonlyArray<TensorData> => {
  const last = shape.at(-1) ?? 1
  const [side, rows] = [last / count, values.length / last]
  return Array.from({ length: count }, (_, part) => {
    const result = emptyLike(values, rows * side)
    for (let row = 0; row < rows; row++) {
      const start = row * last + part * side
      result.set(values.subarray(start, start + side), row * side)
    }
    return { values: result, shape: [...shape.slice(0, -1), side], dtype }
  })
}
