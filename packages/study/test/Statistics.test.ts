import { assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { normalBelow, normalQuantile, studentCritical, studentTwoSided } from "../src/internal/distributions.ts"
import * as Statistics from "../src/Statistics.ts"
import { assertClose, read } from "./support/fixtures.ts"

const known = read("statistics")
const Value = Schema.Finite.check(Schema.isBetween({ minimum: -1e6, maximum: 1e6 }))
const Values = Schema.Array(Value).check(Schema.isMinLength(2), Schema.isMaxLength(12))

describe("distributions", () => {
  it("are SciPy's, far into the tails", () => {
    for (const { z, below } of known.normal) assertClose(normalBelow(z), below, 1e-12)
    for (const { t, freedom, p } of known.student) assertClose(studentTwoSided(t, freedom), p, 1e-11)
  })

  it("have inverses", () => {
    for (const probability of [1e-12, 0.025, 0.5, 0.975]) {
      assertClose(normalBelow(normalQuantile(probability)), probability, 1e-12)
    }
    // The table of Student's t: 2.776 for 4 degrees of freedom at 95 %.
    assertClose(studentCritical(0.05, 4), 2.7764451051977987, 1e-10)
  })
})

describe("several values", () => {
  it("have the mean, standard deviation and intervals of SciPy", () => {
    for (const { values, mean, deviation, bca, percentile, student } of known.samples) {
      const summary = Statistics.summarize(values)
      assertClose(summary.mean, mean, 1e-12, 1e-15)
      assertClose(summary.deviation, deviation)
      const span = Math.max(...values) - Math.min(...values)
      for (const [method, [low, high]] of [
        ["bca", bca],
        ["percentile", percentile],
        ["student", student]
      ] as const) {
        const interval = Statistics.intervalOf(values, { method })
        assertClose(interval?.low, low, 1e-10, span * 1e-10)
        assertClose(interval?.high, high, 1e-10, span * 1e-10)
      }
    }
  })

  it("of many seeds have SciPy's interval to within what resampling leaves open", () => {
    for (const { values, bca, percentile } of known.many) {
      const error = Statistics.standardDeviation(values) / Math.sqrt(values.length)
      for (const [method, [low, high]] of [
        ["bca", bca],
        ["percentile", percentile]
      ] as const) {
        const interval = Statistics.bootstrap(values, { method, resamples: 100_000 })
        assertClose(interval?.low, low, 0, error * 0.03)
        assertClose(interval?.high, high, 0, error * 0.03)
      }
    }
  })

  it("draw the same resamples by the same key, and others by another", () => {
    const [{ values }] = known.many
    const by = (seed: number) => Statistics.bootstrap(values, { key: Rng.key(seed), resamples: 500 })
    assert.deepStrictEqual(by(1), by(1))
    assert.notDeepEqual(by(1), by(2))
  })

  it.effect.prop(
    "that are equal have no deviation, and that value as both ends",
    [Value, Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 12 }))],
    ([value, n]) =>
      Effect.sync(() => {
        const summary = Statistics.summarize(Array.from({ length: n }, () => value))
        assert.deepStrictEqual(summary, { n, mean: value + 0, deviation: 0, interval: { low: value, high: value } })
      })
  )

  it.effect.prop(
    "have an interval within them, around the middle, and narrower with less confidence",
    [Values],
    ([values]) =>
      Effect.sync(() => {
        const { low, high } = Statistics.bootstrap(values, { resamples: 200 })!
        const span = Math.max(...values) - Math.min(...values)
        assert.isAtLeast(low, Math.min(...values) - span * 1e-9)
        assert.isAtMost(high, Math.max(...values) + span * 1e-9)
        const narrow = Statistics.bootstrap(values, { resamples: 200, method: "percentile", confidence: 0.5 })!
        const wide = Statistics.bootstrap(values, { resamples: 200, method: "percentile", confidence: 0.99 })!
        assert.isAtLeast(narrow.low, wide.low)
        assert.isAtMost(narrow.high, wide.high)
      })
  )

  it.effect.prop(
    "move and stretch with their unit",
    [
      Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: -50, maximum: 50 }))).check(
        Schema.isMinLength(2),
        Schema.isMaxLength(7)
      )
    ],
    ([values]) =>
      Effect.sync(() => {
        const before = Statistics.bootstrap(values)!
        const after = Statistics.bootstrap(values.map((value) => 4 * value + 8))!
        assertClose(after.low, 4 * before.low + 8, 1e-12, 1e-9)
        assertClose(after.high, 4 * before.high + 8, 1e-12, 1e-9)
      })
  )

  it("in another order are the same, up to eight", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6]
    assert.deepStrictEqual(Statistics.bootstrap(values), Statistics.bootstrap(values.toReversed()))
  })
})

describe("one value, or none", () => {
  it("has no deviation and no interval", () => {
    assert.deepStrictEqual(Statistics.summarize([0.5]), { n: 1, mean: 0.5, deviation: null, interval: null })
    assert.deepStrictEqual(Statistics.summarize([]), { n: 0, mean: null, deviation: null, interval: null })
    assert.isNull(Statistics.intervalOf([1], { method: "student" }))
  })
})
