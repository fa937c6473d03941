import { assert, describe, it } from "@effect/vitest"
import { Cpu } from "@etude/backend"
import { Model, Rng, type TrainState } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as WarmStart from "../src/WarmStart.ts"

const model = Model.make({
  name: "two layers",
  init: () => ({ "body/kernel": tf.zeros([2, 2]), "body/bias": tf.zeros([2]), "head/kernel": tf.zeros([2, 3]) }),
  apply: (_, inputs: tf.Tensor) => inputs
})
const ones = (...shape: ReadonlyArray<number>): TrainState.TensorData => ({
  dtype: "float32",
  shape,
  values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1)
})
const sums = (warm: Model.Model<tf.Tensor, tf.Tensor>) =>
  tf.tidy(() => {
    const { parameters } = warm.init(Rng.key(1))
    return Object.fromEntries(
      Object.entries(parameters).map(([path, one]) => [path, tf.sum(one).dataSync()[0]])
    ) as never
  }) as Record<string, number>

describe("a warm start", () => {
  it.live("takes over what matches, and leaves the rest as in a new run", () =>
    Effect.gen(function* () {
      const weights = { "parameters/body/kernel": ones(2, 2), "body/bias": ones(2), "head/kernel": ones(2, 10) }
      const before = tf.memory().numTensors
      const { model: warm, account } = yield* WarmStart.model(model, { weights, match: "body/**" })
      assert.deepStrictEqual(sums(warm), { "body/kernel": 4, "body/bias": 2, "head/kernel": 0 })
      assert.deepStrictEqual(account, {
        loaded: ["parameters/body/kernel", "parameters/body/bias"],
        missing: [],
        unused: ["parameters/head/kernel"],
        mismatched: []
      })
      assert.strictEqual(tf.memory().numTensors, before)
    }).pipe(Effect.provide(Cpu.layer))
  )
  it.live("that is strict reports everything that does not fit, with both shapes", () =>
    Effect.gen(function* () {
      const weights = { "body/kernel": ones(2, 2), "head/kernel": ones(2, 10), "tail/kernel": ones(1) }
      const error = yield* Effect.flip(WarmStart.model(model, { weights }))
      assert.strictEqual(
        error.message,
        "The weights do not fit two layers; nothing was loaded.\n" +
          "  parameters/head/kernel is [2, 10] in the weights and [2, 3] in the model\n" +
          "  parameters/body/bias is in the model, but not in the weights\n" +
          "  parameters/tail/kernel is in the weights, but not in the model\n" +
          'Choose what to load by patterns (match: "conv*/**"), or load what fits (strict: false).'
      )
    }).pipe(Effect.provide(Cpu.layer))
  )
  it.live("that is not strict takes what fits and accounts for the rest", () =>
    Effect.gen(function* () {
      const weights = { "body/kernel": ones(2, 2), "head/kernel": ones(2, 10), "tail/kernel": ones(1) }
      const { model: warm, account } = yield* WarmStart.model(model, { weights, strict: false })
      assert.deepStrictEqual(sums(warm), { "body/kernel": 4, "body/bias": 0, "head/kernel": 0 })
      assert.deepStrictEqual(account, {
        loaded: ["parameters/body/kernel"],
        missing: ["parameters/body/bias"],
        unused: ["parameters/tail/kernel"],
        mismatched: [
          {
            path: "parameters/head/kernel",
            found: { shape: [2, 10], dtype: "float32" },
            expected: { shape: [2, 3], dtype: "float32" }
          }
        ]
      })
    }).pipe(Effect.provide(Cpu.layer))
  )
  it.live("takes no weights of another dtype", () =>
    Effect.gen(function* () {
      const numbers: TrainState.TensorData = { dtype: "int32", shape: [2, 2], values: new Int32Array(4) }
      const error = yield* Effect.flip(
        WarmStart.model(model, { weights: { "body/kernel": numbers }, match: "body/kernel" })
      )
      assert.include(
        error.message,
        "parameters/body/kernel is [2, 2] int32 in the weights and [2, 2] float32 in the model"
      )
    }).pipe(Effect.provide(Cpu.layer))
  )
  it.live("begins a model of several inputs and outputs, too", () =>
    Effect.gen(function* () {
      type Pair = { readonly left: tf.Tensor; readonly right: tf.Tensor }
      const pair: Model.Model<Pair, Pair> = {
        name: "pair",
        init: () => ({ parameters: { scale: tf.zeros([2]) }, statistics: {} }),
        apply: (_, inputs) => ({ outputs: inputs })
      }
      const { model: warm } = yield* WarmStart.model(pair, { weights: { scale: ones(2) } })
      assert.deepStrictEqual([...warm.init(Rng.key(1)).parameters["scale"]!.dataSync()], [1, 1])
    }).pipe(Effect.provide(Cpu.layer))
  )
})
