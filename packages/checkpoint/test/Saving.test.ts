import { assert, describe, it } from "@effect/vitest"
import { Cpu } from "@etude/backend"
import { Callback, Checkpoints, Decision, Trainer, TrainState } from "@etude/core"
import * as Tiny from "@etude/testing/Tiny"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
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
      const plugins = Saving.layer({ when: SaveWhen.everySteps(2) })
      const { paths } = yield* Trainer.train(task, { config, data, plugins })
      assert.deepStrictEqual(yield* stored, [2, 4, 6])
      assert.strictEqual(paths.length, 3)
    }).pipe(Effect.scoped, withStore)
  )
  it.live("deletes what is not kept, but not the best", () =>
    Effect.gen(function* () {
      const plugins = Saving.layer({ when: SaveWhen.everyEpochs(1), keep: Keep.last(1) })
      const { best } = yield* Trainer.train(task, { config: { ...config, until: { epochs: 5 } }, data, plugins })
      const bests = [...new Set(Object.values(best).map(({ step }) => step))]
      assert.deepStrictEqual(
        yield* stored,
        [...new Set([...bests, 15])].sort((a, b) => a - b)
      )
    }).pipe(Effect.scoped, withStore)
  )
  it.live("saves the last good state of a run that fails, from which it goes on exactly", () =>
    Effect.gen(function* () {
      const whole = numbers((yield* Trainer.train(task, { config, data })).state)
      const plugins = Layer.mergeAll(Saving.layer({ when: () => false }), quitAt(4, Effect.fail(new Quit())))
      const error = yield* Effect.flip(Trainer.train(task, { config, data, plugins }))
      assert.strictEqual(error._tag, "Quit")
      assert.deepStrictEqual(yield* stored, [4])
      const { state, differences } = yield* Resume.point(task, config)
      assert.deepStrictEqual(differences, [])
      assert.deepStrictEqual(numbers((yield* Trainer.train(task, { config, data, state })).state), whole)
    }).pipe(Effect.scoped, withStore)
  )
  it.live("saves when the run is interrupted, also in the middle of a validation", () =>
    Effect.gen(function* () {
      const saver = Saving.layer({ when: () => false })
      const whole = numbers((yield* Trainer.train(task, { config, data, plugins: saver })).state)
      const interrupting = Callback.observer({ id: "quitter", hooks: { validationBegin: () => Effect.interrupt } })
      yield* Effect.exit(Trainer.train(task, { config, data, plugins: Layer.mergeAll(saver, interrupting) }))
      assert.deepStrictEqual(yield* stored, [3])
      const { state } = yield* Resume.point(task, config)
      const result = yield* Trainer.train(task, { config, data, state, plugins: saver })
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
        plugins: Saving.layer({ when: SaveWhen.everySteps(2) })
      })
      const { state, saved } = yield* Resume.point(task, config)
      const plugins = Saving.layer({ when: SaveWhen.everySteps(1), keep: Keep.last(1), resumedFrom: saved.id })
      yield* Trainer.train(task, {
        config: { ...config, until: { steps: 5 } },
        data: { train: data.train },
        state,
        plugins
      })
      const left = yield* stored
      assert.include(left, 2)
      assert.include(left, 5)
    }).pipe(Effect.scoped, withStore)
  )
  it.live("refuses to go on with another batch size unless it is asked to", () =>
    Effect.gen(function* () {
      const plugins = Layer.mergeAll(
        Saving.layer({ when: SaveWhen.everySteps(2) }),
        Callback.controller({
          id: "stop",
          hooks: { batchEnd: ({ progress }) => (progress.step < 2 ? Decision.proceed : Decision.stopRun("enough")) }
        })
      )
      yield* Trainer.train(task, { config, data, plugins })
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
        "No checkpoint of tiny perceptron has been saved here: there is nothing to resume from. Begin with train."
      )
    }).pipe(Effect.scoped, withStore)
  )
})
