/**
 * How outputs and targets become labels, and labels are counted: what all metrics of counts share. Labels are made in the step,
 * in as few operations as can be, since on batches of usual size their number is what takes the time. They are counted on
 * the host: exactly, with weights in float64, and for less than one operation costs.
 */
import { elementWeights, type Measured, type Scored } from "@etude/core/Metric"
import type { Tensors } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { LabelOutOfRange, OptionsInvalid, ShapeMismatch } from "./Errors.ts"
import { weightsWhere } from "./Segments.ts"
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

/** Only what tells how to label, with defaults filled in: other options don't make statistics differ. */
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

/** Whether the target's score is among the `k` largest of its row; of equal scores the lower class comes first. */
export const among = (k: number, scores: tf.Tensor, actual: tf.Tensor, classes: number): tf.Tensor => {
  const numbers = tf.range(0, classes, 1, "int32")
  const label = tf.expandDims(actual, -1)
  const own = tf.max(tf.where(tf.equal(numbers, label), scores, tf.scalar(-Infinity)), -1, true)
  // Counts those that come after, so that a NaN, which compares with nothing, never helps.
  const after = tf.logicalOr(
    tf.less(scores, own),
    tf.logicalAnd(tf.equal(scores, own), tf.greaterEqual(numbers, label))
  )
  return tf.less(tf.sub(classes, tf.sum(tf.cast(after, "int32"), -1)), k)
}

const shapes = (metric: string, { outputs, targets }: Scored<tf.Tensor, tf.Tensor>, expected: string) =>
  new ShapeMismatch({ metric, outputs: outputs.shape, targets: targets.shape, expected })

/** Targets as whole numbers: also those that are kept as floats. */
const whole = (labels: tf.Tensor): tf.Tensor => (labels.dtype === "int32" ? labels : tf.cast(tf.round(labels), "int32"))

/** The largest of each row, of no rows too: kernels disagree about what follows from tensors without elements. */
export const largest = (rows: tf.Tensor): tf.Tensor =>
  rows.size === 0 ? tf.zeros(rows.shape.slice(0, -1), "int32") : tf.argMax(rows, -1)

/** Labels of multiclass targets as they come, or those of one-hot ones. */
const classTargets = (
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
  return oneHot ? largest(targets) : targets
}

/** Targets and weights in the step, for what can't be counted on the host: ignored labels have the weight 0. */
export const multiclassTargets = (
  metric: string,
  task: Multiclass,
  scored: Scored<tf.Tensor, tf.Tensor>
): { readonly actual: tf.Tensor; readonly weights: tf.Tensor | undefined } => {
  const actual = whole(classTargets(metric, task, scored))
  const weights = elementWeights(actual, scored)
  if (task.ignore === undefined) return { actual, weights }
  return { actual, weights: weightsWhere(tf.notEqual(actual, tf.scalar(task.ignore, "int32")), weights) }
}

const multiclass = (metric: string, task: Multiclass, scored: Scored<tf.Tensor, tf.Tensor>) => {
  const { classes, topK = 1, from = "logits" } = task
  const actual = classTargets(metric, { ...task, from }, scored)
  if (from === "labels") return { predicted: scored.outputs, actual }
  const best = largest(scored.outputs)
  if (topK === 1 || actual.size === 0) return { predicted: best, actual }
  const own = whole(actual)
  return { predicted: tf.where(among(topK, scored.outputs, own, classes), own, best), actual }
}

const positives = (metric: string, task: Binary | Multilabel, scored: Scored<tf.Tensor, tf.Tensor>) => {
  const { outputs, targets } = scored
  const { from = "logits", threshold = 0.5 } = task
  const fits =
    task.task === "binary"
      ? outputs.size === targets.size
      : tf.util.arraysEqual(outputs.shape, targets.shape) && outputs.shape.at(-1) === task.labels
  if (!fits)
    throw shapes(
      metric,
      scored,
      task.task === "binary" ? "as many of the one as of the other" : `[batch, …, ${task.labels}] for both`
    )
  const least = from === "logits" ? Math.log(threshold / (1 - threshold)) : threshold
  const predicted = from === "labels" || outputs.size === 0 ? outputs : tf.greater(outputs, least)
  return { predicted, actual: targets }
}

