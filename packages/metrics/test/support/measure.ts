/** Metrics on values: what a batch gives, and what a result is. */
import type { Metric } from "@etude/core/Metric"
import * as tf from "@tensorflow/tfjs-core"
import * as Option from "effect/Option"
import * as Evaluate from "../../src/Evaluate.ts"

/** Nested arrays, or values with their shape (for tensors without elements). */
export interface Values {
  readonly outputs: tf.TensorLike
  readonly targets: tf.TensorLike
  readonly weights?: tf.TensorLike
  readonly mask?: tf.TensorLike
}

/** The state of one batch. Integer targets unless `targetType` says otherwise. */
export const stateOf = <State>(
  metric: Metric<tf.Tensor, tf.Tensor, State, any>,
  { outputs, targets, weights, mask }: Values,
  targetType: "int32" | "float32" = "int32"
): State => {
  const before = tf.memory().numTensors
  tf.engine().startScope()
  const state = Evaluate.stateOf(metric, {
    outputs: tf.tensor(outputs, undefined, "float32"),
    targets: tf.tensor(targets, undefined, targetType),
    ...(weights === undefined ? {} : { weights: tf.tensor(weights, undefined, "float32") }),
    ...(mask === undefined ? {} : { mask: tf.tensor(mask, undefined, "float32") })
  })
  tf.engine().endScope()
  if (tf.memory().numTensors !== before) throw new Error("a tensor is left")
  return state
}

/** The result of one batch, `undefined` when there is none. */
export const resultOf = <Value>(
  metric: Metric<tf.Tensor, tf.Tensor, any, Value>,
  values: Values,
  targetType?: "int32" | "float32"
): Value | undefined => Option.getOrUndefined(metric.result(stateOf(metric, values, targetType)))

/** Whether numbers, or arrays of them, agree to 1e-6, relative or (near 0) absolute 1e-7. */
export const close = (a: unknown, b: unknown, relative = 1e-6, absolute = 1e-7): boolean => {
  if (typeof a === "number" && typeof b === "number")
    return Object.is(a, b) || Math.abs(a - b) <= Math.max(absolute, relative * Math.max(Math.abs(a), Math.abs(b)))
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((value, at) => close(value, b[at], relative, absolute))
  return a === b
}
