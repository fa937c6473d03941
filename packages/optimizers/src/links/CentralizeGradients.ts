import * as Tensors from "@etude/core/Tensors"
import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"

/**
 * Takes the mean of each output's gradients from them, over all dimensions but the last; vectors stay as they are. The first link of a
 * chain, or one of a config's `gradients`. Yong et al. 2020, arXiv:2004.01461.
 *
 * Slots: none.
 */
export const centralizeGradients = (): Update.Update<never, never> =>
  Update.stateless("centralizeGradients", (gradients) =>
    Tensors.map(gradients, (gradient) => {
      if (gradient.rank < 2) return gradient
      const axes = Array.from({ length: gradient.rank - 1 }, (_, axis) => axis)
      return tf.sub(gradient, tf.mean(gradient, axes, true))
    })
  )
