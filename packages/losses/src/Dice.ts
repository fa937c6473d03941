/** The overlap of what is predicted with what is there, for segmentation. */
import { asFloat, checkSame, type Loss, wrongValues } from "@etude/core/Loss"
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

/** [batch, …] → [batch, n] */
const flat = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [sideOf(x.shape, 0), -1])

/**
 * Soft Dice loss of logits [batch, …] with targets 0 … 1 of the same shape: 1 − (2 · Σ p·t + s) / (Σ p² + Σ t² + s) with
 * p = sigmoid(logits), sums over all dimensions but the batch: shape [batch]. Milletari, Navab and Ahmadi 2016, arXiv:1606.04797.
 *
 * Refuses targets outside of [0, 1] and other shapes.
 *
 * ```ts
 * dice() // [8, 8, 1] with [8, 8, 1] → []
 * ```
 *
 * @param smoothing s ≥ 0, which keeps samples without anything to find defined. Default: 1
 */
export const dice = (smoothing = 1): Loss => {
  const check = checkSame("dice")
  return {
    name: "dice",
    targets: "elements",
    applies: "sigmoid",
    values: (logits, targets) => {
      const [p, t] = [flat(tf.sigmoid(logits)), flat(asFloat(targets))]
      const overlap = tf.add(tf.mul(tf.sum(tf.mul(p, t), 1), 2), smoothing)
      const sizes = tf.add(tf.add(tf.sum(tf.square(p), 1), tf.sum(tf.square(t), 1)), smoothing)
      return tf.sub(1, tf.div(overlap, sizes))
    },
    check: (outputs, targets) => [
      ...check(outputs, targets),
      ...(smoothing >= 0 && Number.isFinite(smoothing)
        ? []
        : [`dice's smoothing is ${smoothing}; expected a finite number of at least 0`])
    ],
    checkTargets: (targets) =>
      wrongValues(
        targets,
        (value) => value >= 0 && value <= 1,
        (value, where) => `target ${value} of ${where}: dice needs targets in [0, 1]`
      )
  }
}
