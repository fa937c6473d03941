/** The tree-structured Parzen estimator against Optuna's, on fixed histories. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { element, entry } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as Schema from "effect/Schema"
import type { Observation } from "../src/Searcher.ts"
import * as Searchers from "../src/Searchers.ts"
import * as Simulation from "../src/Simulation.ts"
import * as Space from "../src/Space.ts"
import { SpaceConfig, type SpaceEncoded } from "../src/SpaceConfig.ts"
import { estimators } from "../src/searchers/Tpe.ts"
import * as Hypervolume from "../src/searchers/tpe/Hypervolume.ts"
import * as Parzen from "../src/searchers/tpe/Parzen.ts"
import { countBelow, split } from "../src/searchers/tpe/Split.ts"
import type { Parameters } from "../src/Trial.ts"

interface OfOptuna {
  readonly weights: ReadonlyArray<number>
  readonly parts: {
    readonly [key: string]:
      | { readonly mus: ReadonlyArray<number>; readonly sigmas: ReadonlyArray<number> }
      | { readonly probabilities: ReadonlyArray<ReadonlyArray<number>> }
  }
}
interface Case {
  readonly name: string
  readonly space: SpaceEncoded
  readonly tried: ReadonlyArray<Observation>
  readonly objectives: number
  readonly below: ReadonlyArray<number>
  readonly above: ReadonlyArray<number>
  readonly estimators: ReadonlyArray<{
    readonly parameters: ReadonlyArray<string>
    readonly good: OfOptuna
    readonly other: OfOptuna
    readonly places: ReadonlyArray<Parameters>
    readonly goodDensities: ReadonlyArray<number>
    readonly otherDensities: ReadonlyArray<number>
  }>
  readonly suggestions: ReadonlyArray<Parameters>
}
const cases: ReadonlyArray<Case> = JSON.parse(
  readFileSync(new URL("../fixtures/tpe.json", import.meta.url), "utf8")
).cases

const titleOf = ({ name, tried, objectives }: Case) => `${name}, ${tried.length} settings, ${objectives} objectives`
const spaceOf = ({ space }: Case) => Schema.decodeSync(SpaceConfig)(space)
const splitOf = ({ tried, objectives }: Case) => split(tried, (count) => countBelow(count, objectives))

const close = (found: number, expected: number, what: string) =>
  assert.approximately(found, expected, 1e-8 * Math.max(1, Math.abs(expected)), what)

const sameMixture = (found: Parzen.Mixture, expected: OfOptuna) => {
  for (const [index, weight] of expected.weights.entries()) close(element(found.weights, index), weight, "weight")
  assert.strictEqual(found.weights.length, expected.weights.length)
  for (const { key, kernels } of found.parts) {
    const part = entry(expected.parts, key)
    if (kernels._tag === "Values") {
      assert.isTrue("probabilities" in part)
      const rows = "probabilities" in part ? part.probabilities : []
      for (const [kernel, row] of rows.entries()) {
        for (const [index, value] of row.entries()) {
          close(element(element(kernels.probabilities, kernel), index), value, `${key}: kernel ${kernel}`)
        }
      }
      continue
    }
    const { mus, sigmas } = "mus" in part ? part : { mus: [], sigmas: [] }
    assert.strictEqual(kernels.mus.length, mus.length)
    for (const [kernel, mu] of mus.entries()) close(element(kernels.mus, kernel), mu, `${key}: mean ${kernel}`)
    for (const [kernel, sigma] of sigmas.entries())
      close(element(kernels.sigmas, kernel), sigma, `${key}: deviation ${kernel}`)
  }
}

describe("given the same history as Optuna", () => {
  for (const one of cases) {
    it(`${titleOf(one)}: the same settings are good`, () => {
      const { below, above } = splitOf(one)
      assert.deepStrictEqual(
        below.map(({ setting }) => setting),
        one.below
      )
      assert.deepStrictEqual(
        above.map(({ setting }) => setting),
        one.above
      )
    })

    it(`${titleOf(one)}: the densities are the same, kernel by kernel and at places of the space`, () => {
      const { parameters } = spaceOf(one)
      for (const expected of one.estimators) {
        const own = expected.parameters.flatMap((key) => parameters.filter((parameter) => parameter.key === key))
        const { good, other } = estimators(own, splitOf(one), one.objectives)
        sameMixture(good, expected.good)
        sameMixture(other, expected.other)
        for (const [index, place] of expected.places.entries()) {
          close(Parzen.logDensity(good, place), element(expected.goodDensities, index), "good density")
          close(Parzen.logDensity(other, place), element(expected.otherDensities, index), "other density")
        }
      }
    })
  }
})

/** The greatest distance between two samples' distribution functions. */
const distance = (one: ReadonlyArray<number>, other: ReadonlyArray<number>) => {
  const part = (sample: ReadonlyArray<number>, value: number) => sample.filter((x) => x <= value).length / sample.length
  return Math.max(...[...one, ...other].map((value) => Math.abs(part(one, value) - part(other, value))))
}

