/** Samples as tensors, for loops that take those. */
import * as tf from "@tensorflow/tfjs-core"
import { classes } from "../networks/Network.ts"
import type { Problem, Samples } from "../Problem.ts"

/** Inputs with one-hot targets, both float32, which spares their users every conversion. */
export interface Pair {
  readonly xs: tf.Tensor
  readonly ys: tf.Tensor
}

/** A part of the samples. The caller owns the tensors. */
export const pair = ({ shape }: Problem, { inputs, labels }: Samples, begin: number, end: number): Pair => {
  const size = inputs.length / labels.length
  const hot = new Float32Array((end - begin) * classes)
  for (let at = begin; at < end; at++) hot[(at - begin) * classes + labels[at]!] = 1
  return {
    xs: tf.tensor(inputs.subarray(begin * size, end * size), [end - begin, ...shape]),
    ys: tf.tensor(hot, [end - begin, classes])
  }
}

/** The samples' batches, one after another. */
export function* batches(problem: Problem, samples: Samples): Generator<Pair> {
  const { batchSize } = problem
  for (let begin = 0; begin < samples.count; begin += batchSize) {
    yield pair(problem, samples, begin, begin + batchSize)
  }
}
