/**
 * Outputs as scores of each class, and targets as labels: the input of curves, calibration and probabilistic losses.
 */
import { elementWeights, type Scored } from "@etude/core/Metric"
import * as tf from "@tensorflow/tfjs-core"
import { OptionsInvalid, ShapeMismatch } from "./Errors.ts"
import {
  type Binary,
  checkLabelling,
  classTargets,
  type Labelling,
  type Multiclass,
  type Multilabel
} from "./Labels.ts"

type Scoring<L> = Omit<L, "from" | "threshold" | "topK"> & {
  /** What the outputs are; `"logits"` when absent. */
  readonly from?: "logits" | "probabilities"
}

/** As for metrics of counts, but for what makes labels of outputs: no threshold and no top-k. */
export type ScoredTask = Scoring<Binary> | Scoring<Multiclass> | Scoring<Multilabel>
export type ScoredMulticlass = Scoring<Multiclass>

/** Only the options that define scores, with defaults. */
export const scoringOf = (name: string, options: ScoredTask): ScoredTask => {
  checkLabelling(name, options as Labelling)
  const { from = "logits", ignore } = options
  // From code without types.
  if ((from as string) === "labels")
    throw new OptionsInvalid({ metric: name, problems: ['from is "labels", expected logits or probabilities'] })
  const more = ignore === undefined ? { from } : { from, ignore }
  if (options.task === "multiclass") return { task: options.task, classes: options.classes, ...more }
  return options.task === "multilabel"
    ? { task: options.task, labels: options.labels, ...more }
    : { task: options.task, ...more }
}

/** How many columns scores have: 1 for a binary task. */
export const columnsOf = (task: ScoredTask): number =>
  task.task === "binary" ? 1 : task.task === "multiclass" ? task.classes : task.labels

export interface ScoresAndLabels {
  /** float32 [n, columns], as the outputs are. */
  readonly scores: tf.Tensor2D
  /** As the targets are: classes [n] of a multiclass task, else 0 and 1 [n, columns]. The host looks whether they are. */
  readonly actual: tf.Tensor
  /** Of the shape of `actual`. */
  readonly weights: tf.Tensor | undefined
}

/** Flattens what a batch has. */
export const scoresOf = (name: string, task: ScoredTask, scored: Scored<tf.Tensor, tf.Tensor>): ScoresAndLabels => {
  const { outputs, targets } = scored
  const columns = columnsOf(task)
  const n = outputs.size / columns
  const scores = tf.reshape(tf.cast(outputs, "float32"), [n, columns]) as tf.Tensor2D
  if (task.task === "multiclass") {
    const actual = classTargets(name, { ...task, from: "logits" }, scored)
    const weights = elementWeights(actual, scored)
    return { scores, actual: tf.reshape(actual, [n]), weights: weights && tf.reshape(weights, [n]) }
  }
  const fits =
    task.task === "binary"
      ? outputs.size === targets.size
      : tf.util.arraysEqual(outputs.shape, targets.shape) && outputs.shape.at(-1) === columns
  if (!fits) {
    const expected = task.task === "binary" ? "equally many of both" : `[batch, …, ${columns}] for both`
    throw new ShapeMismatch({ metric: name, outputs: outputs.shape, targets: targets.shape, expected })
  }
  const weights = elementWeights(targets, scored)
  return { scores, actual: tf.reshape(targets, [n, columns]), weights: weights && tf.reshape(weights, [n, columns]) }
}

/**
 * Logits [n, classes] less the largest of their row: what softmax and log-softmax are made of. The largest become 0, infinite
 * ones too, so that a logit of ∞ has all of the probability.
 */
export const shifted = (logits: tf.Tensor): tf.Tensor => {
  const largest = tf.max(logits, -1, true)
  return tf.where(tf.equal(logits, largest), tf.zerosLike(logits), tf.sub(logits, largest))
}

/** 1 / (1 + exp(−x)), of a logit or of log-odds, in float64. */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
