import { assert, describe, it } from "@effect/vitest"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Results from "../src/Results.ts"
import type { State } from "../src/Trial.ts"
import { epochs, rate, space, study, trial } from "./support/study.ts"

const losses = (...values: ReadonlyArray<number>) => ({ reports: epochs({ "validation/loss": values }) })
const settingsOf = ({ rows }: Results.Results) => rows.map(({ setting }) => setting)

describe("results", () => {
  it("have a row for each setting with mean, deviation and interval over its seeds, the best first", () => {
    const { rows } = Results.of(
      study([
        trial(0, 1, losses(3, 2)),
        trial(0, 2, losses(3, 4)),
        trial(1, 1, losses(1, 2)),
        trial(1, 2, losses(2, 2))
      ])
    )
    assert.deepStrictEqual(
      rows.map(({ setting, isBest }) => [setting, isBest]),
      [
        [1, true],
        [0, false]
      ]
    )
    assert.deepStrictEqual(element(rows, 1).values["validation/loss"], {
      n: 2,
      mean: 2.5,
      deviation: Math.SQRT1_2,
      interval: { low: 2, high: 3 },
      notFinite: []
    })
  })

  it("take the best of an objective's values, or the last, as it says", () => {
    const trials = [trial(0, 1, losses(1, 5)), trial(1, 1, losses(4, 4))]
    const last = [{ monitor: "validation/loss", better: "lower", of: "last" }] as const
    assert.deepStrictEqual(settingsOf(Results.of(study(trials))), [0, 1])
    assert.deepStrictEqual(settingsOf(Results.of(study(trials, { objectives: last }))), [1, 0])
  })

  it("turn with the direction of the objective", () => {
    const of = (value: number) => ({ test: { accuracy: value } })
    const objectives = [{ monitor: "test/accuracy", better: "higher", of: "best" }] as const
    const { rows } = Results.of(study([trial(0, 1, of(0.8)), trial(1, 1, of(0.9))], { objectives }))
    assert.deepStrictEqual(
      rows.map(({ setting, values }) => [setting, values["test/accuracy"]?.mean]),
      [
        [1, 0.9],
        [0, 0.8]
      ]
    )
  })

  it("take other values from where the first objective was best, so that a row is of one model", () => {
    const reports = epochs({
      "validation/loss": [3, 1, 2],
      "validation/accuracy": [0.3, 0.6, 0.9],
      "train/loss": [5, 4, 3]
    })
    const { rows, columns } = Results.of(study([trial(0, 1, { reports, test: { accuracy: 0.5 } })]))
    const { values } = element(rows, 0)
    assert.strictEqual(values["validation/accuracy"]?.mean, 0.6)
    assert.strictEqual(values["train/loss"]?.mean, 4)
    assert.deepStrictEqual(
      columns.map(({ monitor }) => monitor),
      ["validation/loss", "test/accuracy", "validation/accuracy", "train/loss"]
    )
  })

  const unfinished: ReadonlyArray<State> = ["running", "waiting", "paused", "pruned", "failed"]
  for (const state of unfinished) {
    it(`count a trial that is ${state}, and leave it out of every mean`, () => {
      const { rows, counts } = Results.of(study([trial(0, 1, losses(2)), trial(0, 2, { ...losses(0), state })]))
      const row = element(rows, 0)
      assert.strictEqual(row.values["validation/loss"]?.mean, 2)
      assert.strictEqual(row.counts[state], 1)
      assert.strictEqual(counts[state], 1)
      assert.deepStrictEqual(row.missing, [2])
      assert.isFalse(row.isBest)
    })
  }

  it("rank a mean over some of the seeds after those over all", () => {
    const { rows } = Results.of(
      study([trial(0, 1, losses(1)), trial(0, 2, { state: "running" }), trial(1, 1, losses(2)), trial(1, 2, losses(2))])
    )
    assert.deepStrictEqual(
      rows.map(({ setting }) => setting),
      [1, 0]
    )
  })

  it("leave out of a mean what is not finite, and say so", () => {
    const { rows } = Results.of(
      study([trial(0, 1, losses(1)), trial(0, 2, losses(Number.NaN)), trial(1, 1, losses(2)), trial(1, 2, losses(2))])
    )
    assert.deepStrictEqual(
      rows.map(({ setting }) => setting),
      [1, 0]
    )
    const { n, mean, notFinite } = element(rows, 1).values["validation/loss"]!
    assert.deepStrictEqual({ n, mean, notFinite }, { n: 1, mean: 1, notFinite: [2] })
    const all = Results.of(study([trial(0, 1, losses(Number.POSITIVE_INFINITY))]))
    assert.isNull(element(all.rows, 0).values["validation/loss"]?.mean)
  })

  it("of several objectives begin with the Pareto front", () => {
    const objectives = [
      { monitor: "validation/loss", better: "lower", of: "last" },
      { monitor: "test/size", better: "lower", of: "last" }
    ] as const
    const one = (setting: number, loss: number, size: number) => trial(setting, 1, { ...losses(loss), test: { size } })
    const { rows } = Results.of(
      study([one(0, 3, 3), one(1, 1, 2), one(2, 2, 1), one(3, 4, 0.5), one(4, 5, 5)], { objectives })
    )
    assert.deepStrictEqual(
      rows.map(({ setting, isBest }) => [setting, isBest]),
      [
        [1, true],
        [2, true],
        [3, true],
        [0, false],
        [4, false]
      ]
    )
  })

  it("without an objective keep the order of the settings", () => {
    const results = Results.of(study([trial(1, 1, losses(1)), trial(0, 1, losses(2))], { objectives: [] }))
    assert.deepStrictEqual(
      results.rows.map(({ setting, isBest }) => [setting, isBest]),
      [
        [0, false],
        [1, false]
      ]
    )
  })

  it("name the parameters that differ, in the order of the space", () => {
    const trials = [
      trial(0, 1, { parameters: { "train.learningRate": 0.1, a: 1 } }),
      trial(1, 1, { parameters: { "train.learningRate": 0.2, a: 1 } })
    ]
    const wide = space({ key: "a", range: { _tag: "Int", low: 1, high: 2, log: false } }, rate)
    assert.deepStrictEqual(Results.of(study(trials, { space: wide })).parameters, ["train.learningRate"])
  })

  it("of no trials are empty", () => {
    const { rows, columns } = Results.of(study([]))
    assert.deepStrictEqual([rows.length, columns.length], [0, 1])
  })

  const Trials = Schema.Array(
    Schema.Struct({
      setting: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 })),
      seed: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3 })),
      state: Schema.Literals(["complete", "running", "pruned", "failed", "paused", "waiting"]),
      values: Schema.Array(Schema.Number).check(Schema.isMaxLength(3))
    })
  ).check(Schema.isMaxLength(12))

  it.effect.prop("count every trial once, whatever the order in which trials come", [Trials], ([drawn]) =>
    Effect.sync(() => {
      const trials = [...new Map(drawn.map((one) => [`${one.setting} ${one.seed}`, one])).values()].map((one) =>
        trial(one.setting, one.seed, { state: one.state, ...losses(...one.values) })
      )
      const [results, reversed] = [trials, trials.toReversed()].map((all) =>
        Results.of(study(all, { seeds: [1, 2, 3] }))
      )
      assert.deepStrictEqual(results, reversed)
      const counted = Object.values(results?.counts ?? {}).reduce((sum, count) => sum + count, 0)
      assert.strictEqual(counted, trials.length)
      for (const { setting, values } of results?.rows ?? []) {
        const complete = trials.filter(
          (one) => one.setting === setting && one.state === "complete" && one.reports.length > 0
        )
        const value = values["validation/loss"]
        assert.strictEqual((value?.n ?? 0) + (value?.notFinite.length ?? 0), complete.length)
      }
    })
  )
})

