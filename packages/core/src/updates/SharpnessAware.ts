import * as tf from "@tensorflow/tfjs-core"
import * as Gradient from "../Gradient.ts"
import * as Tensors from "../Tensors.ts"
import * as Update from "../Update.ts"

/**
 * The gradient at p + ρ · g / ‖g‖₂ instead of that at p: sharpness-aware minimization, which takes two gradients a step. The first
 * link of a chain. Foret et al. 2021, Algorithm 1, arXiv:2010.01412.
 *
 * @param rho how far away; the paper takes 0.05.
 */
export const sharpnessAware = (rho = 0.05): Update.Update<never, never> =>
  Update.stateless(
    "sharpnessAware",
    (gradients, { parameters, gradient }) => {
      const scale = tf.div(rho, tf.add(Gradient.globalNorm(gradients), 1e-12))
      return gradient(
        Tensors.map(gradients, (tensor, path) => tf.add(Tensors.get(parameters, path), tf.mul(tensor, scale)))
      )
    },
    { secondGradient: true }
  )
