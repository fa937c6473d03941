/** Metrics on your own values, without a trainer. Needs a backend; runs operation by operation. */
import type { Metric, Scored } from "@etude/core/Metric"
import type { TensorOrRecord } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import type * as Option from "effect/Option"

/** The state of one batch; the tensors still belong to the caller. The metric's `combine` merges states. */
export const stateOf = <Out extends TensorOrRecord, Target extends TensorOrRecord, State>(
  metric: Metric<Out, Target, State, unknown>,
  scored: Scored<Out, Target>
): State => {
  const values: Record<string, ArrayLike<number>> = {}
  tf.tidy(() => {
    const measured = metric.measure(scored)
    for (const [name, value] of Object.entries(measured)) values[name] = value.dataSync()
  })
  return metric.ofBatch(values)
}

/** The result of one batch. */
export const evaluate = <Out extends TensorOrRecord, Target extends TensorOrRecord, State, Value>(
  metric: Metric<Out, Target, State, Value>,
  scored: Scored<Out, Target>
): Option.Option<Value> => metric.result(stateOf(metric, scored))
