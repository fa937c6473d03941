/** The loop that a user of TensorFlow.js would write: `optimizer.minimize` on batches that are on the device already. */
import "@tensorflow/tfjs-layers" // registers the gradients
import * as tf from "@tensorflow/tfjs-core"
import { adam, lossOf, type Problem, samplesFor } from "../Problem.ts"
import { make, type Runner } from "../Runner.ts"
import { initialParameters } from "./etude.ts"
import { batches } from "./tensors.ts"

/** It measures nothing: no accuracy, no check for finite values, not even the loss is read. */
export const bareLoop = (problem: Problem, steps: number): Runner => {
  const samples = samplesFor(problem, steps * problem.batchSize)
  const initial = initialParameters(problem)
  const parameters: Record<string, tf.Variable> = {}
  for (const path in initial) parameters[path] = tf.variable(initial[path]!)
  const prepared = [...batches(problem, samples)]
  const optimizer = tf.train.adam(adam.rate)
  return make(
    () => {
      for (const { xs, ys } of prepared) {
        optimizer.minimize(() => tf.losses.softmaxCrossEntropy(ys, problem.apply(parameters, xs)) as tf.Scalar)
      }
    },
    () => lossOf(problem, parameters, samples)
  )
}
