/** Pairs of samples: each sample of a batch with the one that mirrors its place. */
import type { TargetKind } from "@etude/core/Loss"
import type { TensorBatch } from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Targets from "./targets.ts"

/** A number for each sample, or one for all, in the rank of x. */
const spread = (perSample: tf.Tensor, { rank }: tf.Tensor): tf.Tensor =>
  tf.reshape(perSample, [perSample.size, ...Array<number>(rank - 1).fill(1)])

/** λ · x + (1 − λ) · x reversed along the batch: each sample is blended with the one that mirrors its place. */
export const blend = (x: tf.Tensor, lambda: tf.Tensor): tf.Tensor => {
  const values = tf.cast(x, "float32")
  const mirrored = tf.reverse(values, 0)
  return tf.add(mirrored, tf.mul(spread(lambda, x), tf.sub(values, mirrored)))
}

/** How samples of these weights are blended: the weight of each blend, and the fractions of inputs and targets in it. */
const weighted = (weights: tf.Tensor, lambda: tf.Tensor, inputs: (x: tf.Tensor) => tf.Tensor) => {
  const others = tf.reverse(weights, 0)
  // A sample of weight 0 may hold anything, which must not get into others; and nothing makes it count.
  const alone = tf.logicalOr(tf.equal(weights, 0), tf.equal(others, 0))
  const sampleWeights = tf.mul(lambda, weights)
  const blended = tf.add(sampleWeights, tf.mul(tf.sub(1, lambda), others))
  const whenAlone = (x: tf.Tensor, otherwise: (x: tf.Tensor) => tf.Tensor) =>
    tf.where(spread(alone, x), tf.cast(x, "float32"), otherwise(x))
  return {
    weights: whenAlone(weights, () => blended),
    inputs: (x: tf.Tensor) => whenAlone(x, inputs),
    targets: (x: tf.Tensor) => whenAlone(x, (one) => blend(one, tf.divNoNan(sampleWeights, blended)))
  }
}

export interface MixOptions {
  readonly classes?: number | undefined
  readonly target?: string | undefined
  /** What the targets are, by name; targets without a name here are classes if they are int32; others do not change. */
  readonly kinds?: { readonly [target: string]: TargetKind } | undefined
}

/** The batch with its inputs changed by `inputs`, and targets and weights blended by `lambda`, the fraction of a sample in its blend. */
export const pairs = (
  batch: TensorBatch,
  lambda: tf.Tensor,
  inputs: (x: tf.Tensor) => tf.Tensor,
  { classes, target, kinds }: MixOptions
): TensorBatch => {
  const plain = { weights: undefined, inputs, targets: (tensor: tf.Tensor) => blend(tensor, lambda) }
  const blends = batch.weights === undefined ? plain : weighted(batch.weights, lambda, inputs)
  const numbers = (one: tf.Tensor, name: string) =>
    (kinds?.[name] ?? "classes") === "classes" ? Targets.probabilities(one, classes) : tf.cast(one, "float32")
  return {
    ...batch,
    inputs: Tensors.isTensor(batch.inputs) ? blends.inputs(batch.inputs) : Tensors.map(batch.inputs, blends.inputs),
    targets: Targets.change(batch.targets, target, (one, name) => blends.targets(numbers(one, name))),
    ...(blends.weights === undefined ? {} : { weights: blends.weights })
  }
}
