/** Gathering with batch dimensions, which tfjs-backend-wasm has wrong. */
import { element as elementOf } from "@etude/core/Lookup"
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm"
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"

interface GatherInputs {
  readonly x: tf.Tensor
  readonly indices: tf.Tensor
}
interface GatherAttributes {
  readonly axis: number
  readonly batchDims: number
}

/** out[b, o, i, s] = x[b, o, indices[b, i], s]. With batches, the backend's own reads outside of its memory. */
export const gather = kernel<GatherInputs, GatherAttributes, BackendWasm>(
  "GatherV2",
  ({ inputs, attributes, engine, replaced }) => {
    const { x, indices } = inputs
    if (attributes.batchDims === 0) return replaced(inputs, attributes)
    const axis = elementOf(tf.util.parseAxisParam(attributes.axis, x.shape), 0)
    const sizes = tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, attributes.batchDims)
    const { batchSize, outerSize, dimSize, sliceSize } = sizes
    const output = engine.makeOutput(sizes.outputShape, x.dtype)
    const [values, places] = [engine.typedArrayFromHeap(x), engine.typedArrayFromHeap(indices)]
    const gathered = engine.typedArrayFromHeap(output)
    const each = indices.size / batchSize
    let to = 0
    for (let batch = 0; batch < batchSize; batch++) {
      for (let outer = 0; outer < outerSize; outer++) {
        for (let index = batch * each; index < (batch + 1) * each; index++) {
          const place = places[index]!
          if (place < 0 || place >= dimSize) {
            throw new Error(`GatherV2: the index value ${place} is not in [0, ${dimSize - 1}]`)
          }
          const from = ((batch * outerSize + outer) * dimSize + place) * sliceSize
          for (let element = 0; element < sliceSize; element++) gathered[to++] = values[from + element]!
        }
      }
    }
    return output
  }
)
