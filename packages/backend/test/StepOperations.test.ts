import { assert, describe, it } from "@effect/vitest"
import * as Losses from "@etude/core/Losses"
import * as Metric from "@etude/core/Metric"
import * as Model from "@etude/core/Model"
import * as Rng from "@etude/core/Rng"
import * as Step from "@etude/core/Step"
import * as Task from "@etude/core/Task"
import type { TrainConfigInput } from "@etude/core/TrainConfig"
import * as tf from "@tensorflow/tfjs-core"
import * as Native from "../src/Native.ts"
import { on } from "./kernels/agreement.ts"
import { isInstalled } from "./native/Installed.ts"
import { operationsOf } from "./native/operations.ts"

const shapes: { readonly [layer: string]: Array<number> } = {
  conv1: [5, 5, 1, 6],
  conv2: [5, 5, 6, 16],
  dense1: [256, 120],
  dense2: [120, 84],
  output: [84, 10]
}

const init = (key: Rng.Key): Record<string, tf.Tensor> =>
  Object.fromEntries(
    Object.entries(shapes).flatMap(([name, shape]) => [
      [`${name}/kernel`, tf.tensor(Rng.uniforms(Rng.named(key, name), tf.util.sizeFromShape(shape), -0.1, 0.1), shape)],
      [`${name}/bias`, tf.zeros([shape.at(-1)!])]
    ])
  )

const task = Task.supervised({
  name: "LeNet-5",
  model: Model.make({
    name: "LeNet-5",
    init,
    apply: (p, x: tf.Tensor) => {
      const convolved = (name: string, y: tf.Tensor) => {
        const sum = tf.conv2d(y as tf.Tensor4D, p[`${name}/kernel`] as tf.Tensor4D, 1, "valid")
        return tf.maxPool(tf.relu(tf.add(sum, p[`${name}/bias`]!)) as tf.Tensor4D, 2, 2, "valid")
      }
      const dense = (name: string, y: tf.Tensor) => tf.add(tf.matMul(y, p[`${name}/kernel`]!), p[`${name}/bias`]!)
      const features = tf.reshape(convolved("conv2", convolved("conv1", x)), [-1, 256])
      return dense("output", tf.relu(dense("dense2", tf.relu(dense("dense1", features)))))
    }
  }),
  loss: Losses.softmaxCrossEntropy(),
  metrics: { accuracy: Metric.accuracy }
})

/** The operations of one step with that optimizer, outputs given back. */
const stepWith = (optimizer: NonNullable<TrainConfigInput["optimizer"]>): ReadonlyArray<string> => {
  const { init, step } = Step.make(task, { optimizer, learningRate: 0.01, batchSize: 8 })
  const state = init(1)
  const batch = { inputs: tf.ones([8, 28, 28, 1]), targets: tf.zeros([8], "int32") }
  return operationsOf(() => Step.dispose(step(state, batch).state))
}

describe.skipIf(!isInstalled)("a training step of LeNet-5 on native", () => {
  it.live("takes few operations, with any optimizer", () =>
    on(Native.layer, () => {
      const count = (optimizer: NonNullable<TrainConfigInput["optimizer"]>) => stepWith(optimizer).length
      assert.isAtMost(count({ _tag: "Sgd" }), 70)
      assert.isAtMost(count({ _tag: "Sgd", momentum: 0.9 }), 84)
      assert.isAtMost(count({ _tag: "Adam" }), 110)
      assert.isAtMost(count({ _tag: "AdamW" }), 116)
      assert.isAtMost(count({ _tag: "RmsProp" }), 99)
      assert.isAtMost(count({ _tag: "Adagrad" }), 93)
    })
  )

  it.live("computes nothing that nobody asked for", () =>
    on(Native.layer, () => {
      const names = stepWith({ _tag: "Sgd" })
      const timesOf = (name: string) => names.filter((one) => one === name).length
      assert.strictEqual(timesOf("Conv2DBackpropInput"), 1)
      assert.strictEqual(timesOf("Conv2DBackpropFilter"), 2)
      assert.strictEqual(timesOf("ReluGrad"), 4)
      assert.strictEqual(timesOf("BiasAddGrad"), 5)
      for (const slow of ["Select", "Greater", "Fill", "Tile", "Exp"]) assert.strictEqual(timesOf(slow), 0)
    })
  )
})
