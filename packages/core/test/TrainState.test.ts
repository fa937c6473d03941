import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as TensorNames from "../src/TensorNames.ts"
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
  slots: { m: { "deep/path/kernel": tf.tensor1d([-(2 ** 31), 2 ** 31 - 1], "int32") } },
  callbacks: { average: { "deep/path/kernel": tf.tensor1d([true, false], "bool") } },
  best: { "validation/loss": { parameters: { scalar: tf.scalar(1) }, statistics: {}, callbacks: {} } },
  rollback: {},
  last: {}
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
      assert.strictEqual(again.callbacks["average"]!["deep/path/kernel"]!.dtype, "bool")
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

/** Names as others choose them, those of the separators among them. */
const name = Arbitrary.schema(
  Schema.Union([
    Schema.String,
    Schema.Literals([
      "",
      "/",
      ":",
      "%",
      "%2F",
      "a",
      "a/b",
      "a:b",
      "a/",
      "/a",
      "parameters",
      "parameters/a",
      "größe",
      "constructor"
    ])
  ])
)

describe("names of tensors", () => {
  it("are as they were for names without separators", () => {
    const tensor = tf.scalar(1)
    const weights = { parameters: { "c/w": tensor }, statistics: {}, callbacks: { ema: { "c/w": tensor } } }
    const names = (group: TrainState.TensorGroup, tree: Parameters<typeof TensorNames.flatten>[1]) =>
      Object.keys(TensorNames.flatten(group, tree))
    assert.deepStrictEqual(names("parameters", { "c/w": tensor }), ["parameters/c/w"])
    assert.deepStrictEqual(names("slots", { m: { "c/w": tensor } }), ["slots/m/c/w"])
    assert.deepStrictEqual(names("best", { "validation/loss": weights }), [
      "best/validation/loss:parameters/c/w",
      "best/validation/loss:callbacks/ema/c/w"
    ])
    assert.deepStrictEqual(names("rollback", { slots: { m: { "c/w": tensor } } }), ["rollback/slots/m/c/w"])
    tensor.dispose()
  })

  it.effect.prop(
    "lead back to where they came from, whatever owners, monitors and paths are called",
    [name, name, name, name],
    ([owner, other, monitor, path]) =>
      Effect.sync(() => {
        const one = tf.scalar(1)
        const leaf = () => one
        const owned = () => ({ [owner]: { [path]: leaf() }, [other]: { [path]: leaf(), [owner]: leaf() } })
        const weights = () => ({ parameters: { [path]: leaf() }, statistics: { [path]: leaf() }, callbacks: owned() })
        const state: TrainState.TrainState = {
          plain: TrainState.initialPlain(1),
          parameters: { [path]: leaf(), [other]: leaf() },
          statistics: { [path]: leaf() },
          slots: owned(),
          callbacks: owned(),
          best: { [monitor]: weights(), [other]: weights() },
          rollback: { ...weights(), slots: owned() },
          last: weights()
        }
        const data = TrainState.toData(state)
        const again = TrainState.fromData(data)
        const shape = ({ plain: _, ...tensors }: TrainState.TrainState) => JSON.stringify(keysOf(tensors))
        assert.strictEqual(shape(again), shape(state))
        for (const group of TrainState.tensorGroups) {
          const names = Object.keys(TrainState.named(state, group))
          assert.strictEqual(names.length, Tensors.leaves(state[group]).length)
          for (const one of names) assert.strictEqual(TensorNames.groupOf(one), group)
        }
        TrainState.dispose(state)
        TrainState.dispose(again)
        assert.strictEqual(tf.memory().numTensors, 0)
      }).pipe(Effect.provide(Cpu.layer)),
    { arbitrary: { runs: 200, seed: 1 } }
  )
})

/** The keys of a tree in a sorted order. */
const keysOf = (tree: Tensors.TensorTree | undefined): unknown =>
  tree === undefined || Tensors.isTensor(tree)
    ? null
    : Object.entries(tree)
        .map(([key, child]) => [key, keysOf(child)] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
