/** Cross-entropy of independent yes-or-no questions, from logits. */
import * as tf from "@tensorflow/tfjs-core"
import type { Loss } from "../Loss.ts"
import { asFloat, differentiable, perElement, perSample } from "./Differentiable.ts"
import { checkSame, wrongValues } from "./Fit.ts"

/** max(x, 0) − x·t + log(1 + exp(−|x|)): exact for labels 0 and 1, and finite for x of any finite size. */
const elementwise = (logits: tf.Tensor, targets: tf.Tensor): tf.Tensor =>
  tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tf.softplus(tf.neg(tf.abs(logits))))

const unweighted = differentiable(
  (logits, targets) => {
    return {
      value: perSample(elementwise(logits, targets)),
      saved: [logits, targets]
    }
  },
  (dy, [x, t]) => {
    const each = perElement(dy, x)
    return [tf.mul(tf.sub(tf.sigmoid(x), t), each), tf.mul(x, tf.neg(each))]
  }
)

/** The same, plus (w − 1)·t·log(1 + exp(−x)), which is what the weight w adds. */
const weighted = (weight: number) =>
  differentiable(
    (logits, targets) => {
      const positive = tf.mul(tf.softplus(tf.neg(logits)), weight - 1)
      return {
        value: perSample(tf.add(elementwise(logits, targets), tf.mul(targets, positive))),
        saved: [logits, targets, positive]
      }
    },
    (dy, [x, t, added]) => {
      const each = perElement(dy, x)
      const slope = tf.sub(tf.mul(tf.add(tf.mul(t, weight - 1), 1), tf.sigmoid(x)), tf.mul(t, weight))
      return [tf.mul(slope, each), tf.mul(tf.sub(added, x), each)]
    }
  )

export interface BinaryCrossEntropyOptions {
  /** Weight of the positive class in each element, above 0; 1 when absent. PyTorch's `pos_weight`. */
  readonly positiveWeight?: number
}

/**
 * Binary cross-entropy of logits [batch, …] with targets in [0, 1] of the same shape, averaged over all dimensions but
 * the batch: w·t·log(1 + e⁻ˣ) + (1 − t)·log(1 + eˣ), shape [batch]. PyTorch's `binary_cross_entropy_with_logits`.
 */
export const binaryCrossEntropy = ({
  positiveWeight = 1
}: BinaryCrossEntropyOptions = {}): Loss<tf.Tensor, tf.Tensor> => {
  const values = positiveWeight === 1 ? unweighted : weighted(positiveWeight)
  const check = checkSame("binaryCrossEntropy")
  return {
    name: "binaryCrossEntropy",
    targets: "elements",
    applies: "sigmoid",
    values: (logits, targets) => values(logits, asFloat(targets)),
    check: (outputs, targets) => [
      ...check(outputs, targets),
      ...(positiveWeight > 0 && positiveWeight < Number.POSITIVE_INFINITY
        ? []
        : [`positiveWeight is ${positiveWeight}; expected a finite number above 0`])
    ],
    checkTargets: (targets) =>
      wrongValues(
        targets,
        (value) => value >= 0 && value <= 1,
        (value, where) => `target ${value} of ${where}: binaryCrossEntropy needs targets in [0, 1]`
      )
  }
}
