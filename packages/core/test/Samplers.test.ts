import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Dataset, HostBatch } from "../src/Dataset.ts"
import * as Entry from "../src/Entry.ts"
import * as Registry from "../src/Registry.ts"
import * as Rng from "../src/Rng.ts"
import * as Sampler from "../src/Sampler.ts"
import type * as TrainConfig from "../src/TrainConfig.ts"
import * as Trainer from "../src/Trainer.ts"
import type * as TrainState from "../src/TrainState.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, task } from "./support/tiny.ts"

const walked = (sampler: Sampler.Sampler, key: Rng.Key, length: number): ReadonlyArray<number> => {
  const indexAt = sampler.order(key, length)
  return Array.from({ length: Sampler.samplesOf(sampler, length) }, (_, position) => indexAt(position))
}

const counted = (values: ReadonlyArray<number>): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

const whole = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }, { message: "out of range" }))
const some = (item: Schema.Codec<number, number>, most: number) =>
  Arbitrary.array(Arbitrary.schema(item), { minLength: 1, maxLength: most })
const seeds = Arbitrary.schema(whole(0, 1000))
const options = { arbitrary: { runs: 50, seed: 1 } }

describe("Balanced", () => {
  it.effect.prop(
    "takes every class once in each turn, and all samples of a class before one again",
    [some(whole(0, 4), 40), seeds],
    ([labels, seed]) =>
      Effect.sync(() => {
        const classes = new Set(labels).size
        const turns = 3 * labels.length
        const indices = walked(Sampler.balanced(labels, { samples: turns * classes }), Rng.key(seed), labels.length)
        for (let turn = 0; turn < turns; turn++) {
          const taken = indices.slice(turn * classes, (turn + 1) * classes).map((index) => labels[index])
          assert.strictEqual(new Set(taken).size, classes)
        }
        const counts = counted(indices)
        for (const label of new Set(labels)) {
          const members = labels.flatMap((one, index) => (one === label ? [index] : []))
          const times = members.map((index) => counts.get(index) ?? 0)
          assert.isAtMost(Math.max(...times) - Math.min(...times), 1)
        }
      }),
    options
  )
})

describe("Weighted", () => {
  it("draws samples in proportion to their weights, those without a weight never", () => {
    const weights = [1, 0, 2, 5, 0, 8, 0]
    const samples = 64_000
    const counts = counted(walked(Sampler.weighted(weights, { samples }), Rng.key(3), weights.length))
    for (const [index, weight] of weights.entries()) {
      const expected = (samples * weight) / 16
      // Five standard deviations of a binomial count.
      const tolerance = 5 * Math.sqrt(expected * (1 - weight / 16))
      assert.isAtMost(Math.abs((counts.get(index) ?? 0) - expected), tolerance, `sample ${index}`)
    }
  })

  it("without replacement takes each sample with a weight once, heavy ones first in proportion", () => {
    const weights = [1, 3, 0, 4]
    const sampler = Sampler.weighted(weights, { replacement: false })
    const firsts: Array<number> = []
    for (let epoch = 0; epoch < 4000; epoch++) {
      const indices = walked(sampler, Rng.fold(Rng.key(1), epoch), weights.length)
      assert.deepStrictEqual([...indices].sort(), [0, 1, 3])
      firsts.push(indices[0]!)
    }
    const counts = counted(firsts)
    for (const [index, weight] of weights.entries()) {
      const expected = (4000 * weight) / 8
      const tolerance = 5 * Math.sqrt(expected * (1 - weight / 8))
      assert.isAtMost(Math.abs((counts.get(index) ?? 0) - expected), tolerance, `sample ${index}`)
    }
  })
})

