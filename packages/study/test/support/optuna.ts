/** A study with everything that Optuna has a word for, and some that it has not. */
import type { Trial } from "../../src/Trial.ts"
import { epochs, rate, space, study, trial } from "./study.ts"

const wide = space(
  rate,
  { key: "train.batchSize", range: { _tag: "Choice", values: [32, 64, "auto", null, true] } },
  { key: "options.hidden", range: { _tag: "Int", low: 16, high: 256, log: true } },
  { key: "options.kind", range: { _tag: "Choice", values: ["plain", [8, 4]] } },
  {
    key: "options.dropout",
    range: { _tag: "Float", low: 0, high: 0.5, log: false },
    when: { key: "options.kind", values: ["plain"] }
  }
)

const parameters = (learningRate: number) => ({
  "train.learningRate": learningRate,
  "train.batchSize": "auto",
  "options.hidden": 32,
  "options.kind": "plain",
  "options.dropout": 0.25
})

const losses = (...values: ReadonlyArray<number>) => ({ reports: epochs({ "validation/loss": values }) })

const trials: ReadonlyArray<Trial> = [
  trial(0, 0, { ...losses(0.5, 0.25, 0.3), parameters: parameters(0.01), test: { accuracy: 0.9 } }),
  trial(0, 1, { ...losses(0.5, 0.375), parameters: parameters(0.01), test: { accuracy: 0.95 } }),
  trial(0, 2, { ...losses(0.75, Number.NaN), parameters: parameters(0.02), state: "pruned", reason: 'slow, "very"\n' }),
  trial(0, 3, { ...losses(Number.NaN), parameters: parameters(0.1), test: { accuracy: Number.NaN } }),
  trial(0, 4, { parameters: parameters(0.1), state: "failed", reason: "out of memory — twice", failures: 3 }),
  trial(0, 5, { ...losses(0.5), parameters: { ...parameters(0.1), "options.kind": [8, 4] }, state: "running" }),
  trial(0, 6, { ...losses(Number.POSITIVE_INFINITY), parameters: parameters(0.1), state: "paused" }),
  trial(0, 7, { parameters: { ...parameters(0.1), "train.batchSize": 48 }, state: "waiting" })
]

/** Of one objective. */
export const single = study(trials, { name: "tiny “study”", space: wide, exact: false })

/** Of two. */
export const several = study(trials, {
  name: "both",
  space: wide,
  objectives: [
    { monitor: "validation/loss", better: "lower", of: "last" },
    { monitor: "test/accuracy", better: "higher", of: "last" }
  ]
})

/** Trial n begins n minutes after 2026-01-01 00:00 UTC, and takes what it took; the waiting one has not begun. */
export const times = ({ number, seconds, state }: Trial) => {
  const begun = 1767225600.25 + 60 * number
  return state === "waiting" ? {} : { begun, ended: begun + seconds }
}
