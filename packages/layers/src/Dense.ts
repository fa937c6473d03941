/** Fully connected layers. */
import * as Rng from "@etude/core/Rng"
import { sideOf, sizeOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Initializer from "./Initializer.ts"
import * as Layer from "./Layer.ts"

export interface DenseOptions {
  /** Default: true. */
  readonly bias?: boolean
  /** Default: `glorotUniform`. */
  readonly kernelInitializer?: Initializer.Initializer
  /** Default: `zeros`. */
  readonly biasInitializer?: Initializer.Initializer
}

/**
 * x · kernel + bias over the last dimension: [batch, …, n] to [batch, …, units].
 *
 * Parameters: `kernel` [n, units], `bias` [units].
 */
export const dense = (
  units: number,
  { bias = true, kernelInitializer = Initializer.glorotUniform, biasInitializer = Initializer.zeros }: DenseOptions = {}
): Layer.Layer =>
  Layer.make({
    kind: "dense",
    init: (key, { shape }) => {
      const fans = { fanIn: sideOf(shape, -1), fanOut: units }
      const kernel = kernelInitializer(Rng.named(key, "kernel"), [fans.fanIn, units], fans)
      return bias ? { kernel, bias: biasInitializer(Rng.named(key, "bias"), [units], fans) } : { kernel }
    },
    outputs: ({ shape, dtype }) => ({ shape: [...shape.slice(0, -1), units], dtype }),
    multiplyAdds: ({ shape }) => sizeOf(shape) * units,
    apply: ({ kernel, bias }, x) => {
      const flat = x.rank === 2 ? x : tf.reshape(x, [-1, sideOf(x.shape, -1)])
      const product = tf.matMul(flat, kernel)
      const sum = bias === undefined ? product : tf.add(product, bias)
      return x.rank === 2 ? sum : tf.reshape(sum, [...x.shape.slice(0, -1), units])
    }
  })