/** Predicted and actual labels, as they come: whole numbers, bools or floats. */
export const labels = (metric: string, labelling: Labelling, scored: Scored<tf.Tensor, tf.Tensor>) =>
  labelling.task === "multiclass" ? multiclass(metric, labelling, scored) : positives(metric, labelling, scored)

/** What a batch gives: tensors, and weights where not all are 1. Those that are the batch's own are given as new handles. */
export const given = (
  scored: Scored<tf.Tensor, tf.Tensor>,
  tensors: Tensors,
  weights: tf.Tensor | undefined
): Tensors => {
  const all: Record<string, tf.Tensor> = weights === undefined ? { ...tensors } : { ...tensors, weights }
  const { outputs, targets, mask } = scored
  for (const name in all) {
    const one = all[name]!
    if (one === outputs || one === targets || one === scored.weights || one === mask) all[name] = tf.clone(one)
  }
  return all
}

/** The labels of a batch for the host: `predicted`, `actual` and perhaps `weights`. The same function for the same labelling. */
export const measureLabels = memoized((labelling: Labelling) => (scored: Scored<tf.Tensor, tf.Tensor>): Tensors => {
  const { predicted, actual } = labels("a metric of counts", labelling, scored)
  return given(scored, { predicted, actual }, elementWeights(actual, scored))
})

/** Throws when labels that are no class had a weight. */
export const refuse = (
  metric: string,
  labelling: { readonly task: string; readonly classes?: number },
  weight: number
) => {
  const expected = labelling.task === "multiclass" ? `classes from 0 to ${labelling.classes! - 1}` : "0 or 1"
  if (weight !== 0) throw new LabelOutOfRange({ metric, expected, weight })
}

/**
 * Calls `each` with the labels of every element that counts: whose weight is not 0, and whose label is not ignored. Throws
 * `LabelOutOfRange` when some of them are no class.
 */
export const forEachLabel = (
  metric: string,
  labelling: Labelling,
  { predicted, actual, weights }: Measured,
  each: (truth: number, guess: number, weight: number, element: number) => void
): void => {
  const most = labelling.task === "multiclass" ? labelling.classes - 1 : 1
  const { ignore } = labelling
  let wrong = 0
  for (let at = 0; at < actual!.length; at++) {
    const weight = weights === undefined ? 1 : weights[at]!
    const truth = Math.round(actual![at]!)
    if (weight === 0 || truth === ignore) continue
    const guess = Math.round(predicted![at]!)
    // A NaN is within nothing.
    if (truth >= 0 && truth <= most && guess >= 0 && guess <= most) each(truth, guess, weight, at)
    else wrong += weight
  }
  refuse(metric, labelling, wrong)
}

const isWhole = (values: ArrayLike<number>): boolean => values instanceof Int32Array || values instanceof Uint8Array

/**
 * How often each pair of labels occurs: [truth · range + guess] for classes, [label · 4 + truth · 2 + guess] for the labels of a
 * multilabel task. `undefined` where it takes the closer look of `forEachLabel`: weights, ignored labels, floats, labels
 * that are no class, or more pairs than are worth an array for a batch. An element takes about a nanosecond.
 */
export const countPairs = (
  labelling: Labelling,
  { predicted, actual, weights }: Measured
): Array<number> | undefined => {
  const isMultilabel = labelling.task === "multilabel"
  const range = isMultilabel ? 2 : classesOf(labelling)
  const sets = isMultilabel ? labelling.labels : 1
  if (weights !== undefined || labelling.ignore !== undefined || range > 64) return undefined
  if (!isWhole(actual!) || !isWhole(predicted!)) return undefined
  const [truths, guesses] = [actual as Int32Array, predicted as Int32Array]
  const pairs = Array<number>(sets * range * range).fill(0)
  for (let at = 0, set = 0; at < truths.length; at++) {
    const [truth, guess] = [truths[at]!, guesses[at]!]
    // Negative numbers are large ones here.
    if (truth >>> 0 >= range || guess >>> 0 >= range) return undefined
    pairs[(set * range + truth) * range + guess]! += 1
    if (++set === sets) set = 0
  }
  return pairs
}
