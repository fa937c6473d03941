/** Losses of real values: squared, absolute and Huber's error, and the hinge loss. Each averages over all but the batch. */
import * as tf from "@tensorflow/tfjs-core"
import type { Loss } from "../Loss.ts"
import { asFloat, differentiable, perElement, perSample } from "./Differentiable.ts"
import { checkSame, wrongValues } from "./Fit.ts"

/** A loss of the error e = outputs − targets, with its slope. */
const ofError = (
  name: string,
  value: (error: tf.Tensor) => tf.Tensor,
  slope: (error: tf.Tensor, dy: tf.Tensor) => tf.Tensor
): Loss<tf.Tensor, tf.Tensor> => {
  const values = differentiable(
    (outputs, targets) => {
      const error = tf.sub(outputs, targets)
      return {
        value: perSample(value(error)),
        saved: [error]
      }
    },
    (dy, [saved]) => {
      const byOutputs = slope(saved, perElement(dy, saved))
      return [byOutputs, tf.neg(byOutputs)]
    }
  )
  return {
    name,
    targets: "values",
    values: (outputs, targets) => values(outputs, asFloat(targets)),
    check: checkSame(name)
  }
}

/** Squared error (outputs − targets)² of outputs [batch, …], averaged over all dimensions but the batch: shape [batch]. */
export const meanSquaredError: Loss<tf.Tensor, tf.Tensor> = ofError("meanSquaredError", tf.square, (error, dy) =>
  tf.mul(error, tf.mul(dy, 2))
)

/** Absolute error of outputs [batch, …], averaged over all dimensions but the batch: shape [batch]. The slope at 0 is 0. */
export const meanAbsoluteError: Loss<tf.Tensor, tf.Tensor> = ofError("meanAbsoluteError", tf.abs, (error, dy) =>
  tf.mul(tf.sign(error), dy)
)

/**
 * Huber's loss of outputs [batch, …]: ½e² where |e| ≤ δ, δ·(|e| − ½δ) beyond, averaged over all dimensions but the batch:
 * shape [batch]. Huber 1964.
 *
 * @param delta above 0, in units of the outputs; 1 by default
 */
export const huber = (delta = 1): Loss<tf.Tensor, tf.Tensor> => {
  const loss = ofError(
    "huber",
    (error) => {
      // With q = min(|e|, δ), both branches are q·(|e| − ½q).
      const size = tf.abs(error)
      const quadratic = tf.minimum(size, delta)
      return tf.mul(quadratic, tf.sub(size, tf.mul(quadratic, 0.5)))
    },
    (error, dy) => tf.mul(tf.clipByValue(error, -delta, delta), dy)
  )
  return {
    ...loss,
    check: (outputs, targets) => [
      ...(loss.check?.(outputs, targets) ?? []),
      ...(delta > 0 && delta < Number.POSITIVE_INFINITY
        ? []
        : [`huber's delta is ${delta}; expected a finite number above 0`])
    ]
  }
}

const hingeValues = differentiable(
  (scores, targets) => {
    const margin = tf.sub(1, tf.mul(targets, scores))
    return {
      value: perSample(tf.relu(margin)),
      saved: [scores, targets, margin]
    }
  },
  (dy, [s, t, missing]) => {
    const each = tf.mul(tf.step(missing), tf.neg(perElement(dy, s)))
    return [tf.mul(t, each), tf.mul(s, each)]
  }
)

/**
 * Hinge loss of scores [batch, …] with targets −1 or 1 of the same shape: max(0, 1 − target · score), averaged over all
 * dimensions but the batch: shape [batch]. The slope at a margin of exactly 1 is 0.
 */
export const hinge: Loss<tf.Tensor, tf.Tensor> = {
  name: "hinge",
  targets: "values",
  values: (scores, targets) => hingeValues(scores, asFloat(targets)),
  check: checkSame("hinge"),
  checkTargets: (targets) =>
    wrongValues(
      targets,
      (value) => value === 1 || value === -1,
      (value, where) => `target ${value} of ${where}: hinge needs targets −1 or 1`
    )
}
