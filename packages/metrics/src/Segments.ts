/** Sums by segment: how labels are counted, in one tensor operation and without a loop over classes. */
import * as tf from "@tensorflow/tfjs-core"

/**
 * out[k] = Σ weights[i] over the i with ids[i] = k, for k in 0 … segments − 1: [segments]. Without weights each counts 1, in
 * int32; with them sums are float32. `ids` are int32 of any shape, none outside the segments.
 */
export const sumBySegment = (ids: tf.Tensor, weights: tf.Tensor | undefined, segments: number): tf.Tensor => {
  if (ids.size === 0) return tf.zeros([segments])
  const flat = tf.reshape(ids, [-1]) as tf.Tensor1D
  const values = weights === undefined ? tf.ones([ids.size], "int32") : tf.reshape(weights, [-1])
  return tf.unsortedSegmentSum(values, flat, segments)
}

/** Weights of elements, with zeros for those that `keep` (bool, of their shape) leaves out. */
export const weightsWhere = (keep: tf.Tensor, weights: tf.Tensor | undefined): tf.Tensor =>
  weights === undefined ? tf.cast(keep, "int32") : tf.mul(weights, tf.cast(keep, "float32"))

/** `weights · values`, 0 where the weight is 0 even if the value is not finite: padding may hold anything. */
export const weighted = (values: tf.Tensor, weights: tf.Tensor | undefined): tf.Tensor =>
  weights === undefined ? values : tf.mul(tf.where(tf.notEqual(weights, 0), values, tf.zerosLike(values)), weights)
