import { assert, describe, it } from "@effect/vitest"
import * as Config from "@etude/core/Config"
import type { Parameter, Range } from "@etude/study/Space"
import * as Effect from "effect/Effect"
import * as RunConfig from "../src/RunConfig.ts"
import * as StudyKeys from "../src/StudyKeys.ts"

const float = (low: number, high: number): Range => ({ _tag: "Float", low, high, log: false })
const choice = (...values: ReadonlyArray<string | number>): Range => ({ _tag: "Choice", values })
const space = (...parameters: ReadonlyArray<Parameter>) => ({ parameters })

const line = { use: "./line.ts", train: { until: { epochs: 20 }, batchSize: 8, optimizer: { _tag: "Sgd" } } }

const problemsOf = (varied: Partial<StudyKeys.Varied>, config: object = line) =>
  StudyKeys.problemsOf({ set: {}, space: space(), ...varied }, config, (document) =>
    Effect.match(Config.decode(RunConfig.RunConfig, document, "config.yaml"), {
      onSuccess: () => [],
      onFailure: ({ problems }) => problems
    })
  )

describe("the corners of a space", () => {
  it("are each end and each choice, with the first of all others", () => {
    const settings = StudyKeys.corners(space({ key: "a", range: float(1, 2) }, { key: "b", range: choice("x", "y") }))
    assert.deepStrictEqual(settings, [
      { a: 1, b: "x" },
      { a: 2, b: "x" },
      { a: 1, b: "y" }
    ])
  })

  it("hold a conditional parameter where its condition is true, and only there", () => {
    const kind = { key: "kind", range: choice("narrow", "wide") }
    const when = { key: "kind", values: ["wide"] }
    const settings = StudyKeys.corners(space(kind, { key: "width", range: float(8, 9), when }))
    assert.deepStrictEqual(settings, [{ kind: "narrow" }, { kind: "wide", width: 8 }, { kind: "wide", width: 9 }])
  })

  it("of no space are one setting: the config as it is", () => {
    assert.deepStrictEqual(StudyKeys.corners(space()), [{}])
  })
})

describe("a study's keys", () => {
  it.effect("that the config takes are no problem", () =>
    Effect.gen(function* () {
      const found = yield* problemsOf({
        set: { "train.until": { epochs: 2 } },
        space: space(
          { key: "train.learningRate", range: float(0.1, 0.5) },
          { key: "train.optimizer", range: { _tag: "Choice", values: [{ _tag: "Sgd" }, { _tag: "Adam" }] } },
          {
            key: "train.optimizer.momentum",
            range: float(0, 0.9),
            when: { key: "train.optimizer", values: [{ _tag: "Sgd" }] }
          }
        )
      })
      assert.deepStrictEqual(found, [])
    })
  )

  it.effect("are all reported at once: unknown ones, and ends of ranges that the config refuses", () =>
    Effect.gen(function* () {
      const found = yield* problemsOf({
        set: { "train.untill": { epochs: 2 } },
        space: space(
          { key: "train.learningrate", range: float(0.1, 0.5) },
          { key: "train.batchSize", range: choice(8, -1) },
          { key: "train.optimiser.momentum", range: float(0, 0.9) }
        )
      })
      assert.deepStrictEqual(found.map(({ path, message }) => `${path}: ${message}`).sort(), [
        'set.train.untill: unknown key; did you mean "until"?',
        "space.train.batchSize: expected a whole number of samples above 0 (at -1)",
        'space.train.learningrate: unknown key; did you mean "learningRate"?',
        'space.train.optimiser.momentum: unknown key; did you mean "optimizer"?'
      ])
    })
  )

  it.effect("are none that the study decides itself", () =>
    Effect.gen(function* () {
      const found = yield* problemsOf({
        set: { runs: "elsewhere" },
        space: space({ key: "train.seed", range: choice(1, 2) })
      })
      assert.deepStrictEqual(
        found.map(({ path }) => path),
        ["set.runs", "space.train.seed"]
      )
    })
  )

  it.effect("may complete a config; what is wrong with the config itself is reported at its place", () =>
    Effect.gen(function* () {
      const found = yield* problemsOf(
        {
          space: space({ key: "callbacks.earlyStopping.monitor", range: choice("validation/loss", 3) })
        },
        { ...line, backend: "abacus", callbacks: { earlyStopping: { patience: { evaluations: 1 } } } }
      )
      assert.deepStrictEqual(
        found.map(({ path }) => path),
        ["config.backend", "space.callbacks.earlyStopping.monitor"]
      )
    })
  )
})
