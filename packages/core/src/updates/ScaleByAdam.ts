import * as tf from "@tensorflow/tfjs-core"
import { adamStep } from "../kernels/AdamStep.ts"
import * as Scheduled from "../Scheduled.ts"
import * as Tensors from "../Tensors.ts"
import * as Update from "../Update.ts"
import { decayScaledByRate, isDecay } from "./AddDecayedWeights.ts"
import { isRate } from "./ScaleByLearningRate.ts"

export interface AdamOptions {
  /** Decay of the mean of gradients; 0.9 by default. A number, or a schedule. */
  readonly beta1?: Scheduled.Scheduled
  /** Decay of the mean of squared gradients; 0.999 by default. A number, or a schedule. */
  readonly beta2?: Scheduled.Scheduled
  /** Added to the root of the second moment; 1e-8 by default. */
  readonly epsilon?: number
}

/**
 * m̂ / (√v̂ + ε), with m and v the means of g and g² whose beginning at 0 is corrected. Kingma and Ba 2015, arXiv:1412.6980,
 * Algorithm 1. With the learning rate as the next link, and a decay between, it is fused to one formula.
 */
export const scaleByAdam = (options: AdamOptions = {}): Update.Update => ({
  ...adam(options, () => 1),
  fuse: ([first, second, ...rest]) => {
    if (first !== undefined && isRate(first))
      return [withRate(options), ...(second === undefined ? [] : [second]), ...rest]
    if (first !== undefined && isDecay(first) && second !== undefined && isRate(second))
      return [withRate(options), decayScaledByRate(first.weightDecay), ...rest]
    return undefined
  }
})

/** All of Adam with its rate, which some backends have as one kernel. */
const withRate = (options: AdamOptions): ReturnType<typeof adam> => {
  const link = adam(options, (learningRate) => -learningRate)
  return {
    ...link,
    apply: (updates, { parameters, slots, numbers }) => {
      const { rate, beta1, beta2, epsilon } = numbers
      const [changed, m, v]: [Record<string, tf.Tensor>, Record<string, tf.Tensor>, Record<string, tf.Tensor>] = [
        {},
        {},
        {}
      ]
      for (const [path, parameter, gradient] of Tensors.zip(parameters, updates)) {
        const moments = { m: Tensors.get(slots.m, path), v: Tensors.get(slots.v, path) }
        const result = adamStep({ parameter, gradient, ...moments, rate, beta1, beta2, epsilon })
        if (result === undefined) return undefined
        ;[changed[path], m[path], v[path]] = result
      }
      return [changed, { m, v }]
    }
  }
}

const adam = (
  { beta1: decay1 = 0.9, beta2: decay2 = 0.999, epsilon = 1e-8 }: AdamOptions,
  factorOf: (learningRate: number) => number
) =>
  Update.each({
    name: "scaleByAdam",
    slots: ["m", "v"],
    scheduled: Scheduled.changing({ beta1: decay1, beta2: decay2 }, Scheduled.fraction),
    // Both corrections are moved into two scalars. The decays are here too, so that each is made a tensor once in a step
    // and not once for each parameter.
    numbers: (step, learningRate, at) => {
      // As float32, which is what steps compute with: 1 − β and the corrections then fit the decays exactly.
      const [beta1, beta2] = [Math.fround(at(decay1)), Math.fround(at(decay2))]
      const correction = Math.sqrt(1 - beta2 ** step)
      const factor = factorOf(learningRate)
      return {
        size: (factor * correction) / (1 - beta1 ** step),
        rate: (-factor * correction) / (1 - beta1 ** step),
        epsilon: epsilon * correction,
        beta1,
        beta2,
        share1: 1 - beta1,
        share2: 1 - beta2
      }
    },
    update: (gradient, slots, { numbers }) => {
      const m = tf.add(tf.mul(slots.m, numbers.beta1), tf.mul(gradient, numbers.share1))
      const v = tf.add(tf.mul(slots.v, numbers.beta2), tf.mul(tf.square(gradient), numbers.share2))
      return [tf.div(tf.mul(m, numbers.size), tf.add(tf.sqrt(v), numbers.epsilon)), { m, v }]
    }
  })
