import { assert, describe, it } from "@effect/vitest"

import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Losses from "../src/Losses.ts"
import * as Model from "../src/Model.ts"
import * as Rng from "../src/Rng.ts"
import * as Step from "../src/Step.ts"
import * as Task from "../src/Task.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"

const x = [1, -2, 3, 0.5]
const task = Task.supervised({
  name: "line",
  model: Model.make({
    name: "line",
    init: (key) => ({ w: tf.tensor(Rng.uniforms(key, 1, -1, 1), []) }),
    apply: ({ w }, inputs: tf.Tensor) => tf.mul(inputs, w)
  }),
  loss: Losses.meanSquaredError
})
const data = {
  name: "four",
  length: 4,
  spec: { inputs: { shape: [], dtype: "float32" }, targets: { shape: [], dtype: "float32" } },
  read: (indices: Int32Array) => {
    const values = Float32Array.from(indices, (index) => x[index]!)
    return { inputs: values, targets: values }
  }
} as const
const config = { seed: 7, batchSize: 2, until: { epochs: 2 }, shuffle: false, learningRate: 0.1 } as const

describe("a step as a function", () => {
  it.effect("gives the bits of the trainer, step by step", () =>
    Effect.gen(function* () {
      const { state } = yield* Trainer.train(task, { config, data: { train: data } })
      const { init, step } = Step.make(task, config, 2)
      let own = init()
      for (let count = 0; count < 4; count++) {
        const values = tf.tensor1d(count % 2 === 0 ? [1, -2] : [3, 0.5])
        own = step(own, { inputs: values, targets: values }).state
      }
      assert.strictEqual(own.step, 4)
      assert.deepStrictEqual(own.parameters["w"]!.dataSync(), state.parameters["w"]!.dataSync())
      assert.deepStrictEqual(own.slots["m"]!["w"]!.dataSync(), state.slots["m"]!["w"]!.dataSync())
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("measures the batch, leaves state and batch as they are, and no other tensor behind", () =>
    Effect.sync(() => {
      const before = tf.memory().numTensors
      const { init, step } = Step.make(task, { ...config, optimizer: { _tag: "Sgd" } })
      const state = init()
      const w = state.parameters["w"]!.dataSync()[0]!
      const batch = { inputs: tf.tensor1d([1, 2]), targets: tf.tensor1d([1, 2]) }
      const next = step(state, batch)
      assert.closeTo(next.values["loss"]!, (2.5 * (w - 1)) ** 2 / 2.5, 1e-6)
      assert.closeTo(next.state.parameters["w"]!.dataSync()[0]!, w - 0.1 * 5 * (w - 1), 1e-6)
      assert.strictEqual(state.parameters["w"]!.dataSync()[0], w)
      Step.dispose(state)
      Step.dispose(next.state)
      tf.dispose(batch)
      assert.strictEqual(tf.memory().numTensors, before)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("refuses a config with all of its problems", () =>
    Effect.sync(() => {
      assert.throws(() => Step.make(task, { batchSize: 0, learningRate: -1 }), /batchSize[\s\S]*learningRate/)
    }).pipe(Effect.provide(Cpu.layer))
  )
})
