import * as tf from "@tensorflow/tfjs-core"
import * as Update from "../Update.ts"

export interface AdaptiveClipOptions {
  /** λ: the largest ratio of a unit's update to its weights; 0.01 by default. */
  readonly clipping?: number
  /** ε: norms of weights count as at least this, so that zeros can move; 0.001 by default. */
  readonly epsilon?: number
}

/** The norm of what flows into each output: over all dimensions but the last, or over a whole vector. The rank is kept. */
const unitNorms = (tensor: tf.Tensor): tf.Tensor => {
  const axes = tensor.shape.map((_, axis) => axis)
  return tf.sqrt(tf.sum(tf.square(tensor), tensor.rank < 2 ? axes : axes.slice(0, -1), true))
}

/**
 * Scales the update of each unit so that its norm is at most λ · max(‖W‖, ε), with W the unit's weights. Brock et al. 2021, §4,
 * arXiv:2102.06171.
 */
export const adaptiveClip = ({
  clipping = 0.01,
  epsilon = 0.001
}: AdaptiveClipOptions = {}): Update.Update<never, never> =>
  Update.each({
    name: "adaptiveClip",
    elementwise: false,
    update: (update, slots, { parameter }) => {
      const largest = tf.mul(tf.maximum(unitNorms(parameter), epsilon), clipping)
      return [tf.mul(update, tf.div(largest, tf.maximum(unitNorms(update), largest))), slots]
    }
  })
