/** Losses for rare classes, which count less what is classified well already. Lin et al. 2017, arXiv:1708.02002. */
import { asFloat, checkSame, type Loss, perSample, wrongValues } from "@etude/core/Loss"
import * as Losses from "@etude/core/Losses"
import * as tf from "@tensorflow/tfjs-core"

export interface FocalOptions {
  /** γ ≥ 0: how much less a well classified element counts; 0 is cross-entropy. Default: 2. */
  readonly gamma?: number
  /** α in [0, 1]: the weight of the positive class, 1 − α that of the negative. Default: 0.25; `null` for none. */
  readonly alpha?: number | null
}

const checkGamma = (name: string, gamma: number): ReadonlyArray<string> =>
  gamma >= 0 && Number.isFinite(gamma) ? [] : [`${name}'s gamma is ${gamma}; expected a finite number of at least 0`]

/** log(1 + e⁻ˡ) and σ(l) of l = ±logit: the cross-entropy of an element, and how probable the model makes its target. */
const elementwise = (logits: tf.Tensor, targets: tf.Tensor) => {
  const cost = tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tf.softplus(tf.neg(tf.abs(logits))))
  const probability = tf.sigmoid(logits)
  const right = tf.add(tf.mul(probability, targets), tf.mul(tf.sub(1, probability), tf.sub(1, targets)))
  return { cost, right }
}

/**
 * Focal loss of logits [batch, …] with targets 0 or 1 of the same shape: α_t · (1 − p_t)^γ · (−log p_t), averaged over all dimensions
 * but the batch: shape [batch]. As torchvision's `sigmoid_focal_loss`.
 *
 * Refuses targets other than 0 and 1, other shapes, and options out of range. Lin et al. 2017, arXiv:1708.02002.
 *
 * ```ts
 * focal({ gamma: 1 }) // [5] with [5] → []
 * ```
 */
export const focal = ({ gamma = 2, alpha = 0.25 }: FocalOptions = {}): Loss => {
  const check = checkSame("focal")
  return {
    name: "focal",
    targets: "elements",
    applies: "sigmoid",
    values: (logits, indicators) => {
      const targets = asFloat(indicators)
      const { cost, right } = elementwise(logits, targets)
      const value = tf.mul(cost, tf.pow(tf.sub(1, right), gamma))
      if (alpha === null) return perSample(value)
      return perSample(tf.mul(value, tf.add(tf.mul(targets, alpha), tf.mul(tf.sub(1, targets), 1 - alpha))))
    },
    check: (outputs, targets) => [
      ...check(outputs, targets),
      ...checkGamma("focal", gamma),
      ...(alpha === null || (alpha >= 0 && alpha <= 1)
        ? []
        : [`focal's alpha is ${alpha}; expected a number in [0, 1], or null`])
    ],
    checkTargets: (targets) =>
      wrongValues(
        targets,
        (value) => value === 0 || value === 1,
        (value, where) => `target ${value} of ${where}: focal needs targets 0 or 1`
      )
  }
}

/**
 * Focal loss of one class of several, from logits [batch, …, classes] with labels [batch, …] int32 or one-hot targets: (1 − p)^γ · (−log p)
 * with the probability p of the target, shape [batch, …].
 *
 * Refuses what `softmaxCrossEntropy` refuses. Lin et al. 2017, arXiv:1708.02002.
 *
 * ```ts
 * softmaxFocal() // [10] with int32 [] → []
 * softmaxFocal(1) // [20, 10] with int32 [20] → [20]
 * ```
 *
 * @param gamma γ ≥ 0; 0 is `softmaxCrossEntropy`. Default: 2
 */
export const softmaxFocal = (gamma = 2): Loss => {
  const crossEntropy = Losses.softmaxCrossEntropy()
  return {
    ...crossEntropy,
    name: "softmaxFocal",
    values: (logits, targets) => {
      const cost = crossEntropy.values(logits, targets)
      return tf.mul(cost, tf.pow(tf.sub(1, tf.exp(tf.neg(cost))), gamma))
    },
    check: (outputs, targets) => [
      ...(crossEntropy.check?.(outputs, targets) ?? []),
      ...checkGamma("softmaxFocal", gamma)
    ]
  }
}
