/** Small studies, built in sight. */
import type * as Results from "../../src/Results.ts"
import type { Parameter, Space } from "../../src/Space.ts"
import type { Report, Trial } from "../../src/Trial.ts"

/** Reports after each epoch, of ten steps: one value of each monitor. */
export const epochs = (values: { readonly [monitor: string]: ReadonlyArray<number> }): ReadonlyArray<Report> => {
  const count = Math.max(0, ...Object.values(values).map(({ length }) => length))
  return Array.from({ length: count }, (_, index) => ({
    step: 10 * (index + 1),
    epoch: index + 1,
    values: Object.fromEntries(
      Object.entries(values).flatMap(([monitor, all]) => (index in all ? [[monitor, all[index] ?? 0]] : []))
    )
  }))
}

/** A complete trial, with changes. Its number is 10 · setting + seed, so that each has its own. */
export const trial = (setting: number, seed: number, changes: Partial<Trial> = {}): Trial => ({
  number: 10 * setting + seed,
  setting,
  seed,
  parameters: {},
  state: "complete",
  reports: [],
  test: null,
  reason: null,
  attempts: 1,
  preemptions: 0,
  failures: 0,
  seconds: 60,
  folder: `trials/${10 * setting + seed}`,
  ...changes
})

export const rate: Parameter = {
  key: "train.learningRate",
  range: { _tag: "Float", low: 1e-4, high: 0.1, log: true }
}

export const space = (...parameters: ReadonlyArray<Parameter>): Space => ({ parameters })

/** A study of those trials by the validation loss. */
export const study = (trials: ReadonlyArray<Trial>, changes: Partial<Results.Study> = {}): Results.Study => ({
  name: "tiny",
  exact: true,
  seeds: [...new Set(trials.map(({ seed }) => seed))].sort((a, b) => a - b),
  settings: new Set(trials.map(({ setting }) => setting)).size,
  space: space(rate),
  objectives: [{ monitor: "validation/loss", better: "lower", of: "best" }],
  trials,
  ...changes
})
