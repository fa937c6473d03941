import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Callback from "../src/Callback.ts"
import * as Decision from "../src/Decision.ts"
import * as Tensors from "../src/Tensors.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, recorder, task, valueOf } from "./support/tiny.ts"
import { checkpoints, watcher } from "./support/watch.ts"

const data = { train: numbers(5) }
/** Answers at one batch of the first epoch (counted from 0), at its end. */
const atBatch = (batch: number, decision: Decision.Decision, id = "controller") =>
  Callback.controller({
    id,
    hooks: { batchEnd: ({ progress }) => (progress.epoch === 0 && progress.batch === batch + 1 ? decision : undefined) }
  })

describe("decisions join", () => {
  const names = Schema.Array(Schema.Literals(["a", "b", "c"]))
  const decision = Arbitrary.schema(
    Schema.Struct({
      skipBatch: Schema.Boolean,
      saveNow: Schema.Boolean,
      stopEpoch: Schema.Boolean,
      stopRun: names,
      scaleLearningRate: Schema.Array(Schema.Literals([0.5, 2, 0.1])),
      useParameters: names,
      restoreBest: names
    })
  )
  /** What a decision means: names once each and sorted, factors sorted. */
  const meaning = (one: Decision.Decision) => ({
    ...one,
    stopRun: [...new Set(one.stopRun)].sort(),
    useParameters: [...new Set(one.useParameters)].sort(),
    restoreBest: [...new Set(one.restoreBest)].sort(),
    scaleLearningRate: one.scaleLearningRate.toSorted((a, b) => a - b)
  })
  const options = { arbitrary: { runs: 100, seed: 1 } }

  it.effect.prop(
    "in any order",
    [decision, decision],
    ([a, b]) => Effect.sync(() => assert.deepStrictEqual(meaning(Decision.join(a, b)), meaning(Decision.join(b, a)))),
    options
  )
  it.effect.prop(
    "in any grouping",
    [decision, decision, decision],
    ([a, b, c]) =>
      Effect.sync(() =>
        assert.deepStrictEqual(
          meaning(Decision.join(Decision.join(a, b), c)),
          meaning(Decision.join(a, Decision.join(b, c)))
        )
      ),
    options
  )
  it.effect.prop(
    "with proceed to themselves",
    [decision],
    ([a]) =>
      Effect.sync(() => {
        assert.deepStrictEqual(Decision.join(a, Decision.proceed), a)
        assert.deepStrictEqual(Decision.join(Decision.proceed, a), a)
      }),
    options
  )
})

