import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"
import { defaults, type MomentOptions, mean } from "./Moments.ts"

/**
 * Adam whose second moment counts as far as its variance can be trusted: rectified by r from about the sixth step on, and the mean
 * alone before. Liu et al. 2020, arXiv:1908.03265, in PyTorch's form.
 *
 * Slots: `m`, `v`.
 */
export const scaleByRAdam = (options: MomentOptions = {}): Update.Update<"adaptive" | "plain", "m" | "v"> => {
  const { beta1, beta2, epsilon } = { ...defaults, ...options }
  const limit = 2 / (1 - beta2) - 1
  return Update.each({
    name: "scaleByRAdam",
    slots: ["m", "v"],
    numbers: (step) => {
      const [correction1, correction2] = [1 - beta1 ** step, 1 - beta2 ** step]
      const length = limit - (2 * step * beta2 ** step) / correction2
      if (length <= 5) return { adaptive: 0, plain: 1 / correction1 }
      const part = ((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length)
      return { adaptive: Math.sqrt(part * correction2) / correction1, plain: 0 }
    },
    update: (g, slots, { numbers }) => {
      const m = mean(slots.m, g, beta1)
      const v = mean(slots.v, tf.square(g), beta2)
      const factor = tf.add(tf.div(numbers.adaptive, tf.add(tf.sqrt(v), epsilon)), numbers.plain)
      return [tf.mul(m, factor), { m, v }]
    }
  })
}
