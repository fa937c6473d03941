import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Dataset } from "../src/Dataset.ts"
import * as Losses from "../src/Losses.ts"
import * as Metric from "../src/Metric.ts"
import * as Model from "../src/Model.ts"
import * as Task from "../src/Task.ts"
import * as Trainer from "../src/Trainer.ts"
import * as TrainState from "../src/TrainState.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, recorder, task, valueOf } from "./support/tiny.ts"

/** A state whose only parameter is w. */
const stateWith = (w: number) =>
  Effect.acquireRelease(
    Effect.sync(
      (): TrainState.TrainState => ({
        plain: TrainState.initialPlain(0),
        parameters: { w: tf.keep(tf.tensor1d([w])) },
        statistics: {},
        slots: {},
        callbacks: {},
        best: {},
        rollback: {},
        last: {}
      })
    ),
    (state) => Effect.sync(() => TrainState.dispose(state))
  )

/** The same numbers with weights and a mask by sample. */
const counting = (
  length: number,
  weightOf: (sample: number) => number,
  counts: (sample: number) => boolean
): Dataset => {
  const plain = numbers(length)
  return {
    ...plain,
    spec: {
      ...plain.spec,
      weights: { shape: [], dtype: "float32" },
      mask: { shape: [], dtype: "float32" }
    },
    read: (indices, draw) => ({
      ...(plain.read(indices, draw) as { inputs: Float32Array; targets: Float32Array }),
      weights: Float32Array.from(indices, weightOf),
      mask: Float32Array.from(indices, (sample) => (counts(sample) ? 1 : 0))
    })
  }
}

