/** A model that is exported for tf.js, read back by tf.js. */
import { readFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Cpu from "@etude/backend/Cpu"
import * as LayersModel from "@etude/core/LayersModel"
import * as Rng from "@etude/core/Rng"
import type { TensorData } from "@etude/core/TrainState"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as LayersExport from "../src/LayersExport.ts"
import { temporary } from "./support/etude.ts"

const build = () =>
  tfl.sequential({
    layers: [
      tfl.layers.conv2d({ inputShape: [6, 6, 1], filters: 2, kernelSize: 3, activation: "relu", name: "conv" }),
      tfl.layers.batchNormalization(),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 3, name: "head" })
    ]
  })

const host = (tensor: tf.Tensor): TensorData => ({
  dtype: "float32",
  shape: tensor.shape,
  values: tensor.dataSync<"float32">().slice()
})

const fromFolder = (folder: string) =>
  tfl.loadLayersModel({
    load: async () => {
      const { modelTopology, weightsManifest } = JSON.parse(readFileSync(path.join(folder, "model.json"), "utf8"))
      const bytes = readFileSync(path.join(folder, weightsManifest[0].paths[0]))
      return { modelTopology, weightSpecs: weightsManifest[0].weights, weightData: new Uint8Array(bytes).buffer }
    }
  })

describe("a model exported for tf.js", () => {
  it.live("gives the same outputs there", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "model")
      const model = yield* LayersModel.adapt(build)
      const { parameters, statistics } = model.init(Rng.key(3))
      const weights = Object.fromEntries(
        Object.entries({ ...parameters, ...statistics }).map(([name, tensor]) => [name, host(tensor)])
      )
      yield* LayersExport.write(folder, model.topology as never, weights)
      const loaded = yield* Effect.promise(() => fromFolder(folder))
      const inputs = tf.tensor4d(Rng.normals(Rng.key(4), 2 * 36), [2, 6, 6, 1])
      const random = { bits: () => tf.zeros([1], "int32") }
      const own = model.apply({ parameters, statistics }, inputs, { training: false, random }).outputs
      const theirs = loaded.predict(inputs) as tf.Tensor
      assert.deepStrictEqual([...theirs.dataSync()], [...own.dataSync()])
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
  it.live("is refused when tf.js cannot read it back", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "model")
      const model = yield* LayersModel.adapt(build)
      const error = yield* Effect.flip(LayersExport.write(folder, model.topology as never, {}))
      assert.include(error.message, "tf.js cannot read it back")
      assert.include(error.message, "--format safetensors")
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})
