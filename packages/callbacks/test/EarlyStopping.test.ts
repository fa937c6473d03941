import { assert, describe, it } from "@effect/vitest"
import * as Decision from "@etude/core/Decision"
import { drive } from "@etude/testing/doubles/Drive"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as EarlyStopping from "../src/EarlyStopping.ts"
import * as Plateau from "../src/Plateau.ts"

const key = "validation/loss"
/** The epoch after which each list of values stops, from 1; undefined when it doesn't. */
const stopsAfter = (
  config: Omit<EarlyStopping.ConfigInput, "monitor"> & { readonly monitor?: string },
  values: ReadonlyArray<number>,
  better: "higher" | "lower" = "lower"
) =>
  Effect.gen(function* () {
    const monitor = config.monitor ?? key
    const run = yield* drive(EarlyStopping.layer({ ...config, monitor }), { monitors: { [monitor]: better } })
    run.start()
    for (const [at, value] of values.entries()) {
      yield* run.epoch({ [monitor]: value })
      if (run.decisions.length > 0) return at + 1
    }
    return undefined
  })

describe("early stopping", () => {
  it.effect("has its patience anew in a run that continues beyond its end, with the same best value to beat", () =>
    Effect.gen(function* () {
      const run = yield* drive(EarlyStopping.layer({ monitor: key, patience: { evaluations: 2 } }), {
        monitors: { [key]: "lower" }
      })
      run.start()
      for (const value of [1, 2, 2]) yield* run.epoch({ [key]: value })
      assert.strictEqual(run.decisions.length, 1)
      yield* run.call("resumed", { beyondEnd: true })
      yield* run.epoch({ [key]: 1.5 })
      assert.strictEqual(run.decisions.length, 1)
      yield* run.epoch({ [key]: 1.5 })
      assert.strictEqual(run.decisions.length, 2)
    })
  )

  const cases: ReadonlyArray<readonly [string, Parameters<typeof stopsAfter>, stopped: number | undefined]> = [
    [
      "stops after so many evaluations without an improvement",
      [{ patience: { evaluations: 2 } }, [3, 2, 2.5, 2.1, 1]],
      4
    ],
    ["patience 0 stops at the first evaluation that is not better", [{ patience: { evaluations: 0 } }, [3, 2, 2]], 3],
    ["a tie is no improvement", [{ patience: { evaluations: 1 } }, [2, 2]], 2],
    ["an improvement begins the waiting anew", [{ patience: { evaluations: 2 } }, [3, 4, 2, 3, 1, 2, 2]], 7],
    ["does not stop while values get better", [{ patience: { evaluations: 1 } }, [5, 4, 3, 2, 1]], undefined],
    ["goes by the direction of the metric", [{ patience: { evaluations: 1 } }, [1, 2, 3, 2], "higher"], 4],
    ["a configured direction wins", [{ patience: { evaluations: 1 }, better: "lower" }, [1, 2, 3], "higher"], 2],
    [
      "an improvement by less than the minimum is none",
      [{ patience: { evaluations: 2 }, minimumDelta: 0.5 }, [3, 2.6, 2.5]],
      3
    ],
    [
      "small improvements add up against the best",
      [{ patience: { evaluations: 2 }, minimumDelta: 0.5 }, [3, 2.6, 2.4, 2.3]],
      undefined
    ],
    ["a baseline has to be beaten", [{ patience: { evaluations: 2 }, baseline: 1 }, [3, 2, 0.5]], 2],
    [
      "values before the start are not looked at",
      [{ patience: { evaluations: 1 }, start: { epochs: 4 } }, [1, 2, 3, 4, 5]],
      undefined
    ],
    ["NaN is no improvement", [{ patience: { evaluations: 2 } }, [1, Number.NaN, Number.NaN]], 3],
    [
      "patience in epochs counts from the best",
      [{ monitor: "train/loss", patience: { epochs: 3 } }, [1, 2, 2, 2, 2]],
      4
    ],
    ["patience in steps counts from the best", [{ patience: { steps: 4 } }, [1, 2, 2, 2]], 3]
  ]
  for (const [statement, given, stopped] of cases) {
    it.effect(statement, () => Effect.map(stopsAfter(...given), (after) => assert.strictEqual(after, stopped)))
  }

  it.effect("says what it waited for, and has the run end with the best weights when asked to", () =>
    Effect.gen(function* () {
      const layer = EarlyStopping.layer({ monitor: key, patience: { evaluations: 1 }, restoreBest: true })
      const run = yield* drive(layer)
      assert.deepStrictEqual(run.callbacks[0]!.endWith, { monitor: key, minimumDelta: 0 })
      yield* run.epoch({ [key]: 0.5 })
      yield* run.epoch({ [key]: 0.75 })
      const expected = Decision.stopRun("validation/loss has not been better than 0.5 (step 2) 1 time")
      assert.deepStrictEqual(run.decisions, [["earlyStopping(validation/loss)", expected]])
    })
  )

  const reasons: ReadonlyArray<readonly [string, Partial<EarlyStopping.ConfigInput>, ReadonlyArray<number>, string]> = [
    ["only NaN", {}, [Number.NaN, Number.NaN], "validation/loss was NaN 2 times, and never a number"],
    [
      "only NaN, once",
      { patience: { evaluations: 1 } },
      [Number.NaN],
      "validation/loss was NaN 1 time, and never a number"
    ],
    [
      "NaN after a best value",
      {},
      [0.5, Number.NaN, Number.NaN],
      "validation/loss has not been better than 0.5 (step 2) 2 times"
    ],
    [
      "nothing below the baseline",
      { baseline: 0.1 },
      [0.5, 0.4],
      "validation/loss never was better than its baseline 0.1"
    ]
  ]
  for (const [what, config, values, reason] of reasons) {
    it.effect(`says why it stops after ${what}`, () =>
      Effect.gen(function* () {
        const run = yield* drive(EarlyStopping.layer({ monitor: key, patience: { evaluations: 2 }, ...config }))
        for (const value of values) yield* run.epoch({ [key]: value })
        assert.deepStrictEqual(
          run.decisions.map(([, decision]) => decision),
          [Decision.stopRun(reason)]
        )
      })
    )
  }

  it.effect("waits no longer because the run was taken up again", () =>
    Effect.gen(function* () {
      const layer = EarlyStopping.layer({ monitor: key, patience: { evaluations: 3 } })
      const first = yield* drive(layer)
      for (const value of [1, 2, 2]) yield* first.epoch({ [key]: value })
      const states = JSON.parse(JSON.stringify(first.states()))
      const second = yield* drive(layer, { states })
      second.resume()
      yield* second.epoch({ [key]: 2 })
      assert.strictEqual(second.decisions.length, 1)
    })
  )

  it.effect("two with different monitors both count", () =>
    Effect.gen(function* () {
      const callbacks = Layer.mergeAll(
        EarlyStopping.layer({ monitor: "validation/loss", patience: { evaluations: 1 } }),
        EarlyStopping.layer({ monitor: "train/loss", patience: { evaluations: 1 } })
      )
      for (const [values, who] of [
        [
          [
            { [key]: 1, "train/loss": 1 },
            { [key]: 2, "train/loss": 0.5 }
          ],
          "earlyStopping(validation/loss)"
        ],
        [
          [
            { [key]: 1, "train/loss": 1 },
            { [key]: 0.5, "train/loss": 2 }
          ],
          "earlyStopping(train/loss)"
        ]
      ] as const) {
        const run = yield* drive(callbacks)
        for (const one of values) yield* run.epoch(one)
        assert.deepStrictEqual(
          run.decisions.map(([id]) => id),
          [who]
        )
      }
    })
  )

  it.effect("a config that is wrong in several places is refused with all of them", () =>
    Effect.gen(function* () {
      const config = { monitor: key, patience: { evaluations: 1, epochs: 2 }, minimumDelta: -1, patiense: 3 }
      const error = yield* Effect.flip(drive(EarlyStopping.layer(config as EarlyStopping.ConfigInput)))
      assert.strictEqual(
        error.message,
        "the config of early stopping has 3 problems; nothing was started.\n" +
          '  patiense: unknown key; did you mean "patience"?\n' +
          "  patience: expected one of { evaluations: n }, { epochs: n }, { steps: n }\n" +
          "  minimumDelta: expected a number of at least 0"
      )
    })
  )

  it("a value improves on none, but NaN never does", () => {
    assert.isTrue(Plateau.improves(Number.POSITIVE_INFINITY, undefined, "lower"))
    assert.isFalse(Plateau.improves(Number.NaN, undefined, "lower"))
    assert.isFalse(Plateau.improves(1, 0.9, "higher", 0.1 + 1e-9))
  })
})
