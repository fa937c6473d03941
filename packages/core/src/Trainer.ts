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
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Backend, type BackendInfo } from "./Backend.ts"
import * as BatchPlan from "./BatchPlan.ts"
import * as Boundary from "./Boundary.ts"
import type { CallbackRegistry, Definition, ErrorOf, MonitorOf } from "./Callback.ts"
import * as Callbacks from "./Callbacks.ts"
import type { RunDescription } from "./Checkpoints.ts"
import * as Config from "./Config.ts"
import type { Dataset } from "./Dataset.ts"
import {
  type CheckpointError,
  type ConfigInvalid,
  type NonFiniteFound,
  PreflightFailed,
  type Problem
} from "./Errors.ts"
import * as Evaluation from "./Evaluation.ts"
import * as Event from "./Event.ts"
import * as HookTable from "./HookTable.ts"
import * as Live from "./Live.ts"
import * as ParameterGroup from "./ParameterGroup.ts"
import * as Preflight from "./Preflight.ts"
import * as Rng from "./Rng.ts"
import type { StepPlan } from "./Step.ts"
import * as Step from "./Step.ts"
import { StepExecutor } from "./StepExecutor.ts"
import * as Stepper from "./Stepper.ts"
import type { MonitorKey, Task } from "./Task.ts"
import * as Tensors from "./Tensors.ts"
import { TrainConfig, type TrainConfigInput } from "./TrainConfig.ts"
import * as TrainLoop from "./TrainLoop.ts"
import * as TrainState from "./TrainState.ts"

/** Validation data: one set, named `validation`, or several by name. */
export type ValidationData<Name extends string> = Dataset | { readonly [name in Name]: Dataset }

/** Refuses, in the type, callbacks that watch a value which the run does not report. */
export type Watches<Out, Monitor extends string> = [MonitorOf<Out>] extends [Monitor]
  ? unknown
  : { readonly "this run does not report": Exclude<MonitorOf<Out>, Monitor> }

export interface TrainOptions<MetricName extends string, ValidationName extends string, Out, LE, LR> {
  /** Decoded by the `TrainConfig` schema; what is left out has its default. */
  readonly config?: TrainConfigInput
  readonly data: { readonly train: Dataset; readonly validation?: ValidationData<ValidationName> }
  /** Callbacks, put together by `Layer.mergeAll`. */
  readonly plugins?: Layer.Layer<Out, LE, LR> & Watches<Out, MonitorKey<MetricName, ValidationName>>
  /** Goes on from this state, which is left as it is; begins anew when absent. */
  readonly state?: TrainState.TrainState
}