describe("a decision", () => {
  it.effect("to skip a batch leaves it out of the update and counts it", () =>
    Effect.gen(function* () {
      const skipping = Callback.controller({
        id: "skipping",
        hooks: { batchBegin: ({ progress }) => (progress.batch === 1 ? Decision.skipBatch : undefined) }
      })
      const { state, counts } = yield* Trainer.train(task, { config, data, callbacks: skipping })
      assert.closeTo(valueOf(state.parameters["w"]), 0.015 + 0.05, 1e-6)
      assert.deepStrictEqual(counts, {
        epochs: 1,
        steps: 2,
        samples: 3,
        skipped: { empty: 0, controller: 1, nonFinite: 0, nonFiniteInARow: 0 }
      })
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("to save saves at that boundary, and the path is in the result and in an event", () => {
    const [store, { events, layer }] = [checkpoints(), recorder()]
    return Effect.gen(function* () {
      const { paths } = yield* Trainer.train(task, { config, data, callbacks: atBatch(1, Decision.saveNow) })
      assert.deepStrictEqual(store.steps, [2])
      assert.deepStrictEqual(paths, ["checkpoints/step-2"])
      const saved = events.filter(({ _tag }) => _tag === "CheckpointSaved")
      assert.deepStrictEqual(
        saved.map(({ progress }) => progress.step),
        [2]
      )
    }).pipe(Effect.provide([Cpu.layer, store.layer, layer]))
  })

  it.effect("to save without a store warns, and the run goes on", () => {
    const { events, layer } = recorder()
    return Effect.gen(function* () {
      const { counts, paths } = yield* Trainer.train(task, { config, data, callbacks: atBatch(1, Decision.saveNow) })
      assert.strictEqual(counts.steps, 3)
      assert.deepStrictEqual(paths, [])
      assert.deepStrictEqual(
        events.flatMap((event) => (event._tag === "Warned" ? event.message : [])),
        ["A callback asked for a checkpoint, but no Checkpoints layer is provided; nothing was saved."]
      )
    }).pipe(Effect.provide([Cpu.layer, layer]))
  })

  it.effect("to save fails with the store's error", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Trainer.train(task, { config, data, callbacks: atBatch(0, Decision.saveNow) }))
      assert.strictEqual(
        error.message,
        "The checkpoint step-1 could not be written: the disk is full. Earlier checkpoints are untouched."
      )
    }).pipe(Effect.provide([Cpu.layer, checkpoints(true).layer]))
  )

  it.effect("to stop the epoch ends it there, with validation and epochEnd, and the next one begins", () =>
    Effect.gen(function* () {
      const { seen, layer } = watcher()
      const options = { config: { ...config, until: { epochs: 2 } }, data: { ...data, validation: numbers(1) } }
      const callbacks = Layer.mergeAll(layer, atBatch(0, Decision.stopEpoch))
      yield* Trainer.train(task, { ...options, callbacks })
      assert.deepStrictEqual(
        seen.filter((hook) => !/Begin|validationBatch/.test(hook)),
        [
          "batchEnd 0.1.1",
          "validationEnd 0.1.1 validation",
          "epochEnd 1.0.1",
          "batchEnd 1.1.2",
          "batchEnd 1.2.3",
          "batchEnd 1.3.4",
          "validationEnd 1.3.4 validation",
          "epochEnd 2.0.4",
          "trainEnd 2.0.4 until epochs"
        ]
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("to stop the run ends it at that boundary with its reason; several reasons are sorted", () =>
    Effect.gen(function* () {
      const callbacks = Layer.mergeAll(
        atBatch(1, Decision.stopRun("second"), "one"),
        atBatch(1, Decision.stopRun("first"), "two")
      )
      const { reason, counts } = yield* Trainer.train(task, { config, data, callbacks })
      assert.strictEqual(reason, "first, second")
      assert.strictEqual(counts.steps, 2)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("to scale the learning rate holds from the next step on, and factors multiply", () =>
    Effect.gen(function* () {
      const callbacks = Layer.mergeAll(
        atBatch(0, Decision.scaleLearningRate(0.5), "one"),
        atBatch(0, Decision.scaleLearningRate(0.2), "two")
      )
      const { state } = yield* Trainer.train(task, { config, data, callbacks })
      assert.closeTo(valueOf(state.parameters["w"]), 0.015 + 0.1 * (0.035 + 0.05), 1e-6)
      assert.closeTo(state.plain.learningRateScale, 0.1, 1e-12)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("to use parameters evaluates with a callback's tensors and trains on with the run's own", () =>
    Effect.gen(function* () {
      const solved = Callback.transform({
        id: "solved",
        transform: { tensors: (parameters) => Tensors.map(parameters, () => tf.tensor1d([2])) },
        hooks: {
          validationBegin: () => Decision.useParameters("solved"),
          testBegin: () => Decision.useParameters("solved"),
          predictBegin: () => Decision.useParameters("solved")
        }
      })
      const { state, history } = yield* Trainer.train(task, {
        config,
        data: { ...data, validation: numbers(3) },
        callbacks: solved
      })
      assert.strictEqual(history[0]!.values["validation/loss"], 0)
      assert.closeTo(valueOf(state.parameters["w"]), 0.1, 1e-6)
      const { values } = yield* Trainer.test(task, { state, data: numbers(3), callbacks: solved })
      assert.strictEqual(values["loss"], 0)
      const use = (outputs: tf.Tensor) => [...outputs.dataSync()]
      assert.deepStrictEqual(yield* Trainer.predict(task, { state, data: numbers(3), callbacks: solved, use }), [
        [2, 4, 6]
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("to restore the best goes back to the parameters of the best value", () =>
    Effect.gen(function* () {
      // Validation is best after the first epoch: the callback then ruins the parameters by a huge rate.
      const ruining = Callback.controller({
        id: "ruining",
        monitors: ["validation/loss"],
        keepBest: ["validation/loss"],
        hooks: {
          epochEnd: ({ progress }) =>
            progress.epoch === 1
              ? Decision.scaleLearningRate(1e4)
              : progress.epoch === 2
                ? Decision.restoreBest("validation/loss")
                : undefined
        }
      })
      const { state, best } = yield* Trainer.train(task, {
        config: { ...config, until: { epochs: 2 } },
        data: { ...data, validation: numbers(3) },
        callbacks: ruining
      })
      assert.closeTo(valueOf(state.parameters["w"]), 0.1, 1e-6)
      assert.deepStrictEqual(
        { epoch: best["validation/loss"]!.epoch, step: best["validation/loss"]!.step },
        { epoch: 1, step: 3 }
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("to restore a best that was never kept warns, and leaves the parameters", () => {
    const { events, layer } = recorder()
    return Effect.gen(function* () {
      const callbacks = atBatch(0, Decision.restoreBest("validation/loss"))
      const { state } = yield* Trainer.train(task, { config, data, callbacks })
      assert.closeTo(valueOf(state.parameters["w"]), 0.1, 1e-6)
      assert.deepStrictEqual(
        events.flatMap((event) => (event._tag === "Warned" ? event.message : [])),
        [
          "A callback asked to restore the best parameters by validation/loss, but none have been kept yet; the parameters stay as they are."
        ]
      )
    }).pipe(Effect.provide([Cpu.layer, layer]))
  })

  it.effect("of an observer is not one", () =>
    Effect.gen(function* () {
      const observer = Callback.observer({
        id: "observer",
        hooks: { batchEnd: (() => Decision.stopRun("an observer said so")) as () => void }
      })
      const { reason } = yield* Trainer.train(task, { config, data, callbacks: observer })
      assert.strictEqual(reason, "until epochs")
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("is taken from any hook that a controller has, and is an event with the controller's id", () => {
    const { events, layer } = recorder()
    return Effect.gen(function* () {
      for (const hook of ["trainBegin", "epochBegin", "batchBegin", "batchEnd", "validationEnd", "epochEnd"] as const) {
        const stopping = Callback.controller({ id: "stopping", hooks: { [hook]: () => Decision.stopRun(hook) } })
        const validation = { ...data, validation: numbers(1) }
        const { reason } = yield* Trainer.train(task, { config, data: validation, callbacks: stopping })
        assert.strictEqual(reason, hook)
        const taken = events.splice(0).flatMap((event) => (event._tag === "DecisionTaken" ? event : []))
        assert.strictEqual(taken[0]?.callback, "stopping")
        assert.deepStrictEqual(taken[0]?.decision, { ...Decision.stopRun(hook) })
      }
    }).pipe(Effect.provide([Cpu.layer, layer]))
  })

  it.effect("to stop the epoch or to save is taken at the begin of an epoch, too", () => {
    const store = checkpoints()
    return Effect.gen(function* () {
      const saving = Callback.controller({ id: "saving", hooks: { epochBegin: () => Decision.saveNow } })
      yield* Trainer.train(task, { config: { ...config, until: { epochs: 2 } }, data, callbacks: saving })
      assert.deepStrictEqual(store.steps, [0, 3])
    }).pipe(Effect.provide([Cpu.layer, store.layer]))
  })
})
