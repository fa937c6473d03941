import { assert, describe, it } from "@effect/vitest"
import type { Dataset } from "@etude/core/Dataset"
import { DataError } from "@etude/core/Errors"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Arrays from "../src/Arrays.ts"
import * as Split from "../src/Split.ts"
import { readAll, readAt } from "./support/read.ts"

/** Samples that are their own index; the label is given by `labelOf`. */
const counting = (length: number, labelOf: (index: number) => number = () => 0) =>
  Arrays.fromArrays({
    name: "counting",
    inputs: { values: Float32Array.from({ length }, (_, at) => at) },
    targets: { values: Int32Array.from({ length }, (_, at) => labelOf(at)) }
  })

const membersOf = (dataset: Dataset) => Effect.map(readAll(dataset), ({ inputs }) => Array.from(inputs as Float32Array))

const found = (effect: Effect.Effect<unknown, { readonly problems: ReadonlyArray<DataError> }>) =>
  Effect.map(Effect.flip(effect), ({ problems }) => problems.map((problem) => problem.found))

const sizes = Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 300 }))
const unit = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

describe("split", () => {
  it.effect.prop(
    "the parts are disjoint, together everything, of the wanted size, and in the dataset's order",
    [sizes, unit, Schema.Int, Schema.Boolean],
    ([length, share, seed, stratify]) =>
      Effect.gen(function* () {
        const count = 1 + Math.floor(share * (length - 2))
        const dataset = yield* counting(length, (index) => (index * index) % 7)
        const { rest, heldOut } = yield* Split.split(dataset, { key: seed, count, stratify })
        const [kept, held] = [yield* membersOf(rest), yield* membersOf(heldOut)]
        assert.deepStrictEqual([held.length, kept.length], [count, length - count])
        const all = Array.from({ length }, (_, at) => at)
        assert.deepStrictEqual(
          [...kept, ...held].sort((one, other) => one - other),
          all
        )
        for (const part of [kept, held])
          assert.deepStrictEqual(
            part,
            part.toSorted((one, other) => one - other)
          )
      }),
    { arbitrary: { runs: 100, seed: 1 } }
  )

  it.effect("the same key gives the same parts, another key others", () =>
    Effect.gen(function* () {
      const dataset = yield* counting(100)
      const held = (key: Rng.Key | number) =>
        Effect.flatMap(Split.split(dataset, { key, fraction: 0.1 }), ({ heldOut }) => membersOf(heldOut))
      const once = yield* held(1)
      assert.deepStrictEqual(yield* held(1), once)
      assert.deepStrictEqual(yield* held(Rng.key(1)), once)
      assert.notDeepEqual(yield* held(2), once)
    })
  )

  it.effect("holds out what the keyed permutation puts first", () =>
    Effect.gen(function* () {
      const { heldOut } = yield* Split.split(yield* counting(50), { key: 7, fraction: 0.25 })
      const sampleAt = Rng.permutation(Rng.named(Rng.key(7), "split"), 50)
      const expected = Array.from({ length: 13 }, (_, position) => sampleAt(position)).sort((one, other) => one - other)
      assert.deepStrictEqual(yield* membersOf(heldOut), expected)
    })
  )

  it.effect("stratified, each label keeps its share to within one sample", () =>
    Effect.gen(function* () {
      const dataset = yield* counting(100, (index) => (index < 70 ? 4 : index < 95 ? 0 : 9))
      const { heldOut } = yield* Split.split(dataset, { key: 3, count: 10, stratify: true })
      const counts: Record<number, number> = {}
      for (const label of (yield* readAll(heldOut)).targets as Int32Array) counts[label] = (counts[label] ?? 0) + 1
      // 7, 2.5 and 0.5 of 10: the last sample goes to the smaller label of the two equal remainders.
      assert.deepStrictEqual(counts, { 0: 3, 4: 7 })
    })
  )

  it.effect("stratified, labels may be read by an Effect", () =>
    Effect.gen(function* () {
      const dataset = yield* counting(10, (index) => index % 2)
      const slow: Dataset = {
        ...dataset,
        read: (indices) => Effect.andThen(Effect.yieldNow, readAt(dataset, ...indices) as Effect.Effect<never>)
      }
      const options = { key: 1, count: 4, stratify: true }
      const [one, other] = [yield* Split.split(dataset, options), yield* Split.split(slow, options)]
      assert.deepStrictEqual(yield* membersOf(one.heldOut), yield* membersOf(other.heldOut))
    })
  )

  it.effect("neither part may be empty", () =>
    Effect.gen(function* () {
      const dataset = yield* counting(10)
      for (const wrong of [{ fraction: 0 }, { fraction: 1 }, { fraction: Number.NaN }, { count: 10 }, { count: 1.5 }]) {
        assert.match((yield* found(Split.split(dataset, { key: 1, ...wrong })))[0]!, /held out of 10 samples/)
      }
    })
  )

  it.effect("stratifying needs one label a sample", () =>
    Effect.gen(function* () {
      const dataset = yield* Arrays.fromArrays({ inputs: { values: [1, 2, 3] }, targets: { values: [1, 2, 3] } })
      assert.deepStrictEqual(yield* found(Split.split(dataset, { key: 1, count: 1, stratify: true })), [
        "targets that are not one label per sample"
      ])
    })
  )
})

