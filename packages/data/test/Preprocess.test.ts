import { assert, describe, it, layer } from "@effect/vitest"
import type { Dataset } from "@etude/core/Dataset"
import * as Losses from "@etude/core/Losses"
import * as Model from "@etude/core/Model"
import * as Rng from "@etude/core/Rng"
import * as Task from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import * as Trainer from "@etude/core/Trainer"
import type { TrainState } from "@etude/core/TrainState"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Arrays from "../src/Arrays.ts"
import * as Preprocess from "../src/Preprocess.ts"
import * as Split from "../src/Split.ts"

const numbersDataset = (values: Float32Array, features: number) =>
  Arrays.fromArrays({ name: "numbers", inputs: { values, shape: [features] } })

const meanOf = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0) / values.length

/** A column of a table, by the definition of mean and population deviation. */
const describeColumn = (values: Float32Array, features: number, feature: number) => {
  const column = Array.from(values).filter((_, index) => index % features === feature)
  const mean = meanOf(column)
  return { mean, deviation: Math.sqrt(meanOf(column.map((value) => (value - mean) ** 2))) || 1, column }
}

const isClose = (one: number, other: number) => Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(other))

describe("fit", () => {
  it.effect.prop(
    "learns the mean and deviation of each feature, whatever the number of samples, and however large the mean",
    [Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2100 })), Schema.Literals([1, 3]), Schema.Int],
    ([length, features, seed]) =>
      Effect.gen(function* () {
        const values = Float32Array.from(Rng.normals(Rng.key(seed), length * features, 1000, 0.5))
        const { fields } = yield* Preprocess.fit(yield* numbersDataset(values, features), Preprocess.standardize())
        const rule = fields[""]
        assert(rule?._tag === "Standardize")
        for (let feature = 0; feature < features; feature++) {
          const { mean, deviation } = describeColumn(values, features, feature)
          assert.isTrue(isClose(rule.mean[feature] ?? Number.NaN, mean))
          assert.isTrue(isClose(rule.deviation[feature] ?? Number.NaN, deviation))
        }
      }),
    { arbitrary: { runs: 30, seed: 1 } }
  )

  it.effect("looks at the training set alone", () =>
    Effect.gen(function* () {
      const all = yield* numbersDataset(Float32Array.of(1, 2, 3, 1000), 1)
      const train = yield* Split.take(all, 3)
      const { fields } = yield* Preprocess.fit(train, Preprocess.minMax())
      assert.deepStrictEqual(fields[""], {
        _tag: "MinMax",
        minimum: [1],
        range: [2],
        mean: [2],
        missing: "fail"
      })
    })
  )

  it.effect("reports all that is wrong at once", () =>
    Effect.gen(function* () {
      const dataset = yield* Arrays.fromArrays({
        name: "table",
        inputs: {
          age: { values: Float32Array.of(1, 2) },
          colour: { values: Int32Array.of(0, 1) }
        }
      })
      const rules = { age: Preprocess.categories(), colour: Preprocess.standardize(), size: Preprocess.minMax() }
      const { problems } = yield* Effect.flip(Preprocess.fit(dataset, rules)).pipe(
        Effect.map((error) => (error._tag === "DatasetInvalid" ? error : assert.fail("another error")))
      )
      assert.deepStrictEqual(
        problems.map(({ source, found, expected }) => [source, found, expected]),
        [
          ["table: inputs.age", "float32", "int32 for Categories"],
          ["table: inputs.colour", "int32", "float32 for Standardize"],
          ["table: inputs.size", "a rule for a field that is not there", "age, colour"]
        ]
      )
    })
  )

  it.effect("names the sample of a missing value, and the field with too many categories", () =>
    Effect.gen(function* () {
      const dataset: Dataset = {
        name: "table",
        length: 3,
        spec: { inputs: { age: { shape: [], dtype: "float32" }, city: { shape: [], dtype: "int32" } } },
        read: (indices) => ({
          inputs: {
            age: Float32Array.from(indices, (index) => (index === 1 ? Number.NaN : index)),
            city: Int32Array.from(indices)
          }
        })
      }
      const rules = { age: Preprocess.standardize(), city: Preprocess.categories({ maximum: 2 }) }
      const error = yield* Effect.flip(Preprocess.fit(dataset, rules))
      assert(error._tag === "DatasetInvalid")
      assert.deepStrictEqual(
        error.problems.map(({ found }) => found),
        ["NaN in sample 1", "more than 2 different values"]
      )
      const { fields } = yield* Preprocess.fit(dataset, {
        age: Preprocess.standardize({ missing: "mean" }),
        city: Preprocess.categories()
      })
      assert.deepStrictEqual(fields, {
        age: { _tag: "Standardize", missing: "mean", mean: [1], deviation: [1] },
        city: { _tag: "Categories", values: [0, 1, 2] }
      })
    })
  )
})

