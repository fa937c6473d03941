/** TensorFlow.js's own training loops, `model.fit` and `model.fitDataset`, with the same loss and accuracy as Etude. */
import * as tf from "@tensorflow/tfjs-core"
import * as data from "@tensorflow/tfjs-data"
import type { LayersModel } from "@tensorflow/tfjs-layers"
import { adam, type Problem, type Samples, variablesOf } from "../Problem.ts"
import { make, type Runner, type Watch } from "../Runner.ts"
import { batches, type Pair, pair } from "./tensors.ts"

/** What is before the slash in a path: the name of the layer. */
const layerOf = (path: string): string => path.split("/")[0]!

/** The paths of each layer's weights, in the order in which tf.layers lists them. */
const pathsByLayer = ({ parameters, statistics }: Problem) =>
  Map.groupBy([...Object.keys(parameters), ...Object.keys(statistics)], layerOf)

const compiled = (problem: Problem): LayersModel => {
  const model = problem.layers?.()
  if (model === undefined) throw new Error(`tf.layers has no parts for ${problem.name}`)
  model.compile({
    optimizer: tf.train.adam(adam.rate, adam.beta1, adam.beta2, adam.epsilon),
    loss: (targets, logits) => tf.losses.softmaxCrossEntropy(targets, logits),
    metrics: ["accuracy"]
  })
  tf.tidy(() => {
    const { parameters, statistics } = variablesOf(problem)
    for (const [layer, paths] of pathsByLayer(problem)) {
      model.getLayer(layer).setWeights(paths.map((path) => (parameters[path] ?? statistics[path])!))
    }
  })
  return model
}

/** The model's weights under the names that the problem's plain functions use. */
const variablesIn = (problem: Problem, model: LayersModel) => {
  const all = [...pathsByLayer(problem)].flatMap(([layer, paths]) => {
    const weights = model.getLayer(layer).getWeights()
    return paths.map((path, at) => [path, weights[at]!] as const)
  })
  return {
    parameters: Object.fromEntries(all.filter(([path]) => path in problem.parameters)),
    statistics: Object.fromEntries(all.filter(([path]) => path in problem.statistics))
  }
}

/** Shows a watch the losses of the first batches that are trained on. */
const callbacks = ({ steps, seen }: Watch) => {
  let left = steps
  return {
    onBatchEnd: (_batch: number, logs?: { loss?: number }) => {
      if (left-- > 0) seen(logs!.loss!)
    }
  }
}

/** `model.fit` on all samples as two tensors, in their order. */
export const fit = (problem: Problem, samples: Samples, watch?: Watch): Runner => {
  const model = compiled(problem)
  const { xs, ys } = pair(problem, samples, 0, samples.count)
  const options = { batchSize: problem.batchSize, shuffle: false, verbose: 0 as const }
  let unwatched = watch
  return make(
    async (epochs) => {
      await model.fit(xs, ys, {
        ...options,
        epochs,
        ...(unwatched === undefined ? {} : { callbacks: callbacks(unwatched) })
      })
      unwatched = undefined
    },
    () => variablesIn(problem, model)
  )
}

/** `model.fitDataset` on a generator that makes each batch's tensors when they are wanted. */
export const fitDataset = (problem: Problem, samples: Samples): Runner => {
  const model = compiled(problem)
  const dataset = data.generator<Pair & tf.TensorContainerObject>(
    () => batches(problem, samples) as Iterator<Pair & tf.TensorContainerObject>
  )
  return make(
    async (epochs) => {
      await model.fitDataset(dataset, { epochs, verbose: 0 })
    },
    () => variablesIn(problem, model)
  )
}
