/**
 * One rule for what is a class, for all metrics: a target is a whole number from 0 to classes − 1, and a row of scores with a
 * NaN predicts nothing. Here is what a step knows of it; the host refuses or counts.
 */
import * as tf from "@tensorflow/tfjs-core"

/** Stands for the prediction of scores that hold a NaN: no class, and no label that a dataset would have. */
export const noPrediction = -(2 ** 31)

const withoutRows = (rows: tf.Tensor): tf.Tensor => tf.zeros(rows.shape.slice(0, -1), "int32")
const numbers = (tensor: tf.Tensor): tf.Tensor => (tensor.dtype === "bool" ? tf.cast(tensor, "int32") : tensor)

/**
 * The class with the largest score of each row, int32 [batch, …] of scores [batch, …, classes]; of equal scores the lower
 * class. `noPrediction` for a row that holds a NaN, which kernels would take for different classes.
 */
export const predicted = (scores: tf.Tensor): tf.Tensor => {
  // Kernels disagree about what follows from tensors without elements.
  if (scores.size === 0) return withoutRows(scores)
  const largest = tf.argMax(numbers(scores), -1)
  if (scores.dtype !== "float32") return largest
  return tf.where(tf.any(tf.isNaN(scores), -1), tf.scalar(noPrediction, "int32"), largest)
}

/**
 * The class of each row of targets [batch, …, classes] that are one-hot or probabilities, int32 [batch, …]: the largest. −1, which
 * is no class, for rows of zeros and rows that hold a NaN.
 */
export const ofOneHot = (targets: tf.Tensor): tf.Tensor => {
  if (targets.size === 0) return withoutRows(targets)
  const rows = numbers(targets)
  return tf.where(tf.greater(tf.sum(rows, -1), 0), tf.argMax(rows, -1), tf.scalar(-1, "int32"))
}

/** Whether a target is one of that many classes. */
export const isClass = (label: number, classes: number): boolean =>
  Number.isInteger(label) && label >= 0 && label < classes
