/** How outputs and targets become labels: the options that all metrics of counts share. */
import { elementWeights, type Scored } from "@etude/core/Metric"
import * as tf from "@tensorflow/tfjs-core"
import { OptionsInvalid, ShapeMismatch } from "./Errors.ts"
import { weightsWhere } from "./Segments.ts"

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

/** Labels of one kind: int32, of any shape but the same one; the weights too, where there are any. */
export interface Labelled {
  readonly predicted: tf.Tensor
  readonly actual: tf.Tensor
  readonly weights: tf.Tensor | undefined
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

/** Outputs at a probability above the threshold, as 0 or 1. */
const positive = (outputs: tf.Tensor, from: From, threshold: number): tf.Tensor =>
  from === "labels"
    ? whole(outputs)
    : tf.cast(tf.greater(outputs, from === "logits" ? Math.log(threshold / (1 - threshold)) : threshold), "int32")

const withIgnored = (actual: tf.Tensor, weights: tf.Tensor | undefined, ignore: number | undefined) =>
  ignore === undefined ? weights : weightsWhere(tf.notEqual(actual, tf.scalar(ignore, "int32")), weights)

/** Class labels of multiclass outputs and targets. Also gives the targets' labels where outputs are not reduced to any. */
export const multiclassTargets = (
  metric: string,
  { classes, from, ignore }: Multiclass,
  scored: Scored<tf.Tensor, tf.Tensor>
): { readonly actual: tf.Tensor; readonly weights: tf.Tensor | undefined } => {
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
  const actual = oneHot ? (targets.size === 0 ? tf.zeros(elements, "int32") : tf.argMax(targets, -1)) : whole(targets)
  return { actual, weights: withIgnored(actual, elementWeights(actual, scored), oneHot ? undefined : ignore) }
}

/** Predicted and actual labels: classes of one element, or 0 and 1 for each element of binary and multilabel tasks. */
export const labelled = (metric: string, labelling: Labelling, scored: Scored<tf.Tensor, tf.Tensor>): Labelled => {
  const { outputs, targets } = scored
  const { from = "logits" } = labelling
  if (labelling.task === "multiclass") {
    const { classes, topK = 1 } = labelling
    const { actual, weights } = multiclassTargets(metric, { ...labelling, from }, scored)
    if (from === "labels") return { predicted: whole(outputs), actual, weights }
    const best = outputs.size === 0 ? tf.zeros(actual.shape, "int32") : tf.argMax(outputs, -1)
    const predicted = topK === 1 ? best : tf.where(among(topK, outputs, actual, classes), actual, best)
    return { predicted, actual, weights }
  }
  const binary = labelling.task === "binary"
  const fits = binary
    ? outputs.size === targets.size
    : tf.util.arraysEqual(outputs.shape, targets.shape) && outputs.shape.at(-1) === labelling.labels
  if (!fits)
    throw shapes(
      metric,
      scored,
      binary ? "as many of the one as of the other" : `[batch, …, ${labelling.labels}] for both`
    )
  const actual = whole(targets)
  const predicted = tf.reshape(positive(outputs, from, labelling.threshold ?? 0.5), targets.shape)
  return { predicted, actual, weights: withIgnored(actual, elementWeights(actual, scored), labelling.ignore) }
}
