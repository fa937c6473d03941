/** Measuring a set: written once, for the loop's validation and for `validate` and `test` by themselves. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Dataset } from "../../Dataset.ts"
import * as Decision from "../../Decision.ts"
import type { Values } from "../../Event.ts"
import * as Extent from "../../Extent.ts"
import type { Full } from "../../Hooks.ts"
import { figuresOf } from "../../MetricResults.ts"
import * as Monitors from "../../Monitors.ts"
import { type Task, whenEvaluated } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import * as TrainState from "../../TrainState.ts"
import * as Scores from "../step/Scores.ts"
import * as Bookkeeping from "./Bookkeeping.ts"
import type * as Evaluation from "./Evaluation.ts"
import type { HookCaller } from "./HookCaller.ts"
import * as Records from "./Records.ts"
import * as Run from "./Run.ts"
import * as RunState from "./RunState.ts"
import { spanned } from "./spanned.ts"

/** The hooks of a pass. */
export interface Hooks {
  readonly begin: "validationBegin" | "testBegin"
  readonly batchBegin: "validationBatchBegin" | "testBatchBegin"
  readonly batchEnd: "validationBatchEnd" | "testBatchEnd"
}
export const validationHooks: Hooks = {
  begin: "validationBegin",
  batchBegin: "validationBatchBegin",
  batchEnd: "validationBatchEnd"
}
export const testHooks: Hooks = { begin: "testBegin", batchBegin: "testBatchBegin", batchEnd: "testBatchEnd" }

/** What is measured, with which parameters, and whose hooks are called. */
export interface Measuring extends Omit<Evaluation.EvaluateOptions, "weights" | "onBatchBegin" | "onBatchEnd"> {
  readonly hooks: HookCaller
  readonly names: Hooks
  /** What the events of these hooks say beside the batch. */
  readonly fields: { readonly name?: string }
  readonly evaluate: Evaluation.Evaluator
  /** Whose parameters, or averages of them where callbacks ask for those, are measured. */
  readonly state: TrainState.Evaluable & Pick<TrainState.TrainState, "statistics">
  /** Called between the begin hook and the first batch. */
  readonly begun?: Effect.Effect<void>
}

/** The weights that a state is evaluated with; the tensors live as long as the scope. */
export const evaluatedWeights = (
  state: Measuring["state"],
  ids: ReadonlyArray<string>
): Effect.Effect<Evaluation.Weights, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => TrainState.evaluated(state, ids)),
      (parameters) => Effect.sync(() => Tensors.dispose(parameters))
    ),
    (parameters) => ({ parameters, statistics: state.statistics })
  )

/** Measures a set. Its end is for the caller to tell: in a run after all sets have been measured. */
export const measure = Effect.fnUntraced(
  function* (options: Measuring) {
    const { hooks, names, fields, state, dataset, evaluate, begun, ...pass } = options
    const { useParameters } = yield* hooks.call(names.begin, fields)
    if (begun !== undefined) yield* begun
    const { scores, ...result } = yield* evaluate({
      ...pass,
      dataset,
      weights: yield* evaluatedWeights(state, useParameters),
      onBatchBegin: hooks.handled.has(names.batchBegin)
        ? (batch) => void hooks.now(names.batchBegin, { ...fields, batch })
        : undefined,
      onBatchEnd: hooks.handled.has(names.batchEnd)
        ? (batch, values) => void hooks.now(names.batchEnd, { ...fields, batch, ...values })
        : undefined
    })
    return { ...result, ...fullOf(options.task, scores), useParameters }
  },
  Effect.scoped,
  spanned("validate")
)

const fullOf = (task: Task, scores: Scores.Scores) => {
  const { metrics } = whenEvaluated(task)
  const results = Scores.results(metrics, scores)
  return { results, figures: () => figuresOf(metrics, results) } satisfies Full
}

/** Whether a validation is due, at a batch or at the end of an epoch. */
export const isDue = ({ config, data, state: { plain } }: Run.Run, epochEnded: boolean): boolean => {
  for (const _ in data.validations) {
    return config.fastDevRun
      ? epochEnded
      : Extent.due(config.validation.every, progressOf(plain, epochEnded), epochEnded, plain.validated)
  }
  return false
}

/** The progress, with the running epoch counted as finished when its end is being worked on. */
const progressOf = ({ progress }: Bookkeeping.Books, epochEnded: boolean) =>
  epochEnded ? { ...progress, epoch: progress.epoch + 1 } : progress

