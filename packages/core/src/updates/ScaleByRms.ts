import * as tf from "@tensorflow/tfjs-core"
import * as Update from "../Update.ts"

export interface RmsOptions {
  /** Decay of the mean of squares; 0.99 by default. */
  readonly alpha?: number
  /** Added to the root; 1e-8 by default. */
  readonly epsilon?: number
}

/** u / (√E[u²] + ε). Tieleman and Hinton 2012. */
export const scaleByRms = ({ alpha = 0.99, epsilon = 1e-8 }: RmsOptions = {}): Update.Update<never, "square"> =>
  Update.each({
    name: "scaleByRms",
    slots: ["square"],
    update: (update, slots) => {
      const square = meanOf(slots.square, tf.square(update), alpha)
      return [tf.div(update, tf.add(tf.sqrt(square), epsilon)), { square }]
    }
  })

/** u / (√(E[u²] − E[u]²) + ε), which needs gradients that vary. Graves 2013, arXiv:1308.0850, eq. 38. */
export const scaleByDeviation = ({
  alpha = 0.99,
  epsilon = 1e-8
}: RmsOptions = {}): Update.Update<never, "square" | "mean"> =>
  Update.each({
    name: "scaleByDeviation",
    slots: ["square", "mean"],
    update: (update, slots) => {
      const square = meanOf(slots.square, tf.square(update), alpha)
      const mean = meanOf(slots.mean, update, alpha)
      // Of a gradient that does not vary the difference rounds to either side of 0.
      const variance = tf.relu(tf.sub(square, tf.square(mean)))
      return [tf.div(update, tf.add(tf.sqrt(variance), epsilon)), { square, mean }]
    }
  })

const meanOf = (before: tf.Tensor, value: tf.Tensor, decay: number): tf.Tensor =>
  tf.add(tf.mul(before, decay), tf.mul(value, 1 - decay))
