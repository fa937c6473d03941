import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"
import { defaults, type MomentOptions, mean } from "./Moments.ts"

export interface NAdamOptions extends MomentOptions {
  /** ψ: how the momentum grows to β₁; 0.004 by default. */
  readonly momentumDecay?: number
}

/** Products of the momenta of steps 1 … n, kept from step to step. */
const productsOf = (momentum: (step: number) => number): ((step: number) => number) => {
  const products = [1]
  return (step) => {
    for (let next = products.length; next <= step; next++) products.push((products[next - 1] ?? 1) * momentum(next))
    return products[step] ?? 1
  }
}

/**
 * Adam with Nesterov's momentum. Dozat 2016, in PyTorch's form.
 *
 * Slots: `m`, `v`.
 */
export const scaleByNAdam = (
  options: NAdamOptions = {}
): Update.Update<"ofGradient" | "ofMean" | "correction", "m" | "v"> => {
  const { beta1, beta2, epsilon, momentumDecay } = { momentumDecay: 0.004, ...defaults, ...options }
  const momentum = (step: number) => beta1 * (1 - 0.5 * 0.96 ** (step * momentumDecay))
  const product = productsOf(momentum)
  return Update.each({
    name: "scaleByNAdam",
    slots: ["m", "v"],
    numbers: (step) => ({
      ofGradient: (1 - momentum(step)) / (1 - product(step)),
      ofMean: momentum(step + 1) / (1 - product(step + 1)),
      correction: 1 / Math.sqrt(1 - beta2 ** step)
    }),
    update: (g, slots, { numbers }) => {
      const m = mean(slots.m, g, beta1)
      const v = mean(slots.v, tf.square(g), beta2)
      const root = tf.add(tf.mul(tf.sqrt(v), numbers.correction), epsilon)
      return [tf.div(tf.add(tf.mul(g, numbers.ofGradient), tf.mul(m, numbers.ofMean)), root), { m, v }]
    }
  })
}
