import { assert, describe, it } from "@effect/vitest"
import type { Dataset } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Arrays from "../src/Arrays.ts"
import * as Augment from "../src/Augment.ts"
import * as AugmentSeries from "../src/AugmentSeries.ts"
import * as AugmentText from "../src/AugmentText.ts"
import { beta } from "../src/internal/augment/mixing.ts"

const count = 40
const all = Array.from({ length: count }, (_, index) => index)

const read = (dataset: Dataset, draw: Draw.Draw, indices: ReadonlyArray<number>) => {
  const batch = dataset.read(Int32Array.from(indices), draw)
  if (Effect.isEffect(batch)) throw new Error("a synchronous dataset reads synchronously")
  return batch as { readonly inputs: Float32Array | Int32Array | Uint8Array; readonly targets: Float32Array }
}

const seriesOf = (values: Float32Array, shape: ReadonlyArray<number>) =>
  Arrays.fromArrays({ inputs: { values, shape }, name: "series" })

const ramp = Float32Array.from({ length: count * 8 }, (_, index) => index % 8)
const tokens = Int32Array.from({ length: count * 10 }, (_, index) => (index % 10 < 7 ? 1 + (index % 10) : 0))
const textsOf = () => Arrays.fromArrays({ inputs: { values: tokens, shape: [10] }, name: "texts" })

const rowsOf = (values: ArrayLike<number>, size: number) =>
  all.map((row) => Array.from({ length: size }, (_, index) => values[row * size + index]!))

const pictures = Arrays.fromArrays({
  inputs: {
    values: Uint8Array.from({ length: count * 48 }, (_, index) => Math.floor(index / 48)),
    shape: [4, 4, 3],
    dtype: "float32"
  },
  targets: { values: Int32Array.from(all, (index) => index % 4) },
  classes: ["a", "b", "c", "d"]
})

describe("draws", () => {
  it.effect(
    "of series, texts and blends depend on seed, epoch and sample alone, and nothing changes outside of training",
    () =>
      Effect.gen(function* () {
        const series = yield* seriesOf(ramp, [8])
        const texts = yield* textsOf()
        const cases = [
          yield* AugmentSeries.onHost(series, [
            AugmentSeries.jitter({ deviation: 1 }),
            AugmentSeries.window({ fraction: 0.5 })
          ]),
          yield* AugmentSeries.onHost(series, [
            AugmentSeries.scale({ deviation: 1 }),
            AugmentSeries.shift({ steps: 3 })
          ]),
          yield* AugmentText.onHost(texts, [AugmentText.drop({ rate: 0.3 }), AugmentText.swap({ rate: 0.5 })]),
          yield* AugmentText.onHost(texts, [AugmentText.mask({ rate: 0.3, token: 99 })]),
          yield* Augment.mixup(yield* pictures),
          yield* Augment.cutMix(yield* pictures)
        ]
        for (const dataset of cases) {
          const draw = Draw.ofEpoch(4, 1)
          const whole = read(dataset, draw, all).inputs
          const size = whole.length / count
          const order = all.map(Rng.permutation(Rng.key(3), count))
          for (const indices of [order.slice(0, 7), order.slice(7)]) {
            const part = read(dataset, draw, indices).inputs
            for (const [row, index] of indices.entries()) {
              assert.deepStrictEqual(
                part.slice(row * size, (row + 1) * size),
                whole.slice(index * size, (index + 1) * size)
              )
            }
          }
          assert.notDeepEqual(read(dataset, Draw.ofEpoch(4, 2), all).inputs, whole)
          assert.notDeepEqual(read(dataset, Draw.ofEvaluation(4), all).inputs, whole)
        }
        assert.deepStrictEqual(read(cases[0]!, Draw.ofEvaluation(4), all).inputs, ramp)
        assert.deepStrictEqual(read(cases[2]!, Draw.ofEvaluation(4), all).inputs, tokens)
      })
  )
})

describe("series", () => {
  const changed = (operation: AugmentSeries.SeriesOperation, shape: ReadonlyArray<number> = [8]) =>
    Effect.gen(function* () {
      const dataset = yield* AugmentSeries.onHost(yield* seriesOf(ramp, shape), [operation])
      return rowsOf(read(dataset, Draw.ofEpoch(1, 0), all).inputs, 8)
    })

  it.effect("jitter has the deviation that is wanted", () =>
    Effect.gen(function* () {
      const noise = (yield* changed(AugmentSeries.jitter({ deviation: 0.5 }))).flatMap((row) =>
        row.map((value, index) => value - index)
      )
      assert.closeTo(Math.sqrt(noise.reduce((sum, one) => sum + one * one, 0) / noise.length), 0.5, 0.06)
    })
  )

  it.effect("scale multiplies each feature by one number", () =>
    Effect.gen(function* () {
      for (const row of yield* changed(AugmentSeries.scale({ deviation: 0.5 }), [4, 2])) {
        for (const index of [4, 6]) assert.closeTo(row[index]! / row[2]!, index / 2, 1e-5)
        for (const index of [3, 5, 7]) assert.closeTo(row[index]! / row[1]!, index, 1e-4)
      }
    })
  )

  it.effect("shift moves in time and repeats the ends", () =>
    Effect.gen(function* () {
      const rows = yield* changed(AugmentSeries.shift({ steps: 2 }))
      const possible = [-2, -1, 0, 1, 2].map((by) =>
        ramp
          .slice(0, 8)
          .map((_, time) => Math.min(7, Math.max(0, time - by)))
          .join()
      )
      assert.isTrue(rows.every((row) => possible.includes(row.join())))
      assert.isAtLeast(new Set(rows.map((row) => row.join())).size, 4)
    })
  )

  it.effect("window is a straight part of a straight line", () =>
    Effect.gen(function* () {
      for (const row of yield* changed(AugmentSeries.window({ fraction: 0.5 }))) {
        assert.isAtLeast(row[0]!, 0)
        assert.isAtMost(row[7]!, 7)
        for (let time = 1; time < 8; time++) assert.closeTo(row[time]! - row[time - 1]!, 0.5, 1e-5)
      }
    })
  )
})

