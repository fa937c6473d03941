/** Layers that leave something out in training. Draws go by step, layer and sample. */
import * as RandomBits from "@etude/core/RandomBits"
import * as tf from "@tensorflow/tfjs-core"
import * as Layer from "./Layer.ts"

const demandRate = (kind: string, rate: number): void => {
  if (!(rate >= 0 && rate < 1)) throw new Error(`${kind}'s rate is ${rate}; expected a number in [0, 1)`)
}

/** Zeros elements with probability `rate` and scales the rest by 1 / (1 − rate), in training. Srivastava et al. 2014. */
export const dropout = (rate: number): Layer.Layer =>
  Layer.make({
    kind: "dropout",
    init: () => {
      demandRate("dropout", rate)
      return {}
    },
    outputs: (inputs) => inputs,
    apply: (_, x, { training, random }) => (training ? RandomBits.dropout(random, "mask", x, rate) : x)
  })

/**
 * Zeros whole samples with probability `rate` and scales the rest by 1 / (1 − rate), in training: the branch of a residual block is left
 * out. Huang et al. 2016, arXiv:1603.09382.
 */
export const dropPath = (rate: number): Layer.Layer =>
  Layer.make({
    kind: "dropPath",
    init: () => {
      demandRate("dropPath", rate)
      return {}
    },
    outputs: (inputs) => inputs,
    apply: (_, x, { training, random }) => {
      if (!training || rate === 0) return x
      const [samples = 0] = x.shape
      const keep = RandomBits.keepMask(random, "mask", [samples, ...x.shape.slice(1).map(() => 1)], rate)
      return tf.mul(x, tf.div(keep, 1 - rate))
    }
  })