/** What validation made of a boundary. */
export interface Validated {
  readonly decision: Decision.Decision
  /** What was measured, by monitor. */
  readonly values: Values
}

/** Validates on every set, if that is due. Between epochs the history has what was measured. */
export const validateWhenDue = Effect.fnUntraced(function* (run: Run.Run, epochEnded: boolean) {
  if (!isDue(run, epochEnded) && !(epochEnded && isDue(run, false))) {
    return { decision: Decision.proceed, values: {} } satisfies Validated
  }
  const validated = yield* validateAll(run, progressOf(run.state.plain, epochEnded).epoch)
  if (!epochEnded) Records.record(run, validated.values, run.state.plain.progress.epoch)
  return validated
})

/** Validates on every set, when so many epochs have been finished. */
const validateAll = Effect.fnUntraced(function* (run: Run.Run, epoch: number) {
  const measured: Array<{ readonly name: string; readonly values: Values } & Full> = []
  for (const [name, dataset] of Object.entries(run.data.validations)) {
    measured.push({ name, ...(yield* validateOn(run, name, dataset)) })
  }
  const values: Values = Object.assign({}, ...measured.map((set) => set.values))
  RunState.book(run, Bookkeeping.validated)
  Records.noteBest(run, values, epoch)
  // Every set has been measured before any hook is called, so that a controller can compare them.
  let decision = Decision.proceed
  for (const set of measured) decision = Decision.join(decision, yield* run.hooks.call("validationEnd", set))
  return { decision, values } satisfies Validated
})

/** How a run measures its sets, of `batches` batches at most. */
export const settingOf = ({ task, executor, outputs, config }: Run.Run, limitBatches: number | undefined) => ({
  task,
  executor,
  outputs,
  batchSize: config.validation.batchSize ?? config.batchSize,
  limitBatches,
  seed: config.seed
})

/** Validates on one set. */
const validateOn = Effect.fnUntraced(function* (run: Run.Run, name: string, dataset: Dataset) {
  const begin = performance.now()
  const { hooks, evaluate, state, config, tell } = run
  const setting = settingOf(run, config.fastDevRun ? 1 : config.validation.limitBatches)
  const batches = Math.min(setting.limitBatches ?? Infinity, Math.ceil(dataset.length / setting.batchSize))
  const begun = tell.publish("ValidationStarted", { name, batches })
  const fields = { name }
  const measuring = { ...setting, dataset, hooks, evaluate, names: validationHooks, fields, state, begun }
  const { samples, values: byName, results, figures, useParameters } = yield* measure(measuring)
  yield* warnOfUnknown(run, name, useParameters)
  const values = Monitors.keyed(name, byName)
  const seconds = (performance.now() - begin) / 1000
  yield* tell.publish("ValidationEnded", { name, samples, learningRate: Run.learningRate(run), values, seconds })
  yield* warnOfNaN(run, name, values)
  hooks.spent?.({ phase: "validation" }, performance.now() - begin)
  return { values, results, figures }
})

/** Warns of tensors to validate with that no callback has. */
const warnOfUnknown = (run: Run.Run, name: string, useParameters: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.forEach(
    useParameters.filter((id) => !Object.hasOwn(run.state.callbacks, id)),
    (id) =>
      run.tell.warn(
        `A callback asked to validate with the tensors ${id}, but no callback has such tensors; ${name} was measured with the run's own parameters.`
      ),
    { discard: true }
  )

/** Warns once of each watched value, and of each loss, that is NaN. */
const warnOfNaN = (run: Run.Run, name: string, values: Values): Effect.Effect<void> => {
  const { metrics } = whenEvaluated(run.task)
  const monitors = Object.keys(values).filter((monitor) => {
    const isLoss = !Object.hasOwn(metrics, run.monitors[monitor]?.metric ?? "")
    return (
      Number.isNaN(values[monitor]) && (isLoss || run.watched.has(monitor)) && !run.attempt.toldNaN.includes(monitor)
    )
  })
  Run.remember(run, { toldNaN: [...run.attempt.toldNaN, ...monitors] })
  const warn = (monitor: string) =>
    run.tell.warn(
      `${monitor} is NaN: nothing can be judged by it. Look for NaN in the inputs and targets of ${name}, and at the model's outputs.`
    )
  return Effect.forEach(monitors, warn, { discard: true })
}
