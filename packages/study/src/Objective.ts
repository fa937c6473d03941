/** What a study wants low or high, and what its trials have come to by it. Everywhere below, lower is better. */
import * as Best from "@etude/core/Best"
import * as Config from "@etude/core/Config"
import type { Problem } from "@etude/core/Errors"
import type { Monitors } from "@etude/core/Monitors"
import * as Schema from "effect/Schema"
import type { Course, Point } from "./Pruner.ts"
import type { Observation } from "./Searcher.ts"
import type { State, Trial } from "./Trial.ts"

/** A monitor, with the direction in which it is better and which of a trial's values counts. */
export interface Objective {
  /** Such as `validation/loss`; `test/accuracy` is the value of the test, which is known when a trial is complete. */
  readonly monitor: string
  /** The metric's own direction when absent; for losses, `lower`. */
  readonly better?: "higher" | "lower"
  /** The best of the values that a trial reports, or its last. */
  readonly of: "best" | "last"
}

/** As a file writes it: a monitor alone is an objective. */
export type ObjectiveEncoded =
  | string
  | { readonly monitor: string; readonly better?: "higher" | "lower"; readonly of?: "best" | "last" }

const monitor = Schema.String.check(
  Schema.isPattern(/^[^/]+\/.+$/, { message: 'expected a set and a value of it, as in "validation/loss"' })
).annotate({
  description: 'A value that trials report, such as "validation/loss", or one of the test, such as "test/accuracy"'
})

/** The schema of one objective, without the short form. */
export const Objective: Schema.Codec<Objective, Exclude<ObjectiveEncoded, string>> = Schema.Struct({
  monitor,
  better: Schema.optionalKey(Schema.Literals(["higher", "lower"])).annotate({
    description: "Default: the metric's own direction; for losses, lower"
  }),
  of: Config.withDefault(Schema.Literals(["best", "last"]), "best", "Which of the values that a trial reports counts")
})

const testPrefix = "test/"

/** Whether it is a value of the test, which a trial has at its end only. */
export const isOfTest = ({ monitor }: Pick<Objective, "monitor">): boolean => monitor.startsWith(testPrefix)

/**
 * The direction of an objective: its own; else that of the metric among `monitors`, where a test's metric is that of the same name in any
 * set; else `lower` for losses. Undefined where nothing declares it.
 */
export const directionOf = (objective: Objective, monitors: Monitors = {}): "higher" | "lower" | undefined => {
  const { monitor } = objective
  const known = Best.directionOf(objective, monitors)
  if (known !== undefined) return known
  const metric = monitor.slice(monitor.indexOf("/") + 1)
  const same = isOfTest(objective) ? Object.values(monitors).find((one) => one.metric === metric)?.better : undefined
  if (same !== undefined && same !== "neither") return same
  return metric === "loss" ? "lower" : undefined
}

/** The objectives with their directions, as far as they have any, and the problems of those that a run does not report. */
export const resolve = (
  objectives: ReadonlyArray<Objective>,
  monitors: Monitors
): { readonly objectives: ReadonlyArray<Objective>; readonly problems: ReadonlyArray<Problem> } => {
  const resolved = objectives.map((objective) => {
    const better = directionOf(objective, monitors)
    return better === undefined ? objective : { ...objective, better }
  })
  const problems = resolved.flatMap((objective, index) => {
    if (isOfTest(objective) && objective.better !== undefined) return []
    return Best.problem(objectives.length === 1 ? "objective" : `objective.${index}`, objective, monitors)
  })
  return { objectives: resolved, problems }
}

/** A value turned so that lower is better; what is no number is worst. */
export const costOf = (objective: Objective, value: number): number => {
  if (Number.isNaN(value)) return Number.POSITIVE_INFINITY
  return directionOf(objective) === "higher" ? -value : value
}

/** A cost as the value that the monitor has. */
export const valueOf = (objective: Objective, cost: number): number =>
  directionOf(objective) === "higher" ? 0 - cost : cost

/** The values that a trial reported of an objective, in order; none of the test's. */
export const pointsOf = (objective: Objective, { reports }: Pick<Trial, "reports">): ReadonlyArray<Point> =>
  reports.flatMap(({ step, epoch, values }) => {
    const value = Object.hasOwn(values, objective.monitor) ? values[objective.monitor] : undefined
    return value === undefined ? [] : [{ step, epoch, value: costOf(objective, value) }]
  })

/** What a trial has come to by an objective, lower is better; undefined before its first value. */
export const reached = (objective: Objective, trial: Pick<Trial, "reports" | "test">): number | undefined => {
  if (isOfTest(objective)) {
    const value = trial.test?.[objective.monitor.slice(testPrefix.length)]
    return value === undefined ? undefined : costOf(objective, value)
  }
  const costs = pointsOf(objective, trial).map(({ value }) => value)
  return objective.of === "last" ? costs.at(-1) : costs.length === 0 ? undefined : Math.min(...costs)
}

/** The trials as pruners see them, by the study's first objective. */
export const coursesOf = (trials: ReadonlyArray<Trial>, objectives: ReadonlyArray<Objective>): ReadonlyArray<Course> =>
  trials.map((trial) => {
    const { number, setting, seed, parameters, state } = trial
    const points = objectives[0] === undefined ? [] : pointsOf(objectives[0], trial)
    return { number, setting, seed, parameters, state, points }
  })

const stateOf = (states: ReadonlyArray<State>): Observation["state"] => {
  if (states.some((state) => state === "waiting" || state === "running" || state === "paused")) return "running"
  if (states.every((state) => state === "failed")) return "failed"
  return states.includes("pruned") ? "pruned" : "complete"
}

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The means over the trials of one setting that have values and did not fail; null where an objective has none. */
const meansOf = (trials: ReadonlyArray<Trial>, objectives: ReadonlyArray<Objective>): ReadonlyArray<number> | null => {
  const counted = trials.filter(({ state }) => state !== "failed")
  const means = objectives.map((objective) => mean(counted.flatMap((trial) => reached(objective, trial) ?? [])))
  return means.length === 0 || means.some(Number.isNaN) ? null : means
}

/** The settings as searchers see them, in their order: the mean over seeds, of the trials that have come to something. */
export const observationsOf = (
  trials: ReadonlyArray<Trial>,
  objectives: ReadonlyArray<Objective>
): ReadonlyArray<Observation> => {
  const bySetting = Map.groupBy(trials, ({ setting }) => setting)
  return [...bySetting]
    .sort(([one], [other]) => one - other)
    .map(([setting, all]) => {
      const state = stateOf(all.map((trial) => trial.state))
      const parameters = all[0]?.parameters ?? {}
      const epoch = Math.max(0, ...all.map(({ reports }) => reports.at(-1)?.epoch ?? 0))
      return { setting, parameters, state, objectives: state === "running" ? null : meansOf(all, objectives), epoch }
    })
}
