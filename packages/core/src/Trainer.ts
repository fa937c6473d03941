/**
 * `train`, `validate`, `test` and `predict`: each an Effect whose error type lists every way it can fail. `train` gives the
 * reason for stopping, counts, history, best values and the final state, whose tensors belong to the caller's scope; the
 * other three take a state.
 */
import type * as tf from "@tensorflow/tfjs-core"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { Backend } from "./Backend.ts"
import type { At, CallbackRegistry, ErrorOf, MonitorOf } from "./Callback.ts"
import * as Callbacks from "./Callbacks.ts"
import { Checkpoints, type RunDescription, type Setting } from "./Checkpoints.ts"
import type { Dataset } from "./Dataset.ts"
import * as Decision from "./Decision.ts"
import {
  type CheckpointError,
  type ConfigInvalid,
  type NonFiniteFound,
  type PreflightFailed,
  reasonOf
} from "./Errors.ts"
import * as Event from "./Event.ts"
import * as HookTable from "./HookTable.ts"
import * as Boundary from "./internal/loop/Boundary.ts"
import * as Continuation from "./internal/loop/Continuation.ts"
import type * as Evaluation from "./internal/loop/Evaluation.ts"
import * as Live from "./internal/loop/Live.ts"
import { describeRun, fingerprintOf, followsValidation, prepare, watchedBy } from "./internal/loop/RunSetup.ts"
import * as TrainLoop from "./internal/loop/TrainLoop.ts"
import type { ValidationData } from "./internal/preflight/RunData.ts"
import * as RunData from "./internal/preflight/RunData.ts"
import * as Stepper from "./internal/step/Stepper.ts"
import * as Monitors from "./Monitors.ts"
import * as Monotonic from "./Monotonic.ts"
import { Registry } from "./Registry.ts"
import { StepExecutor } from "./StepExecutor.ts"
import type { MonitorKey, Task } from "./Task.ts"
import type * as Tensors from "./Tensors.ts"
import * as TrainConfig from "./TrainConfig.ts"
import * as TrainState from "./TrainState.ts"

export { type Evaluated, type EvaluateOptions, predict, test, validate } from "./internal/loop/Passes.ts"
export { predictBatch } from "./internal/loop/PredictBatch.ts"
export { type DescribeOptions, describe, initialWeights } from "./internal/loop/RunSetup.ts"
export type { ValidationData } from "./internal/preflight/RunData.ts"

/** Refuses, in the type, callbacks that watch a value which the run does not report. */
export type Watches<Out, Monitor extends string> = [MonitorOf<Out>] extends [Monitor]
  ? unknown
  : { readonly "this run does not report": Exclude<MonitorOf<Out>, Monitor> }

/** The names of validation sets: of a single dataset TypeScript infers its own keys, and it is reported as `validation`. */
type ReportedAs<ValidationName extends string> = [keyof Dataset] extends [ValidationName]
  ? "validation"
  : ValidationName

export interface TrainOptions<
  MetricName extends string,
  ValidationName extends string,
  Out,
  LE,
  LR,
  EvaluationName extends string = never
> {
  /** Decoded by the `TrainConfig` schema; what is left out has its default. */
  readonly config?: TrainConfig.TrainConfigInput
  readonly data: { readonly train: Dataset; readonly validation?: ValidationData<ValidationName> }
  /** Callbacks, put together by `Layer.mergeAll`. */
  readonly callbacks?: Layer.Layer<Out, LE, LR> &
    Watches<Out, MonitorKey<MetricName, ReportedAs<ValidationName>, EvaluationName>>
  /** Continues from this state, which is left as it is; begins anew when absent. */
  readonly state?: TrainState.TrainState
  /**
   * Continues a state although callbacks ended its run. Without this it stays ended, at once and for the same reason, as long as
   * one of those callbacks is part of the run.
   */
  readonly beyondEnd?: boolean
  /** The config of the whole run, where this is a part of one: kept with each checkpoint, and compared at a resume. */
  readonly setting?: Setting
}

