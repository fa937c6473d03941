import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Callback from "../src/Callback.ts"
import * as Losses from "../src/Losses.ts"
import * as Model from "../src/Model.ts"
import * as Task from "../src/Task.ts"
import * as Tensors from "../src/Tensors.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, recorder, scaling, task, valueOf } from "./support/tiny.ts"

/** The samples 1 … 7, of which those that satisfy `isBad` have the target NaN. */
const withNaN = (isBad: (sample: number) => boolean) =>
  numbers(7, (batch, indices) => ({
    ...batch,
    targets: Float32Array.from(indices, (index) => (isBad(index) ? Number.NaN : 2 * (index + 1)))
  }))
const bad = { train: withNaN((sample) => sample === 3) }

describe("a value that is not finite", () => {
  it.effect("fails the run with the tensor's name, the batch and its samples", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Trainer.train(task, { config, data: bad }))
      assert.strictEqual(error._tag, "NonFiniteFound")
      assert.strictEqual(
        error.message,
        "the loss is NaN in batch 2 of epoch 1 (step 2, samples 2, 3): the targets of sample 3 hold NaN. " +
          "The policy for such values is to fail. The parameters are those of the last good step. " +
          "Correct the dataset's values, or leave these samples out."
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("in a gradient alone is named by the parameter's path", () =>
    Effect.gen(function* () {
      // √0 is 0, but its slope is infinite.
      const root = Task.supervised({
        name: "root",
        model: Model.make({
          name: "root",
          init: () => ({ "deep/w": tf.zeros([1]) }),
          apply: ({ "deep/w": w }, inputs: tf.Tensor) => tf.mul(inputs, tf.sqrt(w))
        }),
        loss: Losses.meanAbsoluteError
      })
      const error = yield* Effect.flip(Trainer.train(root, { config, data: { train: numbers(2) } }))
      assert.strictEqual(error._tag, "NonFiniteFound")
      assert.include(error.message, "the gradient of deep/w is -Infinity in batch 1 of epoch 1 (step 1, samples 0, 1).")
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("that a transform makes of a gradient is found, too", () =>
    Effect.gen(function* () {
      const dividing = Callback.transform({
        id: "dividing",
        transform: { gradients: (gradients) => Tensors.map(gradients, (one) => tf.div(one, 0)) }
      })
      const error = yield* Effect.flip(
        Trainer.train(task, { config, data: { train: numbers(2) }, callbacks: dividing })
      )
      assert.strictEqual(error._tag, "NonFiniteFound")
      assert.include(
        error.message,
        "the gradient of w after transforms and clipping is -Infinity in batch 1 of epoch 1"
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("in a penalty is found, too", () =>
    Effect.gen(function* () {
      const penalized = Task.supervised({
        name: "penalized",
        model: {
          ...scaling,
          apply: ({ parameters, statistics }, inputs: tf.Tensor, context) => ({
            ...scaling.apply({ parameters, statistics }, inputs, context),
            penalty: tf.scalar(Number.NaN)
          })
        } as typeof scaling,
        loss: Losses.meanAbsoluteError
      })
      const error = yield* Effect.flip(Trainer.train(penalized, { config, data: { train: numbers(2) } }))
      assert.strictEqual(error._tag, "NonFiniteFound")
      assert.include(error.message, "the penalty is NaN in batch 1 of epoch 1")
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("skips the batch where the policy says so, counted, reported, and without a trace in the state", () => {
    const { events, layer } = recorder()
    return Effect.gen(function* () {
      const skip = { ...config, nonFinite: { _tag: "Skip", maximum: 1 } } as const
      const { state, counts } = yield* Trainer.train(task, { config: skip, data: bad })
      assert.closeTo(valueOf(state.parameters["w"]), 0.015 + 0.055 + 0.07, 1e-6)
      assert.deepStrictEqual(counts.skipped, { empty: 0, controller: 0, nonFinite: 1, nonFiniteInARow: 0 })
      const skipped = events.flatMap((event) => (event._tag === "BatchSkipped" ? event : []))
      assert.deepStrictEqual(
        skipped.map(({ reason, progress }) => [reason, progress.batch]),
        [["nonFinite", 1]]
      )
    }).pipe(Effect.provide([Cpu.layer, layer]))
  })

  it.effect("fails after as many batches in a row as the policy allows", () =>
    Effect.gen(function* () {
      const skip = { ...config, nonFinite: { _tag: "Skip", maximum: 2 } } as const
      const data = { train: withNaN((sample) => sample !== 0) }
      const error = yield* Effect.flip(Trainer.train(task, { config: skip, data }))
      assert.include(
        error.message,
        "in batch 3 of epoch 1 (step 1, samples 4, 5): the targets of samples 4, 5 hold NaN. 2 batches in a row were already skipped for that."
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("counts a row from its last good batch", () =>
    Effect.gen(function* () {
      const skip = { ...config, nonFinite: { _tag: "Skip", maximum: 1 } } as const
      const data = { train: withNaN((sample) => sample === 0 || sample === 4) }
      const { counts } = yield* Trainer.train(task, { config: skip, data })
      assert.strictEqual(counts.skipped.nonFinite, 2)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("rolls back to exactly the parameters and slots of some steps ago", () => {
    const { events, layer } = recorder()
    return Effect.gen(function* () {
      const optimizer = { _tag: "Sgd", momentum: 0.9 } as const
      const rollback = { ...config, optimizer, nonFinite: { _tag: "Rollback", steps: 2, maximum: 1 } } as const
      const data = { train: withNaN((sample) => sample === 6) }
      const { state } = yield* Trainer.train(task, { config: rollback, data })
      // Kept at steps 0 and 2; the fourth batch, after step 3, is the bad one.
      const two = yield* Trainer.train(task, { config: { ...config, optimizer, until: { steps: 2 } }, data })
      assert.strictEqual(valueOf(state.parameters["w"]), valueOf(two.state.parameters["w"]))
      assert.strictEqual(valueOf(state.slots["momentum"]!["w"]), valueOf(two.state.slots["momentum"]!["w"]))
      const rolled = events.flatMap((event) => (event._tag === "RolledBack" ? event : []))
      assert.deepStrictEqual(
        rolled.map(({ progress, toStep }) => [progress.step, toStep]),
        [[3, 2]]
      )
    }).pipe(Effect.provide([Cpu.layer, layer]))
  })

  it.effect("rolls averages back with the parameters that they are of", () =>
    Effect.gen(function* () {
      const average = Callback.transform({
        id: "average",
        transform: {
          tensors: ({ w }) => ({ w: tf.clone(w!), steps: tf.zeros([]) }),
          parameters: ({ w }, { w: own, steps }) => ({
            tensors: { w: tf.add(tf.mul(own!, 0.5), tf.mul(w!, 0.5)), steps: tf.add(steps!, 1) }
          })
        }
      })
      const nonFinite = { _tag: "Rollback", steps: 2, maximum: 1 } as const
      // Kept at steps 0 and 2; the fourth batch, after step 3, is the bad one, and the last of the epoch.
      const data = { train: withNaN((sample) => sample === 6) }
      const { state } = yield* Trainer.train(task, { config: { ...config, nonFinite }, data, callbacks: average })
      const two = yield* Trainer.train(task, { config: { ...config, until: { steps: 2 } }, data, callbacks: average })
      const averageOf = (run: typeof two) => valueOf(run.state.callbacks["average"]!["w"])
      assert.isAbove(averageOf(two), 0)
      assert.strictEqual(valueOf(state.callbacks["average"]!["w"]), averageOf(two))
      // What stands for no parameter goes on: three steps were taken.
      assert.strictEqual(valueOf(state.callbacks["average"]!["steps"]), 3)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("fails after as many rollbacks as the policy allows", () =>
    Effect.gen(function* () {
      const rollback = { ...config, nonFinite: { _tag: "Rollback", steps: 1, maximum: 1 } } as const
      const data = { train: withNaN((sample) => sample === 2 || sample === 4) }
      const error = yield* Effect.flip(Trainer.train(task, { config: rollback, data }))
      assert.include(
        error.message,
        "in batch 3 of epoch 1 (step 2, samples 4, 5): the targets of sample 4 hold NaN. The run was already rolled back 1 times."
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("is found with microbatches as well", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Trainer.train(task, { config: { ...config, microbatchSize: 1 }, data: bad }))
      assert.include(
        error.message,
        "the loss is NaN in batch 2 of epoch 1 (step 2, samples 2, 3): the targets of sample 3 hold NaN."
      )
    }).pipe(Effect.provide(Cpu.layer))
  )
})
