/** Means over elements, where padding may hold anything: the statistics of most errors and losses. */
import { measuring, type Scored, WeightedSum, weightedSum } from "@etude/core/Metric"
import type { TensorOrRecord } from "@etude/core/Tensors"
import type * as tf from "@tensorflow/tfjs-core"
import type { Statistics } from "./Statistics.ts"

/** A value per sample or element, and their weights. */
export type Values = ReturnType<typeof weightedSum.measure>

/** Statistics of values that are measured already, with their weights. */
export const ofMeasure = <Out extends TensorOrRecord, Target extends TensorOrRecord>(
  measure: (scored: Scored<Out, Target>) => Values
): Statistics<Out, Target, WeightedSum> => ({
  state: WeightedSum,
  empty: weightedSum.empty,
  ...measuring(measure, weightedSum.ofBatch),
  combine: weightedSum.combine
})

/** Statistics from a value [batch] or [batch, …] per sample or element, added up on the host. Elements of weight 0 may be NaN. */
export const statistics = <Out extends TensorOrRecord, Target extends TensorOrRecord>(
  values: (scored: Scored<Out, Target>) => tf.Tensor
): Statistics<Out, Target, WeightedSum> => ofMeasure((scored) => weightedSum.measure(scored, values(scored)))
