/**
 * A study's trials and results as files for other programs: CSV (RFC 4180; lines end with `\n`) and JSON. Pure: text comes out.
 * NaN and infinities are `NaN`, `Infinity` and `-Infinity`, in JSON as strings. For Optuna there is `OptunaJournal.ts`.
 */
import type * as Schema from "effect/Schema"
import * as Results from "./Results.ts"
import type { Trial } from "./Trial.ts"

type Cell = string | number | null | undefined

const cell = (value: Cell): string => {
  const text = value === undefined || value === null ? "" : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const csv = (rows: ReadonlyArray<ReadonlyArray<Cell>>): string =>
  rows.map((row) => `${row.map(cell).join(",")}\n`).join("")

const parameterCell = (value: Schema.Json | undefined): Cell =>
  typeof value === "string" || typeof value === "number" || value === undefined ? value : JSON.stringify(value)

type Column = readonly [head: string, cell: (trial: Trial) => Cell]

const fixed: ReadonlyArray<Column> = [
  ["trial", ({ number }) => number],
  ["setting", ({ setting }) => setting],
  ["seed", ({ seed }) => seed],
  ["state", ({ state }) => state],
  ["reason", ({ reason }) => reason],
  ["attempts", ({ attempts }) => attempts],
  ["preemptions", ({ preemptions }) => preemptions],
  ["failures", ({ failures }) => failures],
  ["seconds", ({ seconds }) => seconds],
  ["folder", ({ folder }) => folder],
  ["step", ({ reports }) => reports.at(-1)?.step],
  ["epoch", ({ reports }) => reports.at(-1)?.epoch]
]

const keysOf = ({ space, trials }: Results.Study): ReadonlyArray<string> => [
  ...new Set([
    ...space.parameters.map(({ key }) => key),
    ...trials.flatMap(({ parameters }) => Object.keys(parameters))
  ])
]

/**
 * A row for each trial, whatever its state: where it is, its parameters (`parameter:<key>`), and the values that the table shows of it,
 * by monitor. Values of trials that are not complete are what they have come to so far.
 */
export const trialsCsv = (study: Results.Study): string => {
  const columns: ReadonlyArray<Column> = [
    ...fixed,
    ...keysOf(study).map((key): Column => [`parameter:${key}`, ({ parameters }) => parameterCell(parameters[key])]),
    ...Results.columnsOf(study).map(
      (column): Column => [column.monitor, (trial) => Results.valueOf(study, column, trial)]
    )
  ]
  return csv([columns.map(([head]) => head), ...study.trials.map((trial) => columns.map(([, of]) => of(trial)))])
}

const testRows = (trial: Trial): ReadonlyArray<ReadonlyArray<Cell>> => {
  const { number, setting, seed, reports, test } = trial
  const last = reports.at(-1)
  return Object.entries(test ?? {}).map(([name, value]) => [
    number,
    setting,
    seed,
    last?.step,
    last?.epoch,
    `test/${name}`,
    value
  ])
}

/** Every value that was reported, a row each: `trial,setting,seed,step,epoch,monitor,value`. */
export const reportsCsv = ({ trials }: Pick<Results.Study, "trials">): string =>
  csv([
    ["trial", "setting", "seed", "step", "epoch", "monitor", "value"],
    ...trials.flatMap((trial) => [
      ...trial.reports.flatMap(({ step, epoch, values }) =>
        Object.entries(values).map(
          ([monitor, value]): ReadonlyArray<Cell> => [
            trial.number,
            trial.setting,
            trial.seed,
            step,
            epoch,
            monitor,
            value
          ]
        )
      ),
      ...testRows(trial)
    ])
  ])

const writable = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value

/** The results with the study's trials, as JSON. */
export const json = (study: Results.Study, results: Results.Results): string =>
  `${JSON.stringify({ ...results, objectives: study.objectives, space: study.space, trials: study.trials }, writable, 2)}\n`
