import { assert, describe, it } from "@effect/vitest"
import { Cpu } from "@etude/backend"
import { Callback, Checkpoints, Decision, Trainer, TrainState } from "@etude/core"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as AsyncSaving from "../src/AsyncSaving.ts"
import * as Keep from "../src/Keep.ts"
import * as MemoryStore from "../src/MemoryStore.ts"
import * as Resume from "../src/Resume.ts"
import * as SaveWhen from "../src/SaveWhen.ts"
import * as Saving from "../src/Saving.ts"

const task = Tiny.perceptron({ dropout: 0.2 })
const data = { train: Tiny.vectors(10), validation: Tiny.vectors(6, 2) }
/** Three batches an epoch. */
const config = { batchSize: 4, until: { epochs: 2 }, optimizer: { _tag: "Adam" }, learningRate: 0.01 } as const
const stored = Effect.gen(function* () {
  const { list } = yield* Checkpoints.Checkpoints
  return (yield* list).map(({ step }) => step)
})
const withStore = Effect.provide(Layer.mergeAll(MemoryStore.layer, Cpu.layer))
const numbers = (state: TrainState.TrainState) =>
  Object.entries(TrainState.toData(state).tensors).map(([path, { values }]) => [path, [...values]])

class Quit extends Schema.TaggedError<Quit>()("Quit", {}) {}
const quitAt = (step: number, quit: Effect.Effect<void, Quit>) =>
  Callback.observer({ id: "quitter", hooks: { batchEnd: Callback.everySteps(step, () => quit) } })

