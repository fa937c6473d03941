/** Fully connected networks on 784 numbers: logistic regression, and perceptrons with hidden layers. */
import * as tf from "@tensorflow/tfjs-core"
import * as layers from "@tensorflow/tfjs-layers"
import { affine, classes, dense, type Network } from "./Network.ts"

const features = 784

/** Dense layers of these sizes with rectified linear units between them, and one of 10 logits. */
export const perceptron = (hidden: ReadonlyArray<number>): Network => {
  const sizes = [features, ...hidden, classes]
  const names = sizes.slice(1).map((_, at) => `dense${at + 1}`)
  return {
    shape: [features],
    parameters: Object.assign({}, ...names.map((name, at) => affine(name, sizes[at]!, sizes[at + 1]!))),
    statistics: {},
    apply: ({ parameters }, inputs) => {
      let x = inputs
      for (const [at, name] of names.entries()) x = dense(parameters, name, at === 0 ? x : tf.relu(x))
      return { outputs: x }
    },
    layers: () =>
      layers.sequential({
        layers: names.map((name, at) =>
          layers.layers.dense({
            name,
            units: sizes[at + 1]!,
            ...(at === 0 ? { inputShape: [features] } : {}),
            ...(at === hidden.length ? {} : { activation: "relu" as const })
          })
        )
      }),
    positions: Object.fromEntries(names.map((name) => [`${name}/kernel`, 1]))
  }
}
