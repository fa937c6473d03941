/**
 * What a study came to, as rows: one for each setting, with the mean over its seeds of every value, the best setting first.
 * Pure functions of plain data; `render/` draws them, `Export.ts` writes them.
 */
import * as Config from "@etude/core/Config"
import { element } from "@etude/core/Lookup"
import type * as Schema from "effect/Schema"
import * as Comparison from "./Comparison.ts"
import { frontsOf } from "./internal/fronts.ts"
import * as Objective from "./Objective.ts"
import type { Space } from "./Space.ts"
import * as Statistics from "./Statistics.ts"
import type { StudyConfig } from "./StudyConfig.ts"
import type { StudyRecord } from "./StudyRecord.ts"
import type { Parameters, State, Trial } from "./Trial.ts"

/** What results are made of. */
export interface Study {
  readonly name: string
  /** False where trials may have continued on machines whose bits differ. */
  readonly exact: boolean
  readonly seeds: ReadonlyArray<number>
  /** How many settings are tried at most. */
  readonly settings: number
  readonly space: Space
  /** With their directions. */
  readonly objectives: ReadonlyArray<Objective.Objective>
  readonly trials: ReadonlyArray<Trial>
}

/** The study of a record, by its decoded definition. */
export const studyOf = (
  { name, trials }: Pick<StudyRecord, "name" | "trials">,
  definition: Pick<StudyConfig, "exact" | "seeds" | "settings" | "space" | "objective">
): Study => {
  const { exact, seeds, settings, space, objective } = definition
  return { name, exact, seeds, settings, space, objectives: objective, trials }
}

/** A value of the table. */
export interface Column {
  /** `validation/loss`, `test/accuracy`. */
  readonly monitor: string
  readonly better: "higher" | "lower" | undefined
  /** Which of a trial's values: its best, its last, or that of the report in which the first objective was best (`chosen`). */
  readonly of: "best" | "last" | "chosen"
  readonly isObjective: boolean
}

/** A value over the seeds of a setting. */
export interface Value extends Statistics.Summary {
  /** The seeds whose value is not finite. They are in no mean; a setting that has any is ranked after those that have none. */
  readonly notFinite: ReadonlyArray<number>
}

export type Counts = { readonly [state in State]: number }

export interface Row {
  readonly setting: number
  /** Those of its trials; a key whose value differs among them (population-based training) has a list of the values. */
  readonly parameters: Parameters
  /** Of its trials. */
  readonly counts: Counts
  /** The seeds of the study that its means lack: not complete, or never begun. */
  readonly missing: ReadonlyArray<number>
  /** By monitor, over complete trials only; monitors that none of them has are left out. */
  readonly values: { readonly [monitor: string]: Value }
  /** Whether no other setting is better: of one objective, the best; of several, one of the Pareto front. Only of whole rows. */
  readonly isBest: boolean
}

export interface Results {
  readonly study: Pick<Study, "name" | "exact" | "seeds">
  /** The keys of the space that differ among settings, in the space's order. */
  readonly parameters: ReadonlyArray<string>
  readonly columns: ReadonlyArray<Column>
  /** Of the intervals in it. */
  readonly intervals: Required<Pick<Statistics.Options, "confidence" | "method">>
  /** The best first; of several objectives, one Pareto front after the other. Settings without all their seeds come after. */
  readonly rows: ReadonlyArray<Row>
  /** Of all trials. */
  readonly counts: Counts
  /** Why trials failed, the most frequent reason first. */
  readonly failures: ReadonlyArray<Failure>
}

/** Trials that failed alike. */
export interface Failure {
  readonly reason: string
  readonly trials: ReadonlyArray<number>
}

const states: ReadonlyArray<State> = ["complete", "running", "paused", "waiting", "pruned", "failed"]

export const countsOf = (trials: ReadonlyArray<Pick<Trial, "state">>): Counts => {
  const counts: Record<State, number> = { complete: 0, running: 0, paused: 0, waiting: 0, pruned: 0, failed: 0 }
  for (const { state } of trials) counts[state]++
  return counts
}

/** States that some trial has, with how many have it, in the order of a table. */
export const presentStates = (counts: Counts): ReadonlyArray<readonly [state: State, count: number]> =>
  states.flatMap((state) => (counts[state] === 0 ? [] : [[state, counts[state]] as const]))

const testMonitorsOf = ({ test }: Trial): ReadonlyArray<string> => Object.keys(test ?? {}).map((name) => `test/${name}`)
const reportedBy = ({ reports }: Trial): ReadonlyArray<string> => reports.flatMap(({ values }) => Object.keys(values))

const objectiveColumns = ({ objectives }: Study): ReadonlyArray<Column> =>
  objectives.map((objective): Column => {
    const { monitor, of } = objective
    return { monitor, better: Objective.directionOf(objective), of, isObjective: true }
  })

