/** Losses of softmax(logits): cross-entropy with labels or probabilities, and the Kullback–Leibler divergence. */
import * as tf from "@tensorflow/tfjs-core"
import { crossEntropy, logSoftmax } from "../kernels/CrossEntropy.ts"
import type { HostValues, Loss } from "../Loss.ts"
import { sideOf, type TensorSpec } from "../Tensors.ts"
import { asFloat, differentiable } from "./Differentiable.ts"
import { place, sameShape, text, wrongValues } from "./Fit.ts"

/** Cross-entropy with labels, whose targets sum to 1: the gradient is softmax(logits) − targets. */
const withLabels = (logits: tf.Tensor, labels: tf.Tensor, smoothing: number): tf.Tensor => {
  const rows = (tensor: tf.Tensor, ...rest: ReadonlyArray<number>) => tf.reshape(tensor, [labels.size, ...rest])
  const classes = sideOf(logits.shape, -1)
  return tf.customGrad((x, save) => {
    const { values, keep, gradient: slopes } = crossEntropy(rows(x as tf.Tensor, classes), rows(labels), smoothing)
    ;(save as tf.GradSaveFunc)(keep)
    return {
      value: tf.reshape(values, labels.shape),
      gradFunc: (dy: tf.Tensor, saved: Array<tf.Tensor>) => tf.reshape(tf.mul(slopes(saved), rows(dy, 1)), logits.shape)
    }
  })(logits)
}

/** softmax · Σ targets − targets: the gradient of −Σ targets · log softmax by the logits. */
const byLogits = (logProbabilities: tf.Tensor, targets: tf.Tensor): tf.Tensor =>
  tf.sub(tf.mul(tf.exp(logProbabilities), tf.sum(targets, -1, true)), targets)

/** Cross-entropy with one target per class: −Σ targets · log softmax(logits). */
const withProbabilities = differentiable(
  (logits, targets) => {
    const logProbabilities = logSoftmax(logits)
    return {
      value: tf.neg(tf.sum(tf.mul(logProbabilities, targets), -1)),
      saved: [logProbabilities, targets]
    }
  },
  (dy, [logs, probabilities]) => {
    const each = tf.expandDims(dy, -1)
    return [tf.mul(byLogits(logs, probabilities), each), tf.mul(logs, tf.neg(each))]
  }
)

export interface SoftmaxCrossEntropyOptions {
  /** α in [0, 1): targets become (1 − α)·target + α/classes; 0 when absent. Szegedy et al. 2016, §7, arXiv:1512.00567. */
  readonly labelSmoothing?: number
  /** Weight of each class, from 0; all 1 when absent. The mean over a batch is divided by the sum of its weights. */
  readonly classWeights?: ReadonlyArray<number>
}

const takesProbabilities = (outputs: TensorSpec, targets: { readonly shape: ReadonlyArray<unknown> }): boolean =>
  targets.shape.length === outputs.shape.length

const checkShapes = (outputs: TensorSpec, targets: TensorSpec): ReadonlyArray<string> => {
  const classes = outputs.shape.at(-1)
  const wants =
    "softmaxCrossEntropy compares logits [batch, …, classes] with labels [batch, …] int32, or with one-hot targets or " +
    "probabilities [batch, …, classes] float32"
  const shapes = `but outputs are ${text(outputs)} and targets ${text(targets)}`
  if (outputs.shape.length < 2 || classes === 1) {
    return [`${wants}, ${shapes}; for one logit per sample use binaryCrossEntropy`]
  }
  const withoutClasses = outputs.shape.slice(0, -1)
  if (sameShape(withoutClasses, targets.shape)) {
    if (targets.dtype === "int32") return []
    return [`${wants}, ${shapes}; labels must be int32: set the dtype of the dataset's targets`]
  }
  if (sameShape(outputs.shape, targets.shape)) {
    if (targets.dtype === "float32") return []
    return [`${wants}, ${shapes}; give one-hot targets the dtype float32, or give the labels themselves`]
  }
  const columns = targets.shape.at(-1)
  const rowsFit = sameShape(withoutClasses, targets.shape.slice(0, -1))
  const advice = !rowsFit
    ? ""
    : columns === 1
      ? "; if targets are labels, drop their last dimension of 1"
      : `; targets have ${columns} classes, but the model gives ${classes}`
  return [`${wants}, ${shapes}${advice}`]
}

const checkOptions = (
  { labelSmoothing, classWeights }: SoftmaxCrossEntropyOptions,
  outputs: TensorSpec
): ReadonlyArray<string> => {
  const problems: Array<string> = []
  if (labelSmoothing !== undefined && !(labelSmoothing >= 0 && labelSmoothing < 1)) {
    problems.push(`labelSmoothing is ${labelSmoothing}; expected a number in [0, 1)`)
  }
  if (classWeights === undefined) return problems
  if (!Array.isArray(classWeights)) {
    // Keras' `class_weight` is a dictionary.
    const classes = outputs.shape.at(-1) ?? 0
    const named = classWeights as { readonly [label: number]: number }
    const meant = Array.from({ length: classes }, (_, label) => named[label] ?? 1)
    const text = JSON.stringify(classWeights)
    return [
      ...problems,
      `classWeights is ${text}; expected an array with one weight for each class: [${meant.join(", ")}]`
    ]
  }
  const classes = outputs.shape.at(-1)
  if (typeof classes === "number" && classWeights.length !== classes) {
    problems.push(`classWeights has ${classWeights.length} weights, but the model gives ${classes} classes`)
  }
  for (const [label, weight] of classWeights.entries()) {
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      problems.push(`the class weight of label ${label} is ${weight}; expected a finite number from 0`)
    }
  }
  return problems
}