export interface TrainResult {
  /** Why the run ended: the limit that was reached, such as `until epochs`, or what a controller said. */
  readonly reason: string
  /** Its tensors live as long as the caller's scope. */
  readonly state: TrainState.TrainState
  readonly history: ReadonlyArray<TrainState.HistoryEntry>
  readonly best: { readonly [monitor: string]: TrainState.Best }
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

/** The random stream that a run's parameters are drawn from. */
const initStream = (seed: number) => Rng.named(Rng.key(seed), "init")

/** The initial variables of all models. The caller owns the tensors. */
export const initialWeights = (task: Task, seed: number): Evaluation.Weights => {
  let [parameters, statistics]: [Tensors.Tensors, Tensors.Tensors] = [{}, {}]
  for (const name in task.models) {
    const own = task.models[name]!.init(name === "" ? initStream(seed) : Rng.named(initStream(seed), name))
    const prefix = name === "" ? "" : `${name}/`
    parameters = { ...parameters, ...Tensors.prefixed(own.parameters, prefix) }
    statistics = { ...statistics, ...Tensors.prefixed(own.statistics, prefix) }
  }
  return { parameters, statistics }
}

const isTrainable =
  (task: Task, transforms: StepPlan["transforms"]) =>
  (path: string): boolean => {
    const [name, own] =
      "" in task.models ? ["", path] : [path.slice(0, path.indexOf("/")), path.slice(path.indexOf("/") + 1)]
    return (
      task.models[name]!.trainable?.(own) !== false &&
      transforms.every(({ transform }) => transform.trainable?.(path) !== false)
    )
  }

const planOf = (task: Task, config: TrainConfig, callbacks: ReadonlyArray<Definition>, parameters: Tensors.Tensors) => {
  const transforms = Step.transformsOf(callbacks)
  const trainable = Object.keys(parameters).filter(isTrainable(task, transforms))
  const { groups, unmatched } = ParameterGroup.resolve(trainable, [...config.groups, ...task.groups], {
    optimizer: config.optimizer,
    learningRate: config.learningRate,
    losses: Object.keys(task.objectives)
  })
  const plan: StepPlan = { task, groups, clip: config.clip, transforms, batchSize: config.batchSize }
  return { plan, trainable, unmatched }
}

/** The state before the first step. */
const initialState = (plan: StepPlan, weights: Evaluation.Weights, seed: number): TrainState.TrainState => {
  let callbacks: Tensors.Tensors = {}
  for (const { id, transform } of plan.transforms) {
    const own = transform.tensors?.(weights.parameters)
    if (own !== undefined) callbacks = { ...callbacks, ...Tensors.prefixed(own, `${id}/`) }
  }
  return {
    plain: TrainState.initialPlain(seed),
    ...weights,
    slots: Stepper.initialSlots(plan.groups, weights.parameters),
    callbacks,
    best: {},
    rollback: {}
  }
}

const isDataset = (data: object): data is Dataset => "read" in data && typeof data.read === "function"

const validationsOf = (
  config: TrainConfig,
  train: Dataset,
  validation: ValidationData<string> | undefined
): { readonly [name: string]: Dataset } => {
  const named = validation === undefined ? {} : isDataset(validation) ? { validation } : validation
  if (config.overfitBatches === undefined) return named
  // The same few batches, to see whether the model can learn them at all.
  const length = Math.min(train.length, config.overfitBatches * config.batchSize)
  return Object.fromEntries(Object.keys(named).map((name) => [name, { ...train, length }]))
}

/** What a fresh `train` has to build; several of these are made only to be compared with a state that was given. */
const prepare = Effect.fnUntraced(function* <ValidationName extends string>(
  task: Task,
  config: TrainConfig,
  options: { readonly data: { readonly train: Dataset; readonly validation?: ValidationData<ValidationName> } },
  built: { readonly callbacks: ReadonlyArray<Definition>; readonly problems: ReadonlyArray<Problem> },
  given: TrainState.TrainState | undefined
) {
  const { train, validation } = options.data
  const { callbacks } = built
  const validations = validationsOf(config, train, validation as ValidationData<string> | undefined)
  const limit = config.fastDevRun ? 1 : (config.overfitBatches ?? config.limitTrainBatches)
  const batchPlan = BatchPlan.make({
    length: train.length,
    batchSize: config.batchSize,
    dropLastBatch: config.dropLastBatch,
    ...(config.shuffle && config.overfitBatches === undefined
      ? { shuffle: Rng.named(Rng.key(config.seed), "shuffle") }
      : {}),
    ...(limit === undefined ? {} : { limit })
  })
  const weights = initialWeights(task, config.seed)
  const { plan, trainable, unmatched } = planOf(task, config, callbacks, weights.parameters)
  const fresh = initialState(plan, weights, config.seed)
  const problems: Array<Problem> = [
    ...built.problems,
    ...Preflight.checkData(train, validations, batchPlan.batches),
    ...Preflight.checkGroups(task, trainable, plan.groups, unmatched, batchPlan.batches),
    ...Preflight.checkMonitors(callbacks, Preflight.monitorsOf(task, Object.keys(validations))),
    ...(given === undefined ? [] : Preflight.checkState(given, fresh))
  ]
  let outputs = {}
  if (train.length > 0) {
    const tried = yield* Preflight.tryModel(task, train, fresh)
    problems.push(...tried.problems)
    outputs = tried.outputs
  }
  for (const { check } of callbacks) if (check !== undefined) problems.push(...(yield* check))
  if (problems.length > 0 || given !== undefined) TrainState.dispose(fresh)
  if (problems.length > 0) return yield* new PreflightFailed({ task: task.name, problems })
  return { plan, batchPlan, validations, outputs, state: given === undefined ? fresh : TrainState.retain(given) }
})

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
  LR = never
>(
  task: Task<In, Target, TaskOut, MetricName>,
  options: TrainOptions<MetricName, ValidationName, Out, LE, LR>
): Effect.Effect<
  TrainResult,
  TrainError | LE | ErrorOf<Out>,
  Backend | StepExecutor | Scope.Scope | Exclude<LR, CallbackRegistry>
> =>
  Effect.gen(function* () {
    const config = yield* Config.decode(TrainConfig, options.config ?? {}, "the training config")
    const plugins = (options.plugins ?? Layer.empty) as Layer.Layer<Out, LE, LR>
    // Callbacks and working tensors end with the run; only the final state outlives it.
    const result = yield* Effect.scoped(
      Effect.gen(function* () {
        const built = yield* Callbacks.build(plugins)
        return yield* runToEnd(task as Task, config, options, built)
      })
    )
    yield* Effect.addFinalizer(() => Effect.sync(() => TrainState.dispose(result.state)))
    return result
  }) as never // the handlers' errors are erased inside and known from the layer's type

/** What a run's states belong to. */
const describeRun = Effect.fnUntraced(function* (
  task: Task,
  config: TrainConfig,
  { name, version, device, threads }: BackendInfo,
  executor: string
): Effect.fn.Return<RunDescription> {
  const topology = Object.entries(task.models).map(([key, model]) => [key, (model.topology ?? null) as Schema.Json])
  return {
    task: task.name,
    config: Schema.encodeSync(TrainConfig)(config) as Schema.Json,
    configHash: yield* Config.hash(TrainConfig, config),
    backend: { name, version, device, threads },
    executor,
    topology: Object.fromEntries(topology)
  }
})

/** What the states of a run would belong to, without running it: for comparing with a checkpoint. */
export const describe = (
  task: Task,
  config: TrainConfigInput = {}
): Effect.Effect<RunDescription, ConfigInvalid, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const decoded = yield* Config.decode(TrainConfig, config, "the training config")
    return yield* describeRun(task, decoded, yield* Backend, (yield* StepExecutor).name)
  })