/** Objectives first, then what was tested, then what was reported, training last. */
export const columnsOf = (study: Study): ReadonlyArray<Column> => {
  const { objectives, trials } = study
  const isOfTraining = (monitor: string) => monitor.startsWith("train/")
  const reported = [...new Set(trials.flatMap(reportedBy))]
  const others = [
    ...new Set(trials.flatMap(testMonitorsOf)),
    ...reported.filter((monitor) => !isOfTraining(monitor)),
    ...reported.filter(isOfTraining)
  ].filter((monitor) => !objectives.some((objective) => objective.monitor === monitor))
  const [first] = objectives
  const of = first !== undefined && first.of === "best" && !Objective.isOfTest(first) ? "chosen" : "last"
  return [
    ...objectiveColumns(study),
    ...others.map((monitor): Column => {
      const better = Objective.directionOf({ monitor, of: "last" })
      return { monitor, better, of: monitor.startsWith("test/") ? "last" : of, isObjective: false }
    })
  ]
}

/** The step at which an objective was best; a tie keeps the earlier one. */
const bestStep = (objective: Objective.Objective, trial: Trial): number => {
  const points = Objective.pointsOf(objective, trial)
  const least = Math.min(...points.map(({ value }) => value))
  return points.find(({ value }) => value === least)?.step ?? Number.POSITIVE_INFINITY
}

const lastBy = ({ reports }: Trial, monitor: string, step: number): number | undefined =>
  reports.findLast((report) => report.step <= step && Object.hasOwn(report.values, monitor))?.values[monitor]

/** A trial's value in a column; undefined where it has none. */
export const valueOf = (study: Study, column: Column, trial: Trial): number | undefined => {
  const { monitor } = column
  const objective = study.objectives.find((one) => one.monitor === monitor) ?? { monitor, of: "last" }
  if (objective.of === "best" || Objective.isOfTest(objective)) {
    const cost = Objective.reached(objective, trial)
    return cost === undefined ? undefined : Objective.valueOf(objective, cost)
  }
  const [first] = study.objectives
  return lastBy(trial, monitor, column.of === "chosen" && first ? bestStep(first, trial) : Number.POSITIVE_INFINITY)
}

/** The finite values of a setting's complete trials in a column, by seed. */
export const bySeed = (study: Study, column: Column, setting: number): ReadonlyMap<number, number> =>
  new Map(
    study.trials.flatMap((trial) => {
      if (trial.setting !== setting || trial.state !== "complete") return []
      const value = valueOf(study, column, trial)
      return value === undefined || !Number.isFinite(value) ? [] : [[trial.seed, value] as const]
    })
  )

/** A column of a setting; undefined where no complete trial has a value. */
const summaryOf = (
  study: Study,
  column: Column,
  trials: ReadonlyArray<Trial>,
  options: Statistics.Options
): Value | undefined => {
  const found = trials.flatMap((trial) => {
    const value = trial.state === "complete" ? valueOf(study, column, trial) : undefined
    return value === undefined ? [] : [{ seed: trial.seed, value }]
  })
  if (found.length === 0) return undefined
  const finite = found.filter(({ value }) => Number.isFinite(value)).sort((a, b) => a.seed - b.seed)
  const notFinite = found.filter(({ value }) => !Number.isFinite(value)).map(({ seed }) => seed)
  const summary = Statistics.summarize(
    finite.map(({ value }) => value),
    options
  )
  return { ...summary, notFinite }
}

const textOf = (value: Schema.Json | undefined): string => (value === undefined ? "" : Config.canonical(value))

const merged = (trials: ReadonlyArray<Trial>): Parameters => {
  const keys = [...new Set(trials.flatMap(({ parameters }) => Object.keys(parameters)))]
  const valuesOf = (key: string): ReadonlyArray<Schema.Json> => [
    ...new Map(
      trials.flatMap(({ parameters }) => {
        const value = parameters[key]
        return value === undefined ? [] : [[Config.canonical(value), value] as const]
      })
    ).values()
  ]
  return Object.fromEntries(
    keys.map((key) => {
      const values = valuesOf(key)
      return [key, values.length === 1 ? element(values, 0) : values]
    })
  )
}

const rowOf = (
  study: Study,
  columns: ReadonlyArray<Column>,
  [setting, trials]: readonly [number, ReadonlyArray<Trial>],
  options: Statistics.Options
): Row => {
  const complete = new Set(trials.flatMap(({ state, seed }) => (state === "complete" ? [seed] : [])))
  const values = columns.flatMap((column) => {
    const value = summaryOf(study, column, trials, options)
    return value === undefined ? [] : [[column.monitor, value] as const]
  })
  return {
    setting,
    parameters: merged(trials),
    counts: countsOf(trials),
    missing: study.seeds.filter((seed) => !complete.has(seed)),
    values: Object.fromEntries(values),
    isBest: false
  }
}