describe("an evaluation", () => {
  it.effect("averages over samples, never over batches", () =>
    Effect.gen(function* () {
      const state = yield* stateWith(0)
      // Errors 2, 4, 6 in batches of two and one: their mean is 4, the mean of the batches' means 4.5.
      const { values, samples, batches } = yield* Trainer.test(task, { state, data: numbers(3), batchSize: 2 })
      assert.deepStrictEqual([values["loss"], values["error"], samples], [4, 4, 3])
      assert.deepStrictEqual(batches, [
        { samples: 2, values: { loss: 3, error: 3 } },
        { samples: 1, values: { loss: 6, error: 6 } }
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("weighs losses and metrics by sample weights and masks", () =>
    Effect.gen(function* () {
      const state = yield* stateWith(0)
      // Errors 2, 4, 6, 8 with weights 1, 2, 3, 4; the third does not count: (2 + 8 + 32) / 7.
      const data = counting(
        4,
        (sample) => sample + 1,
        (sample) => sample !== 2
      )
      for (const batchSize of [1, 2, 3, 4]) {
        const { values } = yield* Trainer.validate(task, { state, data, batchSize })
        assert.closeTo(values["loss"]!, 6, 1e-6)
        assert.closeTo(values["error"]!, 6, 1e-6)
      }
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of a whole training epoch is weighted the same way", () =>
    Effect.gen(function* () {
      const data = {
        train: counting(
          4,
          (sample) => sample + 1,
          (sample) => sample !== 2
        )
      }
      const { history } = yield* Trainer.train(task, { config: { ...config, learningRate: 1e-30 }, data })
      assert.closeTo(history[0]!.values["train/loss"]!, 6, 1e-6)
      assert.closeTo(history[0]!.values["train/error"]!, 6, 1e-6)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("follows class weights in the loss, and not in metrics", () =>
    Effect.gen(function* () {
      const state = yield* stateWith(0)
      const classes = Task.supervised({
        name: "classes",
        model: Model.make({
          name: "constant",
          init: () => ({ w: tf.zeros([1]) }),
          apply: ({ w }, inputs: tf.Tensor) => tf.add(tf.concat([inputs, tf.zerosLike(inputs)], 1), tf.mul(w, 0))
        }),
        loss: Losses.softmaxCrossEntropy({ classWeights: [1, 3] }),
        metrics: { accuracy: Metric.accuracy }
      })
      const data: Dataset = {
        name: "classes",
        length: 2,
        spec: { inputs: { shape: [1], dtype: "float32" }, targets: { shape: [], dtype: "int32" } },
        read: (indices) => ({
          inputs: Float32Array.from(indices, () => 1),
          targets: Int32Array.from(indices)
        })
      }
      const { values } = yield* Trainer.test(classes, { state, data, batchSize: 1 })
      // −log softmax([1, 0]) is log(1 + 1/e) for class 0 and 1 more for class 1.
      const first = Math.log(1 + Math.exp(-1))
      assert.closeTo(values["loss"]!, (first + 3 * (first + 1)) / 4, 1e-6)
      assert.strictEqual(values["accuracy"], 0.5)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("uses the first batches only, where it is limited", () =>
    Effect.gen(function* () {
      const state = yield* stateWith(0)
      const { values, samples } = yield* Trainer.test(task, { state, data: numbers(9), batchSize: 2, limitBatches: 2 })
      assert.deepStrictEqual([values["loss"], samples], [5, 4])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("leaves the state as it is, and no tensors behind", () =>
    Effect.gen(function* () {
      const state = yield* stateWith(1)
      const before = tf.memory().numTensors
      yield* Trainer.test(task, { state, data: numbers(5), batchSize: 2 })
      yield* Trainer.validate(task, { state, data: numbers(5), batchSize: 2 })
      yield* Trainer.predict(task, { state, data: numbers(5), use: () => undefined })
      yield* Effect.flip(
        Trainer.test(task, { state, data: numbers(5, (batch) => ({ ...batch, targets: new Float32Array(0) })) })
      )
      assert.strictEqual(tf.memory().numTensors, before)
      assert.strictEqual(valueOf(state.parameters["w"]), 1)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("runs in evaluation mode", () =>
    Effect.gen(function* () {
      const state = yield* stateWith(1)
      const modes: Array<boolean> = []
      const watching = Task.supervised({
        name: "watching",
        model: Model.make({
          name: "watching",
          init: () => ({ w: tf.zeros([1]) }),
          apply: ({ w }, inputs: tf.Tensor, { training }) => {
            modes.push(training)
            return tf.mul(inputs, w)
          }
        }),
        loss: Losses.meanAbsoluteError
      })
      yield* Trainer.validate(watching, { state, data: numbers(2) })
      yield* Trainer.test(watching, { state, data: numbers(2) })
      yield* Trainer.predict(watching, { state, data: numbers(2), use: () => undefined })
      assert.isFalse(modes.some((training) => training))
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("waits for data that comes later", () =>
    Effect.gen(function* () {
      const state = yield* stateWith(0)
      const later = numbers(5, (batch) => Effect.as(Effect.yieldNow, batch))
      const { values } = yield* Trainer.test(task, { state, data: later, batchSize: 2 })
      assert.strictEqual(values["loss"], 6)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of no data is refused", () =>
    Effect.gen(function* () {
      const state = yield* stateWith(0)
      const error = yield* Effect.flip(Trainer.test(task, { state, data: numbers(0) }))
      assert.strictEqual(
        error.message,
        "numbers cannot be run; nothing was trained.\n  data.numbers: numbers is empty; at least one sample is needed"
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of a test is an event", () => {
    const { events, layer } = recorder()
    return Effect.gen(function* () {
      const state = yield* stateWith(0)
      yield* Trainer.test(task, { state, data: numbers(3) })
      assert.deepStrictEqual(
        events.flatMap((event) => (event._tag === "Tested" ? [[event.samples, event.values]] : [])),
        [[3, { loss: 4, error: 4 }]]
      )
    }).pipe(Effect.provide([Cpu.layer, layer]))
  })

  it.effect("gives each metric's full result", () =>
    Effect.gen(function* () {
      const state = yield* stateWith(0)
      const { results } = yield* Trainer.test(task, { state, data: numbers(3) })
      assert.deepStrictEqual(results, { error: Option.some(4) } as unknown as typeof results)
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("a prediction", () => {
  it.effect("gives what is read of each batch's outputs, in order", () =>
    Effect.gen(function* () {
      const state = yield* stateWith(3)
      const use = (outputs: tf.Tensor, batch: number, samples: number) => [batch, samples, ...outputs.dataSync()]
      const results = yield* Trainer.predict(task, { state, data: numbers(3), batchSize: 2, use })
      assert.deepStrictEqual(results, [
        [0, 2, 3, 6],
        [1, 1, 9]
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("needs no targets", () =>
    Effect.gen(function* () {
      const state = yield* stateWith(1)
      const { targets: _, ...spec } = numbers(2).spec
      const data: Dataset = {
        name: "inputs",
        length: 2,
        spec,
        read: (indices) => ({ inputs: Float32Array.from(indices) })
      }
      assert.deepStrictEqual(yield* Trainer.predict(task, { state, data, use: (outputs) => [...outputs.dataSync()] }), [
        [0, 1]
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("several validation sets", () => {
  it.effect("have values under their own names, at the end of the epoch they fall on", () =>
    Effect.gen(function* () {
      const { history, best } = yield* Trainer.train(task, {
        config: { ...config, learningRate: 1e-30 },
        data: { train: numbers(2), validation: { far: numbers(3), near: numbers(1) } }
      })
      const { values } = history[0]!
      assert.deepStrictEqual(values, {
        "train/loss": 3,
        "train/error": 3,
        "far/loss": 4,
        "far/error": 4,
        "near/loss": 2,
        "near/error": 2
      })
      assert.deepStrictEqual(best["near/loss"], { value: 2, epoch: 1, step: 1 })
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("may be measured in batches of another size, and in part", () =>
    Effect.gen(function* () {
      const { history } = yield* Trainer.train(task, {
        config: { ...config, learningRate: 1e-30, validation: { batchSize: 3, limitBatches: 1 } },
        data: { train: numbers(2), validation: numbers(10) }
      })
      assert.strictEqual(history[0]!.values["validation/loss"], 4)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("measure the best values of each monitor; a tie keeps the earlier one", () =>
    Effect.gen(function* () {
      // Steps of 1 over targets of slope 2: w is 0, 1, 2, 3, 2, 3, …
      const { best } = yield* Trainer.train(task, {
        config: { ...config, learningRate: 1, until: { epochs: 4 } },
        data: { train: numbers(1), validation: numbers(1) }
      })
      assert.deepStrictEqual(best["validation/loss"], { value: 0, epoch: 2, step: 2 })
    }).pipe(Effect.provide(Cpu.layer))
  )
})