export interface TrainResult {
  /** Why the run ended: the limit that was reached, such as `until epochs`, or what a controller said. */
  readonly reason: string
  /** Its tensors live as long as the caller's scope. */
  readonly state: TrainState.TrainState
  readonly history: ReadonlyArray<TrainState.HistoryEntry>
  readonly best: { readonly [monitor: string]: TrainState.Best }
  /** The best value whose weights the final state has; null when it has the last ones. See `endWith` of the config. */
  readonly endedWith: TrainState.Plain["endedWith"]
  readonly counts: {
    readonly epochs: number
    readonly steps: number
    readonly samples: number
    readonly skipped: TrainState.Plain["skipped"]
  }
  readonly elapsedSeconds: number
  /** Where checkpoints were saved during this call. */
  readonly paths: ReadonlyArray<string>
}

/** Every way in which `train` fails by itself; callbacks add theirs. */
export type TrainError = ConfigInvalid | PreflightFailed | NonFiniteFound | CheckpointError | Evaluation.PassError

/**
 * Trains a task until a limit of its config is reached or a callback stops it.
 *
 * Before the first step everything that can be checked is checked and reported together (`ConfigInvalid`,
 * `PreflightFailed`). With `state`, goes on exactly where that state was: bit for bit the run that was not interrupted.
 */
export const train = <
  In extends tf.Tensor | Tensors.Tensors,
  Target extends tf.Tensor | Tensors.Tensors,
  TaskOut extends tf.Tensor | Tensors.Tensors,
  MetricName extends string,
  ValidationName extends string = "validation",
  Out = never,
  LE = never,
  LR = never,
  EvaluationName extends string = never
>(
  task: Task<In, Target, TaskOut, MetricName, EvaluationName>,
  options: TrainOptions<MetricName, ValidationName, Out, LE, LR, EvaluationName>
): Effect.Effect<
  TrainResult,
  TrainError | LE | ErrorOf<Out>,
  Backend | StepExecutor | Scope.Scope | Exclude<LR, CallbackRegistry>
> =>
  Effect.gen(function* () {
    const { config, registry } = yield* TrainConfig.read(options.config ?? {})
    const callbacks = (options.callbacks ?? Layer.empty) as Layer.Layer<Out, LE, LR>
    // Callbacks and working tensors end with the run; only the final state outlives it.
    const scope = yield* Effect.scope
    const run = Callbacks.use(callbacks, (built) => runToEnd(task as Task, config, options, built, scope))
    return yield* Effect.provideService(Effect.scoped(run), Registry, registry)
  }) as never // the handlers' errors are erased inside and known from the layer's type

