/** Parts for cross-validation, and samples that a predicate keeps. */
import { assert, describe, it } from "@effect/vitest"
import type { Dataset } from "@etude/core/Dataset"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Arrays from "../src/Arrays.ts"
import * as Split from "../src/Split.ts"
import { readAll } from "./support/read.ts"

/** Samples that are their own index, with the label index² mod 7. */
const counting = (length: number) =>
  Arrays.fromArrays({
    name: "counting",
    inputs: { values: Float32Array.from({ length }, (_, index) => index) },
    targets: { values: Int32Array.from({ length }, (_, index) => (index * index) % 7) }
  })

const membersOf = (dataset: Dataset) => Effect.map(readAll(dataset), ({ inputs }) => Array.from(inputs as Float32Array))
const inOrder = (values: ReadonlyArray<number>) => values.toSorted((one, other) => one - other)
const spread = (values: ReadonlyArray<number>) => Math.max(...values) - Math.min(...values)

const sizes = Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 100 }))
const unit = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

describe("kFold", () => {
  it.effect.prop(
    "holds every sample out once over all folds, of like size, in the dataset's order, and keeps labels even",
    [sizes, unit, Schema.Int, Schema.Boolean],
    ([length, share, key, stratify]) =>
      Effect.gen(function* () {
        const dataset = yield* counting(length)
        const folds = 2 + Math.floor(share * (Math.min(length, 12) - 2))
        const parts: Array<ReadonlyArray<number>> = []
        for (let fold = 0; fold < folds; fold++) {
          const { rest, heldOut } = yield* Split.kFold(dataset, { folds, fold, key, stratify })
          const [kept, held] = [yield* membersOf(rest), yield* membersOf(heldOut)]
          assert.deepStrictEqual([kept, held], [inOrder(kept), inOrder(held)])
          assert.deepStrictEqual(inOrder([...kept, ...held]), [...Array(length).keys()])
          parts.push(held)
        }
        assert.deepStrictEqual(inOrder(parts.flat()), [...Array(length).keys()])
        assert.isAtMost(spread(parts.map((part) => part.length)), 1)
        if (!stratify) return
        for (const label of [0, 1, 2, 4])
          assert.isAtMost(spread(parts.map((part) => part.filter((index) => (index * index) % 7 === label).length)), 1)
      }),
    { arbitrary: { runs: 40, seed: 1 } }
  )

  it.effect("says which folds there are", () =>
    Effect.gen(function* () {
      const dataset = yield* counting(10)
      const message = (folds: number, fold: number) =>
        Effect.map(Effect.flip(Split.kFold(dataset, { folds, fold, key: 1 })), ({ problems }) => problems[0]!.message)
      assert.strictEqual(
        yield* message(11, 0),
        "counting/fold 0: found 11 folds, expected a whole number in 2 … 10, the number of samples. 5 and 10 are usual."
      )
      assert.strictEqual(
        yield* message(5, 5),
        "counting/fold 5: found fold 5, expected a whole number in 0 … 4. Folds are counted from 0."
      )
    })
  )
})

describe("filter", () => {
  it.effect("keeps the samples that the predicate is true of, by all fields or by targets", () =>
    Effect.gen(function* () {
      const dataset = yield* counting(3000)
      const all = [...Array(3000).keys()]
      const byInput = yield* Split.filter(dataset, ({ inputs }) => (inputs as Float32Array)[0]! % 3 === 1)
      assert.deepStrictEqual(
        yield* membersOf(byInput),
        all.filter((index) => index % 3 === 1)
      )
      const byTarget = yield* Split.filter(dataset, ({ label }) => label === 2, { reads: "targets" })
      assert.deepStrictEqual(
        yield* membersOf(byTarget),
        all.filter((index) => (index * index) % 7 === 2)
      )
      const byIndex = yield* Split.filter(dataset, (_, index) => index >= 2998)
      assert.deepStrictEqual(yield* membersOf(byIndex), [2998, 2999])
    })
  )

  it.effect("says that nothing is left, or on which sample the predicate fails", () =>
    Effect.gen(function* () {
      const dataset = yield* counting(5)
      const message = (keep: () => boolean) =>
        Effect.map(Effect.flip(Split.filter(dataset, keep)), ({ problems }) => problems[0]!.message)
      assert.strictEqual(
        yield* message(() => false),
        "counting/filter: found none of 5 samples that is kept, expected one or more. Keep some."
      )
      assert.include(
        yield* message(() => {
          throw new Error("no label")
        }),
        "counting: found sample 0, on which the predicate fails (Error: no label), expected true or false."
      )
    })
  )
})
