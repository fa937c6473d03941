import * as Tensors from "@etude/core/Tensors"
import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"

export interface ScheduleFreeOptions {
  /** β: how near the trained parameters are to the average, in [0, 1); 0.9 by default. */
  readonly beta?: number
  /** Steps count in the average by their largest rate so far to this power; 2 by default. */
  readonly power?: number
}

type Slot = typeof Update.ahead | "weights" | "largest"

/**
 * Averages what an optimizer without momentum does, instead of a falling learning rate: z ← z + u, x ← (1 − c)·x + c·z, and the
 * gradient is taken at y = (1 − β)·z + β·x. Here y are the parameters of training and x those that are evaluated and saved. The last
 * link of a chain. Defazio et al. 2024, arXiv:2405.15682, Algorithm 1, in Optax' form: c is the share of γ^power in its sum over all
 * steps, with γ the largest rate so far.
 *
 * x and z are kept as the distance a = y − x, a slot of the parameter's shape: with d = z + u − x = a / (1 − β) + u, the next one is
 * (1 − β)·(1 − c)·d, and y moves by c·d plus what a has grown.
 *
 * Slots: `ahead`, `weights`, `largest`.
 */
export const scheduleFree = ({ beta = 0.9, power = 2 }: ScheduleFreeOptions = {}): Update.Update<"rate", Slot> => ({
  ...Update.each({
    name: "scheduleFree",
    // The sum of weights is a scalar for each parameter tensor.
    elementwise: false,
    slots: [Update.ahead, "weights", "largest"],
    numbers: (_step, learningRate) => ({ rate: learningRate }),
    update: (update, slots, { numbers }) => {
      const largest = tf.maximum(slots.largest, numbers.rate)
      const weight = tf.pow(largest, power)
      const weights = tf.add(slots.weights, weight)
      // Nothing has moved while all rates are 0.
      const share = tf.div(weight, tf.maximum(weights, 1e-30))
      const difference = tf.add(tf.div(slots.ahead, 1 - beta), update)
      const ahead = tf.mul(difference, tf.mul(tf.sub(1, share), 1 - beta))
      return [tf.add(tf.mul(difference, share), tf.sub(ahead, slots.ahead)), { ahead, weights, largest }]
    }
  }),
  init: (parameters) => ({
    ahead: Tensors.map(parameters, ({ shape }) => tf.zeros(shape)),
    weights: Tensors.map(parameters, () => tf.scalar(0)),
    largest: Tensors.map(parameters, () => tf.scalar(0))
  })
})
