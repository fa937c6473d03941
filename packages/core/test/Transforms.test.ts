import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Callback from "../src/Callback.ts"
import * as Losses from "../src/Losses.ts"
import * as Model from "../src/Model.ts"
import type * as Optimizer from "../src/Optimizer.ts"
import * as Task from "../src/Task.ts"
import * as Tensors from "../src/Tensors.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Update from "../src/Update.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, task, valueOf } from "./support/tiny.ts"

const transform = (id: string, own: Callback.Transform, after: ReadonlyArray<string> = []) =>
  Callback.transform({ id, after, transform: own })

/** w after one step of rate 0.01 on the samples 1 and 2, whose slope is −1.5. */
const after = (callbacks: Callback.CallbackLayer, steps = 1) =>
  Effect.map(
    Trainer.train(task, { config: { ...config, until: { steps } }, data: { train: numbers(2) }, callbacks }),
    ({ state }) => valueOf(state.parameters["w"])
  )

describe("a transform", () => {
  it.effect("of the batch changes what the model sees, and not what metrics compare with", () =>
    Effect.gen(function* () {
      const doubling = transform("doubling", {
        batch: (batch) => ({
          ...batch,
          inputs: tf.mul(batch.inputs as tf.Tensor, 2),
          targets: tf.mul(batch.targets as tf.Tensor, 10)
        })
      })
      const { state, history } = yield* Trainer.train(task, {
        config,
        data: { train: numbers(2) },
        callbacks: doubling
      })
      assert.closeTo(valueOf(state.parameters["w"]), 0.03, 1e-7)
      assert.deepStrictEqual(history[0]!.values, { "train/loss": 30, "train/error": 3 })
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of gradients comes before clipping", () =>
    Effect.gen(function* () {
      const tenfold = transform("tenfold", {
        gradients: (gradients) => Tensors.map(gradients, (one) => tf.mul(one, 10))
      })
      assert.closeTo(yield* after(tenfold), 0.15, 1e-6)
      const { state } = yield* Trainer.train(task, {
        config: { ...config, clip: { _tag: "Value", limit: 3 } },
        data: { train: numbers(2) },
        callbacks: tenfold
      })
      assert.closeTo(valueOf(state.parameters["w"]), 0.03, 1e-7)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of updates comes after the optimizer", () =>
    Effect.gen(function* () {
      const fixed = transform("fixed", {
        updates: (updates) => Tensors.map(updates, (one) => tf.add(tf.mul(one, 0), 0.25))
      })
      assert.strictEqual(yield* after(fixed), 0.25)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of parameters comes after the update, and keeps tensors of its own", () =>
    Effect.gen(function* () {
      const halving = transform("halving", {
        tensors: (parameters) => Tensors.map(parameters, (parameter) => tf.zerosLike(parameter)),
        parameters: (parameters, own) => ({
          parameters: Tensors.map(parameters, (parameter) => tf.div(parameter, 2)),
          tensors: Tensors.map(own, (sum, path) => tf.add(sum, parameters[path]!))
        })
      })
      const { state } = yield* Trainer.train(task, {
        config: { ...config, until: { steps: 2 } },
        data: { train: numbers(2) },
        callbacks: halving
      })
      // 0.015 is halved, 0.015 is added, and that is halved.
      assert.closeTo(valueOf(state.parameters["w"]), (0.0075 + 0.015) / 2, 1e-7)
      assert.closeTo(valueOf(state.callbacks["halving"]!["w"]), 0.015 + 0.0225, 1e-7)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("may leave parameters out of training", () =>
    Effect.gen(function* () {
      const two = Task.supervised({
        name: "two",
        model: Model.make({
          name: "two",
          init: () => ({ a: tf.zeros([1]), b: tf.zeros([1]) }),
          apply: ({ a, b }, inputs: tf.Tensor) => tf.mul(inputs, tf.add(a, b))
        }),
        loss: Losses.meanAbsoluteError
      })
      const masking = transform("masking", { trainable: (path) => path !== "a" })
      const { state } = yield* Trainer.train(two, { config, data: { train: numbers(2) }, callbacks: masking })
      assert.strictEqual(valueOf(state.parameters["a"]), 0)
      assert.closeTo(valueOf(state.parameters["b"]), 0.015, 1e-7)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("gets numbers that change from step to step", () =>
    Effect.gen(function* () {
      const growing = transform("growing", {
        hyper: (step) => ({ factor: step }),
        updates: (updates, { hyper }) => Tensors.map(updates, (one) => tf.mul(one, hyper["factor"]!))
      })
      assert.closeTo(yield* after(growing, 3), 0.015 * (1 + 2 + 3), 1e-6)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("comes in the declared order, ties by id", () =>
    Effect.gen(function* () {
      const add = (id: string, order: ReadonlyArray<string> = []) =>
        transform(id, { updates: (updates) => Tensors.map(updates, (one) => tf.add(one, 1)) }, order)
      const double = (id: string, order: ReadonlyArray<string> = []) =>
        transform(id, { updates: (updates) => Tensors.map(updates, (one) => tf.mul(one, 2)) }, order)
      assert.closeTo(yield* after(Layer.mergeAll(double("b"), add("a"))), (0.015 + 1) * 2, 1e-6)
      assert.closeTo(yield* after(Layer.mergeAll(double("a"), add("b"))), 0.015 * 2 + 1, 1e-6)
      assert.closeTo(yield* after(Layer.mergeAll(double("a", ["b"]), add("b"))), (0.015 + 1) * 2, 1e-6)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("may hand parameters on as they are, as its own tensors, and begin with them", () =>
    Effect.gen(function* () {
      const before = tf.memory().numTensors
      yield* Effect.scoped(
        Effect.gen(function* () {
          const copying = transform("copying", {
            tensors: (parameters) => parameters,
            parameters: (parameters) => ({ parameters, tensors: parameters })
          })
          const { state } = yield* Trainer.train(task, {
            config: { ...config, until: { steps: 3 } },
            data: { train: numbers(2) },
            callbacks: copying
          })
          assert.closeTo(valueOf(state.callbacks["copying"]!["w"]), 0.045, 1e-6)
          assert.closeTo(valueOf(state.parameters["w"]), 0.045, 1e-6)
        })
      )
      assert.strictEqual(tf.memory().numTensors, before)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("that throws fails the run, and nothing of the step remains", () =>
    Effect.gen(function* () {
      const before = tf.memory().numTensors
      const torn = transform("torn", {
        updates: () => {
          throw new Error("torn")
        }
      })
      const error = yield* Effect.flip(Effect.scoped(after(torn)))
      assert.strictEqual(error._tag, "StepFailed")
      assert.strictEqual(error.message, "the step on numbers failed in batch 1 of epoch 1: torn")
      assert.strictEqual(tf.memory().numTensors, before)
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("an optimizer of one's own", () => {
  it.effect("may keep a slot as it is", () =>
    Effect.gen(function* () {
      const counting: Optimizer.Optimizer = Update.each({
        name: "Counting",
        slots: ["anchor"],
        initial: 1,
        numbers: (step, learningRate) => ({ size: step * learningRate }),
        update: (_gradient, slots, { numbers }) => [tf.mul(slots.anchor, numbers.size), slots]
      })
      const own = Task.supervised({
        name: "numbers",
        model: task.models[""]!,
        loss: Losses.meanAbsoluteError,
        groups: [{ name: "all", match: "**", optimizer: counting }]
      })
      const { state } = yield* Trainer.train(own, {
        config: { ...config, learningRate: 0.5, until: { steps: 3 } },
        data: { train: numbers(2) }
      })
      assert.strictEqual(valueOf(state.parameters["w"]), 0.5 * (1 + 2 + 3))
      assert.strictEqual(valueOf(state.slots["anchor"]!["w"]), 1)
    }).pipe(Effect.provide(Cpu.layer))
  )
})
