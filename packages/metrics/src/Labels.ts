/**
 * Labels from outputs and targets, and their counts: the common part of all metrics of counts. Labels are made in the step,
 * in as few operations as can be, since on batches of usual size their number is what takes the time. They are counted on
 * the host: exactly, with weights in float64, and for less than one operation costs.
 *
 * One rule for all metrics of classes, on all backends: a target that counts is a whole number among the classes, or
 * `LabelOutOfRange` is thrown, for NaN and fractions as for numbers beyond them; and outputs that count and hold a NaN (for a
 * multiclass task, in their row) predict nothing, which makes the result NaN.
 */
import * as ClassLabels from "@etude/core/ClassLabels"
import { elementWeights, handedOut, type Scored } from "@etude/core/Metric"
import type { Tensors } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { LabelOutOfRange, OptionsInvalid, ShapeMismatch } from "./Errors.ts"
import { memoized } from "./Statistics.ts"

/** What the outputs are. */
export type From = "logits" | "probabilities" | "labels"

/** One class or the other: outputs and targets of the same size, targets 0 or 1. */
export interface Binary {
  readonly task: "binary"
  /** `"logits"` when absent. */
  readonly from?: From
  /** Positive is what has a *probability* above it, also where the outputs are logits; 0.5 when absent. */
  readonly threshold?: number
  /** Targets with this label don't count. */
  readonly ignore?: number
}

/**
 * One of several classes: outputs [batch, …, classes] (or labels [batch, …]), targets int32 [batch, …], or one-hot of the
 * outputs' shape. The largest output is predicted; ties take the lower class.
 */
export interface Multiclass {
  readonly task: "multiclass"
  readonly classes: number
  /** `"logits"` when absent. */
  readonly from?: From
  /** A target among the `topK` largest outputs counts as predicted; else the largest output is. 1 when absent. */
  readonly topK?: number
  /** Targets with this label don't count. */
  readonly ignore?: number
}

/** Any number of labels at once: outputs and targets [batch, …, labels], targets 0 or 1. */
export interface Multilabel {
  readonly task: "multilabel"
  readonly labels: number
  /** `"logits"` when absent. */
  readonly from?: From
  /** As for binary. */
  readonly threshold?: number
  /** Elements whose target is this don't count. */
  readonly ignore?: number
}

export type Labelling = Binary | Multiclass | Multilabel

/** The number of classes: 2 for binary ones; of a multilabel task, its labels. */
export const classesOf = (labelling: Labelling): number =>
  labelling.task === "binary" ? 2 : labelling.task === "multiclass" ? labelling.classes : labelling.labels

/** Only the options that define labels, with defaults: other options don't change statistics. */
export const labellingOf = (options: Labelling): Labelling => {
  const { from = "logits", ignore } = options
  const ignoring = ignore === undefined ? {} : { ignore }
  if (options.task === "multiclass")
    return { task: options.task, classes: options.classes, from, topK: options.topK ?? 1, ...ignoring }
  const threshold = from === "labels" ? 0.5 : (options.threshold ?? 0.5)
  return options.task === "binary"
    ? { task: options.task, from, threshold, ...ignoring }
    : { task: options.task, labels: options.labels, from, threshold, ...ignoring }
}

/** Throws `OptionsInvalid` for options that make no sense. */
export const checkLabelling = (metric: string, options: Labelling): void => {
  const problems: Array<string> = []
  const whole = (value: number, least: number) => Number.isInteger(value) && value >= least
  if (options.task === "multiclass") {
    const { classes, topK = 1, from } = options
    if (!whole(classes, 2)) problems.push(`classes is ${classes}, expected a whole number of at least 2`)
    if (!whole(topK, 1) || topK > classes) problems.push(`topK is ${topK}, expected a whole number from 1 to classes`)
    if (from === "labels" && topK > 1) problems.push("topK needs logits or probabilities, and outputs are labels")
  } else {
    const { threshold = 0.5 } = options
    if (!(threshold > 0 && threshold < 1)) problems.push(`threshold is ${threshold}, expected a number between 0 and 1`)
    if (options.task === "multilabel" && !whole(options.labels, 1))
      problems.push(`labels is ${options.labels}, expected a whole number of at least 1`)
  }
  if (problems.length > 0) throw new OptionsInvalid({ metric, problems })
}

