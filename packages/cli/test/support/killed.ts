/**
 * A training process for tests that kill it: `node killed.ts FOLDER STEPS THREADS NATIVE`. It goes on from the newest intact
 * checkpoint of the folder, saves often, and at the end prints one line with the SHA-256 of its parameters and slots.
 */
import { createHash } from "node:crypto"
import { Wasm } from "@etude/backend"
import { FileStore, Keep, SaveWhen, Saving } from "@etude/checkpoint"
import { PlanExecutor } from "@etude/compile"
import { Checkpoints, Losses, Model, Rng, Task, Trainer, TrainState } from "@etude/core"
import { Arrays } from "@etude/data"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

const [folder = "", steps = "", threads = "", native = ""] = process.argv.slice(2)

const [inputs, hidden, samples] = [300, 200, 96]

/** Large enough that threads share its products. */
const model = Model.make({
  name: "perceptron",
  init: (key) => ({
    hidden: tf.tensor2d(Rng.uniforms(Rng.named(key, "hidden"), inputs * hidden, -0.1, 0.1), [inputs, hidden]),
    output: tf.tensor2d(Rng.uniforms(Rng.named(key, "output"), hidden * 10, -0.1, 0.1), [hidden, 10])
  }),
  apply: ({ hidden, output }, x: tf.Tensor2D) =>
    tf.matMul(tf.relu(tf.matMul(x, hidden as tf.Tensor2D)), output as tf.Tensor2D)
})

const dataset = Arrays.fromArrays({
  inputs: { values: Float32Array.from(Rng.uniforms(Rng.key(3), samples * inputs, -1, 1)), shape: [inputs] },
  targets: { values: Int32Array.from({ length: samples }, (_, at) => (at * 7) % 10), shape: [], dtype: "int32" }
})

const digest = (state: TrainState.TrainState): string => {
  const { tensors } = TrainState.toData(state)
  const hash = createHash("sha256")
  for (const path of Object.keys(tensors).sort()) {
    const { values } = tensors[path]!
    hash.update(path).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }
  return hash.digest("hex")
}

const program = Effect.gen(function* () {
  const store = yield* Checkpoints.Checkpoints
  const latest = yield* store.latest
  const state = Option.map(latest, ({ data }) => TrainState.fromData(data))
  const resumedFrom = Option.map(latest, ({ saved }) => saved.id)
  process.stdout.write(`begin ${Option.getOrElse(resumedFrom, () => "anew")}\n`)
  const result = yield* Trainer.train(Task.supervised({ name: "killed", model, loss: Losses.softmaxCrossEntropy() }), {
    config: {
      seed: 5,
      until: { steps: Number(steps) },
      batchSize: 32,
      optimizer: { _tag: "Adam" },
      learningRate: 1e-3
    },
    data: { train: yield* dataset },
    callbacks: Saving.layer({
      when: SaveWhen.everySteps(40),
      keep: Keep.last(2),
      ...Option.match(resumedFrom, { onNone: () => ({}), onSome: (id) => ({ resumedFrom: id }) })
    }),
    ...Option.match(state, { onNone: () => ({}), onSome: (given) => ({ state: given }) })
  })
  process.stdout.write(`${digest(result.state)}\n`)
}).pipe(Effect.scoped)

const executor = PlanExecutor.layerWith({
  threads: Number(threads),
  native: native === "native" ? "auto" : "off",
  cache: `${folder}.code`,
  onNotCompilable: "fail"
})
const layer = Layer.mergeAll(FileStore.layer({ folder }), executor.pipe(Layer.provideMerge(Wasm.layer)))
Effect.runPromise(program.pipe(Effect.provide(layer))).catch((error) => {
  console.error(error)
  process.exitCode = 1
})