const runToEnd = Effect.fnUntraced(function* <ValidationName extends string>(
  task: Task,
  config: TrainConfig.TrainConfig,
  options: Omit<TrainOptions<string, ValidationName, never, never, never>, "callbacks">,
  built: Callbacks.Built,
  /** What the final state's tensors belong to. */
  scope: Scope.Scope
) {
  const [backend, executor, clock] = [yield* Backend, yield* StepExecutor, yield* Clock.Clock]
  const { callbacks } = built
  const events = Callbacks.listening(callbacks, yield* Event.Events)
  const isSaved = Option.isSome(yield* Effect.serviceOption(Checkpoints))
  const data = yield* RunData.orFail(task, config, options.data, built.problems)
  const { train: training, validations } = data
  const monitors = Monitors.of(task, Object.keys(validations))
  const begun = yield* describeRun(task, config, backend, executor.name, {
    // Samples are read only where there is a place to keep what they were.
    ...(isSaved ? { data: yield* fingerprintOf(data) } : {}),
    ...(options.setting === undefined ? {} : { setting: options.setting }),
    followsValidation: followsValidation(callbacks, config.endWith, monitors),
    watched: watchedBy(callbacks)
  })
  /** What the run is now: which programs an executor could take is known when it has tried. */
  const describeNow = (): RunDescription => {
    const eagerPrograms = executor.eagerPrograms?.() ?? []
    return eagerPrograms.length === 0 ? begun : { ...begun, eagerPrograms }
  }
  // From here to the end of the run nothing can interrupt that would not give the state's tensors back.
  const prepared = yield* prepare(task, config, data, built, options.state)
  const { plan, batchPlan, outputs } = prepared
  const live = Live.fromState(task, prepared.state)
  Live.continueFromLast(live)
  const pending: Array<Event.Known> = []
  const note = (event: Event.Known) => void pending.push(event)
  const flush = Effect.suspend(() => {
    for (const message of executor.takeNotes?.() ?? []) {
      note({ version: 1, _tag: "Warned", progress: live.plain.progress, message })
    }
    return pending.length === 0 ? Effect.void : Effect.forEach(pending.splice(0), events.publish, { discard: true })
  })
  const publish = (event: Event.Known) => Effect.andThen(flush, events.publish(event))
  const before = live.plain.progress.elapsedSeconds
  const begin = Monotonic.milliseconds(clock)
  const now = () => {
    const elapsedSeconds = before + (Monotonic.milliseconds(clock) - begin) / 1000
    live.plain = { ...live.plain, progress: { ...live.plain.progress, elapsedSeconds } }
    return live.plain.progress
  }
  let isEnding = false
  const hooks = HookTable.make({
    callbacks,
    states: prepared.state.plain.callbacks,
    onDecision: (callback, decision) => {
      // At its end a run decides nothing any more but whether to save.
      if (isEnding) return
      note({
        version: 1,
        _tag: "DecisionTaken",
        progress: live.plain.progress,
        callback,
        decision: { ...decision } as never
      })
    },
    onDropped: (message) => note({ version: 1, _tag: "Warned", progress: live.plain.progress, message })
  })
  const view = () => Live.view(task, live, hooks)
  const at = () => ({ progress: live.plain.progress, monitors, state: view })
  const batchesPerEpoch = batchPlan.batches
  const stepper = Stepper.make({
    plan,
    config,
    executor,
    dataset: training,
    batchesPerEpoch,
    pace: live.plain.pace,
    outputs
  })
  const learningRate = () => stepper.learningRates(live.plain)[0] ?? Number.NaN
  const boundary = Boundary.make({
    task,
    config,
    executor,
    monitors,
    validations,
    outputs,
    callbacks,
    description: describeNow,
    hooks,
    live,
    learningRate,
    savedAt: options.state?.plain.progress,
    view,
    publish,
    now
  })
  const until = config.fastDevRun ? { epochs: live.plain.progress.epoch + 1 } : config.until
  const resumed = options.state !== undefined
  let told = false
  const tellEnd = (at: At, reason: string) =>
    Effect.suspend(() => {
      if (told) return Effect.void
      told = true
      return hooks.call("trainEnd", { ...at, reason })
    })

  const start = Effect.gen(function* () {
    let decision = Decision.proceed
    const { name, version, device, reason } = backend
    const setting = {
      task: task.name,
      seed: config.seed,
      config: begun.config,
      parameters: Object.values(live.tensors.parameters).reduce((sum, { size }) => sum + size, 0),
      trainSamples: training.length,
      batchesPerEpoch,
      monitors,
      backend: { name, version, device, reason },
      executor: executor.name
    }
    if (resumed) {
      live.plain = { ...live.plain, attempt: live.plain.attempt + 1 }
      const { attempt } = live.plain
      const ids = callbacks.map(({ id }) => id)
      const beyondEnd = Continuation.continues(live.plain.ended, ids, options.beyondEnd === true)
      const resumedAs = { attempt, ...(beyondEnd ? { beyondEnd } : {}), ...setting }
      yield* publish({ version: 1, _tag: "Resumed", progress: now(), ...resumedAs })
      if (beyondEnd) live.plain = { ...live.plain, ended: null }
      decision = yield* hooks.call("resumed", { ...at(), description: describeNow(), beyondEnd })
    } else yield* publish({ version: 1, _tag: "RunStarted", progress: now(), ...setting })
    const warnings = [
      ...prepared.changes.map((change) => `The resumed run differs from the state that it continues: ${change}.`),
      ...Continuation.warnings(until, options.state?.plain),
      ...prepared.warnings
    ]
    for (const message of warnings) yield* publish({ version: 1, _tag: "Warned", progress: now(), message })
    decision = Decision.join(decision, yield* hooks.call("trainBegin", { ...at(), description: describeNow() }))
    yield* boundary.apply(decision)
    if (decision.stopRun.length > 0) live.plain = { ...live.plain, ended: Continuation.endOf(decision) }
    if (config.validation.sanityBatches > 0 && !resumed) {
      for (const name in validations) {
        yield* boundary.evaluate({
          task,
          executor,
          dataset: validations[name]!,
          outputs,
          batchSize: config.validation.batchSize ?? config.batchSize,
          limitBatches: config.validation.sanityBatches,
          seed: config.seed,
          weights: live.tensors
        })
      }
    }
    return { asked: decision, path: yield* boundary.save(decision) }
  })

  /** What the running epoch has come to so far, of a run that ends in its middle. */
  const partialOf = (seconds: number) => {
    const { batch, step } = live.plain.progress
    if (batch === 0 || step === 0) return undefined
    return {
      values: Boundary.trainValues(task, live.scores),
      learningRate: learningRate(),
      seconds
    }
  }

  const ended = (reason: string, epochSeconds: number) =>
    Effect.gen(function* () {
      isEnding = true
      const progress = now()
      const asked = yield* hooks.call("ended", {
        ...at(),
        description: describeNow(),
        reason,
        savedHere: boundary.isSavedAt(progress)
      })
      const path = yield* boundary.save(asked)
      yield* boundary.finish
      const { endedWith } = live.plain
      const partial = partialOf(epochSeconds)
      const history = Continuation.historyAt(live.plain, partial)
      const values = history.at(-1)?.values ?? {}
      yield* publish({
        version: 1,
        _tag: "RunEnded",
        progress: now(),
        reason,
        values,
        ...(partial === undefined ? {} : { partial }),
        ...(endedWith === null ? {} : { best: endedWith })
      })
      yield* tellEnd(at(), reason)
      return { path, history }
    })

  /**
   * Tells callbacks and events how the run ended when it did not end well, and saves where a callback asks for it. A hook that
   * fails now is only logged.
   */
  const endedBadly = (cause: Cause.Cause<unknown>) =>
    Effect.gen(function* () {
      isEnding = true
      const stateOf = () => live.held ?? view()
      const at = () => ({ progress: live.plain.progress, monitors, state: stateOf })
      const isInterruption = Cause.hasInterruptsOnly(cause)
      const error = Cause.squash(cause)
      const told = { ...at(), description: describeNow() }
      const asked = yield* isInterruption ? hooks.call("interrupted", told) : hooks.call("failed", { ...told, error })
      const saved = yield* Effect.exit(boundary.save(asked, stateOf))
      const tag = (error as { _tag?: unknown })?._tag
      yield* isInterruption
        ? publish({ version: 1, _tag: "Interrupted", progress: now() })
        : publish({
            version: 1,
            _tag: "Failed",
            progress: now(),
            error: typeof tag === "string" ? tag : "Defect",
            message: error instanceof Error ? error.message : String(error)
          })
      yield* tellEnd(at(), isInterruption ? "interrupted" : "failed")
      yield* saved
    }).pipe(
      Effect.catchCause((own) => {
        const message = "A callback failed while the run was ending"
        // An error that was expected says what it has to say by itself; of a defect the stack is wanted.
        return Cause.hasDies(own)
          ? Effect.logError(message, own)
          : Effect.logError(`${message}: ${reasonOf(Cause.squash(own))}`)
      })
    )

  return yield* Effect.gen(function* () {
    const { asked, path } = yield* start
    const { reason, saved, epochSeconds } = yield* TrainLoop.run({
      asked,
      task,
      config,
      until,
      dataset: training,
      plan: batchPlan,
      hooks,
      monitors,
      live,
      stepper,
      boundary,
      hasValidation: Object.keys(validations).length > 0,
      view,
      publish,
      note,
      flush,
      now
    })
    const end = yield* ended(reason, epochSeconds)
    const state = view()
    const { best, endedWith, skipped, progress } = state.plain
    return {
      reason,
      state,
      history: end.history,
      best,
      endedWith,
      counts: { epochs: progress.epoch, steps: progress.step, samples: progress.samples, skipped },
      elapsedSeconds: progress.elapsedSeconds,
      paths: [path, ...saved, end.path].filter((saved) => saved !== undefined)
    } satisfies TrainResult
  }).pipe(
    Effect.onError(endedBadly),
    Effect.onExit((exit) =>
      Effect.gen(function* () {
        if (live.held !== undefined) TrainState.dispose(live.held)
        const dispose = Effect.sync(() => TrainState.dispose({ plain: prepared.state.plain, ...live.tensors }))
        yield* Exit.isSuccess(exit) ? Scope.addFinalizer(scope, dispose) : dispose
      })
    )
  )
})
