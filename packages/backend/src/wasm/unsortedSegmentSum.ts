/** Sums of rows by segment, which tfjs-backend-wasm does not have: the gradient of `gather`, hence of embeddings. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm"
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"

interface Inputs {
  readonly x: tf.Tensor
  readonly segmentIds: tf.Tensor
}

/** out[k, …] = Σ x[i, …] over the rows i with segmentIds[i] = k; rows of a segment outside 0 … numSegments − 1 are left out. Added up in float64. */
export const unsortedSegmentSum = kernel<Inputs, tf.UnsortedSegmentSumAttrs, BackendWasm>(
  "UnsortedSegmentSum",
  ({ inputs, attributes: { numSegments }, engine }) => {
    const rowShape = inputs.x.shape.slice(1)
    const output = engine.makeOutput([numSegments, ...rowShape], inputs.x.dtype)
    const sums = new Float64Array(tf.util.sizeFromShape(output.shape))
    // Views are taken after the last allocation: growing the memory detaches older ones.
    const x = engine.typedArrayFromHeap(inputs.x)
    const segments = engine.typedArrayFromHeap(inputs.segmentIds)
    const size = tf.util.sizeFromShape(rowShape)
    for (let row = 0; row < segments.length; row++) {
      const segment = segments[row]!
      if (segment < 0 || segment >= numSegments) continue
      for (let index = 0; index < size; index++) sums[segment * size + index]! += x[row * size + index]!
    }
    engine.typedArrayFromHeap(output).set(sums)
    return output
  }
)
