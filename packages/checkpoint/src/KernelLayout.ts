/**
 * Kernels in the order of PyTorch's dimensions, output channels first, turned into the order of tf.js and Keras, output
 * channels last:
 *
 * | Rank | PyTorch                               | Here                                  |
 * | ---- | ------------------------------------- | ------------------------------------- |
 * | 2    | [out, in]                             | [in, out]                             |
 * | 3    | [out, in, width]                      | [width, in, out]                      |
 * | 4    | [out, in, height, width]              | [height, width, in, out]              |
 * | 5    | [out, in, depth, height, width]       | [depth, height, width, in, out]       |
 *
 * PyTorch's transposed convolutions have [in, out, …] and tf.js' […, out, in], so the same turn fits them. Grouped and depthwise
 * kernels have in / groups for in, on both sides.
 */
import { sizeOf } from "@etude/core/Tensors"
import type { TensorData } from "@etude/core/TrainState"

/** Where each dimension of the result comes from; `undefined` for ranks that no kernel has. */
const orderOf = (rank: number): ReadonlyArray<number> | undefined =>
  rank < 2 || rank > 5 ? undefined : [...Array.from({ length: rank - 2 }, (_, index) => index + 2), 1, 0]

/** Values with their dimensions in another order: dimension i of the result is dimension `order[i]`. */
const permute = <Values extends TensorData["values"]>(
  values: Values,
  shape: ReadonlyArray<number>,
  order: ReadonlyArray<number>
): Values => {
  const result = values.slice() as Values
  const strides = order.map((dimension) => sizeOf(shape.slice(dimension + 1)))
  const sizes = order.map((dimension) => shape[dimension] ?? 0)
  const index = sizes.map(() => 0)
  let source = 0
  for (let target = 0; target < result.length; target++) {
    result[target] = values[source] ?? 0
    for (let dimension = sizes.length - 1; dimension >= 0; dimension--) {
      const [size = 0, stride = 0, next = 0] = [sizes[dimension], strides[dimension], (index[dimension] ?? 0) + 1]
      source += stride
      index[dimension] = next
      if (next < size) break
      source -= size * stride
      index[dimension] = 0
    }
  }
  return result
}

/** A kernel of PyTorch as tf.js has it; tensors of other ranks stay as they are. */
export const fromPyTorch = (kernel: TensorData): TensorData => {
  const order = orderOf(kernel.shape.length)
  if (order === undefined) return kernel
  const shape = order.map((dimension) => kernel.shape[dimension] ?? 0)
  return { ...kernel, shape, values: permute(kernel.values, kernel.shape, order) } as TensorData
}
