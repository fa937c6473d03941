/** The largest elements of each row, on the host. NaN is larger than any number, as in NumPy's order and PyTorch's. */
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"
import { holdsNaN } from "./scan.ts"

/** Whether `a` comes before `b`; equal ones stay in order. */
const before = (a: number, b: number): number => {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1
  if (Number.isNaN(b)) return 1
  return a > b ? -1 : a < b ? 1 : 0
}

/** Values and places of the `k` largest in the last axis, the largest first. */
export const topK = kernel<{ readonly x: tf.Tensor }, tf.TopKAttrs>("TopK", ({ inputs, attributes, replaced }) => {
  const { x } = inputs
  const { k } = attributes
  // The backends' own are faster, and right where there are numbers only.
  const isOfNumbers = x.dtype !== "float32" || !holdsNaN(x.dataSync<"float32">())
  if (x.size > 0 && isOfNumbers) return replaced(inputs, attributes)
  const side = sideOf(x.shape, -1)
  const rows = side === 0 ? tf.util.sizeFromShape(x.shape.slice(0, -1)) : x.size / side
  const values = x.dataSync()
  const chosen = x.dtype === "int32" ? new Int32Array(rows * k) : new Float32Array(rows * k)
  const places = new Int32Array(rows * k)
  for (let row = 0; row < rows; row++) {
    const order = Array.from({ length: side }, (_, place) => place)
    order.sort((a, b) => before(values[row * side + a]!, values[row * side + b]!))
    for (let rank = 0; rank < k; rank++) {
      places[row * k + rank] = order[rank]!
      chosen[row * k + rank] = values[row * side + order[rank]!]!
    }
  }
  const shape = [...x.shape.slice(0, -1), k]
  return [tf.tensor(chosen, shape, x.dtype as "float32"), tf.tensor(places, shape, "int32")]
})