/** Whether the target's score is among the `k` largest of its row; for equal scores the lower class comes first. */
const among = (k: number, scores: tf.Tensor, actual: tf.Tensor, classes: number): tf.Tensor => {
  const numbers = tf.range(0, classes, 1, "int32")
  const label = tf.expandDims(tf.cast(actual, "int32"), -1)
  const score = tf.max(tf.where(tf.equal(numbers, label), scores, tf.scalar(-Infinity)), -1, true)
  // Counts those that come after, so that a NaN, which compares with nothing, never helps.
  const after = tf.logicalOr(
    tf.less(scores, score),
    tf.logicalAnd(tf.equal(scores, score), tf.greaterEqual(numbers, label))
  )
  return tf.less(tf.sub(classes, tf.sum(tf.cast(after, "int32"), -1)), k)
}

const shapes = (metric: string, { outputs, targets }: Scored<tf.Tensor, tf.Tensor>, expected: string) =>
  new ShapeMismatch({ metric, outputs: outputs.shape, targets: targets.shape, expected })

/** Labels of multiclass targets as they come, or those of one-hot ones. */
export const classTargets = (
  metric: string,
  { classes, from }: Multiclass,
  scored: Scored<tf.Tensor, tf.Tensor>
): tf.Tensor => {
  const { outputs, targets } = scored
  const oneHot = from !== "labels" && targets.rank === outputs.rank
  const elements = from === "labels" ? outputs.shape : outputs.shape.slice(0, -1)
  const fits =
    (from === "labels" || outputs.shape.at(-1) === classes) &&
    tf.util.arraysEqual(targets.shape, oneHot ? outputs.shape : elements)
  if (!fits)
    throw shapes(
      metric,
      scored,
      from === "labels"
        ? "labels [batch, …] twice"
        : `outputs [batch, …, ${classes}] and targets [batch, …] or one-hot [batch, …, ${classes}]`
    )
  return oneHot ? ClassLabels.ofOneHot(targets) : targets
}

const multiclass = (metric: string, task: Multiclass, scored: Scored<tf.Tensor, tf.Tensor>) => {
  const { classes, topK = 1, from = "logits" } = task
  const actual = classTargets(metric, { ...task, from }, scored)
  if (from === "labels") return { predicted: scored.outputs, actual }
  const best = ClassLabels.predicted(scored.outputs)
  if (topK === 1 || actual.size === 0) return { predicted: best, actual }
  const isTarget = tf.logicalAnd(
    among(topK, scored.outputs, actual, classes),
    tf.notEqual(best, tf.scalar(ClassLabels.noPrediction, "int32"))
  )
  return { predicted: tf.where(isTarget, tf.cast(actual, "int32"), best), actual }
}

const positives = (metric: string, task: Binary | Multilabel, scored: Scored<tf.Tensor, tf.Tensor>) => {
  const { outputs, targets } = scored
  const fits =
    task.task === "binary"
      ? outputs.size === targets.size
      : tf.util.arraysEqual(outputs.shape, targets.shape) && outputs.shape.at(-1) === task.labels
  if (!fits)
    throw shapes(
      metric,
      scored,
      task.task === "binary" ? "equally many of both" : `[batch, …, ${task.labels}] for both`
    )
  return { predicted: outputs, actual: targets }
}

/**
 * Predictions and targets of a batch, as they come: whole numbers, bools or floats. Of binary and multilabel tasks the
 * outputs themselves, which the host compares with the threshold.
 */
export const labels = (metric: string, labelling: Labelling, scored: Scored<tf.Tensor, tf.Tensor>) =>
  labelling.task === "multiclass" ? multiclass(metric, labelling, scored) : positives(metric, labelling, scored)

/** What a batch gives: tensors, and weights where not all are 1. */
export const given = <Given extends object>(
  scored: Scored<tf.Tensor, tf.Tensor>,
  tensors: Given & Tensors,
  weights: tf.Tensor | undefined
): Given & { readonly weights?: tf.Tensor } & Tensors =>
  handedOut(scored, weights === undefined ? tensors : { ...tensors, weights })

/** The labels of a batch for the host: `predicted`, `actual` and perhaps `weights`. The same function for the same labelling. */
export const measureLabels = memoized((labelling: Labelling) => (scored: Scored<tf.Tensor, tf.Tensor>) => {
  const { predicted, actual } = labels("a metric of counts", labelling, scored)
  return given(scored, { predicted, actual }, elementWeights(actual, scored))
})

