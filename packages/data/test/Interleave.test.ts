/** Datasets that take turns, and the same dataset again. */
import { assert, describe, it } from "@effect/vitest"
import type { Dataset, HostBatch } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Arrays from "../src/Arrays.ts"
import * as Concat from "../src/Concat.ts"
import * as Split from "../src/Split.ts"
import { readAll } from "./support/read.ts"

const sequence = (name: string, length: number, from: number) =>
  Arrays.fromArrays({ name, inputs: { values: Float32Array.from({ length }, (_, index) => from + index) } })

const membersOf = (dataset: Dataset) => Effect.map(readAll(dataset), ({ inputs }) => Array.from(inputs as Float32Array))

const mixture = (lengths: ReadonlyArray<number>, weights: ReadonlyArray<number>, until: "shortest" | "all") =>
  Effect.gen(function* () {
    const datasets = yield* Effect.forEach(lengths, (length, index) => sequence(`d${index}`, length, 1000 * index))
    const shares = datasets.map((dataset, index) => ({ dataset, weight: weights[index]! }))
    return yield* membersOf(yield* Concat.interleave(shares, { until }))
  })

const sizes = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))
const weights = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 }))

describe("interleave", () => {
  it.effect("takes turns in proportion to the weights", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* mixture([9, 3], [3, 1], "shortest"), [0, 1, 1000, 2, 3, 4, 1001, 5, 6, 7, 1002, 8])
      assert.deepStrictEqual(yield* mixture([2, 4], [1, 1], "shortest"), [0, 1000, 1, 1001])
      assert.deepStrictEqual(yield* mixture([2, 4], [1, 1], "all"), [0, 1000, 1, 1001, 0, 1002, 1, 1003])
    })
  )

  it.effect.prop(
    "keeps each dataset's order, is never a turn ahead of a share, and ends as it says",
    [Schema.Tuple([sizes, sizes, sizes]), Schema.Tuple([weights, weights, weights])],
    ([lengths, shares]) =>
      Effect.gen(function* () {
        const total = shares[0] + shares[1] + shares[2]
        for (const until of ["shortest", "all"] as const) {
          const samples = yield* mixture(lengths, shares, until)
          const taken = [0, 0, 0]
          for (const [position, sample] of samples.entries()) {
            const dataset = Math.floor(sample / 1000)
            assert.strictEqual(sample % 1000, taken[dataset]! % lengths[dataset]!)
            taken[dataset]!++
            assert.isBelow(taken[dataset]! - ((position + 1) * shares[dataset]!) / total, 1)
          }
          const hasAll = lengths.every((length, dataset) => taken[dataset]! >= length)
          const hasRepeated = lengths.some((length, dataset) => taken[dataset]! > length)
          if (until === "all") assert.isTrue(hasAll)
          else assert.isFalse(hasRepeated)
        }
      }),
    { arbitrary: { runs: 50, seed: 1 } }
  )

  it.effect("says which weight can't be", () =>
    Effect.gen(function* () {
      const datasets = [yield* sequence("one", 3, 0), yield* sequence("two", 3, 0)] as const
      const message = (weight: number, until: "shortest" | "all" = "all") =>
        Effect.map(
          Effect.flip(Concat.interleave([{ dataset: datasets[0] }, { dataset: datasets[1], weight }], { until })),
          ({ problems }) => problems[0]!.message
        )
      assert.strictEqual(
        yield* message(0),
        "(one | two), two (number 2): found the weight 0, expected a finite number above 0. Leave a dataset out that has no share."
      )
      assert.include(yield* message(1e-9), "expected 268435456 at most. Choose weights that are less far apart")
    })
  )
})

describe("repeat", () => {
  it.effect("gives the samples again, and draws anew each time", () =>
    Effect.gen(function* () {
      const plain = yield* sequence("plain", 3, 5)
      assert.deepStrictEqual(yield* membersOf(yield* Concat.repeat(plain, 3)), [5, 6, 7, 5, 6, 7, 5, 6, 7])
      const drawing = Split.mapBatch(
        plain,
        (_, indices, draw): HostBatch => ({
          inputs: Float32Array.from(indices, (index) => Rng.uniform(Draw.ofSample(draw, index), 0))
        })
      )
      const drawn = yield* membersOf(yield* Concat.repeat(drawing, 4))
      assert.strictEqual(new Set(drawn).size, 12)
    })
  )

  it.effect("says how often it can be", () =>
    Effect.gen(function* () {
      const plain = yield* sequence("plain", 3, 5)
      const { message } = yield* Effect.flip(Concat.repeat(plain, 0.5))
      assert.include(message, "found 0.5, expected a whole number of times in 1 … 715827882")
    })
  )
})
