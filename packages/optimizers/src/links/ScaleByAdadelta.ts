import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"

export interface AdadeltaOptions {
  /** ρ: decay of both means; 0.9 by default. */
  readonly rho?: number
  /** ε: added inside both roots; 1e-6 by default. */
  readonly epsilon?: number
}

/**
 * g · √(E[Δ²] + ε) / √(E[g²] + ε), where Δ is what this gives: updates in the unit of the parameters. Zeiler 2012, arXiv:1212.5701.
 *
 * Slots: `square`, `delta`.
 */
export const scaleByAdadelta = ({
  rho = 0.9,
  epsilon = 1e-6
}: AdadeltaOptions = {}): Update.Update<never, "square" | "delta"> =>
  Update.each({
    name: "scaleByAdadelta",
    slots: ["square", "delta"],
    update: (g, slots) => {
      const mean = (slot: tf.Tensor, value: tf.Tensor) => tf.add(tf.mul(slot, rho), tf.mul(tf.square(value), 1 - rho))
      const square = mean(slots.square, g)
      const change = tf.mul(g, tf.div(tf.sqrt(tf.add(slots.delta, epsilon)), tf.sqrt(tf.add(square, epsilon))))
      return [change, { square, delta: mean(slots.delta, change) }]
    }
  })