describe("comparisons of settings", () => {
  it("are by seed, against the best, and adjusted together", () => {
    const values = [
      [1, 2, 3, 4, 5, 6],
      [1.5, 2.6, 3.7, 4.8, 5.9, 7],
      [2, 1, 4, 3, 6, 5]
    ]
    const trials = values.flatMap((all, setting) => all.map((loss, index) => trial(setting, index + 1, losses(loss))))
    const whole = study(trials)
    const compared = Results.compare(whole, Results.of(whole))
    assert.deepStrictEqual(
      compared.map(({ setting, against, n }) => [setting, against, n]),
      [
        [2, 0, 6],
        [1, 0, 6]
      ]
    )
    const one = element(compared, 1)
    // Six differences of one sign: p = 2 · 2⁻⁶, twice that for two comparisons.
    assert.strictEqual(one.wilcoxon, 2 ** -5)
    assert.strictEqual(one.adjusted.wilcoxon, 2 ** -4)
  })

  it("are none without a value, or with one setting", () => {
    const alone = study([trial(0, 1, losses(1))])
    assert.deepStrictEqual(Results.compare(alone, Results.of(alone)), [])
    const nothing = study([])
    assert.deepStrictEqual(Results.compare(nothing, Results.of(nothing)), [])
  })
})
