/**
 * The values that a run reports: a table from monitor to what it is, made once from the task and the names of the validation
 * sets. A monitor is `set/name`, and is looked up here, never cut: both parts may have a slash in them.
 */
import * as Schema from "effect/Schema"
import type { Problem } from "./Errors.ts"
import { element } from "./Lookup.ts"
import { isNumeric } from "./MetricResults.ts"
import { type Task, whenEvaluated } from "./Task.ts"

/** The set whose values are those of training; no validation set has that name. */
export const trainingSet = "train"

/** Which direction of a value is better; `neither` for values that are only shown. */
export const Better = Schema.Literals(["higher", "lower", "neither"])
export type Better = typeof Better.Type

/** The meaning of a monitor. */
export interface Monitored {
  /** `train`, or the name of a validation set. */
  readonly set: string
  /** The name of the loss or metric. */
  readonly metric: string
  readonly better: Better
}
export const Monitored: Schema.Codec<Monitored> = Schema.Struct({
  set: Schema.String,
  metric: Schema.String,
  better: Better
})

/** Every monitor of a run, in the order of tables. */
export interface Monitors {
  readonly [monitor: string]: Monitored
}
export const Monitors: Schema.Codec<Monitors> = Schema.Record(Schema.String, Monitored)

/** The monitor of a set's loss or metric. */
export const keyOf = (set: string, metric: string): string => `${set}/${metric}`

/** Values of a set under their monitors. */
export const keyed = (
  set: string,
  values: { readonly [name: string]: number }
): { readonly [monitor: string]: number } =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [keyOf(set, name), value]))

/** The meaning of a monitor; `undefined` when the run does not report it. */
export const find = (monitors: Monitors, monitor: string): Monitored | undefined =>
  Object.hasOwn(monitors, monitor) ? monitors[monitor] : undefined

/** Whether a monitor is a value of training, which is known at the end of an epoch only. */
export const isOfTraining = (monitors: Monitors, monitor: string): boolean =>
  find(monitors, monitor)?.set === trainingSet

/** The values of a task by name, in order, and which way each is better. The total loss is `loss`; losses are better when lower. */
export const namesOf = (task: Task): ReadonlyArray<readonly [name: string, better: Better]> => {
  const losses = Object.keys(task.objectives)
  const metrics = Object.entries(task.metrics).filter(([, metric]) => isNumeric(metric))
  return [
    ["loss", "lower"],
    ...(losses.length > 1 ? losses.map((name) => [name, "lower"] as const) : []),
    ...metrics.map(([name, { better }]) => [name, better] as const)
  ]
}

const entriesOf = (task: Task, validations: ReadonlyArray<string>) =>
  [trainingSet, ...validations].flatMap((set) =>
    namesOf(set === trainingSet ? task : whenEvaluated(task)).map(
      ([metric, better]) => [keyOf(set, metric), { set, metric, better }] as const
    )
  )

/** The table of a run. */
export const of = (task: Task, validations: ReadonlyArray<string>): Monitors =>
  Object.fromEntries(entriesOf(task, validations))

/** Values that would be reported under one name; those that other checks find by themselves are left out. */
export const problems = (task: Task, validations: ReadonlyArray<string>): ReadonlyArray<Problem> => {
  const byMonitor = new Map<string, Array<Monitored>>()
  const known = namesOf(task).map(([name]) => name)
  const evaluationMetrics = Object.fromEntries(
    Object.entries(task.evaluationMetrics).filter(([name]) => !known.includes(name))
  )
  const others = validations.filter((set) => set !== trainingSet)
  for (const [monitor, monitored] of entriesOf({ ...task, evaluationMetrics } as Task, others)) {
    byMonitor.set(monitor, [...(byMonitor.get(monitor) ?? []), monitored])
  }
  return [...byMonitor].flatMap(([monitor, all]) => {
    if (all.length === 1) return []
    const sets = new Set(all.map(({ set }) => set))
    const listed = all
      .map(({ set, metric }) => (sets.size === 1 ? `"${metric}"` : `"${metric}" of "${set}"`))
      .join(" and ")
    const message = `${listed} would both be reported as "${monitor}"; rename one of them`
    return [{ path: sets.size === 1 ? `metrics.${element(all, 0).metric}` : `data.${element(all, -1).set}`, message }]
  })
}
