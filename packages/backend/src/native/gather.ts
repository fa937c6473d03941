/**
 * Gathering without looking at the indices: tfjs-node's kernel reads them back from the library at every call, to name one
 * that is out of range. TensorFlow checks them itself, and names it too.
 */

import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import { element } from "@etude/core/Lookup"
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

export const gather = kernel<GatherInputs, GatherAttributes, NativeBackend>(
  tf.GatherV2,
  ({ inputs: { x, indices }, attributes, engine }) => {
    const { batchDims } = attributes
    const axis = element(tf.util.parseAxisParam(attributes.axis, x.shape), 0)
    tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims)
    const { binding } = engine
    const type = (name: string, of: tf.Tensor) => ({
      name,
      type: binding.TF_ATTR_TYPE,
      value: engine.tensorMap.get(of.dataId).dtype
    })
    const axisTensor = tf.scalar(axis, "int32")
    try {
      return engine.executeSingleOutput(
        "GatherV2",
        [
          { name: "batch_dims", type: binding.TF_ATTR_INT, value: batchDims },
          type("Tparams", x),
          type("Tindices", indices),
          type("Taxis", axisTensor)
        ],
        [x, indices, axisTensor]
      )
    } finally {
      axisTensor.dispose()
    }
  }
)
