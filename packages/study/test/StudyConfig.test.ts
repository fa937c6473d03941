/** study.yaml: what may be left out, and what is refused with which advice. */
import { assert, it } from "@effect/vitest"
import * as Entry from "@etude/core/Entry"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Searchers from "../src/Searchers.ts"
import * as StudyConfig from "../src/StudyConfig.ts"

const decode = (document: object) => StudyConfig.decode({ config: "./config.yaml", ...document }, "study.yaml")

const problemsOf = (document: object) =>
  Effect.map(Effect.flip(decode(document)), ({ problems }) =>
    problems.map(({ path, message }) => `${path}: ${message}`)
  )

/** One refused document in a row: what is wrong, and what is said. */
const refused = (name: string, document: object, problems: ReadonlyArray<string>) =>
  it.effect(`refuses ${name}`, () =>
    Effect.map(problemsOf(document), (found) => assert.deepStrictEqual(found, problems))
  )

it.effect("a study of a config alone trains it once", () =>
  Effect.gen(function* () {
    const study = yield* decode({})
    assert.deepStrictEqual(study, {
      config: "./config.yaml",
      set: {},
      seeds: [1],
      space: { parameters: [] },
      search: { _tag: "Grid" },
      settings: 1,
      objective: [],
      plugins: [],
      seed: 0,
      exact: true,
      threads: 2,
      attempts: 3,
      lease: Duration.seconds(30),
      trialsPerProcess: 1
    })
  })
)

const everything = {
  name: "wide",
  set: { "train.until": { epochs: 2 } },
  seeds: [1998, 7],
  space: {
    "train.learningRate": { log: [0.0001, 0.1] },
    "train.optimizer.momentum": { from: 0.8, to: 0.99 },
    "train.batchSize": { choice: [32, 64, 128] },
    "options.kind": { choice: ["narrow", "wide"] },
    "options.hidden": { int: [16, 256], log: true, when: { "options.kind": ["wide"] } },
    "options.layers": { int: [1, 3] }
  },
  search: { _tag: "Random" },
  settings: 20,
  objective: [{ monitor: "validation/loss", of: "last" }, "test/accuracy"],
  plugins: [{ use: "@me/search" }],
  seed: 4,
  exact: false,
  threads: 1,
  attempts: 1,
  lease: "2 minutes",
  trialsPerProcess: 10
}

it.effect("every kind of range is read into the space, in the order of the file", () =>
  Effect.gen(function* () {
    const { space } = yield* decode(everything)
    assert.deepStrictEqual(space.parameters, [
      { key: "train.learningRate", range: { _tag: "Float", low: 0.0001, high: 0.1, log: true } },
      { key: "train.optimizer.momentum", range: { _tag: "Float", low: 0.8, high: 0.99, log: false } },
      { key: "train.batchSize", range: { _tag: "Choice", values: [32, 64, 128] } },
      { key: "options.kind", range: { _tag: "Choice", values: ["narrow", "wide"] } },
      {
        key: "options.hidden",
        range: { _tag: "Int", low: 16, high: 256, log: true },
        when: { key: "options.kind", values: ["wide"] }
      },
      { key: "options.layers", range: { _tag: "Int", low: 1, high: 3, log: false } }
    ])
  })
)

it.effect("what was decoded is the same after it was written down, as JSON too", () =>
  Effect.gen(function* () {
    for (const document of [{}, everything, { seeds: 3, objective: "train/loss", space: { a: { int: [0, 3] } } }]) {
      const study = yield* decode(document)
      const written = JSON.parse(JSON.stringify(StudyConfig.encode(study)))
      assert.deepStrictEqual(yield* StudyConfig.decode(written, "study.json"), study)
    }
  })
)

it.effect("a finite space is a grid of all its settings, where nothing else is set", () =>
  Effect.gen(function* () {
    const space = {
      "options.kind": { choice: ["narrow", "wide"] },
      "options.hidden": { int: [1, 3], when: { "options.kind": ["wide"] } },
      "train.batchSize": { choice: [32, 64] }
    }
    const all = yield* decode({ space })
    assert.deepStrictEqual([all.search, all.settings], [{ _tag: "Grid" }, 8])
    assert.strictEqual((yield* decode({ space, settings: 5 })).settings, 5)
    assert.strictEqual((yield* decode({ space, settings: 50 })).settings, 8)
  })
)

it.effect("searchers are named in any case, as other variants of configs are", () =>
  Effect.gen(function* () {
    const study = yield* decode({ space: { a: { from: 0, to: 1 } }, search: "random", settings: 2 })
    assert.deepStrictEqual(study.search, { _tag: "Random" })
  })
)

