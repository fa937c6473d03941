import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"
import { defaults, type MomentOptions, mean } from "./Moments.ts"

/**
 * g / (√v̂ + ε), with v the mean of g² whose beginning at 0 is corrected: Adam without its first moment.
 *
 * Kingma and Ba 2015, arXiv:1412.6980. Slots: `v`.
 */
export const scaleBySecondMoment = (
  options: Omit<MomentOptions, "beta1"> = {}
): Update.Update<"correction" | "epsilon", "v"> => {
  const { beta2, epsilon } = { ...defaults, ...options }
  return Update.each({
    name: "scaleBySecondMoment",
    slots: ["v"],
    numbers: (step) => ({ correction: 1 / (1 - beta2 ** step), epsilon }),
    update: (g, slots, { numbers }) => {
      const v = mean(slots.v, tf.square(g), beta2)
      return [tf.div(g, tf.add(tf.sqrt(tf.mul(v, numbers.correction)), numbers.epsilon)), { v }]
    }
  })
}