describe("suggestions are distributed as Optuna's", () => {
  for (const one of cases.filter(({ suggestions }) => suggestions.length > 0)) {
    it(titleOf(one), () => {
      const space = spaceOf(one)
      const searcher = Searchers.tpe()
      const ours = one.suggestions.map(
        (_, seed) => searcher.suggest(space, one.tried, one.tried.length, Rng.key(seed)) ?? {}
      )
      for (const { key, range } of space.parameters) {
        const numbered = (all: ReadonlyArray<Parameters>) =>
          all.flatMap((parameters) => {
            const value = parameters[key]
            if (value === undefined) return [-1]
            return range._tag === "Choice" ? [range.values.indexOf(value)] : [Number(value)]
          })
        // Two samples of 300 from one distribution are further apart once in a thousand times (Kolmogorov and Smirnov).
        assert.isBelow(distance(numbered(ours), numbered(one.suggestions)), 1.95 * Math.sqrt(2 / 300), key)
      }
    })
  }
})

describe("Tpe", () => {
  const space: Space.Space = {
    parameters: [
      { key: "x", range: { _tag: "Float", low: -5, high: 5, log: false } },
      { key: "kind", range: { _tag: "Choice", values: ["bowl", "flat"] } },
      { key: "y", range: { _tag: "Float", low: 0.001, high: 10, log: true }, when: { key: "kind", values: ["bowl"] } }
    ]
  }
  const learner = Simulation.curve(({ x, kind, y }) =>
    kind === "flat" ? 3 + Math.abs(Number(x)) : (Number(x) - 1) ** 2 + Math.log10(Number(y)) ** 2
  )
  const lowest = (searcher: Simulation.SimulationOptions<unknown>["searcher"], seed: number) =>
    Simulation.simulate({ space, searcher, learner, settings: 60, epochs: 1, seed }).progress.at(-1)?.value ?? 99

  it("finds lower values than random search with as many settings", () => {
    const seeds = Array.from({ length: 10 }, (_, seed) => seed)
    const won = seeds.filter((seed) => lowest(Searchers.tpe(), seed) < lowest(Searchers.random, seed))
    assert.isAtLeast(won.length, 9)
  })

  it("draws at random before it has enough settings, whatever they are", () => {
    const tried = Array.from(
      { length: 9 },
      (_, setting): Observation => ({
        setting,
        parameters: { x: 1, kind: "flat" },
        state: "complete",
        objectives: [setting],
        epoch: 1
      })
    )
    const [one, other] = [tried, []].map((history) => Searchers.tpe().suggest(space, history, 9, Rng.key(0)))
    assert.deepStrictEqual(one, other)
  })

  it("leaves failed settings and settings without values out", () => {
    const tried = Array.from(
      { length: 20 },
      (_, setting): Observation => ({
        setting,
        parameters: { x: setting / 4, kind: "flat" },
        state: "complete",
        objectives: [setting],
        epoch: 1
      })
    )
    const useless: ReadonlyArray<Observation> = [
      { setting: 20, parameters: { x: 5, kind: "flat" }, state: "failed", objectives: null, epoch: 0 },
      { setting: 21, parameters: { x: 5, kind: "flat" }, state: "pruned", objectives: null, epoch: 0 }
    ]
    const suggest = (history: ReadonlyArray<Observation>) => Searchers.tpe().suggest(space, history, 22, Rng.key(0))
    assert.deepStrictEqual(suggest([...tried, ...useless]), suggest(tried))
  })

  it("keeps away from what runs, unless constantLiar is off", () => {
    const tried = Array.from(
      { length: 20 },
      (_, setting): Observation => ({
        setting,
        parameters: { x: (setting - 10) / 2, kind: "flat" },
        state: "complete",
        objectives: [Math.abs(setting - 10)],
        epoch: 1
      })
    )
    const running = Array.from(
      { length: 20 },
      (_, index): Observation => ({
        setting: 20 + index,
        parameters: { x: 0, kind: "flat" },
        state: "running",
        objectives: null,
        epoch: 0
      })
    )
    const near = (constantLiar: boolean) =>
      Array.from({ length: 50 }, (_, seed) =>
        Searchers.tpe({ constantLiar }).suggest(space, [...tried, ...running], 40, Rng.key(seed))
      ).filter((one) => Math.abs(Number(one?.["x"])) < 0.3).length
    assert.isBelow(near(true) * 2, near(false))
  })
})

it("hypervolumes are those of boxes", () => {
  assert.strictEqual(Hypervolume.hypervolume([[1, 1]], [3, 4]), 6)
  assert.strictEqual(
    Hypervolume.hypervolume(
      [
        [1, 2],
        [2, 1],
        [2, 2]
      ],
      [3, 3]
    ),
    3
  )
  assert.strictEqual(
    Hypervolume.hypervolume(
      [
        [0, 0, 1],
        [1, 1, 0]
      ],
      [2, 2, 2]
    ),
    5
  )
  assert.deepStrictEqual(
    Hypervolume.hypervolumeSubset(
      [
        [1, 2],
        [1, 2],
        [2, 1]
      ],
      2
    ),
    [0, 2]
  )
  assert.deepStrictEqual(Space.problems({ parameters: [] }, {}), [])
})
