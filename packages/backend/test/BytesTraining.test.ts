import { assert, describe, it } from "@effect/vitest"
import type { Dataset } from "@etude/core/Dataset"
import * as Bytes from "@etude/core/kernels/Bytes"
import * as Losses from "@etude/core/Losses"
import * as Model from "@etude/core/Model"
import * as Rng from "@etude/core/Rng"
import * as Task from "@etude/core/Task"
import * as Trainer from "@etude/core/Trainer"
import * as TrainState from "@etude/core/TrainState"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Cpu from "../src/Cpu.ts"
import * as Native from "../src/Native.ts"
import * as Wasm from "../src/Wasm.ts"
import { isInstalled } from "./native/Installed.ts"

const bytes = { scale: 1 / 255, offset: -0.3 }
const size = 6

/** Images of noise, as bytes or as the numbers that these stand for. */
const images = (form: "bytes" | "numbers"): Dataset => {
  const pixels = Uint8Array.from(Rng.uniforms(Rng.key(1), 20 * size, 0, 256))
  return {
    name: form,
    length: 20,
    spec: {
      inputs: { shape: [size], dtype: "float32", ...(form === "bytes" ? { bytes } : {}) },
      targets: { shape: [], dtype: "int32" }
    },
    read: (indices) => {
      const rows = Uint8Array.from({ length: indices.length * size }, (_, at) => {
        const sample = indices[Math.floor(at / size)]!
        return pixels[sample * size + (at % size)]!
      })
      return {
        inputs: form === "bytes" ? rows : Bytes.widen(rows, bytes),
        targets: Int32Array.from(indices, (sample) => sample % 3)
      }
    }
  }
}

const task = Task.supervised({
  name: "bytes",
  model: Model.make({
    name: "line",
    init: (key) => ({ kernel: tf.tensor2d(Rng.uniforms(key, size * 3, -1, 1), [size, 3]), bias: tf.zeros([3]) }),
    apply: ({ kernel, bias }, x: tf.Tensor) => tf.add(tf.matMul(x, kernel), bias)
  }),
  loss: Losses.softmaxCrossEntropy()
})

for (const [name, backend] of Object.entries({
  cpu: Cpu.layer,
  wasm: Wasm.layer,
  ...(isInstalled ? { native: Native.layer } : {})
})) {
  describe(`on ${name}`, () => {
    for (const microbatchSize of [undefined, 3]) {
      it.live(
        `training on bytes is training on numbers${microbatchSize === undefined ? "" : ", in microbatches"}`,
        () =>
          Effect.gen(function* () {
            const run = (form: "bytes" | "numbers") =>
              Effect.gen(function* () {
                const config = {
                  batchSize: 8,
                  until: { epochs: 2 },
                  learningRate: 0.1,
                  ...(microbatchSize === undefined ? {} : { microbatchSize })
                }
                const data = { train: images(form), validation: images(form) }
                const { state, history } = yield* Trainer.train(task, { config, data })
                const outputs = yield* Trainer.predict(task, {
                  state,
                  data: images(form),
                  use: (logits) => [...logits.dataSync()]
                })
                return {
                  tensors: TrainState.toData(state).tensors,
                  values: history.map(({ values }) => values),
                  outputs
                }
              }).pipe(Effect.scoped, Effect.provide(backend))
            assert.deepStrictEqual(yield* run("bytes"), yield* run("numbers"))
          })
      )
    }
  })
}
