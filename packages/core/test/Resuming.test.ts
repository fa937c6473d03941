/** Runs that continue from a state with something changed. */
import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Callback from "../src/Callback.ts"
import type { Dataset } from "../src/Dataset.ts"
import * as Losses from "../src/Losses.ts"
import * as Metric from "../src/Metric.ts"
import * as Model from "../src/Model.ts"
import * as Task from "../src/Task.ts"
import * as Tensors from "../src/Tensors.ts"
import type { TrainConfigInput } from "../src/TrainConfig.ts"
import * as Trainer from "../src/Trainer.ts"
import type * as TrainState from "../src/TrainState.ts"
import * as Cpu from "./support/cpu.ts"
import { assertNear } from "./support/fixtures.ts"
import { config, numbers, recorder, scaling, task } from "./support/tiny.ts"

/** A dataset that says which samples were read for training, after the first ones that the model is tried on. */
const reading = (dataset: Dataset) => {
  const reads: Array<ReadonlyArray<number>> = []
  const read: Dataset["read"] = (indices, draw) => {
    reads.push([...indices])
    return dataset.read(indices, draw)
  }
  return { samples: () => reads.slice(1).flat(), dataset: { ...dataset, read } }
}

const upTo = (length: number) => Array.from({ length }, (_, sample) => sample)
const sorted = (samples: ReadonlyArray<number>) => samples.toSorted((a, b) => a - b)

const cosine = { learningRate: { _tag: "Cosine", rate: 0.05, over: { epochs: 10 } } } as const
const trainOn = (length: number, own: TrainConfigInput, state?: TrainState.TrainState) =>
  Trainer.train(task, {
    config: { ...config, ...own },
    data: { train: numbers(length) },
    ...(state === undefined ? {} : { state })
  })

