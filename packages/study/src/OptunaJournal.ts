/**
 * A study as the log of Optuna's `JournalFileBackend`, for Optuna's dashboard and its plots. Each trial is a trial of Optuna's, seeds of a
 * setting are trials with equal parameters. Read by Optuna 3.1 and later:
 *
 * ```python
 * storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend("study.journal"))
 * study = optuna.load_study(study_name="lenet-5-seeds", storage=storage)
 * ```
 *
 * ```sh
 * optuna-dashboard study.journal
 * ```
 *
 * | Here | Optuna |
 * | --- | --- |
 * | `complete` | `COMPLETE`; `FAIL` where an objective is missing or not a number |
 * | `pruned` | `PRUNED`, with the value it had reached, of a single objective |
 * | `failed` | `FAIL` |
 * | `running`, `paused` | `RUNNING` |
 * | `waiting` | `WAITING` |
 * | objectives | directions and metric names |
 * | reports of the first objective | intermediate values, by optimizer step |
 * | a choice that is a list or an object | its JSON |
 * | setting, seed, state, reason, folder, test, … | user attributes |
 */
import { choiceOf, distributionOf, internalOf } from "./internal/optuna.ts"
import * as Objective from "./Objective.ts"
import type * as Results from "./Results.ts"
import type { Times } from "./StudyRecord.ts"
import { hasEnded, type State, type Trial } from "./Trial.ts"

export interface Options {
  /** Default: not known, and Optuna shows no times. */
  readonly times?: (trial: Trial) => Times
}

/** `JournalOperation` of Optuna. */
const operations = { createStudy: 0, studyUserAttribute: 2, studySystemAttribute: 3, createTrial: 4 }
const directions = { lower: 1, higher: 2 }
/** `TrialState` of Optuna. */
const states: { readonly [state in State]: number } = {
  running: 0,
  paused: 0,
  complete: 1,
  pruned: 2,
  failed: 3,
  waiting: 4
}
const failed = states.failed

/** JSON with the words for NaN and infinities that Python reads and writes. */
const python = (value: unknown): string => {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value)
  if (Array.isArray(value)) return `[${value.map(python).join(",")}]`
  if (value === null || typeof value !== "object") return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${python(member)}`).join(",")}}`
}

const time = (seconds: number | undefined): string | null =>
  seconds === undefined ? null : new Date(1000 * seconds).toISOString().replace("Z", "+00:00")

/** The objectives of a trial; undefined where one has no value that is a number. */
const objectivesOf = ({ objectives }: Results.Study, trial: Trial): ReadonlyArray<number> | undefined => {
  const values = objectives.flatMap((objective) => {
    const cost = Objective.reached(objective, trial)
    return cost === undefined || !Number.isFinite(cost) ? [] : [Objective.valueOf(objective, cost)]
  })
  return values.length === objectives.length && values.length > 0 ? values : undefined
}

/** Optuna takes a complete trial to have its values, and a pruned one of several objectives to have none. */
const stateAndValues = (study: Results.Study, trial: Trial) => {
  const values = trial.state === "complete" || trial.state === "pruned" ? objectivesOf(study, trial) : undefined
  if (trial.state === "complete" && values === undefined) return { state: failed, value: null, values: null }
  const isSingle = study.objectives.length === 1
  const kept = trial.state === "pruned" && !isSingle ? undefined : values
  return {
    state: states[trial.state],
    value: isSingle ? (kept?.[0] ?? null) : null,
    values: isSingle ? null : (kept ?? null)
  }
}

const parametersOf = ({ space }: Results.Study, { parameters }: Trial) => {
  const known = space.parameters.flatMap(({ key, range }) => {
    const value = parameters[key]
    const internal = value === undefined ? undefined : internalOf(range, value)
    return internal === undefined ? [] : [{ key, internal, distribution: JSON.stringify(distributionOf(range)) }]
  })
  const keys = new Set(known.map(({ key }) => key))
  const others = Object.entries(parameters).filter(([key]) => !keys.has(key))
  return {
    params: Object.fromEntries(known.map(({ key, internal }) => [key, internal])),
    distributions: Object.fromEntries(known.map(({ key, distribution }) => [key, distribution])),
    // Such as those that population-based training has moved out of the space.
    others: Object.fromEntries(others.map(([key, value]) => [`parameter:${key}`, choiceOf(value)]))
  }
}

const intermediateValues = ({ objectives }: Results.Study, { reports }: Trial) => {
  const [first] = objectives
  if (first === undefined) return {}
  return Object.fromEntries(
    reports.flatMap(({ step, values }) =>
      Object.hasOwn(values, first.monitor) ? [[String(step), values[first.monitor]]] : []
    )
  )
}

const trialLine = (study: Results.Study, trial: Trial, { begun, ended: end }: Times) => {
  const { setting, seed, state, reason, folder, attempts, preemptions, failures, seconds, test } = trial
  const { params, distributions, others } = parametersOf(study, trial)
  return {
    op_code: operations.createTrial,
    study_id: 0,
    ...stateAndValues(study, trial),
    params,
    distributions,
    user_attrs: { setting, seed, state, reason, folder, attempts, preemptions, failures, seconds, test, ...others },
    system_attrs: {},
    intermediate_values: intermediateValues(study, trial),
    datetime_start: time(begun),
    ...(hasEnded(state) && end !== undefined ? { datetime_complete: time(end) } : {})
  }
}

const studyLines = ({ name, objectives, exact, seeds }: Results.Study): ReadonlyArray<object> => {
  // A study without an objective has one in Optuna, of which no trial has a value.
  const directed = objectives.map((objective) => directions[Objective.directionOf(objective) ?? "lower"])
  const user = { exact, seeds, objectives }
  return [
    { op_code: operations.createStudy, study_name: name, directions: directed.length === 0 ? [1] : directed },
    ...Object.entries(user).map(([key, value]) => ({
      op_code: operations.studyUserAttribute,
      study_id: 0,
      user_attr: { [key]: value }
    })),
    ...(objectives.length === 0
      ? []
      : [
          {
            op_code: operations.studySystemAttribute,
            study_id: 0,
            system_attr: { "study:metric_names": objectives.map(({ monitor }) => monitor) }
          }
        ])
  ]
}

/** The whole log, a line of JSON for each operation. Optuna may go on writing to it. */
export const journal = (study: Results.Study, { times = () => ({}) }: Options = {}): string => {
  const trials = study.trials.toSorted((a, b) => a.number - b.number)
  return [...studyLines(study), ...trials.map((trial) => trialLine(study, trial, times(trial)))]
    .map((line) => `${python({ ...line, worker_id: "etude" })}\n`)
    .join("")
}
