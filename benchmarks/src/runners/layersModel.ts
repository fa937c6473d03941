/** TensorFlow.js's own training loops, `model.fit` and `model.fitDataset`, with the same loss and accuracy as Etude. */
import * as tf from "@tensorflow/tfjs-core"
import * as data from "@tensorflow/tfjs-data"
import type { LayersModel } from "@tensorflow/tfjs-layers"
import { adam, lossOf, type Problem, samplesFor } from "../Problem.ts"
import { make, type Runner } from "../Runner.ts"
import { initialParameters } from "./etude.ts"
import { batches, type Pair, pair } from "./tensors.ts"

const compiled = (problem: Problem): LayersModel => {
  const model = problem.layers()
  model.compile({
    optimizer: tf.train.adam(adam.rate),
    loss: (targets, logits) => tf.losses.softmaxCrossEntropy(targets, logits),
    metrics: ["accuracy"]
  })
  model.setWeights(Object.values(initialParameters(problem)))
  return model
}

/** The model's weights under the names that the problem's plain functions use. */
const parametersOf = (problem: Problem, model: LayersModel) => {
  const names = Object.keys(tf.tidy(() => initialParameters(problem)))
  const weights = model.getWeights()
  return Object.fromEntries(names.map((name, at) => [name, weights[at]!]))
}

/** Rounds are epochs of `model.fit` on all samples as two tensors, in their order. */
export const fit = (problem: Problem, steps: number): Runner => {
  const samples = samplesFor(problem, steps * problem.batchSize)
  const model = compiled(problem)
  const { xs, ys } = pair(problem, samples, 0, samples.count)
  const options = { batchSize: problem.batchSize, epochs: 1, shuffle: false, verbose: 0 as const }
  return make(
    async () => {
      await model.fit(xs, ys, options)
    },
    () => lossOf(problem, parametersOf(problem, model), samples)
  )
}

/** Rounds are epochs of `model.fitDataset` on a generator that makes each batch's tensors when they are wanted. */
export const fitDataset = (problem: Problem, steps: number): Runner => {
  const samples = samplesFor(problem, steps * problem.batchSize)
  const model = compiled(problem)
  const dataset = data.generator<Pair & tf.TensorContainerObject>(
    () => batches(problem, samples) as Iterator<Pair & tf.TensorContainerObject>
  )
  return make(
    async () => {
      await model.fitDataset(dataset, { epochs: 1, verbose: 0 })
    },
    () => lossOf(problem, parametersOf(problem, model), samples)
  )
}