const runToEnd = Effect.fnUntraced(function* <ValidationName extends string>(
  task: Task,
  config: TrainConfig,
  options: Omit<TrainOptions<string, ValidationName, never, never, never>, "plugins">,
  built: { readonly callbacks: ReadonlyArray<Definition>; readonly problems: ReadonlyArray<Problem> }
) {
  const [backend, executor, clock] = [yield* Backend, yield* StepExecutor, yield* Clock.Clock]
  const { callbacks } = built
  const events = Callbacks.listening(callbacks, yield* Event.Events)
  const prepared = yield* prepare(task, config, options, built, options.state)
  const { plan, batchPlan, validations, outputs } = prepared
  const live = Live.fromState(task, prepared.state)
  const pending: Array<Event.Known> = []
  const note = (event: Event.Known) => void pending.push(event)
  const flush = Effect.suspend(() =>
    pending.length === 0 ? Effect.void : Effect.forEach(pending.splice(0), events.publish, { discard: true })
  )
  const publish = (event: Event.Known) => Effect.andThen(flush, events.publish(event))
  const before = live.plain.progress.elapsedSeconds
  const begin = clock.currentTimeMillisUnsafe()
  const now = () => {
    const elapsedSeconds = before + (clock.currentTimeMillisUnsafe() - begin) / 1000
    live.plain = { ...live.plain, progress: { ...live.plain.progress, elapsedSeconds } }
    return live.plain.progress
  }
  const hooks = HookTable.make({
    callbacks,
    states: prepared.state.plain.callbacks,
    onDecision: (callback, decision) =>
      note({
        version: 1,
        _tag: "DecisionTaken",
        progress: live.plain.progress,
        callback,
        decision: { ...decision } as never
      })
  })
  const view = () => Live.view(task, live, hooks)
  const at = () => ({ progress: live.plain.progress, state: view })
  const batchesPerEpoch = batchPlan.batches
  const stepper = Stepper.make({
    plan,
    config,
    executor,
    dataset: options.data.train,
    batchesPerEpoch,
    outputs,
    live
  })
  const description = yield* describeRun(task, config, backend, executor.name)
  const boundary = Boundary.make({
    task,
    config,
    executor,
    validations,
    callbacks,
    description,
    hooks,
    live,
    view,
    publish,
    now
  })
  const until = config.fastDevRun ? { epochs: live.plain.progress.epoch + 1 } : config.until
  const resumed = options.state !== undefined
  let handedOut = false

  const start = Effect.gen(function* () {
    const { name, version, device, reason } = backend
    const monitors = Preflight.monitorsOf(task, Object.keys(validations))
    const setting = {
      task: task.name,
      seed: config.seed,
      config: Schema.encodeSync(TrainConfig)(config) as Schema.Json,
      parameters: Object.values(live.tensors.parameters).reduce((sum, { size }) => sum + size, 0),
      trainSamples: options.data.train.length,
      batchesPerEpoch,
      monitors: Object.fromEntries(monitors.map((monitor) => [monitor, Boundary.betterOf(task, monitor)])),
      backend: { name, version, device, reason },
      executor: executor.name
    }
    if (resumed) {
      live.plain = { ...live.plain, attempt: live.plain.attempt + 1 }
      const { attempt } = live.plain
      yield* publish({ version: 1, _tag: "Resumed", progress: now(), attempt, ...setting })
      yield* boundary.apply(yield* hooks.call("resumed", { ...at(), description }))
    } else yield* publish({ version: 1, _tag: "RunStarted", progress: now(), ...setting })
    for (const message of warningsOf(task, config))
      yield* publish({ version: 1, _tag: "Warned", progress: now(), message })
    yield* boundary.apply(yield* hooks.call("trainBegin", { ...at(), description }))
    if (config.validation.sanityBatches > 0 && !resumed) {
      for (const name in validations) {
        yield* boundary.evaluate({
          task,
          executor,
          dataset: validations[name]!,
          batchSize: config.validation.batchSize ?? config.batchSize,
          limitBatches: config.validation.sanityBatches,
          seed: config.seed,
          weights: live.tensors
        })
      }
    }
  })

  const ended = (reason: string) =>
    Effect.gen(function* () {
      now()
      const values = live.plain.history.at(-1)?.values ?? {}
      yield* publish({ version: 1, _tag: "RunEnded", progress: live.plain.progress, reason, values })
      yield* hooks.call("trainEnd", { ...at(), reason })
    })

  /** Tells callbacks and events how the run ended when it did not end well. A hook that fails now is only logged. */
  const endedBadly = (cause: Cause.Cause<unknown>) =>
    Effect.gen(function* () {
      const at = () => ({ progress: live.plain.progress, state: () => live.held ?? view() })
      if (Cause.hasInterruptsOnly(cause)) {
        yield* publish({ version: 1, _tag: "Interrupted", progress: now() })
        yield* hooks.call("interrupted", { ...at(), description })
        yield* hooks.call("trainEnd", { ...at(), reason: "interrupted" })
        return
      }
      const error = Cause.squash(cause)
      const tag = (error as { _tag?: unknown })?._tag
      const message = error instanceof Error ? error.message : String(error)
      yield* publish({
        version: 1,
        _tag: "Failed",
        progress: now(),
        error: typeof tag === "string" ? tag : "Defect",
        message
      })
      yield* hooks.call("failed", { ...at(), description, error })
      yield* hooks.call("trainEnd", { ...at(), reason: "failed" })
    }).pipe(Effect.catchCause((own) => Effect.logError("A callback failed while the run was ending", own)))

  return yield* Effect.gen(function* () {
    yield* start
    const { reason, saved } = yield* TrainLoop.run({
      task,
      config,
      until,
      dataset: options.data.train,
      plan: batchPlan,
      hooks,
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
    yield* ended(reason)
    handedOut = true
    const state = view()
    const { history, best, skipped, progress } = state.plain
    return {
      reason,
      state,
      history,
      best,
      counts: { epochs: progress.epoch, steps: progress.step, samples: progress.samples, skipped },
      elapsedSeconds: progress.elapsedSeconds,
      paths: saved
    } satisfies TrainResult
  }).pipe(
    Effect.onError(endedBadly),
    Effect.onExit((exit) =>
      Effect.andThen(
        Callbacks.finalize(callbacks, exit),
        Effect.sync(() => {
          if (!handedOut || Exit.isFailure(exit))
            for (const group of TrainState.tensorGroups) Tensors.dispose(live.tensors[group])
          if (live.held !== undefined) TrainState.dispose(live.held)
        })
      )
    )
  )
})

/** What a user should know but may have meant. */
const warningsOf = (task: Task, config: TrainConfig): ReadonlyArray<string> => {
  const crossing = Object.entries(task.models).filter(([, model]) => model.crossSample === true)
  if (config.microbatchSize === undefined || crossing.length === 0) return []
  const names = crossing.map(([, { name }]) => name).join(", ")
  return [
    `microbatchSize is set, but samples of a batch influence each other in ${names} (batch normalization): its statistics ` +
      `are those of each microbatch of ${config.microbatchSize}, so the result differs from that of the whole batch.`
  ]
}

export interface EvaluateOptions<Out, LE, LR> {
  /** Only its parameters, statistics and progress are read. */
  readonly state: TrainState.TrainState
  readonly data: Dataset
  /** Samples of one batch; 256 when absent. The result does not depend on it beyond rounding. */
  readonly batchSize?: number
  /** Use the first batches only. */
  readonly limitBatches?: number
  readonly plugins?: Layer.Layer<Out, LE, LR>
}

const defaultBatchSize = 256

/** Preflight and callbacks of a pass that does not train. */
const passOver = <A, E, R, Out, LE, LR>(
  task: Task,
  { state, data, plugins }: EvaluateOptions<Out, LE, LR>,
  scores: boolean,
  body: (
    hooks: HookTable.HookTable,
    at: { readonly progress: TrainState.Plain["progress"]; readonly state: () => TrainState.TrainState },
    events: Event.EventsService
  ) => Effect.Effect<A, E, R>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { callbacks, problems: order } = yield* Callbacks.build(
        (plugins ?? Layer.empty) as Layer.Layer<Out, LE, LR>
      )
      const problems = [...order, ...Preflight.checkData(undefined, { [data.name]: data }, undefined)]
      if (problems.length === 0 && scores) problems.push(...(yield* Preflight.tryModel(task, data, state)).problems)
      if (problems.length > 0) return yield* new PreflightFailed({ task: task.name, problems })
      const hooks = HookTable.make({ callbacks, states: state.plain.callbacks, onDecision: () => {} })
      const events = Callbacks.listening(callbacks, yield* Event.Events)
      return yield* body(hooks, { progress: state.plain.progress, state: () => state }, events).pipe(
        Effect.onExit((exit) => Callbacks.finalize(callbacks, exit))
      )
    })
  )

