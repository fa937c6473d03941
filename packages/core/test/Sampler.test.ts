import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Entry from "../src/Entry.ts"
import * as Registry from "../src/Registry.ts"
import * as Rng from "../src/Rng.ts"
import type { Sampler } from "../src/Sampler.ts"
import type * as TrainConfig from "../src/TrainConfig.ts"
import * as Trainer from "../src/Trainer.ts"
import type * as TrainState from "../src/TrainState.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, task } from "./support/tiny.ts"

/** `times` · length samples, drawn with replacement: a sampler that is none of ours. */
const drawn = (times: number): Sampler => ({
  samples: (length) => times * length,
  order: (key, length) => (position) => Math.floor(Rng.uniform(key, position) * length)
})
const withReplacement = Entry.of({
  tag: "WithReplacement",
  schema: Schema.TaggedStruct("WithReplacement", { times: Schema.Int }),
  make: ({ times }) => drawn(times)
})
const registry = Registry.extend(Registry.core, { samplers: [withReplacement] })
const sampler = { _tag: "WithReplacement", times: 2 }
const length = 7

/** Trains, and gives all samples in the order in which they were trained on, with the last state. */
const run = (own: TrainConfig.TrainConfigInput, state?: TrainState.TrainState, known = registry) =>
  Effect.gen(function* () {
    const reads: Array<ReadonlyArray<number>> = []
    const dataset = numbers(length)
    const read: typeof dataset.read = (indices, draw) => {
      reads.push([...indices])
      return dataset.read(indices, draw)
    }
    const result = yield* Trainer.train(task, {
      config: { ...config, batchSize: 4, ...own },
      data: { train: { ...dataset, read } },
      ...(state === undefined ? {} : { state })
    })
    // The model is tried on the first read.
    return { state: result.state, samples: reads.slice(1).flat() }
  }).pipe(Effect.provideService(Registry.Registry, known), Effect.provide(Cpu.layer))

/** What the sampler gives for the first epochs, by its definition. */
const expected = (epochs: number) =>
  Array.from({ length: epochs }, (_, epoch) => {
    const at = drawn(2).order(Rng.fold(Rng.named(Rng.key(0), "shuffle"), epoch), length)
    return Array.from({ length: 2 * length }, (_, position) => at(position))
  }).flat()

describe("a sampler that another package adds", () => {
  it.effect("decides which samples an epoch takes, and how many", () =>
    Effect.gen(function* () {
      const { samples, state } = yield* run({ sampler, until: { epochs: 3 } })
      assert.deepStrictEqual(samples, expected(3))
      assert.strictEqual(state.plain.progress.step, 12)
    })
  )

  it.effect("continues anywhere with the samples that the run would have taken, also with another batch size", () =>
    Effect.gen(function* () {
      for (const steps of [1, 2, 3, 4, 6])
        for (const batchSize of [4, 3]) {
          const first = yield* run({ sampler, until: { steps } })
          const rest = yield* run({ sampler, batchSize, until: { epochs: 3 } }, first.state)
          assert.deepStrictEqual([...first.samples, ...rest.samples], expected(3), `${steps} steps, then ${batchSize}`)
        }
    })
  )

  it.effect("is needed until the epoch that began with it is over", () =>
    Effect.gen(function* () {
      const { state } = yield* run({ sampler, until: { steps: 1 } })
      const { message } = yield* Effect.flip(run({ until: { epochs: 3 } }, state, Registry.core))
      assert.include(message, "began with the sampler WithReplacement")
    })
  )
})

describe("our samplers", () => {
  it.effect("are what shuffle means", () =>
    Effect.gen(function* () {
      for (const [shuffle, _tag] of [
        [true, "Shuffled"],
        [false, "Sequential"]
      ] as const) {
        const named = yield* run({ shuffle: !shuffle, sampler: { _tag }, until: { epochs: 2 } })
        assert.deepStrictEqual(named.samples, (yield* run({ shuffle, until: { epochs: 2 } })).samples)
      }
    })
  )
})