/** The targets of a batch on the host, and weights where not all are 1. */
export interface MeasuredTargets {
  readonly actual: ArrayLike<number>
  readonly weights?: ArrayLike<number>
}

/** Targets with what is predicted for each. */
export interface MeasuredLabels extends MeasuredTargets {
  readonly predicted: ArrayLike<number>
}

/** What tells which targets are right: a labelling, or a scored task. */
type Targets =
  | { readonly task: "multiclass"; readonly classes: number; readonly ignore?: number }
  | { readonly task: "binary" | "multilabel"; readonly ignore?: number }

const refuse = (metric: string, task: Targets, weight: number) => {
  const expected = task.task === "multiclass" ? `classes from 0 to ${task.classes - 1}` : "0 or 1"
  if (weight !== 0) throw new LabelOutOfRange({ metric, expected, weight })
}

/**
 * Calls `each` with the target of every element that counts: whose weight is not 0, and whose target is not ignored. Throws
 * `LabelOutOfRange` when some of them are no class, or when `each` returns `false` for a prediction that is none.
 */
export const forEachTarget = (
  metric: string,
  task: Targets,
  { actual, weights }: MeasuredTargets,
  // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to say
  each: (label: number, weight: number, element: number) => void | boolean
): void => {
  const classes = task.task === "multiclass" ? task.classes : 2
  let wrong = 0
  for (let index = 0; index < actual.length; index++) {
    const [label, weight] = [actual[index]!, weights === undefined ? 1 : weights[index]!]
    if (weight === 0 || label === task.ignore) continue
    if (!ClassLabels.isClass(label, classes) || each(label, weight, index) === false) wrong += weight
  }
  refuse(metric, task, wrong)
}

/** What a logit or probability must exceed to be positive; absent where outputs are labels. As float32, as the outputs are. */
const leastOf = (labelling: Labelling): number | undefined => {
  if (labelling.task === "multiclass" || labelling.from === "labels") return undefined
  const { threshold = 0.5 } = labelling
  return Math.fround(labelling.from === "probabilities" ? threshold : Math.log(threshold / (1 - threshold)))
}

/**
 * Calls `each` with the labels of every element that counts: whose weight is not 0, whose target is not ignored, and for which
 * there is a prediction. Gives the weight of those without one. Throws `LabelOutOfRange` when labels are no class.
 */
export const forEachLabel = (
  metric: string,
  labelling: Labelling,
  { predicted, ...measured }: MeasuredLabels,
  each: (truth: number, guess: number, weight: number, element: number) => void
): number => {
  const [least, classes] = [leastOf(labelling), labelling.task === "multiclass" ? labelling.classes : 2]
  let missing = 0
  forEachTarget(metric, labelling, measured, (truth, weight, index) => {
    const output = predicted[index]!
    if (Number.isNaN(output) || output === ClassLabels.noPrediction) {
      missing += weight
      return true
    }
    const guess = least === undefined ? output : Number(output > least)
    if (!ClassLabels.isClass(guess, classes)) return false
    each(truth, guess, weight, index)
    return true
  })
  return missing
}

/**
 * How often each pair of labels occurs: [truth · range + guess] for classes, [label · 4 + truth · 2 + guess] for the labels of a
 * multilabel task. `undefined` where it takes the closer look of `forEachLabel`: weights, ignored labels, labels that are no
 * class, outputs that predict nothing, or more pairs than are worth an array for a batch. An element takes about a nanosecond.
 */
export const countPairs = (
  labelling: Labelling,
  { predicted, actual, weights }: MeasuredLabels
): Array<number> | undefined => {
  const isMultilabel = labelling.task === "multilabel"
  const range = isMultilabel ? 2 : classesOf(labelling)
  const sets = isMultilabel ? labelling.labels : 1
  if (weights !== undefined || labelling.ignore !== undefined || range > 64) return undefined
  const least = leastOf(labelling)
  const pairs = Array<number>(sets * range * range).fill(0)
  for (let index = 0, set = 0; index < actual.length; index++) {
    const [truth, output] = [actual[index]!, predicted[index]!]
    const guess = least === undefined ? output : output > least ? 1 : output <= least ? 0 : -1
    // Whole, and within: negative numbers are large ones here.
    if (truth !== truth >>> 0 || truth >= range || guess !== guess >>> 0 || guess >= range) return undefined
    pairs[(set * range + truth) * range + guess]! += 1
    if (++set === sets) set = 0
  }
  return pairs
}
