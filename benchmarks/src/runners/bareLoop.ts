/** The loop that a user of TensorFlow.js would write: `optimizer.minimize` on batches that are on the device already. */
import "@tensorflow/tfjs-layers" // registers the gradients
import * as tf from "@tensorflow/tfjs-core"
import { adam, forward, type Problem, type Samples, variablesOf } from "../Problem.ts"
import { make, type Runner, type Watch } from "../Runner.ts"
import { batches } from "./tensors.ts"

const variable = (tensors: { readonly [path: string]: tf.Tensor }, trainable: boolean) =>
  Object.fromEntries(Object.entries(tensors).map(([path, value]) => [path, tf.variable(value, trainable)]))

/** It measures nothing: no accuracy, no check for finite values, not even the loss is read but for the first steps' watch. */
export const bareLoop = (problem: Problem, samples: Samples, watch?: Watch): Runner => {
  const initial = variablesOf(problem)
  const [parameters, statistics] = [variable(initial.parameters, true), variable(initial.statistics, false)]
  const prepared = [...batches(problem, samples)]
  const optimizer = tf.train.adam(adam.rate, adam.beta1, adam.beta2, adam.epsilon)
  let unwatched = watch?.steps ?? 0
  return make(
    (epochs) => {
      for (let epoch = 0; epoch < epochs; epoch++) {
        for (const { xs, ys } of prepared) {
          const loss = optimizer.minimize(() => {
            const pass = forward(problem, { parameters, statistics }, xs)
            for (const path in pass.statistics) statistics[path]!.assign(pass.statistics[path]!)
            return tf.losses.softmaxCrossEntropy(ys, pass.outputs) as tf.Scalar
          }, unwatched > 0)
          if (loss === null) continue
          watch!.seen(loss.dataSync()[0]!)
          loss.dispose()
          unwatched--
        }
      }
    },
    () => ({ parameters, statistics })
  )
}