/** Passes its inputs through, so that what preprocessing gives can be seen; one parameter, so that it can be trained. */
const through = Model.make({
  name: "through",
  init: () => ({ factor: tf.scalar(1) }),
  apply: ({ factor }, x: tf.Tensor) => tf.mul(x, factor)
})

const fitted: Preprocess.Fitted = {
  fields: {
    age: { _tag: "Standardize", mean: [40], deviation: [10], missing: "mean" },
    colour: { _tag: "Categories", values: [3, 7] }
  },
  encodings: { colours: ["red", "green"] }
}

layer(CpuBackend.layer)("before", (it) => {
  it.effect("prepares each field and joins them, with missing values and unknown categories", () =>
    Effect.sync(() => {
      const model = Preprocess.before(through, fitted, { join: true })
      const outputs = Tensors.tidy(() =>
        Model.predict(model, model.init(Rng.key(1)), {
          age: tf.tensor1d([50, Number.NaN]),
          colour: tf.tensor1d([7, 4], "int32"),
          height: tf.tensor2d([[1], [2]])
        }).arraySync()
      )
      assert.deepStrictEqual(outputs, [
        [1, 0, 1, 1],
        [0, 0, 0, 2]
      ])
    })
  )

  it.effect("keeps what was learned with the state, also without the program that learned it", () =>
    Effect.sync(() => {
      const learned = Tensors.tidy(() => Preprocess.ofState(Preprocess.before(through, fitted).init(Rng.key(1))))
      assert.deepStrictEqual(learned, fitted)
      assert.isUndefined(Tensors.tidy(() => Preprocess.ofState(through.init(Rng.key(1)))))
    })
  )
})

it("what was learned is JSON and back", () => {
  const json = Schema.encodeSync(Preprocess.FittedSchema)(fitted)
  assert.deepStrictEqual(Schema.decodeUnknownSync(Preprocess.FittedSchema)(JSON.parse(JSON.stringify(json))), fitted)
})

const taskOf = (learned: Preprocess.Fitted) =>
  Task.supervised({ name: "identity", model: Preprocess.before(through, learned), loss: Losses.meanSquaredError })

layer(CpuBackend.layer)("in a run", (it) => {
  const train = Arrays.fromArrays({
    name: "numbers",
    inputs: { values: Float32Array.of(10, 20, 30), shape: [1] },
    targets: { values: Float32Array.of(-2, 0, 2), shape: [1] }
  })
  const config = { until: { epochs: 1 }, optimizer: { _tag: "Sgd" }, learningRate: 0.1 } as const
  const run = (learned: Preprocess.Fitted, state?: TrainState) =>
    Effect.flatMap(train, (data) =>
      Trainer.train(taskOf(learned), { config, data: { train: data }, ...(state && { state }) })
    )

  it.effect("weights are used with what they were trained with, and refused for other encodings", () =>
    Effect.gen(function* () {
      const learned = yield* Preprocess.fit(yield* train, Preprocess.standardize(), { encodings: { unit: "m" } })
      const { state } = yield* run(learned)
      assert.deepStrictEqual(Preprocess.ofState(state)?.encodings, { unit: "m" })
      // A model that learned other numbers of the same kind uses those of the state.
      const others: Preprocess.Fitted = {
        ...learned,
        fields: { "": { _tag: "Standardize", mean: [0], deviation: [1], missing: "fail" } }
      }
      const outputs = (from: Preprocess.Fitted) =>
        Tensors.tidy(() => Trainer.predictBatch(taskOf(from), state, tf.tensor2d([[20]])).dataSync()[0])
      assert.strictEqual(outputs(others), outputs(learned))
      const error = yield* Effect.flip(run({ ...learned, encodings: { unit: "km" } }, state))
      assert.include(error.message, 'whose data was encoded as {"unit":"m"}; this data is encoded as {"unit":"km"}')
    }).pipe(Effect.scoped)
  )
})
