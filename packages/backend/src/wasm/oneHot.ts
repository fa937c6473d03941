/** One-hot tensors of any dtype: tfjs-backend-wasm's own writes integers, which are no numbers in a float32 tensor. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm"
import type * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"

interface Inputs {
  readonly indices: tf.Tensor
}

/** `onValue` at each index, `offValue` elsewhere, and everywhere for an index out of range. */
export const oneHot = kernel<Inputs, tf.OneHotAttrs, BackendWasm>("OneHot", ({ inputs, attributes, engine }) => {
  const { indices } = inputs
  const { depth, onValue, offValue, dtype } = attributes
  const output = engine.makeOutput([...indices.shape, depth], dtype)
  const values = engine.typedArrayFromHeap(output).fill(offValue)
  const labels = engine.typedArrayFromHeap(indices)
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index]!
    if (label >= 0 && label < depth) values[index * depth + label] = onValue
  }
  return output
})