/** The problems of rows that should be probabilities: at least 0, with a sum of 1 within 1e-3. */
const checkProbabilities = (name: string, targets: HostValues): ReadonlyArray<string> => {
  const outside = wrongValues(
    targets,
    (value) => value >= 0 && value <= 1.001,
    (value, where) => `target ${value} of ${where}: ${name} needs one-hot targets or probabilities, from 0 to 1`
  )
  if (outside.length > 0) return outside
  const { values, shape, indices } = targets
  const classes = sideOf(shape, -1)
  for (let row = 0; row * classes < values.length; row++) {
    let sum = 0
    for (let label = 0; label < classes; label++) sum += values[row * classes + label]!
    if (Math.abs(sum - 1) <= 1e-3) continue
    return [
      `the targets of ${place(row, shape.slice(0, -1), indices)} sum to ${sum}, but one-hot targets and probabilities sum to 1; ` +
        "for several labels per sample use binaryCrossEntropy; to exclude elements, give the batch a mask"
    ]
  }
  return []
}

const checkLabels = (targets: HostValues, classes: number): ReadonlyArray<string> =>
  wrongValues(
    targets,
    (label) => Number.isInteger(label) && label >= 0 && label < classes,
    (label, where) =>
      `label ${label} at ${where}, but the model gives ${classes} classes: labels must be 0 … ${classes - 1}` +
      (label < 0 ? "; to exclude elements, give them label 0 and the batch a mask" : "")
  )

/**
 * Softmax cross-entropy of logits [batch, …, classes] with labels [batch, …] int32, or with one-hot targets or
 * probabilities of the logits' shape, float32: −Σ_c target_c · log softmax(logits)_c, shape [batch, …]. For a sequence
 * [batch, time, classes] that is one value per element, [batch, time], so that a mask can select elements.
 *
 * Logits may have any finite size; to rule a class out give it −1e9, not −∞. Follows PyTorch's `cross_entropy` but for
 * class weights in two cases: with label smoothing, a sample's loss is weighted as a whole by its label's weight; with
 * probabilities, by Σ_c target_c · weight_c, and the mean is divided by the sum of these weights.
 */
export const softmaxCrossEntropy = (options: SoftmaxCrossEntropyOptions = {}): Loss<tf.Tensor, tf.Tensor> => {
  const { labelSmoothing = 0, classWeights } = options
  return {
    name: "softmaxCrossEntropy",
    targets: "classes",
    applies: "softmax",
    values: (logits, targets) => {
      if (!takesProbabilities(logits, targets)) return withLabels(logits, targets, labelSmoothing)
      const indicators = asFloat(targets)
      const smoothed =
        labelSmoothing === 0
          ? indicators
          : tf.add(tf.mul(indicators, 1 - labelSmoothing), labelSmoothing / sideOf(logits.shape, -1))
      return withProbabilities(logits, smoothed)
    },
    ...(classWeights === undefined
      ? {}
      : {
          // Labels are int32 and probabilities float32, as `check` makes sure.
          weights: (targets: tf.Tensor) =>
            targets.dtype === "int32"
              ? tf.gather(tf.tensor1d([...classWeights]), targets as tf.Tensor1D)
              : tf.sum(tf.mul(targets, tf.tensor1d([...classWeights])), -1)
        }),
    check: (outputs, targets) => [...checkShapes(outputs, targets), ...checkOptions(options, outputs)],
    checkTargets: (targets, outputs) => {
      const classes = outputs.shape.at(-1)
      if (typeof classes !== "number") return []
      if (takesProbabilities(outputs, targets)) return checkProbabilities("softmaxCrossEntropy", targets)
      return targets.shape.length === outputs.shape.length - 1 ? checkLabels(targets, classes) : []
    }
  }
}

// Stands in where a probability is 0, so that 0 · log 0 is 0 and not NaN. Smaller ones are not normal float32 numbers.
const leastProbability = 1e-37

const divergence = differentiable(
  (logits, targets) => {
    const logProbabilities = logSoftmax(logits)
    const ratio = tf.sub(tf.log(tf.maximum(targets, leastProbability)), logProbabilities)
    return {
      value: tf.sum(tf.mul(targets, ratio), -1),
      saved: [logProbabilities, targets, ratio]
    }
  },
  (dy, [logs, probabilities, logRatio]) => {
    const each = tf.expandDims(dy, -1)
    return [tf.mul(byLogits(logs, probabilities), each), tf.mul(tf.add(logRatio, 1), each)]
  }
)

/**
 * Kullback–Leibler divergence of target probabilities from softmax(logits), over the last dimension:
 * Σ_c t_c · (log t_c − log softmax(logits)_c), with 0 · log 0 = 0; logits and targets [batch, …, classes], values
 * [batch, …]. PyTorch's `kl_div` takes log-probabilities instead of logits, and gives the terms of the sum.
 */
export const klDivergence: Loss<tf.Tensor, tf.Tensor> = {
  name: "klDivergence",
  targets: "classes",
  applies: "softmax",
  values: (logits, targets) => divergence(logits, asFloat(targets)),
  check: (outputs, targets) =>
    outputs.shape.length >= 2 && sameShape(outputs.shape, targets.shape)
      ? []
      : [
          "klDivergence compares logits [batch, …, classes] with probabilities of the same shape, " +
            `but outputs are ${text(outputs)} and targets ${text(targets)}` +
            (targets.dtype === "int32" ? "; for labels use softmaxCrossEntropy" : "")
        ],
  checkTargets: (targets, outputs) =>
    takesProbabilities(outputs, targets) ? checkProbabilities("klDivergence", targets) : []
}
