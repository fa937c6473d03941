/** Runs that continue from a state with something changed. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Callback from "../src/Callback.ts"
import type { Dataset } from "../src/Dataset.ts"
import type { TrainConfigInput } from "../src/TrainConfig.ts"
import * as Trainer from "../src/Trainer.ts"
import type { TrainState } from "../src/TrainState.ts"
import * as Cpu from "./support/cpu.ts"
import { assertNear } from "./support/fixtures.ts"
import { config, numbers, task } from "./support/tiny.ts"

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
const trainOn = (length: number, own: TrainConfigInput, state?: TrainState) =>
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
        plugins: Callback.observer({
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
