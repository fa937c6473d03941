import * as Scheduled from "@etude/core/Scheduled"
import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"
import { mean } from "./Moments.ts"

export interface LionOptions {
  /** Of the update's direction: β₁; 0.9 by default. A number, or a schedule. */
  readonly beta1?: Scheduled.Scheduled
  /** Of the mean that is kept: β₂; 0.99 by default. A number, or a schedule. */
  readonly beta2?: Scheduled.Scheduled
}

/**
 * sign(β₁ · m + (1 − β₁) · g), then m ← β₂ · m + (1 − β₂) · g. Chen et al. 2023, arXiv:2302.06675.
 *
 * Slots: `m`.
 */
export const scaleByLion = ({ beta1 = 0.9, beta2 = 0.99 }: LionOptions = {}): Update.Update<never, "m"> =>
  Update.each({
    name: "scaleByLion",
    slots: ["m"],
    factors: { beta1, beta2 },
    range: Scheduled.fraction,
    update: (g, { m }, { factors }) => [tf.sign(mean(m, g, factors.beta1)), { m: mean(m, g, factors.beta2) }]
  })