describe("saving", () => {
  it.live("saves where its rule says, and tells where", () =>
    Effect.gen(function* () {
      const callbacks = Saving.layer({ when: SaveWhen.everySteps(2) })
      const { paths } = yield* Trainer.train(task, { config, data, callbacks })
      assert.deepStrictEqual(yield* stored, [2, 4, 6])
      assert.strictEqual(paths.length, 3)
    }).pipe(Effect.scoped, withStore)
  )
  it.live("deletes what is not kept, but not the best of what a callback watches", () =>
    Effect.gen(function* () {
      const saver = Saving.layer({ when: SaveWhen.everyEpochs(1), keep: Keep.last(1) })
      const watcher = Callback.observer({ id: "watcher", monitors: ["validation/accuracy"], hooks: {} })
      const { best } = yield* Trainer.train(task, {
        config: { ...config, until: { epochs: 5 } },
        data,
        callbacks: Layer.mergeAll(saver, watcher)
      })
      const { step } = best["validation/accuracy"]!
      assert.isBelow(step, 15)
      assert.deepStrictEqual(yield* stored, [step, 15])
    }).pipe(Effect.scoped, withStore)
  )
  it.live("keeps no best of what nobody watches", () =>
    Effect.gen(function* () {
      const callbacks = Saving.layer({ when: SaveWhen.everyEpochs(1), keep: Keep.last(1) })
      yield* Trainer.train(task, { config: { ...config, until: { epochs: 5 } }, data, callbacks })
      assert.deepStrictEqual(yield* stored, [15])
    }).pipe(Effect.scoped, withStore)
  )
  for (const asynchronous of [false, true]) {
    const how = asynchronous ? "writing beside training" : "writing at once"
    const store = asynchronous ? AsyncSaving.layer().pipe(Layer.provide(MemoryStore.layer)) : MemoryStore.layer
    const withIts = Effect.provide(Layer.mergeAll(store, Cpu.layer))
    it.live(`keeps as many as it is told to, ${how}`, () =>
      Effect.gen(function* () {
        const callbacks = Saving.layer({ when: SaveWhen.everyEpochs(1), keep: Keep.last(2) })
        yield* Trainer.train(task, { config: { ...config, until: { epochs: 5 } }, data, callbacks })
        assert.deepStrictEqual(yield* stored, [12, 15])
      }).pipe(Effect.scoped, withIts)
    )
    it.live(`two savers of one run leave each other's checkpoints alone, ${how}`, () =>
      Effect.gen(function* () {
        const callbacks = Layer.mergeAll(
          Saving.layer({ id: "last", when: SaveWhen.everyEpochs(1), keep: Keep.last(1) }),
          Saving.layer({ id: "archive", when: SaveWhen.everyEpochs(3), keep: Keep.all })
        )
        yield* Trainer.train(task, { config: { ...config, until: { epochs: 10 } }, data, callbacks })
        assert.deepStrictEqual(yield* stored, [9, 18, 27, 30])
        const { list } = yield* Checkpoints.Checkpoints
        assert.deepStrictEqual(
          (yield* list).map(({ savers }) => savers),
          [["archive", "last"], ["archive", "last"], ["archive", "last"], ["last"]]
        )
      }).pipe(Effect.scoped, withIts)
    )
  }
  it.live("of two rules that both asked for a checkpoint, it goes when neither keeps it", () =>
    Effect.gen(function* () {
      const callbacks = Layer.mergeAll(
        Saving.layer({ id: "a", when: SaveWhen.everyEpochs(1), keep: Keep.last(1) }),
        Saving.layer({ id: "b", when: SaveWhen.everyEpochs(2), keep: Keep.last(2) })
      )
      yield* Trainer.train(task, { config: { ...config, until: { epochs: 7 } }, data, callbacks })
      assert.deepStrictEqual(yield* stored, [12, 18, 21])
    }).pipe(Effect.scoped, withStore)
  )
  it.live("leaves alone what a callback of the user's own has saved", () =>
    Effect.gen(function* () {
      const own = Callback.controller({
        id: "own",
        hooks: { epochEnd: ({ progress }) => (progress.epoch === 2 ? Decision.saveNow : Decision.proceed) }
      })
      const callbacks = Layer.mergeAll(Saving.layer({ when: SaveWhen.everySteps(2), keep: Keep.last(1) }), own)
      yield* Trainer.train(task, { config: { ...config, until: { epochs: 4 } }, data, callbacks })
      assert.deepStrictEqual(yield* stored, [6, 12])
    }).pipe(Effect.scoped, withStore)
  )
  it.live("saves a run that ends in the middle of an epoch, once, and tells callbacks and the caller", () =>
    Effect.gen(function* () {
      const saved: Array<number> = []
      const watcher = Callback.observer({
        id: "watcher",
        hooks: { checkpointSaved: ({ progress }) => void saved.push(progress.step) }
      })
      for (const [steps, when] of [
        [1, SaveWhen.everyEpochs(1)],
        [4, SaveWhen.everySteps(4)]
      ] as const) {
        const { paths } = yield* Trainer.train(task, {
          config: { ...config, until: { steps } },
          data,
          callbacks: Layer.mergeAll(Saving.layer({ when }), watcher)
        })
        assert.strictEqual(paths.length, 1)
      }
      assert.deepStrictEqual(saved, [1, 4])
      assert.deepStrictEqual(yield* stored, [1, 4])
      const { state } = yield* Resume.point(task, { ...config, until: { steps: 4 } })
      assert.deepStrictEqual(state.plain.progress.step, 4)
    }).pipe(Effect.scoped, withStore)
  )
  it.live("saves nothing again where a run ends badly right after it was saved, or where it was resumed from", () =>
    Effect.gen(function* () {
      const saver = (resumedFrom?: string) =>
        Saving.layer({ when: SaveWhen.everySteps(2), ...(resumedFrom === undefined ? {} : { resumedFrom }) })
      const quitOnceSaved = Callback.observer({ id: "a", hooks: { checkpointSaved: () => Effect.interrupt } })
      yield* Effect.exit(Trainer.train(task, { config, data, callbacks: Layer.mergeAll(saver(), quitOnceSaved) }))
      assert.deepStrictEqual(yield* stored, [2])
      const { state, saved } = yield* Resume.point(task, config)
      const quitAtOnce = Callback.observer({ id: "a", hooks: { trainBegin: () => Effect.interrupt } })
      const callbacks = Layer.mergeAll(saver(saved.id), quitAtOnce)
      yield* Effect.exit(Trainer.train(task, { config, data, state, callbacks }))
      assert.deepStrictEqual(yield* stored, [2])
    }).pipe(Effect.scoped, withStore)
  )
  it.live("saves on interruption and failure in the one way: with an event, a hook and a path", () =>
    Effect.gen(function* () {
      for (const quit of [Effect.interrupt, Effect.fail(new Quit())]) {
        const log: Array<string> = []
        const watcher = Callback.observer({
          id: "watcher",
          onEvent: (event) => {
            if (["CheckpointSaved", "Interrupted", "Failed"].includes(event._tag)) log.push(event._tag)
          },
          hooks: { checkpointSaved: ({ progress }) => void log.push(`saved at ${progress.step}`) }
        })
        const callbacks = Layer.mergeAll(
          Saving.layer({ when: SaveWhen.everySteps(2), keep: Keep.last(1) }),
          quitAt(3, quit),
          watcher
        )
        yield* Effect.exit(Trainer.train(task, { config, data, callbacks }))
        const end = quit === Effect.interrupt ? "Interrupted" : "Failed"
        assert.deepStrictEqual(log, ["CheckpointSaved", "saved at 2", "CheckpointSaved", "saved at 3", end])
        // Cleaning is part of the way.
        assert.deepStrictEqual(yield* stored, [3])
      }
    }).pipe(Effect.scoped, withStore)
  )
  it.live("a run that a callback ended stays ended when it is resumed, until it is asked for more", () =>
    Effect.gen(function* () {
      const stopping = Callback.controller({
        id: "stopping",
        hooks: { epochEnd: ({ progress }) => (progress.epoch === 1 ? Decision.stopRun("enough") : Decision.proceed) }
      })
      const callbacks = Layer.mergeAll(Saving.layer(), stopping)
      const ended = yield* Trainer.train(task, { config, data, callbacks })
      const { state } = yield* Resume.point(task, config, { data })
      assert.deepStrictEqual(state.plain.ended, { reason: "enough", by: ["stopping"] })
      const again = yield* Trainer.train(task, { config, data, callbacks, state })
      assert.deepStrictEqual([again.reason, again.counts.steps, again.history], ["enough", 3, ended.history])
      assert.deepStrictEqual(numbers(again.state), numbers(ended.state))
      const further = yield* Trainer.train(task, { config, data, callbacks, state, beyondEnd: true })
      assert.deepStrictEqual([further.reason, further.counts.steps], ["until epochs", 6])
      const without = yield* Trainer.train(task, { config, data, state })
      assert.deepStrictEqual([without.reason, without.counts.steps], ["until epochs", 6])
    }).pipe(Effect.scoped, withStore)
  )
  it.live("saves the last good state of a run that fails, from which it goes on exactly", () =>
    Effect.gen(function* () {
      const whole = numbers((yield* Trainer.train(task, { config, data })).state)
      const callbacks = Layer.mergeAll(Saving.layer({ when: () => false }), quitAt(4, Effect.fail(new Quit())))
      const error = yield* Effect.flip(Trainer.train(task, { config, data, callbacks }))
      assert.strictEqual(error._tag, "Quit")
      assert.deepStrictEqual(yield* stored, [4])
      const { state, differences } = yield* Resume.point(task, config)
      assert.deepStrictEqual(differences, [])
      assert.deepStrictEqual(numbers((yield* Trainer.train(task, { config, data, state })).state), whole)
    }).pipe(Effect.scoped, withStore)
  )
  it.live("saves a run at its end, whatever its rule, so that it can be continued from there", () =>
    Effect.gen(function* () {
      const train = (epochs: number, options: Saving.SavingOptions = {}, state?: TrainState.TrainState) =>
        Trainer.train(task, {
          config: { ...config, until: { epochs } },
          data,
          callbacks: Saving.layer({ when: SaveWhen.everyEpochs(2), ...options }),
          ...(state === undefined ? {} : { state })
        })
      const whole = numbers((yield* Trainer.train(task, { config: { ...config, until: { epochs: 4 } }, data })).state)
      yield* train(1, { onEnd: false })
      assert.deepStrictEqual(yield* stored, [])
      yield* train(3)
      assert.deepStrictEqual(yield* stored, [6, 9])
      const { state, saved } = yield* Resume.point(task, { ...config, until: { epochs: 4 } })
      // Nothing is left to do: what is there already is not saved again.
      yield* train(3, { resumedFrom: saved.id }, state)
      assert.deepStrictEqual(yield* stored, [6, 9])
      assert.deepStrictEqual(numbers((yield* train(4, { resumedFrom: saved.id }, state)).state), whole)
      assert.deepStrictEqual(yield* stored, [6, 9, 12])
    }).pipe(Effect.scoped, withStore)
  )
  it.live("saves when the run is interrupted, also in the middle of a validation", () =>
    Effect.gen(function* () {
      const saver = Saving.layer({ when: () => false })
      const whole = numbers((yield* Trainer.train(task, { config, data })).state)
      const interrupting = Callback.observer({ id: "quitter", hooks: { validationBegin: () => Effect.interrupt } })
      yield* Effect.exit(Trainer.train(task, { config, data, callbacks: Layer.mergeAll(saver, interrupting) }))
      assert.deepStrictEqual(yield* stored, [3])
      const { state } = yield* Resume.point(task, config)
      const result = yield* Trainer.train(task, { config, data, state, callbacks: saver })
      assert.deepStrictEqual(numbers(result.state), whole)
      // The validation that was cut short has been done.
      assert.containsAllKeys(result.history[0]!.values, ["train/loss", "validation/loss"])
    }).pipe(Effect.scoped, withStore)
  )
  it.live("never deletes what is being resumed from", () =>
    Effect.gen(function* () {
      yield* Trainer.train(task, {
        config: { ...config, until: { steps: 2 } },
        data: { train: data.train },
        callbacks: Saving.layer({ when: SaveWhen.everySteps(2) })
      })
      const { state, saved } = yield* Resume.point(task, config)
      const callbacks = Saving.layer({ when: SaveWhen.everySteps(1), keep: Keep.last(1), resumedFrom: saved.id })
      yield* Trainer.train(task, {
        config: { ...config, until: { steps: 5 } },
        data: { train: data.train },
        state,
        callbacks
      })
      const left = yield* stored
      assert.include(left, 2)
      assert.include(left, 5)
    }).pipe(Effect.scoped, withStore)
  )
  it.live("refuses to go on with another batch size unless it is asked to", () =>
    Effect.gen(function* () {
      const callbacks = Layer.mergeAll(
        Saving.layer({ when: SaveWhen.everySteps(2) }),
        Callback.controller({
          id: "stop",
          hooks: { batchEnd: ({ progress }) => (progress.step < 2 ? Decision.proceed : Decision.stopRun("enough")) }
        })
      )
      yield* Trainer.train(task, { config, data, callbacks })
      const refused = yield* Effect.flip(Resume.point(task, { ...config, batchSize: 5 }))
      assert.strictEqual(refused._tag, "ResumeRefused")
      const allowed = yield* Resume.point(task, { ...config, batchSize: 5 }, { allowAlterations: true })
      assert.deepStrictEqual(
        allowed.differences.map(({ path, consequence }) => [path, consequence]),
        [["config.batchSize", "alters"]]
      )
      const longer = yield* Resume.point(task, { ...config, until: { epochs: 9 } })
      assert.deepStrictEqual(
        longer.differences.map(({ path, consequence }) => [path, consequence]),
        [["config.until.epochs", "safe"]]
      )
    }).pipe(Effect.scoped, withStore)
  )
  it.live("has nothing to resume from where nothing was saved", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Resume.point(task, config))
      assert.strictEqual(
        error.message,
        "No checkpoint of tiny perceptron has been saved here: there is nothing to resume from. Start with train."
      )
    }).pipe(Effect.scoped, withStore)
  )
})
