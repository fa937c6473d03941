/** Fully connected layers. */
import { sideOf, sizeOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { finished, initialize, type KernelOptions } from "./internal/Kernel.ts"
import * as Layer from "./Layer.ts"

export type { KernelOptions }

/**
 * activation(x · kernel + bias) over the last dimension: [batch, …, n] to [batch, …, units].
 *
 * Parameters: `kernel` [n, units], `bias` [units].
 *
 * ```ts
 * dense(10) // [784] → [10], 7850 parameters
 * dense(64, { bias: false }) // [20, 32] → [20, 64], 2048 parameters
 * ```
 */
export const dense = (units: number, options: KernelOptions = {}): Layer.Layer =>
  Layer.make({
    kind: "dense",
    init: (key, { shape }) => {
      const inputs = sideOf(shape, -1)
      return initialize(key, [inputs, units], { fanIn: inputs, fanOut: units }, options, units)
    },
    outputs: ({ shape, dtype }) => ({ shape: [...shape.slice(0, -1), units], dtype }),
    multiplyAdds: ({ shape }) => sizeOf(shape) * units,
    apply: ({ kernel, bias }, x) => {
      const flat = x.rank === 2 ? x : tf.reshape(x, [-1, sideOf(x.shape, -1)])
      const sum = finished(tf.matMul(flat, kernel), bias, options)
      return x.rank === 2 ? sum : tf.reshape(sum, [...x.shape.slice(0, -1), units])
    }
  })
