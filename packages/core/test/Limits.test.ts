import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import * as Callback from "../src/Callback.ts"
import type { Dataset } from "../src/Dataset.ts"
import * as Decision from "../src/Decision.ts"
import type { TrainConfigInput } from "../src/TrainConfig.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, recorder, task } from "./support/tiny.ts"
import { watcher } from "./support/watch.ts"

const train = (own: TrainConfigInput, data: Parameters<typeof Trainer.train>[1]["data"] = { train: numbers(5) }) =>
  Trainer.train(task, { config: { ...config, ...own }, data })

/** Every sample that was read for training, after the first ones that the model is tried on. */
const reading = (dataset: Dataset) => {
  const reads: Array<ReadonlyArray<number>> = []
  const read: Dataset["read"] = (indices, draw) => {
    reads.push([...indices])
    return dataset.read(indices, draw)
  }
  return { reads: () => reads.slice(1), dataset: { ...dataset, read } }
}

describe("a run ends", () => {
  it.effect("after its epochs, steps or samples, whichever is first", () =>
    Effect.gen(function* () {
      const ends = [
        [{ epochs: 2 }, "until epochs", 6],
        [{ steps: 4 }, "until steps", 4],
        [{ samples: 6 }, "until samples", 4],
        [{ epochs: 3, steps: 5, samples: 100 }, "until steps", 5],
        [{ epochs: 1, samples: 5 }, "until epochs", 3]
      ] as const
      for (const [until, reason, steps] of ends) {
        const result = yield* train({ until })
        assert.deepStrictEqual([result.reason, result.counts.steps], [reason, steps])
      }
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect(
    "after a whole epoch in which callbacks let no step be made, where only steps or samples would end it",
    () =>
      Effect.gen(function* () {
        const skipping = Callback.controller({
          id: "skipping",
          hooks: { batchBegin: ({ progress }) => (progress.epoch > 0 ? Decision.skipBatch : undefined) }
        })
        const leaving = Callback.controller({ id: "leaving", hooks: { epochBegin: () => Decision.stopEpoch } })
        const reason =
          "no step in a whole epoch: callbacks skipped all of its batches, and only steps or samples end the run"
        for (const [callbacks, until, steps, epochs] of [
          [skipping, { steps: 100 }, 3, 2],
          [skipping, { samples: 100 }, 3, 2],
          [leaving, { steps: 100 }, 0, 1]
        ] as const) {
          const own = { ...config, until, validation: { every: { steps: 2 } } }
          const data = { train: numbers(5), validation: numbers(2) }
          const result = yield* Trainer.train(task, { config: own, data, callbacks })
          assert.deepStrictEqual([result.reason, result.counts.steps, result.counts.epochs], [reason, steps, epochs])
        }
        // Limits in epochs or time end such a run by themselves.
        const waited = yield* Trainer.train(task, {
          config: { ...config, until: { epochs: 4, steps: 100 } },
          data: { train: numbers(5) },
          callbacks: skipping
        })
        assert.deepStrictEqual([waited.reason, waited.counts.steps], ["until epochs", 3])
      }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("so also when it was taken up again in the middle of that epoch", () =>
    Effect.gen(function* () {
      const skipping = Callback.controller({
        id: "skipping",
        hooks: { batchBegin: ({ progress }) => (progress.epoch > 0 ? Decision.skipBatch : undefined) }
      })
      const stopping = Callback.controller({
        id: "stopping",
        hooks: { batchSkipped: () => Decision.stopRun("here") }
      })
      const options = { config: { ...config, until: { steps: 100 } }, data: { train: numbers(5) } }
      const cut = yield* Trainer.train(task, { ...options, callbacks: Layer.mergeAll(skipping, stopping) })
      assert.deepStrictEqual([cut.reason, cut.state.plain.progress.batch], ["here", 1])
      const resumed = yield* Trainer.train(task, { ...options, callbacks: skipping, state: cut.state })
      const unbroken = yield* Trainer.train(task, { ...options, callbacks: skipping })
      assert.deepStrictEqual([resumed.reason, resumed.counts], [unbroken.reason, unbroken.counts])
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("after its minutes of training, those before a resumption included", () =>
    Effect.gen(function* () {
      // Each batch takes twenty seconds.
      const slow = numbers(5, (batch) => Effect.as(TestClock.adjust("20 seconds"), batch))
      const options = { config: { ...config, until: { minutes: 1.5 } }, data: { train: slow } }
      const { state, elapsedSeconds } = yield* Trainer.train(task, {
        ...options,
        config: { ...config, until: { steps: 2 } }
      })
      assert.strictEqual(elapsedSeconds, 40)
      const result = yield* Trainer.train(task, { ...options, state })
      assert.deepStrictEqual([result.reason, result.counts.steps, result.elapsedSeconds], ["until minutes", 5, 100])
    }).pipe(Effect.provide(Cpu.layer))
  )

  for (const [what, hours] of [
    ["back", -1],
    ["forward", 1]
  ] as const) {
    it.effect(
      `after its minutes, and no other time, also when the wall clock is set an hour ${what} at every look`,
      () =>
        Effect.gen(function* () {
          let [wall, passed] = [1_700_000_000_000, 0n]
          const clock: Clock.Clock = Object.create(yield* Clock.Clock, {
            currentTimeMillisUnsafe: { value: () => (wall += hours * 3_600_000) },
            monotonicTimeNanosUnsafe: { value: () => passed }
          })
          const slow = numbers(5, (batch) =>
            Effect.sync(() => {
              passed += 20_000_000_000n
              return batch
            })
          )
          const result = yield* Trainer.train(task, {
            config: { ...config, until: { minutes: 1.5 } },
            data: { train: slow }
          }).pipe(Effect.provideService(Clock.Clock, clock))
          assert.deepStrictEqual([result.reason, result.counts.steps, result.elapsedSeconds], ["until minutes", 5, 100])
        }).pipe(Effect.provide(Cpu.layer))
    )
  }

  it.effect("at once when its limit has been reached already", () =>
    Effect.gen(function* () {
      const { state } = yield* train({ until: { steps: 2 } })
      const { seen, layer } = watcher()
      const options = {
        config: { ...config, until: { steps: 2 } },
        data: { train: numbers(5) },
        callbacks: layer,
        state
      }
      const { reason } = yield* Trainer.train(task, options)
      assert.strictEqual(reason, "until steps")
      assert.deepStrictEqual(seen, ["resumed 0.2.2", "trainBegin 0.2.2", "trainEnd 0.2.2 until steps"])
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("an epoch", () => {
  it.effect("keeps a partial last batch, or drops it", () =>
    Effect.gen(function* () {
      const kept = yield* train({})
      assert.deepStrictEqual([kept.counts.steps, kept.counts.samples], [3, 5])
      const dropped = yield* train({ dropLastBatch: true })
      assert.deepStrictEqual([dropped.counts.steps, dropped.counts.samples], [2, 4])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("has no more batches than limitTrainBatches", () =>
    Effect.gen(function* () {
      const { dataset, reads } = reading(numbers(9))
      yield* train({ limitTrainBatches: 2, until: { epochs: 2 } }, { train: dataset })
      assert.deepStrictEqual(reads(), [
        [0, 1],
        [2, 3],
        [0, 1],
        [2, 3]
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("is shuffled anew each time, holds every sample once, and is the same for the same seed", () =>
    Effect.gen(function* () {
      const ordersOf = Effect.fnUntraced(function* (seed: number) {
        const { dataset, reads } = reading(numbers(20))
        yield* train({ seed, shuffle: true, batchSize: 20, until: { epochs: 2 } }, { train: dataset })
        return reads()
      })
      const [first, second] = yield* ordersOf(1)
      assert.deepStrictEqual(
        first!.toSorted((a, b) => a - b),
        Array.from({ length: 20 }, (_, at) => at)
      )
      assert.notDeepEqual(first, second)
      assert.deepStrictEqual(yield* ordersOf(1), [first, second])
      assert.notDeepEqual((yield* ordersOf(2))[0], first)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of overfitBatches repeats the same first batches, and validates on them", () =>
    Effect.gen(function* () {
      const { dataset, reads } = reading(numbers(9))
      const options = {
        overfitBatches: 1,
        shuffle: true,
        until: { epochs: 2 },
        validation: { every: { epochs: 2 } }
      } as const
      const { history } = yield* train(options, { train: dataset, validation: numbers(100) })
      assert.deepStrictEqual(reads(), [
        [0, 1],
        [0, 1],
        [0, 1]
      ])
      // w = 0.03 after two steps of 0.015: |w − 2| · 1.5.
      assert.closeTo(history[1]!.values["validation/loss"]!, 1.97 * 1.5, 1e-5)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of fastDevRun is one batch of training and one of each validation set, whatever the config says", () =>
    Effect.gen(function* () {
      for (const every of [{ epochs: 5 }, { steps: 1000 }, { minutes: 60 }] as const) {
        const { seen, layer } = watcher()
        const { reason, counts } = yield* Trainer.train(task, {
          config: { ...config, fastDevRun: true, until: { epochs: 10 }, validation: { every } },
          data: { train: numbers(9), validation: { far: numbers(9), near: numbers(9) } },
          callbacks: layer
        })
        assert.deepStrictEqual([reason, counts.steps], ["until epochs", 1])
        assert.deepStrictEqual(
          seen.filter((hook) => hook.startsWith("validationBatchEnd")),
          ["validationBatchEnd 0.1.1 far batch 0", "validationBatchEnd 0.1.1 near batch 0"]
        )
      }
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("an empty batch", () => {
  /** Nothing is read of samples 2 and 3, so that the second batch is empty. */
  const holed = numbers(5, (batch, indices) =>
    indices.includes(2) ? { inputs: new Float32Array(0), targets: new Float32Array(0) } : batch
  )

  it.effect("is skipped, counted and reported", () => {
    const { events, layer } = recorder()
    return Effect.gen(function* () {
      const { counts } = yield* train({}, { train: holed })
      assert.deepStrictEqual(counts, {
        epochs: 1,
        steps: 2,
        samples: 3,
        skipped: { empty: 1, controller: 0, nonFinite: 0, nonFiniteInARow: 0 }
      })
      assert.deepStrictEqual(
        events.flatMap((event) => (event._tag === "BatchSkipped" ? [[event.reason, event.detail]] : [])),
        [["empty", "samples 2, 3"]]
      )
    }).pipe(Effect.provide([Cpu.layer, layer]))
  })

  it.effect("is also one whose weights or mask are zero throughout", () =>
    Effect.gen(function* () {
      for (const field of ["weights", "mask"] as const) {
        const plain = numbers(5)
        const dataset: Dataset = {
          ...plain,
          spec: { ...plain.spec, [field]: { shape: [], dtype: "float32" } },
          read: (indices, draw) => ({
            ...(plain.read(indices, draw) as object as { inputs: Float32Array }),
            [field]: Float32Array.from(indices, (index) => (index === 2 || index === 3 ? 0 : 1))
          })
        }
        const { counts } = yield* train({}, { train: dataset })
        assert.deepStrictEqual([counts.steps, counts.skipped.empty], [2, 1])
      }
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("may be the first one", () =>
    Effect.gen(function* () {
      const late = numbers(5, (batch, indices) =>
        indices.includes(0) ? { inputs: new Float32Array(0), targets: new Float32Array(0) } : batch
      )
      const { counts } = yield* train({}, { train: late })
      assert.deepStrictEqual([counts.steps, counts.skipped.empty], [2, 1])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("after another for a whole epoch is an error, not an endless run", () =>
    Effect.gen(function* () {
      const nothing = numbers(5, () => ({ inputs: new Float32Array(0), targets: new Float32Array(0) }))
      const error = yield* Effect.flip(train({ until: { steps: 10 } }, { train: nothing }))
      assert.strictEqual(error._tag, "DataError")
      assert.strictEqual(
        error.message,
        "numbers: found an epoch of 3 batches, all of them empty, expected samples, some of them with a weight and mask " +
          "above 0. Look at what its read gives, at its weights and at its mask; the parameters are as they were."
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of a dataset that is empty is found before the first step", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(train({}, { train: numbers(0), validation: { far: numbers(0) } }))
      assert.strictEqual(
        error.message,
        "numbers cannot be run; nothing was trained.\n" +
          "  data.train: numbers is empty; at least one sample is needed\n" +
          "  data.far: numbers is empty; at least one sample is needed"
      )
      const dropped = yield* Effect.flip(train({ dropLastBatch: true }, { train: numbers(1) }))
      assert.strictEqual(
        dropped.message,
        "numbers cannot be run; nothing was trained.\n" +
          "  data.train: no batch is left of 1 samples: batchSize is larger, and dropLastBatch is set"
      )
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("validation", () => {
  const at = (validation: TrainConfigInput["validation"], own: TrainConfigInput = {}) =>
    Effect.gen(function* () {
      const steps: Array<number> = []
      const noting = Callback.observer({
        id: "noting",
        hooks: { validationEnd: ({ progress }) => void steps.push(progress.step) }
      })
      const options = { ...config, until: { epochs: 2 }, ...own, ...(validation === undefined ? {} : { validation }) }
      yield* Trainer.train(task, {
        config: options,
        data: { train: numbers(5), validation: numbers(2) },
        callbacks: noting
      })
      return steps
    })

  it.effect("comes every so many epochs or steps, once where several ends meet", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* at(undefined), [3, 6])
      assert.deepStrictEqual(yield* at({ every: { epochs: 2 } }), [6])
      assert.deepStrictEqual(yield* at({ every: { steps: 2 } }), [2, 4, 6])
      assert.deepStrictEqual(yield* at({ every: { steps: 3 } }), [3, 6])
      assert.deepStrictEqual(yield* at({ every: { steps: 100 } }), [])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("comes every so many minutes, at the first batch after them", () =>
    Effect.gen(function* () {
      const slow = numbers(5, (batch) => Effect.as(TestClock.adjust("40 seconds"), batch))
      const { seen, layer } = watcher()
      yield* Trainer.train(task, {
        config: { ...config, until: { epochs: 2 }, validation: { every: { minutes: 1 } } },
        data: { train: slow, validation: numbers(2) },
        callbacks: layer
      })
      assert.deepStrictEqual(
        seen.filter((hook) => hook.startsWith("validationEnd")),
        ["validationEnd 0.2.2 validation", "validationEnd 1.1.4 validation", "validationEnd 1.3.6 validation"]
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of sanity runs before the first step, on so many batches, and not again when resumed", () =>
    Effect.gen(function* () {
      const { dataset, reads } = reading(numbers(5))
      const options = {
        config: { ...config, until: { steps: 1 }, validation: { sanityBatches: 2 } },
        data: { train: numbers(5), validation: dataset }
      }
      const { state } = yield* Trainer.train(task, options)
      // Nothing was dropped of these reads: preflight reads training data only.
      assert.deepStrictEqual(
        [[0, 1], ...reads()],
        [
          [0, 1],
          [2, 3]
        ]
      )
      yield* Trainer.train(task, { ...options, config: { ...options.config, until: { steps: 2 } }, state })
      assert.strictEqual(reads().length, 1)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of sanity finds broken data before anything is trained", () =>
    Effect.gen(function* () {
      const { seen, layer } = watcher()
      const torn = numbers(5, (batch) => ({ ...batch, targets: new Float32Array(1) }))
      const error = yield* Effect.flip(
        Trainer.train(task, {
          config: { ...config, validation: { sanityBatches: 1 } },
          data: { train: numbers(5), validation: torn },
          callbacks: layer
        })
      )
      assert.strictEqual(error._tag, "DataError")
      assert.strictEqual(
        error.message,
        "numbers: found 1 values of targets in a batch of 2 samples, expected 2, for samples of shape [1]. " +
          "The dataset's read must return one value for each element of its spec."
      )
      assert.deepStrictEqual(seen, ["trainBegin 0.0.0", "failed 0.0.0", "trainEnd 0.0.0 failed"])
    }).pipe(Effect.provide(Cpu.layer))
  )
})
