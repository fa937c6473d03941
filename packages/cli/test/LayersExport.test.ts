/** A model that is exported for tf.js, read back by tf.js. */
import { readdirSync, readFileSync } from "node:fs"
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
import { etude, fixtures, temporary } from "./support/etude.ts"

const runIn = (runs: string) => path.join(runs, readdirSync(runs)[0]!)

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

/** A model's description, and its weights on the host with a prefix. */
const described = (prefix = "") =>
  Effect.gen(function* () {
    const model = yield* LayersModel.adapt(build)
    const { parameters, statistics } = model.init(Rng.key(3))
    const weights = Object.fromEntries(
      Object.entries({ ...parameters, ...statistics }).map(([name, tensor]) => [prefix + name, host(tensor)])
    )
    const inputs = tf.tensor4d(Rng.normals(Rng.key(4), 2 * 36), [2, 6, 6, 1])
    const random = { bits: () => tf.zeros([1], "int32") }
    const own = model.apply({ parameters, statistics }, inputs, { training: false, random }).outputs
    return { topology: model.topology as never, weights, outputs: [...own.dataSync()] }
  }).pipe(Effect.provide(Cpu.layer))

const predicted = (folder: string) =>
  Effect.gen(function* () {
    const loaded = yield* Effect.promise(() => fromFolder(folder))
    const inputs = tf.tensor4d(Rng.normals(Rng.key(4), 2 * 36), [2, 6, 6, 1])
    return [...(loaded.predict(inputs) as tf.Tensor).dataSync()]
  }).pipe(Effect.provide(Cpu.layer))

describe("a model exported for tf.js", () => {
  it.live("gives the same outputs there, and needs no backend around it", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "model")
      const { topology, weights, outputs } = yield* described()
      yield* LayersExport.write(folder, { "": topology }, weights)
      assert.deepStrictEqual(yield* predicted(folder), outputs)
    }).pipe(Effect.scoped)
  )
  it.live("has a folder for each model of a task that has several", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "models")
      const { topology, weights, outputs } = yield* described("left/")
      const right = yield* described("right/")
      yield* LayersExport.write(folder, { left: topology, right: right.topology }, { ...weights, ...right.weights })
      assert.deepStrictEqual(yield* predicted(path.join(folder, "left")), outputs)
      assert.deepStrictEqual(yield* predicted(path.join(folder, "right")), right.outputs)
    }).pipe(Effect.scoped)
  )
  it.live("has each model's own weights inside its folder, whatever models are called", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "models")
      const names = { "": "", "..": "%2E%2E", "model.json": "model%2Ejson", a: "a", "a/b": "a%2Fb" }
      const all = yield* Effect.forEach(Object.keys(names), (name) => described(name === "" ? "" : `${name}/`))
      const topologies = Object.fromEntries(Object.keys(names).map((name, model) => [name, all[model]!.topology]))
      yield* LayersExport.write(folder, topologies, Object.assign({}, ...all.map(({ weights }) => weights)))
      for (const [model, place] of Object.values(names).entries()) {
        assert.deepStrictEqual(yield* predicted(path.join(folder, place)), all[model]!.outputs, place)
      }
    }).pipe(Effect.scoped)
  )
  it.live("is refused when tf.js cannot read it back", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "model")
      const { topology } = yield* described()
      const { message } = yield* Effect.flip(LayersExport.write(folder, { "": topology }, {}))
      assert.include(message, "tf.js cannot read it back: conv/kernel is missing, expected [3, 3, 1, 2]; conv/bias")
      assert.include(message, ". Use --format safetensors")
      assert.notInclude(message, "..")
    }).pipe(Effect.scoped)
  )
  it.live("is refused when it is of plain functions, with what can be done instead", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(LayersExport.write("out", { "": null }, {}))
      assert.match(message, /^out could not be written: the run's model consists of plain functions/)
      for (const way of ["--format safetensors", "etude predict", "SavedModel.read", "LayersModel.adapt"])
        assert.include(message, way)
    })
  )
})

describe("`etude checkpoint export --format layers`", () => {
  it.live("writes nested and bidirectional layers, and layers of the experiment's own", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const runs = path.join(folder, "runs")
      const trained = yield* etude(["train", path.join(fixtures, "layers.yaml"), "--runs", runs])
      assert.strictEqual(trained.code, 0, trained.stderr)
      const out = path.join(folder, "out")
      const exported = yield* etude(["checkpoint", "export", runIn(runs), out, "--format", "layers"])
      assert.strictEqual(exported.code, 0, exported.stderr)
      const { modelTopology, weightsManifest } = JSON.parse(readFileSync(path.join(out, "model.json"), "utf8"))
      assert.strictEqual(modelTopology.class_name, "Sequential")
      assert.strictEqual(weightsManifest[0].weights.length, 12)
    }).pipe(Effect.scoped)
  )
})
