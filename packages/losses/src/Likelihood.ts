/** Negative log-likelihoods of real values and of counts. */
import { asFloat, checkSame, type Loss, perSample, wrongValues } from "@etude/core/Loss"
import type { TensorSpec } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

/**
 * Poisson's negative log-likelihood of counts, from the logarithm of the rate: e^output − target · output, without the constant
 * log(target!); outputs and targets [batch, …], averaged over all dimensions but the batch: shape [batch]. PyTorch's
 * `poisson_nll_loss`.
 *
 * Refuses negative counts and other shapes. Nelder and Wedderburn 1972.
 *
 * ```ts
 * poisson // [3] with [3] → []
 * ```
 */
export const poisson: Loss = {
  name: "poisson",
  targets: "values",
  values: (logRates, targets) => perSample(tf.sub(tf.exp(logRates), tf.mul(asFloat(targets), logRates))),
  check: checkSame("poisson"),
  checkTargets: (targets) =>
    wrongValues(
      targets,
      (value) => value >= 0,
      (value, where) => `target ${value} of ${where}: poisson needs counts of at least 0`
    )
}

/** One of the last dimension's two values, without that dimension. */
const part = (x: tf.Tensor, index: 0 | 1): tf.Tensor => {
  const begin = [...x.shape.map(() => 0).slice(0, -1), index]
  return tf.squeeze(tf.slice(x, begin, [...x.shape.slice(0, -1), 1]), [x.rank - 1])
}

const checkGaussian = (outputs: TensorSpec, targets: TensorSpec): ReadonlyArray<string> => {
  const text = ({ shape }: TensorSpec) => `[${shape.map((side) => side ?? "batch").join(", ")}]`
  const fits = outputs.shape.at(-1) === 2 && outputs.shape.slice(0, -1).join() === targets.shape.join()
  if (fits) return []
  return [
    "gaussian compares means and log-variances [batch, …, 2] with targets [batch, …], but outputs are " +
      `${text(outputs)} and targets ${text(targets)}`
  ]
}

/**
 * Negative log-likelihood of a normal distribution whose mean and variance the model gives: ½ · (log σ² + (target − μ)² / σ²), without
 * the constant ½ · log 2π. Outputs [batch, …, 2] hold μ and log σ², targets are [batch, …]; averaged over all dimensions but the batch:
 * shape [batch]. Nix and Weigend 1994. PyTorch's `gaussian_nll_loss` takes the variance instead of its logarithm.
 *
 * Refuses other shapes.
 *
 * ```ts
 * gaussian() // [3, 2] with [3] → []
 * ```
 *
 * @param leastVariance smaller variances are taken for this, so that one sample can't cost −∞. Default: 1e-6
 */
export const gaussian = (leastVariance = 1e-6): Loss => ({
  name: "gaussian",
  targets: "values",
  values: (outputs, targets) => {
    const logVariance = tf.maximum(part(outputs, 1), Math.log(leastVariance))
    const error = tf.sub(part(outputs, 0), asFloat(targets))
    return perSample(tf.mul(tf.add(logVariance, tf.mul(tf.square(error), tf.exp(tf.neg(logVariance)))), 0.5))
  },
  check: (outputs, targets) => [
    ...checkGaussian(outputs, targets),
    ...(leastVariance > 0 ? [] : [`gaussian's leastVariance is ${leastVariance}; expected a number above 0`])
  ]
})
