import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Tensors from "../src/Tensors.ts"
import * as TrainState from "../src/TrainState.ts"
import * as Cpu from "./support/cpu.ts"

const scoped = (make: () => TrainState.TrainState) =>
  Effect.acquireRelease(Effect.sync(make), (state) => Effect.sync(() => TrainState.dispose(state)))
const odd = (): TrainState.TrainState => ({
  plain: {
    ...TrainState.initialPlain(-5),
    learningRateScale: 0.1,
    history: [
      { epoch: 1, step: 2, samples: 3, learningRate: Number.NaN, values: { "a/b": Number.NEGATIVE_INFINITY, c: -0 } }
    ],
    best: { "validation/loss": { value: Number.POSITIVE_INFINITY, epoch: 0, step: 0 } },
    metrics: { accuracy: { n: 1, list: [1, null, "x"] } },
    callbacks: { "id/with/slashes": null }
  },
  parameters: {
    "deep/path/kernel": tf.tensor2d([1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 3.4e38], [2, 3]),
    scalar: tf.scalar(Math.fround(0.1))
  },
  statistics: { empty: tf.tensor([], [0, 3]) },
  slots: { "m/deep/path/kernel": tf.tensor1d([-(2 ** 31), 2 ** 31 - 1], "int32") },
  callbacks: { "average/deep/path/kernel": tf.tensor1d([true, false], "bool") },
  best: { "validation/loss:parameters/scalar": tf.scalar(1) },
  rollback: {}
})
const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => [
  ...new Uint8Array(buffer, byteOffset, byteLength)
]
const comparable = ({ plain, tensors }: TrainState.TrainStateData) => ({
  plain: JSON.stringify(plain),
  tensors: Object.fromEntries(
    Object.entries(tensors).map(([path, { dtype, shape, values }]) => [path, { dtype, shape, bytes: bytes(values) }])
  )
})

describe("a state", () => {
  it.effect("is the same after it was data, bit for bit, whatever it holds", () =>
    Effect.gen(function* () {
      const state = yield* scoped(odd)
      const data = TrainState.toData(state)
      const again = yield* scoped(() => TrainState.fromData(data))
      assert.deepStrictEqual(comparable(TrainState.toData(again)), comparable(data))
      assert.deepStrictEqual(again.plain, state.plain)
      assert.deepStrictEqual(again.parameters["scalar"]!.shape, [])
      assert.strictEqual(again.callbacks["average/deep/path/kernel"]!.dtype, "bool")
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect.prop(
    "has a plain part that is the same after JSON text",
    [Arbitrary.schema(TrainState.Plain)],
    ([plain]) =>
      Effect.sync(() => {
        const text = JSON.stringify(TrainState.encodePlain(plain))
        assert.strictEqual(JSON.stringify(TrainState.encodePlain(TrainState.decodePlain(JSON.parse(text)))), text)
      }),
    { arbitrary: { runs: 100, seed: 1, maxDiscards: 100_000 } }
  )

  it.effect("as data shares no memory with the tensors it came from or went to", () =>
    Effect.gen(function* () {
      const state = yield* scoped(odd)
      const data = TrainState.toData(state)
      const again = yield* scoped(() => TrainState.fromData(data))
      data.tensors["parameters/scalar"]!.values.fill(7)
      assert.strictEqual(again.parameters["scalar"]!.dataSync()[0], Math.fround(0.1))
      assert.strictEqual(state.parameters["scalar"]!.dataSync()[0], Math.fround(0.1))
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("that is retained lives on its own, without a copy", () =>
    Effect.gen(function* () {
      const state = odd()
      const { numDataBuffers } = tf.memory()
      const retained = TrainState.retain(state)
      assert.strictEqual(tf.memory().numDataBuffers, numDataBuffers)
      TrainState.dispose(state)
      assert.strictEqual(retained.parameters["scalar"]!.dataSync()[0], Math.fround(0.1))
      TrainState.dispose(retained)
      assert.strictEqual(tf.memory().numTensors, 0)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("that cannot be read leaves no tensors", () =>
    Effect.gen(function* () {
      const state = yield* scoped(odd)
      const before = tf.memory().numTensors
      const data = TrainState.toData(state)
      assert.throws(() => TrainState.fromData({ ...data, plain: { version: 7 } }))
      assert.throws(() =>
        TrainState.fromData({
          ...data,
          tensors: { ...data.tensors, "parameters/torn": { dtype: "float32", shape: [3], values: new Float32Array(2) } }
        })
      )
      assert.strictEqual(tf.memory().numTensors, before)
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("tensors by path", () => {
  it.effect("keep their paths through a prefix and back", () =>
    Effect.gen(function* () {
      const tensors = { "a/b": tf.scalar(1), c: tf.scalar(2) }
      const prefixed = { ...Tensors.prefixed(tensors, "x/"), other: tensors.c }
      assert.deepStrictEqual(Object.keys(prefixed), ["x/a/b", "x/c", "other"])
      assert.deepStrictEqual(Tensors.unprefixed(prefixed, "x/"), tensors)
      Tensors.dispose(tensors)
    }).pipe(Effect.provide(Cpu.layer))
  )
})
