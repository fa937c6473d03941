/** Batched matrix products in which both sides are broadcast, or one along some of several axes: tfjs takes the wrong matrices. */
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"

interface Inputs {
  readonly a: tf.Tensor
  readonly b: tf.Tensor
}

/** Spells the broadcasting out; a wrapper, after the kernel that it wraps. */
export const broadcastMatMul = kernel<Inputs, tf.BatchMatMulAttrs>(
  "BatchMatMul",
  ({ inputs, attributes, replaced }) => {
    const [batchA, batchB] = [inputs.a.shape.slice(0, -2), inputs.b.shape.slice(0, -2)]
    const count = (batch: Array<number>) => tf.util.sizeFromShape(batch)
    if (tf.util.arraysEqual(batchA, batchB) || count(batchA) === 1 || count(batchB) === 1)
      return replaced(inputs, attributes)
    const batch = tf.backend_util.assertAndGetBroadcastShape(batchA, batchB)
    const spread = (x: tf.Tensor) => tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)])
    return tf.tidy(() => tf.matMul(spread(inputs.a), spread(inputs.b), attributes.transposeA, attributes.transposeB))
  }
)
