/** A model of tf.layers, with batch normalization and dropout, trained as any other. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { LayersModel, Losses, Metric, Rng, Task, Trainer } from "@etude/core"
import { Arrays, Split } from "@etude/data"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"

const convolutional = () =>
  tfl.sequential({
    name: "bars",
    layers: [
      tfl.layers.conv2d({ name: "convolution", inputShape: [8, 8, 1], filters: 8, kernelSize: 3, useBias: false }),
      tfl.layers.batchNormalization({ name: "normalization" }),
      tfl.layers.reLU(),
      tfl.layers.globalAveragePooling2d({}),
      tfl.layers.dropout({ rate: 0.1 }),
      tfl.layers.dense({ name: "output", units: 2 })
    ]
  })

const program = Effect.gen(function* () {
  // Images of one bright row or one bright column, under noise.
  const labels = Int32Array.from(Rng.uniforms(Rng.key(1), 1000), (u) => (u < 0.5 ? 0 : 1))
  const place = Rng.uniforms(Rng.key(2), 1000, 0, 8).map(Math.floor)
  const images = Rng.normals(Rng.key(3), 64 * 1000).map((noise, at) => {
    const image = Math.floor(at / 64)
    const along = labels[image] === 0 ? at % 8 : Math.floor((at % 64) / 8)
    return noise + (along === place[image] ? 2 : 0)
  })
  const all = yield* Arrays.fromArrays({
    inputs: { values: images, shape: [8, 8, 1] },
    targets: { values: labels },
    classes: ["column", "row"]
  })
  const { rest: train, heldOut: validation } = yield* Split.split(all, { key: 1, fraction: 0.2 })

  const model = yield* LayersModel.adapt(convolutional)
  const task = Task.supervised({
    name: "bars",
    model,
    loss: Losses.softmaxCrossEntropy(),
    metrics: { accuracy: Metric.accuracy }
  })
  const config = { until: { epochs: 15 }, learningRate: 0.01 }
  const { state, history } = yield* Trainer.train(task, { config, data: { train, validation } })
  console.log([...Object.keys(state.parameters), ...Object.keys(state.statistics)].join(", "))
  return history.at(-1)!.values["validation/accuracy"]!
})

const accuracy = await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer))))
console.log(`${(100 * accuracy).toFixed(1)} % of held-out images are classified correctly`)
assert.ok(accuracy > 0.9 && accuracy < 1, `accuracy ${accuracy}`)