const space = { a: { from: 0, to: 1 } }

refused(
  "numbers in the wrong order",
  { settings: 1, space: { a: { from: 2, to: 1 }, b: { int: [3, 3] }, c: { log: [1, 0.1] } } },
  [
    "space.a.to: expected the lower number first: 2 is not below 1",
    "space.b.int: expected the lower number first: 3 is not below 3",
    "space.c.log: expected the lower number first: 1 is not below 0.1"
  ]
)
refused("logarithms of 0", { settings: 1, space: { a: { log: [0, 1] }, b: { int: [0, 4], log: true } } }, [
  "space.a.log: expected numbers above 0, which have logarithms; found 0",
  "space.b.int: expected numbers above 0, which have logarithms; found 0"
])
refused(
  "a range of no kind, of two and half a one",
  { settings: 1, space: { a: {}, b: { int: [1, 2], choice: [3] }, c: { from: 1 } } },
  [
    "space.a: expected a range: { log: [low, high] }, { from: low, to: high }, { int: [low, high] } or { choice: [values] }",
    "space.b: expected one range, found int and choice; use { log: [low, high] }, { from: low, to: high }, { int: [low, high] } or { choice: [values] }",
    "space.c.to: is missing: expected the greatest number"
  ]
)
refused(
  "a word for a range, with all other problems",
  { seeds: 0, space: { a: { lgo: [1, 2] }, b: 3 }, threads: "two" },
  [
    "seeds: expected a whole number of seeds above 0",
    "space.a.lgo: unknown key; known keys here: log, from, to, int, choice, when",
    "space.b: expected keys with values, as in { log: … }; the keys are log, from, to, int, choice, when",
    "threads: Expected number"
  ]
)
refused(
  "conditions on what is not there",
  {
    space: {
      a: { choice: [1], when: { b: [1] } },
      b: { choice: [1, { deep: [2] }] },
      c: { int: [1, 2], when: { b: [1, 3] } },
      d: { int: [1, 2], when: { b: [{ deep: [2] }], a: [1] } },
      e: { int: [1, 2], when: { c: [1] } }
    }
  },
  [
    "space.a.when.b: expected a choice that comes before it in the space; there is none before it",
    'space.c.when.b.1: 3 is no value of b; they are 1, {"deep":[2]}',
    "space.d.when: expected one key of the space with values of it, as in { options.kind: [wide] }",
    "space.e.when.c: expected a choice that comes before it in the space; those before it are a, b"
  ]
)
refused(
  "keys that are none, or are lost",
  {
    set: { "": 1, b: 3 },
    space: { "a..b": { choice: [1] }, "train.seed": { choice: [1] }, "b.c": { choice: [1] }, b: { choice: [{ c: 2 }] } }
  },
  [
    "set.: expected a key of the config, with a dot between its parts, as in train.learningRate",
    "space.a..b: expected a key of the config, with a dot between its parts, as in train.learningRate",
    "space.train.seed: is what seeds is for: set seeds of the study instead",
    "space.b: would replace b.c, which is a part of it; list it before"
  ]
)
refused("fixed values that the space varies", { set: { a: 1, "a.b": 2 }, space: { a: { choice: [1] } } }, [
  "set.a: would be lost: the space varies a; leave one of them out",
  "set.a.b: would be lost: the space varies a; leave one of them out"
])
refused(
  "values, seeds and monitors that repeat",
  {
    seeds: [1, 2, 1],
    space: {
      a: {
        choice: [
          { x: 1, y: 2 },
          { y: 2, x: 1 }
        ]
      }
    },
    objective: ["validation/loss", { monitor: "validation/loss" }]
  },
  [
    "seeds.2: 1 is there already; list each seed once",
    'space.a.choice.1: {"y":2,"x":1} is there already; list each value once',
    "objective.1.monitor: validation/loss is there already; list each monitor once"
  ]
)
refused("a grid of any number", { space, search: { _tag: "Grid" } }, [
  "search: Grid tries every setting, but a can have any number in a range; list values as { choice: [values] }, or use Random"
])
refused("a search without an end", { space }, [
  "settings: is missing: Random has no end by itself; set how many settings to try"
])
refused("a search of nothing", { search: { _tag: "Random" } }, [
  "search: there is nothing to search: add parameters under space, or leave search out"
])
refused("a lease without a unit, or too short", { lease: "30" }, [
  "lease: expected a time of at least a second with its unit, as in 30 seconds"
])
refused("a searcher that nobody has", { space, settings: 1, search: { _tag: "Radnom" } }, [
  `search: expected a searcher: { _tag: ${Entry.tagsOf(Searchers.entries)}, … }; did you mean Random?`
])