/** The means of a row's objectives, lower is better; undefined where one has none. */
const costsOf = ({ objectives }: Study, { values }: Row): ReadonlyArray<number> | undefined => {
  const costs = objectives.flatMap((objective) => {
    const mean = values[objective.monitor]?.mean ?? null
    return mean === null ? [] : [Objective.costOf(objective, mean)]
  })
  return costs.length === objectives.length && costs.length > 0 ? costs : undefined
}

/** Whether a row's objectives are means over all seeds, finite ones. */
const isWhole = ({ objectives, seeds }: Study, { values, missing }: Row): boolean =>
  missing.length === 0 && objectives.every(({ monitor }) => (values[monitor]?.n ?? 0) === seeds.length)

/** The best first, front after front, and within a front by the first objective; then by number. */
const ranked = (study: Study, rows: ReadonlyArray<Row>): ReadonlyArray<ReadonlyArray<Row>> => {
  const withCosts = rows.map((row) => ({ row, costs: costsOf(study, row) ?? [] }))
  return frontsOf(withCosts, ({ costs }) => costs).map((front) =>
    front
      .toSorted((a, b) => element(a.costs, 0) - element(b.costs, 0) || a.row.setting - b.row.setting)
      .map(({ row }) => row)
  )
}

const ordered = (study: Study, rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  if (study.objectives.length === 0) return rows
  const hasCosts = (row: Row) => costsOf(study, row) !== undefined
  const [front = [], ...others] = ranked(
    study,
    rows.filter((row) => hasCosts(row) && isWhole(study, row))
  )
  return [
    ...front.map((row) => ({ ...row, isBest: true })),
    ...others.flat(),
    ...ranked(
      study,
      rows.filter((row) => hasCosts(row) && !isWhole(study, row))
    ).flat(),
    ...rows.filter((row) => !hasCosts(row))
  ]
}

const bySetting = (trials: ReadonlyArray<Trial>): ReadonlyArray<readonly [number, ReadonlyArray<Trial>]> =>
  [...Map.groupBy(trials, ({ setting }) => setting)].sort(([a], [b]) => a - b)

const failuresOf = (trials: ReadonlyArray<Trial>): ReadonlyArray<Failure> => {
  const failed = trials.filter(({ state }) => state === "failed").sort((a, b) => a.number - b.number)
  return [...Map.groupBy(failed, ({ reason }) => reason ?? "no reason is known")]
    .map(([reason, all]) => ({ reason, trials: all.map(({ number }) => number) }))
    .sort((a, b) => b.trials.length - a.trials.length || element(a.trials, 0) - element(b.trials, 0))
}

export interface Options extends Statistics.Options {
  /** Whether only the objectives are columns, which takes less time. Default: false. */
  readonly isBrief?: boolean
}

/** The results of a study, finished or not. */
export const of = (study: Study, options: Options = {}): Results => {
  const columns = options.isBrief ? objectiveColumns(study) : columnsOf(study)
  const rows = bySetting(study.trials).map((setting) => rowOf(study, columns, setting, options))
  const varies = (key: string) => new Set(rows.map(({ parameters }) => textOf(parameters[key]))).size > 1
  const { name, exact, seeds } = study
  return {
    study: { name, exact, seeds },
    parameters: study.space.parameters.map(({ key }) => key).filter(varies),
    columns,
    intervals: { confidence: options.confidence ?? 0.95, method: options.method ?? "bca" },
    rows: ordered(study, rows),
    counts: countsOf(study.trials),
    failures: failuresOf(study.trials)
  }
}

/** A setting against another, in one column; positive where it is higher. */
export interface Compared extends Comparison.Comparison {
  readonly setting: number
  readonly against: number
  /** The p-values, adjusted for all comparisons of the list (Holm). */
  readonly adjusted: { readonly wilcoxon: number | null; readonly student: number | null }
}

/** Every other setting against one, by default the first row, in one column, by default the first: seed by seed. */
export const compare = (
  study: Study,
  results: Results,
  options: Statistics.Options & { readonly monitor?: string; readonly against?: number } = {}
): ReadonlyArray<Compared> => {
  const { monitor = results.columns[0]?.monitor, against = results.rows[0]?.setting } = options
  const column = results.columns.find((one) => one.monitor === monitor)
  if (column === undefined || against === undefined) return []
  const reference = bySeed(study, column, against)
  const compared = results.rows
    .filter(({ setting }) => setting !== against)
    .map(({ setting }) => ({ setting, ...Comparison.paired(bySeed(study, column, setting), reference, options) }))
    .filter(({ n }) => n > 0)
  const wilcoxon = Comparison.holm(compared.map((one) => one.wilcoxon))
  const student = Comparison.holm(compared.map((one) => one.student))
  return compared.map((one, index) => ({
    ...one,
    against,
    adjusted: { wilcoxon: wilcoxon[index] ?? null, student: student[index] ?? null }
  }))
}
