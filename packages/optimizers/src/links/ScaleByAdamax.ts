import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"
import { defaults, type MomentOptions, mean } from "./Moments.ts"

/**
 * m̂ / u with u = max(β₂ · u, |g| + ε), an infinite norm in the place of Adam's second moment. Kingma and Ba 2015, arXiv:1412.6980,
 * Algorithm 2, with PyTorch's ε.
 *
 * Slots: `m`, `u`.
 */
export const scaleByAdamax = (options: MomentOptions = {}): Update.Update<"correction", "m" | "u"> => {
  const { beta1, beta2, epsilon } = { ...defaults, ...options }
  return Update.each({
    name: "scaleByAdamax",
    slots: ["m", "u"],
    numbers: (step) => ({ correction: 1 / (1 - beta1 ** step) }),
    update: (g, slots, { numbers }) => {
      const m = mean(slots.m, g, beta1)
      const u = tf.maximum(tf.mul(slots.u, beta2), tf.add(tf.abs(g), epsilon))
      return [tf.mul(tf.div(m, u), numbers.correction), { m, u }]
    }
  })
}
