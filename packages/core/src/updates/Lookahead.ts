import * as tf from "@tensorflow/tfjs-core"
import * as Update from "../Update.ts"

export interface LookaheadOptions {
  /** The steps of the fast weights between two synchronizations. Default: 5. */
  readonly every?: number
  /** The fraction of the way that the slow weights follow, in (0, 1]. Default: 0.5. */
  readonly fraction?: number
}

/**
 * Every k-th step the weights go back to slow ones, which have followed them: s ← s + α·(p − s), p ← s. The last link of a chain,
 * after the learning rate. Zhang et al. 2019, Algorithm 1, arXiv:1907.08610.
 */
export const lookahead = ({ every = 5, fraction = 0.5 }: LookaheadOptions = {}): Update.Update<"meets", "slow"> =>
  Update.each({
    name: "lookahead",
    slots: ["slow"],
    initial: (parameter) => tf.clone(parameter),
    numbers: (step) => ({ meets: step % every === 0 ? 1 : 0 }),
    update: (update, { slow }, { parameter, numbers }) => {
      const fast = tf.add(parameter, update)
      const followed = tf.add(slow, tf.mul(tf.sub(fast, slow), tf.mul(numbers.meets, fraction)))
      return [tf.add(update, tf.mul(tf.sub(followed, fast), numbers.meets)), { slow: followed }]
    }
  })
