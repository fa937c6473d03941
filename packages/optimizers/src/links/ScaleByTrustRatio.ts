import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"

export interface TrustRatioOptions {
  /** Times the ratio; 1 by default. */
  readonly coefficient?: number
  /** Added to the norm of the update; 0 by default. */
  readonly epsilon?: number
}

/**
 * u · coefficient · ‖p‖ / (‖u‖ + ε) for each parameter tensor; unchanged where either norm is 0. You, Gitman and Ginsburg 2017,
 * arXiv:1708.03888; You et al. 2020, arXiv:1904.00962.
 *
 * Slots: none.
 */
export const scaleByTrustRatio = ({
  coefficient = 1,
  epsilon = 0
}: TrustRatioOptions = {}): Update.Update<never, never> =>
  Update.each({
    name: "scaleByTrustRatio",
    elementwise: false,
    update: (update, slots, { parameter }) => {
      const [size, length] = [tf.norm(parameter), tf.norm(update)]
      const isZero = tf.logicalOr(tf.equal(size, 0), tf.equal(length, 0))
      const zero = tf.cast(isZero, "float32")
      // Where the update is 0, a ratio of 1 takes the place of a division by 0.
      const ratio = tf.div(tf.mul(size, coefficient), tf.add(tf.add(length, epsilon), zero))
      return [tf.mul(update, tf.where(isZero, tf.onesLike(ratio), ratio)), slots]
    }
  })
