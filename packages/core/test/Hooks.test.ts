import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Callback from "../src/Callback.ts"
import * as Decision from "../src/Decision.ts"
import { sliceMilliseconds } from "../src/internal/loop/Feed.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, task } from "./support/tiny.ts"
import { checkpoints, watcher } from "./support/watch.ts"

const data = { train: numbers(5), validation: numbers(3) }
const saving = Callback.controller({ id: "saving", hooks: { epochEnd: () => Decision.saveNow } })
const skipping = Callback.controller({
  id: "skipping",
  hooks: { batchBegin: ({ progress }) => (progress.batch === 1 ? Decision.skipBatch : undefined) }
})

describe("the hooks of a run", () => {
  it.effect("are called in the order of the loop, with their places", () =>
    Effect.gen(function* () {
      const { seen, layer } = watcher()
      yield* Trainer.train(task, { config, data, callbacks: Layer.mergeAll(layer, saving, skipping) })
      assert.deepStrictEqual(seen, [
        "trainBegin 0.0.0",
        "epochBegin 0.0.0",
        "batchBegin 0.0.0",
        "batchEnd 0.1.1",
        "batchBegin 0.1.1",
        "batchSkipped 0.2.1 controller",
        "batchBegin 0.2.1",
        "batchEnd 0.3.2",
        "validationBegin 0.3.2 validation",
        "validationBatchBegin 0.3.2 validation batch 0",
        "validationBatchEnd 0.3.2 validation batch 0",
        "validationBatchBegin 0.3.2 validation batch 1",
        "validationBatchEnd 0.3.2 validation batch 1",
        "validationEnd 0.3.2 validation",
        "epochEnd 1.0.2",
        "checkpointSaved 1.0.2",
        "trainEnd 1.0.2 until epochs"
      ])
    }).pipe(Effect.provide([Cpu.layer, checkpoints().layer]))
  )

  it.effect("go on where they were when resumed inside an epoch", () =>
    Effect.gen(function* () {
      const { state } = yield* Trainer.train(task, { config: { ...config, until: { steps: 1 } }, data })
      const { seen, layer } = watcher()
      yield* Trainer.train(task, { config: { ...config, until: { steps: 4 } }, data, callbacks: layer, state })
      assert.deepStrictEqual(seen, [
        "resumed 0.1.1",
        "trainBegin 0.1.1",
        "batchBegin 0.1.1",
        "batchEnd 0.2.2",
        "batchBegin 0.2.2",
        "batchEnd 0.3.3",
        "validationBegin 0.3.3 validation",
        "validationBatchBegin 0.3.3 validation batch 0",
        "validationBatchEnd 0.3.3 validation batch 0",
        "validationBatchBegin 0.3.3 validation batch 1",
        "validationBatchEnd 0.3.3 validation batch 1",
        "validationEnd 0.3.3 validation",
        "epochEnd 1.0.3",
        "epochBegin 1.0.3",
        "batchBegin 1.0.3",
        "batchEnd 1.1.4",
        "trainEnd 1.1.4 until steps"
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of each validation set come one set after another, and the ends after all of them", () =>
    Effect.gen(function* () {
      const { seen, layer } = watcher()
      const sets = { far: numbers(2), near: numbers(1) }
      yield* Trainer.train(task, { config, data: { train: numbers(2), validation: sets }, callbacks: layer })
      assert.deepStrictEqual(
        seen.filter((hook) => hook.startsWith("validation")),
        [
          "validationBegin 0.1.1 far",
          "validationBatchBegin 0.1.1 far batch 0",
          "validationBatchEnd 0.1.1 far batch 0",
          "validationBegin 0.1.1 near",
          "validationBatchBegin 0.1.1 near batch 0",
          "validationBatchEnd 0.1.1 near batch 0",
          "validationEnd 0.1.1 far",
          "validationEnd 0.1.1 near"
        ]
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("failed and trainEnd tell of a failure, trainEnd once", () =>
    Effect.gen(function* () {
      const { seen, layer } = watcher()
      const quitting = Callback.observer({
        id: "quitting",
        hooks: { epochEnd: () => Effect.fail("enough" as const) }
      })
      const error = yield* Effect.flip(
        Trainer.train(task, { config, data: { train: numbers(2) }, callbacks: Layer.mergeAll(layer, quitting) })
      )
      assert.strictEqual(error, "enough")
      assert.deepStrictEqual(seen.slice(-2), ["failed 1.0.1", "trainEnd 1.0.1 failed"])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("interrupted and trainEnd tell of an interruption, trainEnd once", () =>
    Effect.gen(function* () {
      const { seen, layer } = watcher()
      const interrupting = Callback.observer({ id: "interrupting", hooks: { epochEnd: () => Effect.interrupt } })
      yield* Effect.exit(
        Trainer.train(task, { config, data: { train: numbers(2) }, callbacks: Layer.mergeAll(layer, interrupting) })
      )
      assert.deepStrictEqual(seen.slice(-2), ["interrupted 1.0.1", "trainEnd 1.0.1 interrupted"])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("trainEnd is called once when one of its handlers fails", () =>
    Effect.gen(function* () {
      const { seen, layer } = watcher("a watcher")
      const failing = Callback.observer({
        id: "failing",
        hooks: { trainEnd: () => Effect.fail("at the end" as const) }
      })
      const error = yield* Effect.flip(
        Trainer.train(task, { config, data: { train: numbers(2) }, callbacks: Layer.mergeAll(layer, failing) })
      )
      assert.strictEqual(error, "at the end")
      assert.deepStrictEqual(
        seen.filter((hook) => hook.startsWith("trainEnd")),
        ["trainEnd 1.0.1 until epochs"]
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of a test and of a prediction have their own names", () =>
    Effect.gen(function* () {
      const { state } = yield* Trainer.train(task, { config, data: { train: numbers(2) } })
      const { seen, layer } = watcher()
      const options = { state, data: numbers(3), batchSize: 2, callbacks: layer }
      yield* Trainer.test(task, options)
      yield* Trainer.predict(task, { ...options, use: () => undefined })
      yield* Trainer.validate(task, options)
      assert.deepStrictEqual(seen, [
        "testBegin 1.0.1",
        "testBatchBegin 1.0.1 batch 0",
        "testBatchEnd 1.0.1 batch 0",
        "testBatchBegin 1.0.1 batch 1",
        "testBatchEnd 1.0.1 batch 1",
        "testEnd 1.0.1",
        "predictBegin 1.0.1",
        "predictBatchBegin 1.0.1 batch 0",
        "predictBatchEnd 1.0.1 batch 0",
        "predictBatchBegin 1.0.1 batch 1",
        "predictBatchEnd 1.0.1 batch 1",
        "predictEnd 1.0.1",
        "validationBegin 1.0.1 numbers",
        "validationBatchBegin 1.0.1 numbers batch 0",
        "validationBatchEnd 1.0.1 numbers batch 0",
        "validationBatchBegin 1.0.1 numbers batch 1",
        "validationBatchEnd 1.0.1 numbers batch 1",
        "validationEnd 1.0.1 numbers"
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of several callbacks come in the order that the callbacks declare, ties by id", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const named = (id: string, after: ReadonlyArray<string> = []) =>
        Callback.observer({ id, after, hooks: { trainBegin: () => void seen.push(id) } })
      const callbacks = Layer.mergeAll(named("d"), named("a", ["c"]), named("c"), named("b", ["not there"]))
      yield* Trainer.train(task, { config, data: { train: numbers(2) }, callbacks })
      assert.deepStrictEqual(seen, ["b", "c", "a", "d"])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("batchEnd with a schedule is called at exactly its steps, wherever the loop gives others their turn", () =>
    Effect.gen(function* () {
      const spinning = numbers(5, (batch) => {
        const end = performance.now() + sliceMilliseconds
        while (performance.now() < end);
        return batch
      })
      const waiting = numbers(5, (batch) => Effect.as(Effect.yieldNow, batch))
      for (const train of [numbers(5), spinning, waiting]) {
        const steps: Array<number> = []
        const every = Callback.observer({
          id: "every",
          hooks: {
            batchEnd: Callback.everySteps(3, ({ progress }) => Effect.sync(() => void steps.push(progress.step)))
          }
        })
        yield* Trainer.train(task, { config: { ...config, until: { epochs: 4 } }, data: { train }, callbacks: every })
        assert.deepStrictEqual(steps, [3, 6, 9, 12])
      }
    }).pipe(Effect.provide(Cpu.layer))
  )
})