const parametersFor = (state: TrainState.TrainState, names: ReadonlyArray<string>): Evaluation.Weights => ({
  parameters: Object.assign(
    {},
    state.parameters,
    ...names.map((name) => Tensors.unprefixed(state.callbacks, `${name}/`))
  ),
  statistics: state.statistics
})

/** How well a state does on data: overall and per batch, weighted by samples. Changes nothing in the state. */
export interface Evaluated {
  readonly samples: number
  /** `loss`, each loss where there are several, and each metric, by plain name. */
  readonly values: Event.Values
  /** The same for each batch. */
  readonly batches: ReadonlyArray<Evaluation.BatchResult>
  /** The full result of each metric, such as a confusion matrix: `Option` of the metric's own type. */
  readonly results: { readonly [metric: string]: unknown }
}

type EvaluateEffect<A, Out, LE, LR> = Effect.Effect<
  A,
  PreflightFailed | Evaluation.PassError | LE | ErrorOf<Out>,
  Backend | StepExecutor | Exclude<LR, CallbackRegistry>
>

const evaluateAs =
  (kind: "validation" | "test") =>
  <MetricName extends string, Out = never, LE = never, LR = never>(
    task: Task<any, any, any, MetricName>,
    options: EvaluateOptions<Out, LE, LR>
  ): EvaluateEffect<Evaluated, Out, LE, LR> =>
    passOver(task as Task, options, true, (hooks, at, events) =>
      Effect.gen(function* () {
        const executor = yield* StepExecutor
        const begin = performance.now()
        const named = kind === "validation" ? { ...at, name: options.data.name } : at
        const decision = yield* hooks.call(`${kind}Begin`, named as never)
        const result = yield* Evaluation.makeEvaluator(
          task as Task,
          executor
        )({
          task: task as Task,
          executor,
          dataset: options.data,
          batchSize: options.batchSize ?? defaultBatchSize,
          limitBatches: options.limitBatches,
          seed: options.state.plain.seed,
          weights: parametersFor(options.state, decision.useParameters),
          onBatchBegin: (batch) => void hooks.callSync(`${kind}BatchBegin`, { ...named, batch } as never),
          onBatchEnd: (batch, own) => void hooks.callSync(`${kind}BatchEnd`, { ...named, batch, ...own } as never)
        })
        const { samples, values, batches } = result
        if (kind === "test") {
          const seconds = (performance.now() - begin) / 1000
          yield* events.publish({ version: 1, _tag: "Tested", progress: at.progress, samples, values, seconds })
        }
        yield* hooks.call(`${kind}End`, { ...named, values } as never)
        const results = Object.fromEntries(
          Object.entries((task as Task).metrics).map(([name, metric]) => [
            name,
            metric.result(result.scores.metrics[name])
          ])
        )
        return { samples, values, batches, results }
      })
    ) as never // the handlers' errors are erased inside and known from the layer's type