describe("texts", () => {
  const changed = (operation: AugmentText.TextOperation) =>
    Effect.gen(function* () {
      const dataset = yield* AugmentText.onHost(yield* textsOf(), [operation])
      return rowsOf(read(dataset, Draw.ofEpoch(1, 0), all).inputs, 10)
    })

  it.effect("drop keeps the order, fills the end, and never leaves nothing", () =>
    Effect.gen(function* () {
      const rows = yield* changed(AugmentText.drop({ rate: 0.4 }))
      let kept = 0
      for (const row of rows) {
        const words = row.filter((token) => token !== 0)
        kept += words.length
        assert.deepStrictEqual(
          words,
          words.toSorted((one, other) => one - other)
        )
        assert.deepStrictEqual(row.slice(words.length), Array(10 - words.length).fill(0))
      }
      assert.closeTo(kept / (count * 7), 0.6, 0.08)
      assert.isTrue((yield* changed(AugmentText.drop({ rate: 1 }))).every((row) => row[0] === 7 && row[1] === 0))
    })
  )

  it.effect("swap keeps the tokens; mask replaces some; padding stays", () =>
    Effect.gen(function* () {
      const sorted = [0, 0, 0, 1, 2, 3, 4, 5, 6, 7]
      for (const row of yield* changed(AugmentText.swap({ rate: 0.5 }))) {
        assert.deepStrictEqual(
          row.toSorted((one, other) => one - other),
          sorted
        )
        assert.deepStrictEqual(row.slice(7), [0, 0, 0])
      }
      const masked = yield* changed(AugmentText.mask({ rate: 0.25, token: 99 }))
      assert.closeTo(masked.flat().filter((token) => token === 99).length / (count * 7), 0.25, 0.08)
      assert.isTrue(masked.every((row) => row.slice(7).every((token) => token === 0)))
    })
  )
})

describe("blends", () => {
  it("λ of Beta(α, α) has its mean and variance, 1/2 and 1/(4·(2α + 1))", () => {
    for (const alpha of [0.2, 1, 3]) {
      const values = Array.from({ length: 4000 }, (_, index) => beta(Rng.fold(Rng.key(2), index), alpha))
      const mean = values.reduce((sum, one) => sum + one) / values.length
      const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length
      assert.closeTo(mean, 0.5, 0.02)
      assert.closeTo(variance, 1 / (4 * (2 * alpha + 1)), 0.01)
    }
  })

  it.effect("targets are the fractions of the two labels, in proportion to the pixels", () =>
    Effect.gen(function* () {
      for (const make of [Augment.mixup, Augment.cutMix]) {
        const dataset = yield* make(yield* pictures, { alpha: 1 })
        assert.deepStrictEqual(dataset.spec.targets, { shape: [4], dtype: "float32" })
        const { inputs, targets } = read(dataset, Draw.ofEpoch(8, 0), all)
        for (const index of all) {
          const pixels = Array.from(inputs.slice(index * 48, (index + 1) * 48))
          const fractions = Array.from(targets.slice(index * 4, (index + 1) * 4))
          assert.closeTo(
            fractions.reduce((sum, one) => sum + one),
            1,
            1e-6
          )
          if (make === Augment.mixup) assert.strictEqual(new Set(pixels).size, 1)
          else {
            const own = pixels.filter((pixel) => pixel === index).length / 48
            const levels = new Set(pixels)
            assert.isAtMost(levels.size, 2)
            if (![...levels].some((level) => level !== index && level % 4 === index % 4)) {
              assert.closeTo(fractions[index % 4]!, own, 1e-6)
            }
          }
        }
        const evaluated = read(dataset, Draw.ofEvaluation(8), [2, 5])
        assert.deepStrictEqual(evaluated.targets, Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0))
      }
    })
  )

  it.effect("and fields that can't be changed so are reported", () =>
    Effect.gen(function* () {
      const texts = yield* textsOf()
      const { problems } = yield* Effect.flip(Augment.cutMix(texts, { alpha: 0 }))
      assert.deepStrictEqual(
        problems.map(({ source }) => source),
        ["alpha", "classes", "inputs", "targets"].map((part) => `texts/cutMix.${part}`)
      )
      const series = yield* Effect.flip(AugmentSeries.onHost(texts, [AugmentSeries.shift({ steps: 0.5 })]))
      assert.deepStrictEqual(
        series.problems.map(({ message }) => message),
        [
          "texts/augment[0]: found shift whose steps is 0.5, expected whole steps of at least 0. See the options of the operation.",
          "texts/augment: found int32 [10], expected float32 [time] or [time, features]. Name the input in `field`."
        ]
      )
    })
  )
})
