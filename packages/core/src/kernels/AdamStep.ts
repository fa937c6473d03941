/**
 * Adam's update in one kernel, where the backend has it: all float32 and of one shape,
 * `AdamStep(parameter, m, v, gradient, rate, beta1, beta2, epsilon) → parameter, m, v`, with scalars
 * m ← m + (1 − β₁)·(g − m), v ← v + (1 − β₂)·(g² − v), parameter ← parameter − rate · m / (√v + ε).
 * A backend that registers it goes over the data once instead of a dozen times; others run tfjs operations.
 */
import * as tf from "@tensorflow/tfjs-core"

/** The name under which backends register the kernel. */
export const kernelName = "AdamStep"

/** The kernel's inputs, for those who register it. Both corrections of Adam are in `rate` and `epsilon` already. */
export interface AdamStepInputs {
  readonly parameter: tf.TensorInfo
  readonly m: tf.TensorInfo
  readonly v: tf.TensorInfo
  readonly gradient: tf.TensorInfo
  readonly rate: tf.TensorInfo
  readonly beta1: tf.TensorInfo
  readonly beta2: tf.TensorInfo
  readonly epsilon: tf.TensorInfo
}

/** The new parameter and slots; `undefined` where the running backend has no such kernel. */
export const adamStep = (
  inputs: {
    readonly [name in keyof AdamStepInputs]: tf.Tensor
  }
): readonly [parameter: tf.Tensor, m: tf.Tensor, v: tf.Tensor] | undefined =>
  tf.getKernel(kernelName, tf.getBackend()) === undefined
    ? undefined
    : tf.engine().runKernel<[tf.Tensor, tf.Tensor, tf.Tensor]>(kernelName, { ...inputs })
