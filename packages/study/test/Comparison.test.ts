import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Comparison from "../src/Comparison.ts"
import { assertClose, read } from "./support/fixtures.ts"

const bySeed = (values: ReadonlyArray<number>) => new Map(values.map((value, index) => [index + 1, value]))
const Probability = Schema.NullOr(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })))

describe("two settings", () => {
  it("compare as in SciPy, ties and zeros included", () => {
    for (const { first, second, wilcoxon, student } of read("statistics").pairs) {
      const comparison = Comparison.paired(bySeed(first), bySeed(second))
      assertClose(comparison.wilcoxon, wilcoxon, 1e-12)
      assertClose(comparison.student, student, 1e-11)
    }
  })

  it("compare over the seeds that both have, in whatever order they came", () => {
    const first = new Map([
      [7, 3],
      [1, 5],
      [3, 100]
    ])
    const second = new Map([
      [2, -100],
      [1, 4],
      [7, 1]
    ])
    const comparison = Comparison.paired(first, second)
    assert.deepStrictEqual(comparison.seeds, [1, 7])
    assert.strictEqual(comparison.mean, 1.5)
  })

  it("with one seed in common have a difference and no word on chance", () => {
    const { n, mean, deviation, interval, student } = Comparison.paired(new Map([[1, 2]]), new Map([[1, 1]]))
    assert.deepStrictEqual(
      { n, mean, deviation, interval, student },
      { n: 1, mean: 1, deviation: null, interval: null, student: null }
    )
    assert.isNull(Comparison.paired(new Map([[1, 2]]), new Map([[2, 1]])).wilcoxon)
  })

  it("that are equal differ by nothing", () => {
    const { mean, wilcoxon, student } = Comparison.paired(bySeed([1, 2, 3]), bySeed([1, 2, 3]))
    assert.deepStrictEqual({ mean, wilcoxon, student }, { mean: 0, wilcoxon: 1, student: 1 })
  })

  it("of five seeds are never told apart at 5 % by Wilcoxon's test", () => {
    assert.strictEqual(Comparison.wilcoxon([1, 2, 3, 4, 5]), 2 ** -4)
  })

  it.effect.prop(
    "differ the other way when they change places",
    [Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: -9, maximum: 9 }))).check(Schema.isMinLength(1))],
    ([values]) =>
      Effect.sync(() => {
        const zeros = values.map(() => 0)
        const [one, other] = [
          Comparison.paired(bySeed(values), bySeed(zeros)),
          Comparison.paired(bySeed(zeros), bySeed(values))
        ]
        assert.strictEqual(one.wilcoxon, other.wilcoxon)
        assert.strictEqual(one.student, other.student)
        assertClose(one.mean, -(other.mean ?? Number.NaN), 1e-12, 1e-15)
      })
  )
})

describe("Holm's correction", () => {
  it("gives the textbook's values", () => {
    const adjusted = Comparison.holm([0.01, 0.04, 0.03, 0.005])
    for (const [index, expected] of [0.03, 0.06, 0.06, 0.02].entries()) assertClose(adjusted[index], expected)
  })

  it.effect.prop(
    "raises values, keeps their order, and never exceeds Bonferroni's",
    [Schema.Array(Probability).check(Schema.isMaxLength(8))],
    ([values]) =>
      Effect.sync(() => {
        const adjusted = Comparison.holm(values)
        const known = values.filter((value) => value !== null).length
        for (const [index, value] of values.entries()) {
          const now = adjusted[index]
          if (value === null) {
            assert.isNull(now)
            continue
          }
          assert.isAtLeast(now!, value)
          assert.isAtMost(now!, Math.min(1, value * known))
          for (const [other, smaller] of values.entries())
            if (smaller !== null && smaller < value) assert.isAtMost(adjusted[other]!, now!)
        }
      })
  )
})
