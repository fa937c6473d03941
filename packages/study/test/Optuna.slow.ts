import { execFileSync, spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import type { Observation, Searcher } from "../src/Searcher.ts"
import * as Searchers from "../src/Searchers.ts"
import * as Space from "../src/Space.ts"
import { optunaVersion, python } from "./support/python.ts"

const wide: Space.Space = {
  parameters: [
    { key: "rate", range: { _tag: "Float", low: 1e-4, high: 1, log: true } },
    { key: "units", range: { _tag: "Int", low: 8, high: 512, log: true } },
    { key: "kind", range: { _tag: "Choice", values: ["plain", [8, 4]] } },
    {
      key: "dropout",
      range: { _tag: "Float", low: 0, high: 0.5, log: false },
      when: { key: "kind", values: ["plain"] }
    }
  ]
}
const square: Space.Space = {
  parameters: ["a", "b"].map((key) => ({ key, range: { _tag: "Float", low: -5, high: 5, log: false } }))
}

/** The history of a searcher that minimizes `cost`. */
const searched = (
  searcher: Searcher,
  space: Space.Space,
  settings: number,
  cost: (parameters: Observation["parameters"]) => number
): ReadonlyArray<Observation> => {
  const tried: Array<Observation> = []
  for (let setting = 0; setting < settings; setting++) {
    const parameters = searcher.suggest(space, tried, setting, Rng.key(3)) ?? {}
    tried.push({ setting, parameters, state: "complete", objectives: [cost(parameters)], epoch: 1 })
  }
  return tried
}

const optuna = (sampler: string, options = {}) => Searchers.optuna({ sampler, options, python })

describe.skipIf(optunaVersion === undefined)(`a sampler of Optuna ${optunaVersion}`, () => {
  for (const sampler of ["TPESampler", "RandomSampler"]) {
    it(`${sampler} gives parameters of the space, the same for the same history`, () => {
      const searcher = optuna(sampler)
      const tried = searched(searcher, wide, 4, ({ rate, units }) => Number(rate) + Number(units))
      for (const { parameters } of tried) assert.deepStrictEqual(Space.problems(wide, parameters), [])
      const next = () => searcher.suggest(wide, tried, 4, Rng.key(3))
      assert.deepStrictEqual(next(), next())
      assert.notDeepEqual(next(), searcher.suggest(wide, tried, 4, Rng.key(4)))
    })
  }

  it("knows of settings that run, failed, or were pruned, and of several objectives", () => {
    const [done] = searched(optuna("RandomSampler"), wide, 1, () => 1)
    const tried = (["complete", "running", "failed", "pruned"] as const).map(
      (state, setting): Observation => ({
        ...done,
        setting,
        parameters: done?.parameters ?? {},
        epoch: 1,
        state,
        objectives: state === "complete" ? [1, 2] : null
      })
    )
    assert.deepStrictEqual(Space.problems(wide, optuna("NSGAIISampler").suggest(wide, tried, 4, Rng.key(1)) ?? {}), [])
  })

  it("that is not there, or does not take its options, is a problem with words", () => {
    const suggest = (sampler: string, options = {}) => optuna(sampler, options).suggest(square, [], 0, Rng.key(1))
    assert.throws(() => suggest("CmaSampler"), /optuna\.samplers has no CmaSampler, but .*CmaEsSampler/)
    assert.throws(() => suggest("TPESampler", { candidates: 3 }), /TPESampler: TypeError: .*candidates/)
  })
})

/** A study in one Python process that keeps its sampler: the parameters of nine settings. */
const live = `
import json, sys, warnings, optuna
warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study(sampler=optuna.samplers.CmaEsSampler(seed=int(sys.argv[1])))
history = []
for _ in range(9):
    trial = study.ask()
    history.append({key: trial.suggest_float(key, -5, 5) for key in "ab"})
    study.tell(trial, (history[-1]["a"] - 1) ** 2 + (history[-1]["b"] + 2) ** 2)
print(json.dumps(history))
`

const hasCmaEs = optunaVersion !== undefined && spawnSync(python, ["-c", "import cmaes"]).status === 0

describe.skipIf(!hasCmaEs)("CmaEsSampler, asked anew each time with the history", () => {
  it("gives what one that keeps its state gives, from one generation to the next", () => {
    const cost = ({ a, b }: Observation["parameters"]) => (Number(a) - 1) ** 2 + (Number(b) + 2) ** 2
    const tried = searched(optuna("CmaEsSampler"), square, 9, cost)
    const seed = String(Rng.key(3).lo >>> 0)
    const kept = JSON.parse(execFileSync(python, ["-c", live, seed], { encoding: "utf8" }))
    assert.deepStrictEqual(
      tried.map(({ parameters }) => parameters),
      kept
    )
  })
})
