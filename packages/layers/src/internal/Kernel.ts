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
  /** Applied to the outputs, such as `tf.relu`. Default: none. */
  readonly activation?: (x: tf.Tensor) => tf.Tensor
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

/** activation(x + bias), each where there is one. */
export const finished = (x: tf.Tensor, bias: tf.Tensor | undefined, { activation }: KernelOptions): tf.Tensor => {
  const sum = bias === undefined ? x : tf.add(x, bias)
  return activation === undefined ? sum : activation(sum)
}
