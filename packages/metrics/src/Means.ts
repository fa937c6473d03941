/** Means over elements, where padding may hold anything: the statistics of most errors and losses. */
import { elementWeights, type Scored, WeightedSum, weightedSum } from "@etude/core/Metric"
import type { TensorOrRecord } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { weighted } from "./Segments.ts"
import type { Statistics } from "./Statistics.ts"

/** The weighted sum of values and the sum of the weights. Elements of weight 0 may be NaN. */
const sums = (
  values: tf.Tensor,
  weights: tf.Tensor | undefined
): { readonly sum: tf.Tensor; readonly weight: tf.Tensor } => {
  // On WASM the sum of no elements is whatever the memory held.
  if (values.size === 0) return { sum: tf.scalar(0), weight: tf.scalar(0) }
  const floats = tf.cast(values, "float32")
  return weights === undefined
    ? { sum: tf.sum(floats), weight: tf.scalar(floats.size) }
    : { sum: tf.sum(weighted(floats, tf.cast(weights, "float32"))), weight: tf.sum(tf.cast(weights, "float32")) }
}

/** Statistics from a value [batch] or [batch, …] per sample or element. */
export const statistics = <Out extends TensorOrRecord, Target extends TensorOrRecord>(
  measure: (scored: Scored<Out, Target>) => {
    readonly values: tf.Tensor
    /** Those of the batch for the values' shape when absent. */
    readonly weights?: tf.Tensor | undefined
  }
): Statistics<Out, Target, WeightedSum> => ({
  state: WeightedSum,
  empty: weightedSum.empty,
  measure: (scored) => {
    const measured = measure(scored)
    return sums(measured.values, "weights" in measured ? measured.weights : elementWeights(measured.values, scored))
  },
  ofBatch: ({ sum, weight }) => ({ sum: sum![0]!, weight: weight![0]! }),
  combine: weightedSum.combine
})
