import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Dataset, derive } from "../src/Dataset.ts"
import * as Fingerprint from "../src/internal/preflight/Fingerprint.ts"
import type * as TrainConfig from "../src/TrainConfig.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, task } from "./support/tiny.ts"

/** Trains on a sequential dataset, and gives the samples in the order in which they were trained on. */
const run = (own: TrainConfig.TrainConfigInput) =>
  Effect.gen(function* () {
    const reads: Array<ReadonlyArray<number>> = []
    const dataset = numbers(5)
    const train: Dataset = derive({
      ...dataset,
      isSequential: true,
      read: (indices, draw) => {
        reads.push([...indices])
        return dataset.read(indices, draw)
      }
    })
    yield* Trainer.train(task, { config: { ...config, shuffle: true, ...own }, data: { train } })
    return reads.slice(1).flat()
  }).pipe(Effect.provide(Cpu.layer))

describe("a dataset that can only be gone through in order", () => {
  it.effect("is, whatever shuffle says", () =>
    Effect.gen(function* () {
      const expected = [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]
      assert.deepStrictEqual(yield* run({ until: { epochs: 2 } }), expected)
      assert.deepStrictEqual(yield* run({ until: { epochs: 2 }, sampler: { _tag: "Sequential" } }), expected)
    })
  )

  it.effect("is not trained on in another order", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(run({ sampler: { _tag: "Shuffled" } }))
      assert.include(
        message,
        "config.sampler: numbers can only be read in its own order, and the sampler Shuffled has another: remove it, and shuffle the stream itself"
      )
    })
  )

  it("differs from others by its first samples, not by what stands far behind", () => {
    assert.deepStrictEqual([...Fingerprint.samplesOf(1_000_000, true)], [...Array(32).keys()])
  })
})