describe("ByLength", () => {
  it.effect.prop(
    "takes each sample once, in batches whose lengths do not overlap within a pool",
    [some(whole(1, 99), 60), Arbitrary.schema(whole(1, 5)), Arbitrary.schema(whole(1, 4)), seeds],
    ([lengths, batchSize, pool, seed]) =>
      Effect.sync(() => {
        const indices = walked(Sampler.byLength(lengths, { batchSize, pool }), Rng.key(seed), lengths.length)
        assert.deepStrictEqual(
          indices.toSorted((a, b) => a - b),
          [...lengths.keys()]
        )
        for (let begin = 0; begin < indices.length; begin += batchSize * pool) {
          const taken = indices.slice(begin, begin + batchSize * pool).map((index) => lengths[index]!)
          const spans = Array.from({ length: Math.ceil(taken.length / batchSize) }, (_, batch) => {
            const own = taken.slice(batch * batchSize, (batch + 1) * batchSize)
            return [Math.min(...own), Math.max(...own)] as const
          }).sort(([low, high], [other, otherHigh]) => low - other || high - otherHigh)
          for (const [place, [low]] of spans.entries()) if (place > 0) assert.isAtLeast(low, spans[place - 1]![1])
        }
      }),
    options
  )
})

const length = 9
const labels = Int32Array.of(0, 1, 1, 1, 2, 2, 1, 1, 0)

/** Numbers with a class, a rarity and a mask. */
const labelled = (samples = length): Dataset => ({
  name: "labelled",
  length: samples,
  classes: ["one", "two", "three"],
  spec: {
    inputs: { shape: [1], dtype: "float32" },
    targets: { shape: [], dtype: "int32" },
    mask: { shape: [3], dtype: "bool" }
  },
  read: (indices): HostBatch => ({
    inputs: Float32Array.from(indices, (index) => index + 1),
    targets: Int32Array.from(indices, (index) => labels[index % length]!),
    mask: Uint8Array.from([...indices].flatMap((index) => [1, index % 2, index % 3 === 0 ? 1 : 0]))
  })
})

const ofConfig = (sampler: Sampler.Config, dataset: Dataset) =>
  Sampler.ofData(Entry.make(Sampler.entries, sampler), dataset)

const sameOrder = (one: Sampler.Sampler, other: Sampler.Sampler) =>
  assert.deepStrictEqual(walked(one, Rng.key(5), length), walked(other, Rng.key(5), length))

describe("a sampler of a config", () => {
  it.effect("learns classes, weights and lengths from the data", () =>
    Effect.gen(function* () {
      const data = labelled()
      sameOrder(yield* ofConfig({ _tag: "Balanced" }, data), Sampler.balanced(labels))
      const classes = { one: 2, two: 0, three: 1 }
      const byClass = Array.from(labels, (label) => [2, 0, 1][label]!)
      sameOrder(yield* ofConfig({ _tag: "Weighted", classes }, data), Sampler.weighted(byClass))
      sameOrder(yield* ofConfig({ _tag: "Weighted", classes: [2, 0, 1] }, data), Sampler.weighted(byClass))
      const byField = yield* ofConfig({ _tag: "Weighted", field: "inputs" }, data)
      sameOrder(byField, Sampler.weighted(Array.from(labels, (_, index) => index + 1)))
      const lengths = Array.from(labels, (_, index) => 1 + (index % 2) + (index % 3 === 0 ? 1 : 0))
      const byLength = yield* ofConfig({ _tag: "ByLength", batchSize: 2, pool: 2, field: "mask" }, data)
      sameOrder(byLength, Sampler.byLength(lengths, { batchSize: 2, pool: 2 }))
    })
  )

  it.effect("says what of the data it cannot use", () =>
    Effect.gen(function* () {
      const found = (sampler: Sampler.Config, data = labelled()) =>
        Effect.map(Effect.flip(ofConfig(sampler, data)), ({ message }) => message)
      assert.strictEqual(
        yield* found({ _tag: "Balanced" }, numbers(3)),
        "numbers: found targets that are not one label a sample, expected targets of dtype int32 and shape []. Choose a sampler that needs no classes, such as Weighted with weights of your own."
      )
      assert.strictEqual(
        yield* found({ _tag: "Weighted", field: "inputs.age" }),
        "labelled: found no field inputs.age, expected one of inputs, targets, mask. Name a field of the training data in the sampler's options."
      )
      assert.strictEqual(
        yield* found({ _tag: "Weighted", weights: [1, 2] }),
        "labelled: found 2 weights, expected 9, one for each sample. Weigh every sample, with 0 or more."
      )
      assert.strictEqual(
        yield* found({ _tag: "Weighted", classes: { one: 1, two: 1 } }),
        "labelled: found the class three, which has no weight in the sampler's classes, expected a weight for each class. Add it; 0 excludes a class."
      )
      assert.strictEqual(
        yield* found({ _tag: "Weighted", field: "targets", replacement: false, samples: 8 }),
        "labelled: found 8 samples without replacement, expected 7 at most, as have a weight above 0. Take fewer samples, or set replacement: true."
      )
    })
  )
})

