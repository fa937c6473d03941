import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Cpu } from "@etude/backend"
import { Losses, Model, Rng, Task, Tensors, Trainer, type TrainState } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Initialize from "../src/Initialize.ts"
import { fromPyTorch } from "../src/KernelLayout.ts"
import * as Safetensors from "../src/Safetensors.ts"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "etude-initialize-"))
afterAll(() => fs.rmSync(folder, { recursive: true }))
const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url))
const services = Layer.mergeAll(Cpu.layer, NodeServices.layer)

/** The model of fixtures/make_pytorch.py, with channels last. */
const images: Model.Model<tf.Tensor, tf.Tensor> = {
  name: "images",
  init: () => ({
    parameters: {
      "conv/kernel": tf.zeros([2, 3, 2, 3]),
      "conv/bias": tf.zeros([3]),
      "norm/gamma": tf.zeros([3]),
      "norm/beta": tf.zeros([3]),
      "fc/kernel": tf.zeros([3, 4]),
      "fc/bias": tf.zeros([4])
    },
    statistics: { "norm/mean": tf.zeros([3]), "norm/variance": tf.zeros([3]) }
  }),
  apply: ({ parameters, statistics }, inputs) => {
    const [p, s] = [(name: string) => Tensors.get(parameters, name), (name: string) => Tensors.get(statistics, name)]
    const window = tf.conv2d(inputs as tf.Tensor4D, p("conv/kernel") as tf.Tensor4D, 1, "valid")
    const centred = tf.sub(tf.add(window, p("conv/bias")), s("norm/mean"))
    const normal = tf.div(tf.mul(centred, p("norm/gamma")), tf.sqrt(tf.add(s("norm/variance"), 1e-5)))
    const pooled = tf.mean(tf.add(normal, p("norm/beta")), [1, 2])
    return { outputs: tf.add(tf.matMul(pooled as tf.Tensor2D, p("fc/kernel") as tf.Tensor2D), p("fc/bias")) }
  }
}
const taskOf = (model: Model.Model<tf.Tensor, tf.Tensor>) =>
  Task.supervised({ name: "task", model, loss: Losses.meanSquaredError })

const fromPyTorchRules: Initialize.Source = {
  from: "pytorch.safetensors",
  layout: "pytorch",
  rename: [
    { from: "norm/weight", to: "norm/gamma" },
    { from: "norm/bias", to: "norm/beta" },
    { from: "*/running_mean", to: "statistics/$1/mean" },
    { from: "*/running_var", to: "statistics/$1/variance" },
    { from: "*/weight", to: "$1/kernel" }
  ],
  ignore: ["**/num_batches_tracked", "conv1d/**"]
}

const failureOf = (config: Initialize.Initialize, within = folder) =>
  Effect.map(Effect.flip(Initialize.task(taskOf(images), config, within)), ({ message }) => message)

const two = Model.make({
  name: "two",
  init: () => ({ "body/kernel": tf.zeros([2]), "head/kernel": tf.zeros([3]) }),
  apply: (_, inputs: tf.Tensor) => inputs
})
const of = (...values: ReadonlyArray<number>): TrainState.TensorData => ({
  dtype: "float32",
  shape: [values.length],
  values: Float32Array.from(values)
})
const save = (name: string, tensors: { readonly [name: string]: TrainState.TensorData }, metadata = {}) => {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
  fs.writeFileSync(path.join(folder, name), Safetensors.encode(tensors, metadata))
}
const begunWith = (task: Task.Task) => {
  const weights = Trainer.initialWeights(task, 1)
  const values = Object.fromEntries(
    Object.entries(weights.parameters).map(([name, tensor]) => [name, [...tensor.dataSync()]])
  )
  Tensors.disposeTree(weights)
  return values
}

