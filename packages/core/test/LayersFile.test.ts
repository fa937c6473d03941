/** Models of tf.js that are read from files. */
import { assert, describe, layer } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as LayersFile from "../src/LayersFile.ts"
import * as LayersModel from "../src/LayersModel.ts"
import * as Rng from "../src/Rng.ts"
import * as Cpu from "./support/cpu.ts"
import { everyCase } from "./support/everyLayer.ts"
import { assertClose, context, integers, numbers } from "./support/layers.ts"

type Files = { readonly [path: string]: Uint8Array }

const { layers } = tfl
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** What `model.save` of plain tf.js writes, as files, the weights in shards of `shardBytes`. */
const saved = (model: tfl.LayersModel, shardBytes = 40) =>
  Effect.map(
    Effect.promise(async () => {
      const artifacts: Array<tf.io.ModelArtifacts> = []
      await model.save({
        save: async (one) => {
          artifacts.push(one)
          return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } }
        }
      })
      return artifacts[0]!
    }),
    ({ modelTopology, weightSpecs, weightData }): Record<string, Uint8Array> => {
      const bytes = new Uint8Array(weightData as ArrayBuffer)
      const shards: Record<string, Uint8Array> = {}
      for (let start = 0; start < bytes.length; start += shardBytes)
        shards[`group1-shard${start / shardBytes}.bin`] = bytes.slice(start, start + shardBytes)
      const weightsManifest = [{ paths: Object.keys(shards), weights: weightSpecs }]
      return { "model.json": text({ format: "layers-model", modelTopology, weightsManifest }), ...shards }
    }
  )

const readFrom = (files: Files) =>
  LayersFile.readWith("net", "model.json", (path) =>
    files[path] === undefined ? Effect.fail("there is no such file") : Effect.succeed(files[path])
  )

const problemsOf = (files: Files) =>
  Effect.map(Effect.flip(Effect.scoped(readFrom(files))), ({ problems }) =>
    problems.map(({ path, message }) => `${path}: ${message}`)
  )

const base = () =>
  tfl.sequential({
    layers: [
      layers.dense({ units: 4, inputShape: [3], activation: "tanh", name: "features" }),
      layers.batchNormalization({ name: "norm", movingMeanInitializer: "ones" }),
      layers.dense({ units: 10, name: "classes" })
    ]
  })