/** Trains on numbers with classes and gives the samples in the order in which they were trained on. */
const run = (own: TrainConfig.TrainConfigInput, samples = length, state?: TrainState.TrainState) =>
  Effect.gen(function* () {
    const reads: Array<ReadonlyArray<number>> = []
    const dataset: Dataset = {
      ...numbers(samples),
      classes: ["one", "two", "three"],
      spec: { ...numbers(samples).spec, weights: { shape: [], dtype: "float32" } },
      read: (indices) => {
        reads.push([...indices])
        return {
          inputs: Float32Array.from(indices, (index) => index + 1),
          targets: Float32Array.from(indices, (index) => 2 * (index + 1)),
          weights: Float32Array.from(indices, (index) => index + 1)
        }
      }
    }
    const result = yield* Trainer.train(task, {
      config: { ...config, batchSize: 4, ...own },
      data: { train: dataset },
      ...(state === undefined ? {} : { state })
    })
    // The whole data for the sampler, and the first samples to try the model, are read before.
    return { state: result.state, samples: reads.slice(2).flat() }
  }).pipe(Effect.provideService(Registry.Registry, Registry.core), Effect.provide(Cpu.layer))

const sampler = { _tag: "Weighted", field: "weights" } as const

describe("a run with a sampler of its data", () => {
  it.effect("takes its samples, and continues anywhere with those that it would have taken", () =>
    Effect.gen(function* () {
      const whole = yield* run({ sampler, until: { epochs: 2 } })
      const own = Sampler.weighted(Array.from({ length }, (_, index) => index + 1))
      const epochs = [0, 1].flatMap((epoch) => walked(own, Rng.fold(Rng.named(Rng.key(0), "shuffle"), epoch), length))
      assert.deepStrictEqual(whole.samples, epochs)
      for (const steps of [1, 3, 4])
        for (const batchSize of [4, 3]) {
          const begun = yield* run({ sampler, until: { steps } })
          const rest = yield* run({ sampler, batchSize, until: { epochs: 2 } }, length, begun.state)
          assert.deepStrictEqual([...begun.samples, ...rest.samples], epochs, `${steps} steps, then ${batchSize}`)
        }
    })
  )

  it.effect("finishes an epoch with the data that it began with", () =>
    Effect.gen(function* () {
      const { state } = yield* run({ sampler, until: { steps: 1 } })
      const { message } = yield* Effect.flip(run({ sampler, until: { epochs: 2 } }, length + 1, state))
      assert.include(
        message,
        "config.sampler: the epoch that this run is in began with the sampler Weighted of 9 samples, whose order follows from those samples, and the training data now have 10: continue with the data that it began with until the epoch is over"
      )
    })
  )

  it.effect("does not begin where the data lack what it needs", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(run({ sampler: { _tag: "Balanced" }, until: { steps: 1 } }))
      assert.include(message, "config.sampler: numbers: found targets that are not one label a sample")
      const { message: both } = yield* Effect.flip(
        run({ sampler: { _tag: "Weighted", field: "weights", weights: [1] }, until: { steps: 1 } })
      )
      assert.include(both, "expected one of weights, field and classes")
    })
  )
})
