/** What Optuna must read in the journals of `optuna.ts`. */
import { assert } from "@effect/vitest"
import { element } from "@etude/core/Lookup"
import type * as Results from "../../src/Results.ts"
import { times } from "./optuna.ts"

/** `fixtures/read_journal.py` prints it. */
export interface Reading {
  readonly name: string
  readonly directions: ReadonlyArray<string>
  readonly metrics: ReadonlyArray<string>
  readonly best: ReadonlyArray<number>
  readonly trials: ReadonlyArray<{
    readonly number: number
    readonly state: string
    readonly values: ReadonlyArray<number> | null
    readonly params: { readonly [key: string]: unknown }
    readonly distributions: { readonly [key: string]: unknown }
    readonly intermediate: { readonly [step: string]: unknown }
    readonly attributes: { readonly [key: string]: unknown }
    readonly begun: number | null
    readonly ended: number | null
  }>
}

const states = ["COMPLETE", "COMPLETE", "PRUNED", "FAIL", "FAIL", "RUNNING", "RUNNING", "WAITING"]

/** That a reading has all of a study, whose values of complete trials are `values`. */
export const assertReads = (
  reading: Reading,
  study: Results.Study,
  values: ReadonlyArray<ReadonlyArray<number> | null>
) => {
  assert.strictEqual(reading.name, study.name)
  assert.deepStrictEqual(
    reading.metrics,
    study.objectives.map(({ monitor }) => monitor)
  )
  assert.deepStrictEqual(
    reading.trials.map(({ state }) => state),
    states
  )
  assert.deepStrictEqual(
    reading.trials.map((trial) => trial.values),
    values
  )
  for (const [index, trial] of reading.trials.entries()) {
    const ours = element(study.trials, index)
    const { begun = null, ended = null } = times(ours)
    const isOver = !["running", "paused", "waiting"].includes(ours.state)
    assert.deepStrictEqual([trial.begun, trial.ended], [begun, isOver ? ended : null])
    const { setting, seed, state, reason, folder, failures } = ours
    assert.deepInclude(trial.attributes, { setting, seed, state, reason, folder, failures })
    const ofObjective = ours.reports.map(({ step, values }) => [String(step), values["validation/loss"]])
    const inWords = ofObjective.map(([step, value]) => [step, Number.isFinite(value) ? value : String(value)])
    assert.deepStrictEqual(trial.intermediate, Object.fromEntries(inWords))
  }
  const { params, distributions } = element(reading.trials, 0)
  assert.deepStrictEqual(params, element(study.trials, 0).parameters)
  assert.deepStrictEqual(distributions, {
    "train.learningRate": { name: "FloatDistribution", attributes: { step: null, low: 1e-4, high: 0.1, log: true } },
    "train.batchSize": { name: "CategoricalDistribution", attributes: { choices: [32, 64, "auto", null, true] } },
    "options.hidden": { name: "IntDistribution", attributes: { log: true, step: 1, low: 16, high: 256 } },
    "options.kind": { name: "CategoricalDistribution", attributes: { choices: ["plain", "[8,4]"] } },
    "options.dropout": { name: "FloatDistribution", attributes: { step: null, low: 0, high: 0.5, log: false } }
  })
  assert.strictEqual(element(reading.trials, 5).params["options.kind"], "[8,4]")
  // What is not in the space's range is no parameter of Optuna's.
  assert.strictEqual(element(reading.trials, 7).attributes["parameter:train.batchSize"], 48)
}

export const singleValues = [[0.25], [0.375], [0.75], null, null, null, null, null]
export const severalValues = [[0.3, 0.9], [0.375, 0.95], null, null, null, null, null, null]
