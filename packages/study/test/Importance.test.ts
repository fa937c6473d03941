import { assert, describe, it } from "@effect/vitest"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Importance from "../src/Importance.ts"
import { densityOf } from "../src/internal/parzen.ts"
import type { Range, Space } from "../src/Space.ts"
import { assertClose, read } from "./support/fixtures.ts"
import { epochs, rate, space, study, trial } from "./support/study.ts"

const float = (low: number, high: number, log = false): Range => ({ _tag: "Float", low, high, log })
const int = (low: number, high: number, log = false): Range => ({ _tag: "Int", low, high, log })

/** That of the fixture. */
const wide: Space = space(
  { key: "rate", range: float(1e-5, 1, true) },
  { key: "momentum", range: float(0, 0.99) },
  { key: "hidden", range: int(1, 512, true) },
  { key: "layers", range: int(1, 7) },
  { key: "width", range: int(10, 500) },
  { key: "kind", range: { _tag: "Choice", values: ["a", "b", "c"] } },
  { key: "dropout", range: float(0, 0.5), when: { key: "kind", values: ["a", "b"] } },
  { key: "fixed", range: int(3, 3) }
)

const valuesOf = (count: number, name: string) => [...Rng.uniforms(Rng.named(Rng.key(1), name), count)]

describe("the importance of parameters", () => {
  it("is Optuna's, for logarithmic, whole, categorical and conditional ones", () => {
    for (const { tried, quantile, region, divergences, shares } of read("importance").studies) {
      const importances = Importance.ofSettings(wide, tried, { quantile, region })
      assert.lengthOf(importances, wide.parameters.length)
      for (const { key, divergence, share } of importances) {
        assertClose(divergence, divergences[key], 1e-8, 1e-12)
        assertClose(share, shares[key], 1e-8, 1e-12)
      }
    }
  })

  it("finds the one parameter that matters", () => {
    const [rates, others] = [valuesOf(60, "rate"), valuesOf(60, "other")]
    const two = space({ key: "other", range: float(0, 1) }, { key: "rate", range: float(0, 1) })
    const tried = rates.map((value, index) => ({
      parameters: { rate: value, other: element(others, index) },
      cost: (value - 0.3) ** 2
    }))
    const [first] = Importance.ofSettings(two, tried)
    assert.strictEqual(first?.key, "rate")
    assert.isAbove(first?.share ?? 0, 0.8)
  })

  it("of a study is over the means of its settings, in the direction of the objective", () => {
    const rates = valuesOf(40, "study")
    const trials = rates.flatMap((value, setting) =>
      [1, 2].map((seed) =>
        trial(setting, seed, {
          parameters: { "train.learningRate": 10 ** (-4 + 3 * value), other: value > 0.5 ? "a" : "b" },
          reports: epochs({ "validation/accuracy": [value + seed] }),
          // What is not complete says nothing, however good.
          state: setting === 3 ? "pruned" : "complete"
        })
      )
    )
    const objectives = [{ monitor: "validation/accuracy", better: "higher", of: "last" }] as const
    const importances = Importance.of(study(trials, { objectives, space: space(rate) }))
    const means = rates.flatMap((value, setting) =>
      setting === 3 ? [] : [{ parameters: { "train.learningRate": 10 ** (-4 + 3 * value) }, cost: -(value + 1.5) }]
    )
    assertClose(importances[0]?.divergence, Importance.ofSettings(space(rate), means)[0]?.divergence ?? 0, 1e-12)
  })

  it("is shared evenly where nothing can be said", () => {
    const two = space(rate, { key: "b", range: float(0, 1) })
    assert.deepStrictEqual(
      Importance.ofSettings(two, []).map(({ share }) => share),
      [0.5, 0.5]
    )
    const one = [{ parameters: { "train.learningRate": 0.01, b: 0 }, cost: 1 }]
    assert.deepStrictEqual(
      Importance.ofSettings(two, one).map(({ share }) => share),
      [0.5, 0.5]
    )
    assert.deepStrictEqual(Importance.of(study([], { objectives: [] })), [])
  })

  const Cost = Schema.Finite.check(Schema.isBetween({ minimum: -10, maximum: 10 }))
  const Drawn = Schema.Array(Schema.Tuple([Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })), Cost]))
  it.effect.prop(
    "does not depend on the order of settings, nor on the unit of costs; shares add up to 1",
    [Drawn.check(Schema.isMinLength(2))],
    ([drawn]) =>
      Effect.sync(() => {
        const two = space(
          { key: "a", range: float(0, 1) },
          { key: "b", range: { _tag: "Choice", values: [true, false] } }
        )
        const tried = drawn.map(([a, cost]) => ({ parameters: { a, b: a > 0.5 }, cost }))
        const importances = Importance.ofSettings(two, tried)
        assertClose(
          importances.reduce((sum, { share }) => sum + share, 0),
          1,
          1e-12
        )
        const other = Importance.ofSettings(
          two,
          tried.toReversed().map((one) => ({ ...one, cost: 2 * one.cost }))
        )
        for (const { key, share } of importances)
          assertClose(other.find((one) => one.key === key)?.share, share, 1e-9, 1e-12)
      })
  )

  it.effect.prop(
    "rests on densities: their points add up to 1",
    [Schema.Array(Schema.Finite.check(Schema.isBetween({ minimum: 1, maximum: 99 }))).check(Schema.isMinLength(1))],
    ([values]) =>
      Effect.sync(() => {
        for (const range of [float(1, 99), float(1, 99, true), int(1, 99)]) {
          assertClose(
            densityOf(range, values).reduce((sum, density) => sum + density, 0),
            1,
            1e-12
          )
        }
      })
  )
})