describe("subset and take", () => {
  it.effect("a subset keeps the given order and may repeat", () =>
    Effect.gen(function* () {
      const part = yield* Split.subset(yield* counting(10), [7, 2, 7])
      assert.deepStrictEqual(yield* membersOf(part), [7, 2, 7])
      assert.strictEqual(`${yield* Effect.flip(readAt(part, 3))}`.includes("in 0 … 2"), true)
    })
  )

  it.effect("an index that isn't there is refused when the subset is made", () =>
    Effect.gen(function* () {
      const dataset = yield* counting(10)
      assert.deepStrictEqual(yield* found(Split.subset(dataset, [0, 10])), ["the index 10 (position 1)"])
      assert.deepStrictEqual(yield* found(Split.subset(dataset, [0.5])), ["the index 0.5 (position 0)"])
      assert.deepStrictEqual(yield* found(Split.subset(dataset, [])), ["no index"])
    })
  )

  it.effect("take gives the first samples, or all there are", () =>
    Effect.gen(function* () {
      const dataset = yield* counting(4)
      assert.deepStrictEqual(yield* membersOf(yield* Split.take(dataset, 3)), [0, 1, 2])
      assert.deepStrictEqual(yield* membersOf(yield* Split.take(dataset, 9)), [0, 1, 2, 3])
      assert.deepStrictEqual(yield* found(Split.take(dataset, 0)), ["0"])
    })
  )
})

describe("mapBatch", () => {
  const negate = (values: unknown) => (values as Float32Array).map((value) => -value)

  it.effect("changes batches, read at once or by an Effect, and knows which samples they hold", () =>
    Effect.gen(function* () {
      const dataset = yield* counting(4)
      const slow: Dataset = { ...dataset, read: (indices) => readAt(dataset, ...indices) as Effect.Effect<never> }
      for (const source of [dataset, slow]) {
        const mapped = Split.mapBatch(source, (batch, indices) => {
          assert.deepStrictEqual(Array.from(indices), Array.from(batch.inputs as Float32Array))
          return { inputs: negate(batch.inputs) }
        })
        assert.deepStrictEqual((yield* readAt(mapped, 3, 1)).inputs, Float32Array.of(-3, -1))
      }
    })
  )

  it.effect("what the function throws is the read's error", () =>
    Effect.gen(function* () {
      const dataset = yield* counting(4)
      const slow: Dataset = { ...dataset, read: (indices) => readAt(dataset, ...indices) as Effect.Effect<never> }
      for (const source of [dataset, slow]) {
        const mapped = Split.mapBatch(source, () => {
          throw new Error("too dark")
        })
        const error = yield* Effect.flip(readAt(mapped, 0))
        assert.instanceOf(error, DataError)
        assert.match(`${error}`, /too dark/)
      }
    })
  )
})
