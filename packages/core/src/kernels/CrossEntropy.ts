/**
 * Softmax cross-entropy with labels, in one kernel where the backend has it:
 * `SparseSoftmaxCrossEntropy(logits float32[n, classes], labels int32[n]) → values float32[n], gradients float32[n, classes]`.
 * A backend that registers it (TensorFlow has it as one operation) spares a dozen operations per step; others run a
 * composition of tfjs operations, with the same values up to rounding.
 */
import * as tf from "@tensorflow/tfjs-core"
import { element } from "../Lookup.ts"
import { sideOf } from "../Tensors.ts"

/** The name under which backends register the kernel. */
export const kernelName = "SparseSoftmaxCrossEntropy"

/** The kernel's inputs and attributes, for those who register it. */
export interface CrossEntropyInputs {
  readonly logits: tf.TensorInfo
  readonly labels: tf.TensorInfo
}
export interface CrossEntropyAttributes {
  /** α in [0, 1): a label's own class has the target 1 − α + α/classes, each other one α/classes. */
  readonly smoothing: number
}

const has = (name: string): boolean => tf.getKernel(name, tf.getBackend()) !== undefined

/** logits − logSumExp(logits), over the last dimension. Finite for logits of any finite size. */
export const logSoftmax = (logits: tf.Tensor): tf.Tensor => {
  if (has(tf.LogSoftmax)) return tf.engine().runKernel(tf.LogSoftmax, { logits }, { axis: logits.rank - 1 })
  const shifted = tf.sub(logits, tf.max(logits, -1, true))
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)))
}

/**
 * −targets of labels, [n, classes], so that neither value nor slope takes an operation for its sign.
 */
const negatedTargets = (labels: tf.Tensor, classes: number, smoothing: number): tf.Tensor => {
  // With dtype float32, the WASM backend's oneHot writes the bits of integers.
  const hot = tf.cast(tf.oneHot(labels, classes, -1, 0, "int32"), "float32")
  return smoothing === 0 ? hot : tf.sub(tf.mul(hot, 1 - smoothing), smoothing / classes)
}

/**
 * −Σ_c target_c · log softmax(logits)_c of each row, [n], and what turns into its gradients by the logits, [n,
 * classes]: softmax(logits) − targets. Gradients are computed on demand, from tensors that may be kept until then.
 */
export interface CrossEntropy {
  readonly values: tf.Tensor
  readonly keep: Array<tf.Tensor>
  readonly gradient: (saved: ReadonlyArray<tf.Tensor>) => tf.Tensor
}

/** Cross-entropy of logits [n, classes] with labels int32[n]. */
export const crossEntropy = (logits: tf.Tensor, labels: tf.Tensor, smoothing: number): CrossEntropy => {
  if (has(kernelName)) {
    const [values, gradient] = tf
      .engine()
      .runKernel<[tf.Tensor, tf.Tensor]>(kernelName, { logits, labels }, { smoothing })
    return { values, keep: [gradient], gradient: (saved) => element(saved, 0) }
  }
  const logProbabilities = logSoftmax(logits)
  const negated = negatedTargets(labels, sideOf(logits.shape, -1), smoothing)
  return {
    values: tf.sum(tf.mul(logProbabilities, negated), -1),
    keep: [logProbabilities, negated],
    gradient: (saved) => tf.add(tf.exp(element(saved, 0)), element(saved, 1))
  }
}