/** Measures a state on validation data. */
export const validate = evaluateAs("validation")

/** Measures a state on test data: once, at the end. Publishes `Tested`. */
export const test = evaluateAs("test")

/**
 * The model's outputs for data, batch by batch: `use` is called with each batch's outputs, in order, and its results are
 * given back. The outputs' memory goes when `use` returns; read them there.
 */
export const predict = <TaskOut extends tf.Tensor | Tensors.Tensors, A, Out = never, LE = never, LR = never>(
  task: Task<any, any, TaskOut, any>,
  options: EvaluateOptions<Out, LE, LR> & { readonly use: (outputs: TaskOut, batch: number, samples: number) => A }
): EvaluateEffect<ReadonlyArray<A>, Out, LE, LR> =>
  passOver(task as Task, options, false, (hooks, at) =>
    Effect.gen(function* () {
      const executor = yield* StepExecutor
      const decision = yield* hooks.call("predictBegin", at)
      const weights = parametersFor(options.state, decision.useParameters)
      const program = executor.compile("predict", Evaluation.outputsProgram(task as Task))
      const results: Array<A> = []
      let total = 0
      yield* Evaluation.pass(
        {
          task: task as Task,
          executor,
          dataset: options.data,
          batchSize: options.batchSize ?? defaultBatchSize,
          limitBatches: options.limitBatches,
          seed: options.state.plain.seed,
          onBatchBegin: (batch) => void hooks.callSync("predictBatchBegin", { ...at, batch })
        },
        (inputs, batch, samples) => {
          const { outputs } = program({ ...weights, ...inputs })
          total += samples
          hooks.callSync("predictBatchEnd", { ...at, batch, samples, outputs })
          results.push(options.use(outputs as TaskOut, batch, samples))
        }
      )
      yield* hooks.call("predictEnd", { ...at, samples: total })
      return results
    })
  ) as never // the handlers' errors are erased inside and known from the layer's type
