import * as tf from "@tensorflow/tfjs-core"
import * as RandomBits from "../RandomBits.ts"
import * as Update from "../Update.ts"

export interface NoiseOptions {
  /** η: the variance before the first step; the paper takes 0.01, 0.3 and 1. 0.01 by default. */
  readonly eta?: number
  /** γ: how fast the variance falls; 0 keeps it. 0.55 by default. */
  readonly gamma?: number
}

/** Adds noise from N(0, σ²) to each update, with σ² = η / step^γ. Neelakantan et al. 2015, arXiv:1511.06807. */
export const addNoise = ({ eta = 0.01, gamma = 0.55 }: NoiseOptions = {}): Update.Update<"deviation", never> =>
  Update.each({
    name: "addNoise",
    numbers: (step) => ({ deviation: Math.sqrt(eta / step ** gamma) }),
    update: (update, slots, { numbers, random }) => [
      tf.add(update, tf.mul(RandomBits.normal(random, "noise", update.shape), numbers.deviation)),
      slots
    ]
  })
