/** Every searcher and pruner of this package keeps the laws; and what breaks one is found. */
import { assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as laws from "../src/Laws.ts"
import * as PrunerLaw from "../src/laws/PrunerLaw.ts"
import * as SearcherLaw from "../src/laws/SearcherLaw.ts"
import { type Pruner, pause, proceed, stop } from "../src/Pruner.ts"
import * as Pruners from "../src/Pruners.ts"
import type { Searcher } from "../src/Searcher.ts"
import * as Searchers from "../src/Searchers.ts"

laws.searcher(Searchers.grid, { name: "Grid", keyed: false })
laws.searcher(Searchers.random, { name: "Random" })
laws.searcher(Searchers.halton, { name: "Halton" })
laws.searcher(Searchers.sobol, { name: "Sobol" })
laws.searcher(Searchers.tpe({ candidates: 4 }), { name: "Tpe" })
laws.searcher(Searchers.tpe({ candidates: 4, startup: 0, multivariate: false }), { name: "Tpe without a start" })

laws.pruner(Pruners.median(), { name: "Median" })
laws.pruner(Pruners.median({ startup: 1, warmup: 2, interval: 3, quantile: 0.25 }), { name: "Median of a quarter" })
laws.pruner(Pruners.asha(), { name: "Asha" })
laws.pruner(Pruners.asha({ rungs: { steps: [2, 3, 20] }, factor: 2 }), {
  name: "Asha with a list of rungs"
})
laws.pruner(Pruners.successiveHalving(), { name: "SuccessiveHalving" })
laws.pruner(Pruners.hyperband({ first: { epochs: 1 }, until: { epochs: 27 }, factor: 3 }), { name: "Hyperband" })
laws.pruner(Pruners.population({ every: { epochs: 4 } }), { name: "Population" })
laws.pruner(Pruners.population({ every: { epochs: 5 }, vary: ["part"], fraction: 0.5 }), {
  name: "Population that varies all"
})

/** Which laws something breaks, by what is said of it. */
const broken = (statements: ReadonlyArray<ReturnType<typeof SearcherLaw.of>[number]>) =>
  Effect.map(
    Effect.forEach(statements, ({ statement, check }) =>
      Effect.matchEffect(check, { onFailure: () => Effect.succeed([statement]), onSuccess: () => Effect.succeed([]) })
    ),
    (found) => found.flat()
  )

let calls = 0
const searchers: ReadonlyArray<readonly [name: string, searcher: Searcher, law: string]> = [
  [
    "counts its calls",
    { suggest: (space, tried, _setting, key) => Searchers.random.suggest(space, tried, calls++, key) },
    "equal arguments give equal settings, and are not changed"
  ],
  [
    "forgets conditions",
    {
      suggest: ({ parameters }, tried, setting, key) =>
        Searchers.random.suggest(
          { parameters: parameters.map(({ key, range }) => ({ key, range })) },
          tried,
          setting,
          key
        )
    },
    "every setting lies in the space, whatever was tried before"
  ],
  [
    "repeats what was tried",
    {
      isSequential: false,
      suggest: (space, tried, setting, key) =>
        tried[0]?.parameters ?? Searchers.random.suggest(space, tried, setting, key)
    },
    "a setting does not depend on what was tried"
  ],
  [
    "has a key of its own",
    { suggest: (space, tried, setting) => Searchers.random.suggest(space, tried, setting, Rng.key(7)) },
    "another key gives other settings"
  ],
  [
    "draws one setting",
    { suggest: (space, tried, _setting, key) => Searchers.random.suggest(space, tried, 0, key) },
    "one setting after another is new"
  ],
  [
    "counts too many",
    { ...Searchers.grid, count: (space) => (Searchers.grid.count?.(space) ?? 0) + 1 },
    "there are as many settings as it counts, each once"
  ]
]

describe("the laws of searchers find one that", () => {
  for (const [name, searcher, law] of searchers) {
    it.effect(name, () => Effect.map(broken(SearcherLaw.of(searcher)), (found) => assert.include(found, law)))
  }
})

const pruners: ReadonlyArray<readonly [name: string, pruner: Pruner, law: string]> = [
  [
    "counts its calls",
    { decide: () => (calls++ % 2 === 0 ? proceed : stop("odd")) },
    "equal arguments give equal decisions and promotions, and are not changed"
  ],
  [
    "stops what is good",
    { decide: ({ points }) => ((points.at(-1)?.value ?? 0) < 0 ? stop("too good") : proceed) },
    "a lower value never ends what would go on"
  ],
  [
    "promotes anybody",
    { decide: () => proceed, promote: (all) => all.map(({ number }) => ({ _tag: "Resume", trial: number })) },
    "only paused trials are promoted, with parameters of the space"
  ],
  ["stops everybody", { decide: () => stop("no") }, "the only trial is trained to its end"],
  [
    "stops what comes late",
    { decide: ({ number }) => (number > 3 ? stop("late") : proceed) },
    "the best trial at all epochs is trained to its end"
  ],
  [
    "forgets who is paused",
    { decide: () => pause("for good") },
    "every study ends, with a trial that was trained to its end"
  ]
]

describe("the laws of pruners find one that", () => {
  for (const [name, pruner, law] of pruners) {
    it.effect(name, () => Effect.map(broken(PrunerLaw.of(pruner)), (found) => assert.include(found, law)))
  }
})