describe("a run that begins with stored weights", () => {
  it.live("says what PyTorch's model says, once names and kernels are ours", () =>
    Effect.gen(function* () {
      const { image, outputs, conv1d } = JSON.parse(fs.readFileSync(path.join(fixtures, "pytorch.json"), "utf8"))
      const { task, loaded } = yield* Initialize.task(taskOf(images), fromPyTorchRules, fixtures)
      const model = task.models[""] ?? assert.fail("no model")
      const difference = tf.tidy(() => {
        const ours = Model.predict(model, model.init(Rng.key(1)), tf.tensor(image)) as tf.Tensor
        return tf.max(tf.abs(tf.sub(ours, tf.tensor(outputs)))).dataSync()[0]
      })
      assert.isBelow(difference ?? Infinity, 1e-5)
      assert.strictEqual(loaded.length, 1)
      assert.deepStrictEqual(loaded[0]?.transposed?.toSorted(), ["parameters/conv/kernel", "parameters/fc/kernel"])
      assert.deepStrictEqual(loaded[0]?.ignored?.toSorted(), ["conv1d.weight", "norm.num_batches_tracked"])
      assert.deepInclude(loaded[0]?.renamed ?? [], { from: "norm.running_var", to: "statistics/norm/variance" })
      assert.match(loaded[0]?.sha256 ?? "", /^[0-9a-f]{64}$/)
      const lines = Initialize.describe(loaded[0] ?? assert.fail("no account")).split("\n")
      assert.match(lines[0] ?? "", /^Weights from .*pytorch\.safetensors: 8 of 8 tensors that match are taken over\.$/)
      assert.include(lines, "  used     parameters/conv/kernel from conv.weight, transposed")
      assert.include(lines, "  ignored  conv1d.weight")
      // Kernels of one dimension, too.
      const bytes = fs.readFileSync(path.join(fixtures, "pytorch.safetensors"))
      const kernel = Result.getOrThrow(Safetensors.decode(bytes, "a")).tensors["conv1d.weight"] ?? assert.fail("none")
      const turned = fromPyTorch(kernel)
      assert.deepStrictEqual(turned.shape, [5, 3, 4])
      assert.deepStrictEqual([...turned.values], [...Float32Array.from(conv1d.flat(2))])
    }).pipe(Effect.provide(services))
  )

  it.live("takes a run's folder, without the averages of its callbacks; of several sources the later wins", () =>
    Effect.gen(function* () {
      const average = { "callbacks/average/body/kernel": of(9, 9), "parameters/head/kernel": of(5, 6, 7) }
      save("run/model.safetensors", { "parameters/body/kernel": of(1, 2), ...average }, { format: "etude" })
      save("head.safetensors", { "classes.kernel": of(3, 4, 5) })
      const head: Initialize.Source = {
        from: "head.safetensors",
        layout: "pytorch",
        rename: [{ from: "classes/*", to: "head/$1" }],
        match: "head/**"
      }
      const before = tf.memory().numTensors
      const whole = yield* Initialize.task(taskOf(two), { from: "run" }, folder)
      assert.deepStrictEqual(begunWith(whole.task), { "body/kernel": [1, 2], "head/kernel": [5, 6, 7] })
      const both = yield* Initialize.task(taskOf(two), [{ from: "run" }, head], folder)
      assert.deepStrictEqual(begunWith(both.task), { "body/kernel": [1, 2], "head/kernel": [3, 4, 5] })
      assert.deepStrictEqual(
        both.loaded.map(({ file, loaded }) => [path.relative(folder, file), loaded.length]),
        [
          [path.join("run", "model.safetensors"), 2],
          ["head.safetensors", 1]
        ]
      )
      assert.strictEqual(tf.memory().numTensors, before)
    }).pipe(Effect.provide(services))
  )

  it.live("reports everything that is wrong with all of its sources", () =>
    Effect.gen(function* () {
      const file = path.join(fixtures, "pytorch.safetensors")
      const message = yield* failureOf([
        { from: "nowhere.safetensors" },
        { from: "." },
        { from: file, match: ["bdy/**", "fc/**"], rename: [{ from: "fx/*", to: "fc/$1" }] }
      ])
      assert.strictEqual(
        message,
        "The run can't begin with the stored weights; nothing was trained." +
          `\ninitialize from nowhere.safetensors: ${folder}/nowhere.safetensors cannot be read as safetensors.` +
          "\n  there is no such file" +
          `\ninitialize from .: ${folder}/model.safetensors cannot be read as safetensors.` +
          "\n  there is no such file; the folder is none of a run that was trained, nor a checkpoint" +
          `\ninitialize from ${file}: The weights do not fit task; nothing was loaded.` +
          '\n  match: "bdy/**" matches nothing in the model' +
          '\n  rename: "fx/*" matches no name in the weights' +
          "\n  parameters/fc/kernel is in the model, but not in the weights" +
          "\n  parameters/fc/bias is in the model, but not in the weights" +
          '\nChoose what to load by patterns (match: "conv*/**"), or load what fits (strict: false).'
      )
      const unnamed = yield* failureOf({ from: file })
      assert.include(unnamed, 'These look like names of PyTorch: layout: "pytorch" reads them, and rename maps them.')
    }).pipe(Effect.provide(services))
  )

  it.live("refuses two stored tensors that become one, and what its models refuse", () =>
    Effect.gen(function* () {
      save("twice.safetensors", { a: of(1, 2), b: of(3, 4), "head/kernel": of(1, 2, 3) })
      const rename = [
        { from: "a", to: "body/kernel" },
        { from: "b", to: "body/kernel" }
      ]
      const twice = { from: "twice.safetensors", rename }
      const clash = yield* Effect.flip(Initialize.task(taskOf(two), twice, folder))
      assert.include(clash.message, "\n  a and b both become parameters/body/kernel")
      save("other.safetensors", { "body/kernel": of(1, 2), "head/kernel": of(1, 2, 3) })
      const picky = { ...two, refuses: () => ["the images were scaled in another way"] }
      const refused = yield* Effect.flip(Initialize.task(taskOf(picky), { from: "other.safetensors" }, folder))
      assert.include(refused.message, "initialize from other.safetensors: the images were scaled in another way")
    }).pipe(Effect.provide(services))
  )

  it.live("are found by what a scheme names, and called so in the account", () =>
    Effect.gen(function* () {
      save("downloaded.safetensors", { "body/kernel": of(1, 2), "head/kernel": of(3, 4, 5) })
      const asked: Array<string> = []
      const shelf: Initialize.Locate = (address) =>
        Effect.suspend(() => {
          asked.push(address)
          return address === "two@1"
            ? Effect.succeed({ path: path.join(folder, "downloaded.safetensors"), name: "shelf:two@0123" })
            : Effect.fail(
                new Initialize.SourceUnavailable({
                  from: `shelf:${address}`,
                  found: "not on this machine, and the network is not to be used",
                  advice: "Copy it here"
                })
              )
        })
      const { task, loaded } = yield* Effect.provideService(
        Initialize.task(taskOf(two), { from: "shelf:two@1" }, folder),
        Initialize.Sources,
        { shelf }
      )
      assert.deepStrictEqual(begunWith(task), { "body/kernel": [1, 2], "head/kernel": [3, 4, 5] })
      assert.deepStrictEqual(
        loaded.map(({ file }) => file),
        ["shelf:two@0123"]
      )
      const message = yield* Effect.provideService(
        failureOf([{ from: "shelf:three@1" }, { from: "attic:two" }]),
        Initialize.Sources,
        { shelf }
      )
      assert.deepStrictEqual(asked, ["two@1", "three@1"])
      assert.include(
        message,
        "\ninitialize from shelf:three@1: not on this machine, and the network is not to be used. Copy it here"
      )
      assert.include(message, "there is no such file, and attic: is none of the sources here, which are shelf:")
    }).pipe(Effect.provide(services))
  )
})