layer(Cpu.layer)("a model of tf.js that is read from files", (it) => {
  for (const [name, { build, shapes, integersBelow }] of Object.entries(everyCase)) {
    // Two layers of a name: tf.js itself cannot read what it has written.
    if (/equal names|nested model in a nested|shares with the model around|nested model$/.test(name)) continue
    it.effect(`predicts as before: ${name}`, () =>
      Effect.gen(function* () {
        const written = build()
        const read = yield* readFrom(yield* saved(written))
        const inputs = shapes.map((shape, at) =>
          integersBelow === undefined ? numbers([2, ...shape], at) : integers([2, ...shape], integersBelow, at)
        )
        const given = inputs.length === 1 ? inputs[0]! : inputs
        const expected = [written.predict(given)].flat()
        for (const [at, tensor] of [read.predict(given)].flat().entries()) assertClose(tensor, expected[at]!, 0)
      }).pipe(Effect.scoped)
    )
  }

  it.effect("gives its layers to a new model, which keeps them and draws its head", () =>
    Effect.gen(function* () {
      const before = tf.memory().numTensors
      const written = base()
      const files = yield* saved(written)
      const features = tf.keep(tf.tidy(() => written.layers[0]!.getWeights()[0]!.clone()))
      yield* Effect.gen(function* () {
        const pretrained = yield* readFrom(files)
        const model = yield* LayersModel.adapt(
          () => {
            for (const own of pretrained.layers) own.trainable = false
            const head = layers.dense({ units: 2, name: "head" })
            const outputs = head.apply(pretrained.getLayer("norm").output) as tfl.SymbolicTensor
            return tfl.model({ inputs: pretrained.inputs, outputs })
          },
          { weights: (path) => (path.startsWith("head/") ? "draw" : "keep") }
        )
        const { parameters, statistics } = model.init(Rng.key(1))
        assertClose(parameters["features/kernel"]!, features, 0)
        assert.deepStrictEqual([...statistics["norm/moving_mean"]!.dataSync()], [1, 1, 1, 1])
        const other = model.init(Rng.key(2))
        assert.notDeepEqual(
          [...other.parameters["head/kernel"]!.dataSync()],
          [...parameters["head/kernel"]!.dataSync()]
        )
        const { outputs } = model.apply({ parameters, statistics }, numbers([5, 3]), context(false))
        assert.deepStrictEqual(outputs.shape, [5, 2])
        tf.dispose([parameters, statistics, other.parameters, other.statistics, outputs])
      }).pipe(Effect.scoped)
      written.dispose()
      features.dispose()
      // The inputs of the forward pass, and its random key.
      assert.strictEqual(tf.memory().numTensors, before + 2)
    })
  )

  describe("is refused with everything that is wrong", () => {
    it.effect("shards that are missing, and that are too short", () =>
      Effect.gen(function* () {
        const before = tf.memory().numTensors
        const model = base()
        const files = yield* saved(model)
        const { "group1-shard0.bin": first, "group1-shard2.bin": _, "group1-shard3.bin": __, ...rest } = files
        assert.deepStrictEqual(yield* problemsOf(rest), [
          "group1-shard0.bin: there is no such file",
          "group1-shard2.bin: there is no such file",
          "group1-shard3.bin: there is no such file"
        ])
        const [short] = yield* problemsOf({ ...files, "group1-shard0.bin": first!.slice(4) })
        assert.match(short!, /holds 324 bytes, expected 328 for its 8 weights$/)
        model.dispose()
        assert.strictEqual(tf.memory().numTensors, before)
      })
    )
    it.effect("what is no model of layers", () =>
      Effect.gen(function* () {
        const graph = { format: "graph-model", modelTopology: { node: [] }, weightsManifest: [] }
        assert.match((yield* problemsOf({ "model.json": text(graph) }))[0]!, /it is a graph model/)
        assert.match((yield* problemsOf({ "model.json": text({ a: 1 }) }))[0]!, /it has no `modelTopology`/)
        assert.match((yield* problemsOf({ "model.json": text({ modelTopology: {} }) }))[0]!, /no `weightsManifest`/)
        assert.match((yield* problemsOf({ "model.json": new Uint8Array([1, 2]) }))[0]!, /it is not JSON/)
        assert.match((yield* problemsOf({}))[0]!, /there is no such file/)
      })
    )
    it.effect("weights that lie elsewhere", () =>
      Effect.gen(function* () {
        const weightsManifest = [
          { paths: ["../secret", "/etc/passwd", "C:\\x", "a/../../b", "fine/a.bin"], weights: [] }
        ]
        const problems = yield* problemsOf({ "model.json": text({ modelTopology: {}, weightsManifest }) })
        assert.deepStrictEqual(
          problems.map((problem) => problem.split(":").at(-1)),
          Array.from({ length: 4 }, () => " is not next to the model's description")
        )
      })
    )
    it.effect("classes and weights that tf.js does not know, and nothing stays of it", () =>
      Effect.gen(function* () {
        const before = tf.memory().numTensors
        const model = base()
        const files = yield* saved(model)
        const description = new TextDecoder().decode(files["model.json"])
        const unknown = description.replace('"class_name":"BatchNormalization"', '"class_name":"Whatever"')
        const [first] = yield* problemsOf({ ...files, "model.json": new TextEncoder().encode(unknown) })
        assert.match(first!, /tf.js cannot read it: Unknown layer: Whatever/)
        const other = description.replaceAll("classes/kernel", "elsewhere/kernel")
        const [second] = yield* problemsOf({ ...files, "model.json": new TextEncoder().encode(other) })
        assert.match(second!, /no target variable: elsewhere\/kernel/)
        model.dispose()
        assert.strictEqual(tf.memory().numTensors, before)
      })
    )
  })

  it.effect("lies in a folder, or is named itself", () =>
    Effect.gen(function* () {
      const model = base()
      const files = yield* saved(model)
      const system = FileSystem.layerNoop({
        stat: (path) => Effect.succeed({ type: path.endsWith(".json") ? "File" : "Directory" } as FileSystem.File.Info),
        readFile: (path) => Effect.succeed(files[path.replace("models/net/", "")] as Uint8Array<ArrayBuffer>)
      })
      for (const path of ["models/net", "models/net/", "models/net/model.json"]) {
        const read = yield* Effect.provide(LayersFile.read(path), system)
        assert.deepStrictEqual(
          read.layers.map(({ name }) => name),
          ["features", "norm", "classes"]
        )
      }
    }).pipe(Effect.scoped)
  )
})
