/** What layers with a kernel and a bias have in common. */
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import * as Initializer from "../Initializer.ts"

export interface KernelOptions {
  /** Default: true. */
  readonly bias?: boolean
  /** Default: `glorotUniform`. */
  readonly kernelInitializer?: Initializer.Initializer
  /** Default: `zeros`. */
  readonly biasInitializer?: Initializer.Initializer
}

/** A kernel of that shape, and a bias of its last dimension unless there is to be none. */
export const initialize = (
  key: Rng.Key,
  shape: ReadonlyArray<number>,
  fans: Initializer.Fans,
  { bias = true, kernelInitializer = Initializer.glorotUniform, biasInitializer = Initializer.zeros }: KernelOptions,
  outputs: number
): { readonly kernel: tf.Tensor; readonly bias?: tf.Tensor } => {
  const kernel = kernelInitializer(Rng.named(key, "kernel"), shape, fans)
  return bias ? { kernel, bias: biasInitializer(Rng.named(key, "bias"), [outputs], fans) } : { kernel }
}

/** x + bias, where there is one. */
export const addBias = (x: tf.Tensor, bias: tf.Tensor | undefined): tf.Tensor =>
  bias === undefined ? x : tf.add(x, bias)