describe("a schedule in epochs, when a run is resumed", () => {
  for (const [name, before, after] of [
    ["with a larger batch size", [16, 2], [16, 4]],
    ["with a smaller batch size", [16, 4], [16, 2]],
    ["on half the data", [16, 2], [8, 2]],
    ["on twice the data", [16, 2], [32, 2]]
  ] as const) {
    it.effect(`${name}, continues from the epochs done`, () =>
      Effect.gen(function* () {
        const rates = (history: ReadonlyArray<{ readonly learningRate: number }>) =>
          history.map(({ learningRate }) => learningRate)
        const whole = yield* trainOn(before[0], { ...cosine, batchSize: before[1], until: { epochs: 10 } })
        const { state } = yield* trainOn(before[0], { ...cosine, batchSize: before[1], until: { epochs: 5 } })
        const resumed = yield* trainOn(after[0], { ...cosine, batchSize: after[1], until: { epochs: 10 } }, state)
        assertNear("rates", rates(resumed.history), rates(whole.history), { relative: 1e-12, absolute: 1e-15 })
      }).pipe(Effect.provide(Cpu.layer))
    )
  }

  it.effect("in the middle of an epoch, continues from the part of it that is done", () =>
    Effect.gen(function* () {
      const { state } = yield* trainOn(16, { ...cosine, until: { steps: 12 } })
      const rates: Array<number> = []
      yield* Trainer.train(task, {
        config: { ...config, ...cosine, batchSize: 4, until: { epochs: 2 } },
        data: { train: numbers(16) },
        state,
        callbacks: Callback.observer({
          id: "rates",
          hooks: { batchEnd: ({ learningRate }) => void rates.push(learningRate) }
        })
      })
      const rate = (epochs: number) => 0.025 * (1 + Math.cos((Math.PI * epochs) / 10))
      assertNear("rates", rates, [rate(1.5), rate(1.75)], { relative: 1e-12, absolute: 0 })
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("an epoch that is resumed in its middle", () => {
  for (const batchSize of [1, 3, 5, 8, 16]) {
    it.effect(`with batches of ${batchSize} instead of 2, trains on each sample once`, () =>
      Effect.gen(function* () {
        const first = reading(numbers(16))
        const { state } = yield* Trainer.train(task, {
          config: { ...config, shuffle: true, until: { steps: 3 } },
          data: { train: first.dataset }
        })
        const second = reading(numbers(16))
        const resumed = yield* Trainer.train(task, {
          config: { ...config, shuffle: true, batchSize, until: { epochs: 1 } },
          data: { train: second.dataset },
          state
        })
        assert.deepStrictEqual(sorted([...first.samples(), ...second.samples()]), upTo(16))
        assert.strictEqual(resumed.counts.samples, 16)
      }).pipe(Effect.provide(Cpu.layer))
    )
  }

  it.effect("on data that grew, trains on each sample that it began with, and on all of them in the next epoch", () =>
    Effect.gen(function* () {
      const { state } = yield* Trainer.train(task, {
        config: { ...config, shuffle: true, until: { steps: 3 } },
        data: { train: numbers(17) }
      })
      const grown = reading(numbers(18))
      yield* Trainer.train(task, {
        config: { ...config, shuffle: true, until: { epochs: 2 } },
        data: { train: grown.dataset },
        state
      })
      const samples = grown.samples()
      assert.strictEqual(new Set(samples.slice(0, 11)).size, 11)
      assert.notInclude(samples.slice(0, 11), 17)
      assert.deepStrictEqual(sorted(samples.slice(11)), upTo(18))
    }).pipe(Effect.provide(Cpu.layer))
  )
})

const absolute = (name: string) =>
  Metric.mean({
    name,
    better: "lower",
    values: (outputs: tf.Tensor, targets: tf.Tensor) => tf.squeeze(tf.abs(tf.sub(outputs, targets)), [1])
  })
const measuring = (metrics: ReadonlyArray<string>, losses: ReadonlyArray<string> = ["loss"]) =>
  Task.supervised({
    name: "numbers",
    model: scaling,
    loss: Object.fromEntries(losses.map((name) => [name, { loss: Losses.meanAbsoluteError }])),
    metrics: Object.fromEntries(metrics.map((name) => [name, absolute(name)]))
  })

describe("losses and metrics of a task that a resumed run has changed", () => {
  for (const [name, first, second, said] of [
    ["a metric added", measuring([]), measuring(["mae"]), ["the metric mae is measured from here on"]],
    ["a metric removed", measuring(["mae"]), measuring([]), ["the metric mae is no longer measured"]],
    [
      "a metric renamed",
      measuring(["mae"]),
      measuring(["error"]),
      ["the metric error is measured from here on", "the metric mae is no longer measured"]
    ],
    [
      "a loss renamed",
      measuring([], ["one", "two"]),
      measuring([], ["one", "other"]),
      ["the loss other is new to the run", "the loss two is no longer part"]
    ],
    ["a loss added", measuring([], ["one"]), measuring([], ["one", "two"]), ["the loss two is new to the run"]],
    ["a loss removed", measuring([], ["one", "two"]), measuring([], ["one"]), ["the loss two is no longer part"]]
  ] as const) {
    for (const [where, steps] of [
      ["the middle", 3],
      ["the end", 4]
    ] as const) {
      it.effect(`${name} at ${where} of an epoch is measured or left out from there on, and named`, () =>
        Effect.gen(function* () {
          const options = { data: { train: numbers(8) } }
          const { state } = yield* Trainer.train(first, { ...options, config: { ...config, until: { steps } } })
          const { events, layer } = recorder()
          const resumed = yield* Trainer.train(second, {
            ...options,
            config: { ...config, until: { epochs: 2 } },
            state
          }).pipe(Effect.provide(layer))
          const warned = events.flatMap((event) => (event._tag === "Warned" ? [event.message] : []))
          assert.deepStrictEqual(warned.length, said.length, warned.join("\n"))
          for (const part of said)
            assert.isTrue(
              warned.some((message) => message.includes(part)),
              warned.join("\n")
            )
          const last = resumed.history.at(-1)!.values
          assert.isTrue(Object.values(last).every(Number.isFinite), JSON.stringify(last))
          const names = Object.keys(
            yield* Effect.map(Trainer.train(second, { ...options, config }), (run) => run.history[0]!.values)
          )
          assert.deepStrictEqual(Object.keys(last).sort(), names.sort())
        }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
      )
    }
  }
})

/** The model backbone·head·x, each from 1. */
const deep = Task.supervised({
  name: "deep",
  model: Model.make({
    name: "deep",
    init: () => ({ backbone: tf.ones([1]), head: tf.ones([1]) }),
    apply: ({ backbone, head }, inputs: tf.Tensor) => tf.mul(tf.mul(inputs, backbone!), head!)
  }),
  loss: Losses.meanSquaredError
})
const adam = { ...config, optimizer: { _tag: "Adam" }, learningRate: 0.05 } as const
const frozen = { groups: [{ name: "frozen", match: "backbone", frozen: true }] } as const
const valuesOf = (tensors: Tensors.Tensors) =>
  Object.fromEntries(Object.entries(tensors).map(([path, tensor]) => [path, tensor.dataSync()[0]!]))
const slotsOf = (state: TrainState.TrainState) =>
  Object.fromEntries(Object.entries(state.slots).map(([slot, tensors]) => [slot, valuesOf(tensors)]))

describe("parameters that are frozen or thawed at a resume", () => {
  it.effect("thawed, begin with fresh slots, and the others keep theirs", () =>
    Effect.gen(function* () {
      const data = { train: numbers(8) }
      const { state } = yield* Trainer.train(deep, { config: { ...adam, ...frozen, until: { steps: 2 } }, data })
      assert.deepStrictEqual(Object.keys(slotsOf(state)["m"]!), ["head"])
      const { events, layer } = recorder()
      let begun: ReturnType<typeof slotsOf> = {}
      const looking = Callback.observer({
        id: "looking",
        hooks: {
          trainBegin: (at) => {
            begun = slotsOf(at.state())
          }
        }
      })
      const resumed = yield* Trainer.train(deep, {
        config: { ...adam, until: { steps: 4 } },
        data,
        state,
        callbacks: looking
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(begun["m"], { ...slotsOf(state)["m"], backbone: 0 })
      assert.deepStrictEqual(begun["v"], { ...slotsOf(state)["v"], backbone: 0 })
      assert.notStrictEqual(valuesOf(resumed.state.parameters)["backbone"], 1)
      assert.deepStrictEqual(
        events.flatMap((event) => (event._tag === "Warned" ? [event.message] : [])),
        [
          "The resumed run differs from the state that it continues: " +
            "backbone is trained from here on: the optimizer's state of it starts again."
        ]
      )
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("frozen, keep their values and lose their slots", () =>
    Effect.gen(function* () {
      const data = { train: numbers(8) }
      const { state } = yield* Trainer.train(deep, { config: { ...adam, until: { steps: 2 } }, data })
      const resumed = yield* Trainer.train(deep, { config: { ...adam, ...frozen, until: { steps: 4 } }, data, state })
      assert.strictEqual(valuesOf(resumed.state.parameters)["backbone"], valuesOf(state.parameters)["backbone"])
      assert.deepStrictEqual(Object.keys(slotsOf(resumed.state)["m"]!), ["head"])
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("but not with another optimizer: its slots mean something else", () =>
    Effect.gen(function* () {
      const data = { train: numbers(8) }
      const { state } = yield* Trainer.train(deep, { config: { ...adam, until: { steps: 2 } }, data })
      for (const optimizer of [{ _tag: "Sgd" }, { _tag: "Sgd", momentum: 0.9 }] as const) {
        const refused = yield* Effect.flip(Trainer.train(deep, { config: { ...adam, optimizer }, data, state }))
        assert.include(refused.message, "state.slots: m/backbone is [1] float32 in the state and not there in the task")
      }
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})

describe("averages that are added or removed at a resume", () => {
  const average = Callback.transform({
    id: "average/slow",
    transform: {
      tensors: (parameters) => parameters,
      parameters: (parameters, own) => ({
        tensors: Tensors.map(own, (tensor, path) => tf.add(tf.mul(tensor, 0.5), tf.mul(parameters[path]!, 0.5)))
      })
    }
  })
  const train = (
    until: TrainConfigInput["until"],
    callbacks?: Layer.Layer<Callback.CallbackOf, never, Callback.CallbackRegistry>,
    state?: TrainState.TrainState
  ) =>
    Trainer.train(deep, {
      config: { ...adam, until: until! },
      data: { train: numbers(8) },
      ...(callbacks === undefined ? {} : { callbacks }),
      ...(state === undefined ? {} : { state })
    })

  it.effect("added, begin with the parameters as they are by then", () =>
    Effect.gen(function* () {
      const { state } = yield* train({ steps: 2 })
      const { events, layer } = recorder()
      const resumed = yield* train({ steps: 3 }, average, state).pipe(Effect.provide(layer))
      const [before, after] = [valuesOf(state.parameters), valuesOf(resumed.state.parameters)]
      const averaged = valuesOf(resumed.state.callbacks["average/slow"]!)
      assertNear("average", [averaged["head"]!], [(before["head"]! + after["head"]!) / 2], {
        relative: 1e-6,
        absolute: 0
      })
      assert.isTrue(
        events.some(({ _tag, ...event }) => _tag === "Warned" && JSON.stringify(event).includes("average/slow is new"))
      )
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("and controllers with a state that are removed are named, those that stay are not", () =>
    Effect.gen(function* () {
      const counting = (id: string) =>
        Callback.controller({
          id,
          state: { schema: Schema.Struct({ seen: Schema.Natural }), initial: { seen: 0 } },
          hooks: { batchEnd: (_, { seen }) => [{ seen: seen + 1 }] }
        })
      const callbacks = Layer.mergeAll(average, counting("gone"), counting("here"))
      const { state } = yield* train({ steps: 2 }, callbacks)
      const { events, layer } = recorder()
      const resumed = yield* train({ steps: 3 }, counting("here"), state).pipe(Effect.provide(layer))
      assert.deepStrictEqual(resumed.state.plain.callbacks, { here: { seen: 3 } })
      const warnings = events.flatMap((event) => (event._tag === "Warned" ? [event.message] : []))
      assert.lengthOf(warnings, 2)
      assert.include(warnings[0], "average/slow is no longer part of the run: its tensors are dropped")
      assert.include(warnings[1], "gone is no longer part of the run: its state is dropped")
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("removed, are dropped, with nothing left in memory", () =>
    Effect.gen(function* () {
      const before = tf.memory().numTensors
      yield* Effect.gen(function* () {
        const { state } = yield* train({ steps: 2 }, average)
        const resumed = yield* train({ steps: 4 }, undefined, state)
        assert.deepStrictEqual(resumed.state.callbacks, {})
        const unbroken = yield* train({ steps: 4 })
        assert.deepStrictEqual(valuesOf(resumed.state.parameters), valuesOf(unbroken.state.parameters))
      }).pipe(Effect.scoped)
      assert.strictEqual(tf.memory().numTensors, before)
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("a state that has done more than its limit", () => {
  it.effect("trains nothing, and says why", () =>
    Effect.gen(function* () {
      const { state } = yield* trainOn(8, { until: { epochs: 2 } })
      const { events, layer } = recorder()
      const again = yield* trainOn(8, { until: { epochs: 1 } }, state).pipe(Effect.provide(layer))
      assert.deepStrictEqual([again.reason, again.counts.steps], ["until epochs", 8])
      assert.include(
        events.map((event) => (event._tag === "Warned" ? event.message : "")),
        "until.epochs is 1, and the run has done 2 epochs already: nothing is trained. Set it above 2 to train further."
      )
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})

describe("a run that ends in the middle of an epoch", () => {
  it.effect(
    "has that epoch's values so far in its history, beside what was validated there, and not in its state",
    () =>
      Effect.gen(function* () {
        const data = { train: numbers(8), validation: numbers(2) }
        const validation = { every: { steps: 3 } }
        const cut = yield* Trainer.train(task, { config: { ...config, validation, until: { steps: 3 } }, data })
        assert.deepStrictEqual(
          cut.history.map(({ step, values }) => [step, Object.keys(values).sort()]),
          [[3, ["train/error", "train/loss", "validation/error", "validation/loss"]]]
        )
        assert.deepStrictEqual(
          cut.state.plain.history.map(({ values }) => Object.keys(values).sort()),
          [["validation/error", "validation/loss"]]
        )
        const resumed = yield* Trainer.train(task, { config: { ...config, validation }, data, state: cut.state })
        const unbroken = yield* Trainer.train(task, { config: { ...config, validation }, data })
        assert.deepStrictEqual(resumed.history, unbroken.history)
      }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})
