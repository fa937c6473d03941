import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"
import { mean } from "./Moments.ts"

export interface LionOptions {
  /** Of the update's direction: β₁; 0.9 by default. */
  readonly beta1?: number
  /** Of the mean that is kept: β₂; 0.99 by default. */
  readonly beta2?: number
}

/** sign(β₁ · m + (1 − β₁) · g), then m ← β₂ · m + (1 − β₂) · g. Chen et al. 2023, arXiv:2302.06675. */
export const scaleByLion = ({ beta1 = 0.9, beta2 = 0.99 }: LionOptions = {}): Update.Update<never, "m"> =>
  Update.each({
    name: "scaleByLion",
    slots: ["m"],
    update: (g, { m }) => [tf.sign(mean(m, g, beta1)), { m: mean(m, g, beta2) }]
  })
