/**
 * Callbacks: what others add to a run. An **observer** looks and cannot change anything. A **controller** answers with
 * decisions. A **transform** is a pure tensor function inside the step. Each is a layer; layers compose with
 * `Layer.mergeAll`, and what order they are listed in never matters: `after` declares an order, ties go by id.
 *
 * ```
 * train ─ resumed? ─ trainBegin
 *   epoch ─ epochBegin (not again when resumed inside an epoch)
 *     batch ─ batchBegin ─ [microbatch: forward, loss, backward]… ─ update ─ batchEnd | batchSkipped
 *     due?  ─ validationBegin ─ (validationBatchBegin, validationBatchEnd)… ─ validationEnd
 *     asked ─ checkpointSaved
 *   validation when due ─ epochEnd ─ checkpointSaved when asked
 * ended | failed | interrupted ─ checkpointSaved when asked
 * trainEnd: once, on success, failure, defect and interruption; finalizers then run in reverse order, as they do when the run is
 * refused before its first step.
 * ```
 */
import type * as tf from "@tensorflow/tfjs-core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Best from "./Best.ts"
import type { RunDescription } from "./Checkpoints.ts"
import type { Decision } from "./Decision.ts"
import type { Problem } from "./Errors.ts"
import type { Known, Values } from "./Event.ts"
import { due, type Every } from "./Extent.ts"
import type { MetricFigure } from "./Figure.ts"
import type { TargetKind } from "./Loss.ts"
import type { Monitors } from "./Monitors.ts"
import type { Progress } from "./Progress.ts"
import type { StepRandom } from "./RandomBits.ts"
import type { TensorBatch } from "./Task.ts"
import type { TensorOrRecord, Tensors } from "./Tensors.ts"
import type { TrainState } from "./TrainState.ts"

/** What every hook is told. */
export interface At {
  readonly progress: Progress
  /** What the run reports: each monitor's set, metric and direction. */
  readonly monitors: Monitors
  /**
   * The whole state, put together when it is asked for. Its tensors live until the hook returns; keep one beyond that by
   * `TrainState.retain`.
   */
  readonly state: () => TrainState
}

/** The full result of each metric of a pass, such as a confusion matrix: an `Option` of the metric's own type. */
export type Results = { readonly [metric: string]: unknown }

/** All that the metrics of a pass say. */
export interface Full {
  readonly results: Results
  /** Draws the figures of the metrics that have one. Absent where events are replayed. */
  readonly figures?: () => ReadonlyArray<MetricFigure>
}

/** What each hook is told beyond that. */
export interface HookEvents {
  readonly trainBegin: At & { readonly description: RunDescription }
  /** `beyondEnd`: the run had been ended by a callback, and was asked to continue all the same. */
  readonly resumed: At & { readonly description: RunDescription; readonly beyondEnd: boolean }
  readonly epochBegin: At
  readonly batchBegin: At & { readonly samples: number }
  /** `values`: losses and metrics of this batch, by plain name. `learningRate`: of the first parameter group. */
  readonly batchEnd: At & { readonly samples: number; readonly values: Values; readonly learningRate: number }
  readonly batchSkipped: At & { readonly reason: "empty" | "controller" | "nonFinite" }
  readonly validationBegin: At & { readonly name: string }
  readonly validationBatchBegin: At & { readonly name: string; readonly batch: number }
  readonly validationBatchEnd: At & {
    readonly name: string
    readonly batch: number
    readonly samples: number
    readonly values: Values
  }
  /** `values` by monitor key, such as `"validation/accuracy"`. */
  readonly validationEnd: At & { readonly name: string; readonly values: Values } & Full
  /** `values` of the training epoch and of every validation that fell on its end, by monitor key. */
  readonly epochEnd: At & { readonly values: Values }
  readonly checkpointSaved: At & { readonly path: string }
  /**
   * The run has reached its end, at a limit or since a callback said so. `savedHere`: there is a checkpoint of this position
   * already.
   */
  readonly ended: At & {
    readonly description: RunDescription
    readonly reason: string
    readonly savedHere: boolean
  }
  /** The state is one to continue from: that of the last finished boundary or batch. */
  readonly interrupted: At & { readonly description: RunDescription }
  readonly failed: At & { readonly description: RunDescription; readonly error: unknown }
  readonly trainEnd: At & { readonly reason: string }
  readonly testBegin: At
  readonly testBatchBegin: At & { readonly batch: number }
  readonly testBatchEnd: At & { readonly batch: number; readonly samples: number; readonly values: Values }
  readonly testEnd: At & { readonly values: Values } & Full
  readonly predictBegin: At
  readonly predictBatchBegin: At & { readonly batch: number }
  readonly predictBatchEnd: At & { readonly batch: number; readonly samples: number; readonly outputs: TensorOrRecord }
  readonly predictEnd: At & { readonly samples: number }
}
export type HookName = keyof HookEvents

/** What takes time in a run: waiting for data, steps, validations with their hooks, saving; and each handler. */
export type TimedPart =
  | { readonly phase: "data" | "step" | "validation" | "checkpoint" }
  | { readonly callback: string; readonly hook: HookName }

/** Hooks of the synchronous loop: their handlers are plain functions, or effectful ones that say when they are due. */
export type BatchHookName =
  | "batchBegin"
  | "batchEnd"
  | "batchSkipped"
  | "validationBatchBegin"
  | "validationBatchEnd"
  | "testBatchBegin"
  | "testBatchEnd"
  | "predictBatchBegin"
  | "predictBatchEnd"

/** What an observer's handler gives: nothing, or its new state. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is the common case
export type Observed<S> = void | readonly [state: S]
/** What a controller's handler gives: nothing, a decision, a new state, or both. */
export type Answer<S> = Observed<S> | Decision | readonly [state: S, decision: Decision]

/** A handler of `batchEnd` that may do I/O: called at exactly the batches at which `when` holds; the loop waits for it. */
export interface Scheduled<H extends HookName, S, A> {
  readonly when: (progress: Progress) => boolean
  readonly run: (event: HookEvents[H], state: S) => A | Effect.Effect<A, any>
}

/** The handlers of a callback. A handler must not look at anything but its event and its state to decide. */
export type Hooks<S, A> = {
  readonly [H in HookName]?: H extends "batchEnd"
    ? ((event: HookEvents[H], state: S) => A) | Scheduled<H, S, A>
    : H extends BatchHookName
      ? (event: HookEvents[H], state: S) => A
      : (event: HookEvents[H], state: S) => A | Effect.Effect<A, any>
}

/** The errors of those results that are Effects; none of the others'. */
type ResultError<Result> = Result extends Effect.Effect<any, infer E, any> ? E : never

/** The errors that handlers can fail with. */
export type HooksError<H> = {
  readonly [K in keyof H]-?: NonNullable<H[K]> extends (...args: ReadonlyArray<never>) => infer Result
    ? ResultError<Result>
    : NonNullable<H[K]> extends { readonly run: (...args: ReadonlyArray<never>) => infer Result }
      ? ResultError<Result>
      : never
}[keyof H]

/** What a transform sees of the step. */
export interface TransformScene {
  /** Draws below the callback's own id. */
  readonly random: StepRandom
  /** The numbers that `hyper` gave for this step, as scalars. */
  readonly hyper: { readonly [name: string]: tf.Tensor }
  /**
   * The gradient of the same batch at other parameters, with its weights, mask, draws and parts: on gradients and updates, for
   * transforms that say `secondGradient`.
   */
  readonly gradient: (parameters: Tensors) => Tensors
  /** What the targets are to the losses, by name (`""` for a single one), as far as the losses say. */
  readonly targets?: { readonly [target: string]: TargetKind }
}

/** Pure tensor functions placed inside the step. They are recorded by executors that record. */
export interface Transform {
  /** The callback's tensors at the start, made from the initial parameters; the caller owns them. */
  readonly tensors?: (parameters: Tensors) => Tensors
  /** Numbers that change from step to step (`step` counts from 1); they enter the step as scalars. */
  readonly hyper?: (step: number) => { readonly [name: string]: number }
  /** On the batch, before the forward pass; metrics see the untransformed targets. */
  readonly batch?: (batch: TensorBatch, scene: TransformScene) => TensorBatch
  /** On the gradients, before clipping; with the parameters before the update. */
  readonly gradients?: (gradients: Tensors, scene: TransformScene, parameters: Tensors) => Tensors
  /** On the changes that the optimizer computed, before they are added to the parameters. */
  readonly updates?: (updates: Tensors, scene: TransformScene, parameters: Tensors) => Tensors
  /** After the update: may change the parameters and the callback's own tensors. */
  readonly parameters?: (
    parameters: Tensors,
    own: Tensors,
    scene: TransformScene
  ) => { readonly parameters?: Tensors; readonly tensors?: Tensors }
  /** Whether it asks for `scene.gradient`. */
  readonly secondGradient?: boolean
  /** Which of the trainable parameters are changed at all. */
  readonly trainable?: (path: string) => boolean
}

/** The state of a callback: what its handlers are given and may answer with. */
export interface CallbackState<S> {
  readonly schema: Schema.Codec<S, any>
  readonly initial: S
  /** For state that is kept elsewhere (in a library's generator, say): how to read it when it is saved, and to put it back. */
  readonly outside?: { readonly read: () => S; readonly restore: (state: S) => void }
}

/** A callback, whatever its kind, as the loop sees it. */
export interface Definition {
  readonly id: string
  readonly kind: "observer" | "controller" | "transform"
  /** Ids that come before this one where they are present. */
  readonly after?: ReadonlyArray<string>
  /** The monitors that it reads; each must be a value of the task. */
  readonly monitors?: ReadonlyArray<string>
  /** The monitors that it compares values of; their metrics must say which way is better where it does not. */
  readonly judges?: ReadonlyArray<Best.Asked>
  /** The monitors whose best values it goes by as the run records them: a direction against the metric's is refused. */
  readonly follows?: ReadonlyArray<Best.Asked>
  /** The best values, by monitor or rule, whose weights the run keeps for `Decision.restoreBest`. */
  readonly keepBest?: ReadonlyArray<Best.Asked>
  /** The best value with whose weights the run is to end, whichever way it ends; `endWith` of the config goes before it. */
  readonly endWith?: Best.Asked
  /** Whether it has the run validated, tested or predicted with tensors of its own; one callback of a run may. */
  readonly evaluates?: boolean
  readonly state?: CallbackState<any>
  readonly hooks?: { readonly [H in HookName]?: unknown }
  readonly transform?: Transform
  readonly onEvent?: (event: Known) => void
  readonly measures?: (event: HookEvents["batchEnd"]) => Values
  readonly onTime?: (part: TimedPart, milliseconds: number) => void
  /** Whether the run goes on without this callback when a handler of its fails. */
  readonly optional?: boolean
  /** Looks, before the first step, whether everything it needs is there (a writable folder, say). */
  readonly check?: Effect.Effect<ReadonlyArray<Problem>>
  /** Runs once, on all four exits and when nothing was begun, in reverse of the callbacks' order. */
  readonly finalizer?: (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
}

declare const callbackOf: unique symbol
/** What a callback's layer gives, for the type checker: the errors of its handlers, and the monitors it reads. */
export interface CallbackOf<out E = never, out Monitor extends string = never> {
  readonly [callbackOf]: { readonly error: E; readonly monitor: Monitor }
}

/** Where callbacks' layers register; `train` provides it. */
export class CallbackRegistry extends Context.Service<
  CallbackRegistry,
  { readonly register: (definition: Definition) => Effect.Effect<void> }
>()("@etude/core/CallbackRegistry") {}

export type CallbackLayer<E = never, Monitor extends string = never, LE = never, R = never> = Layer.Layer<
  CallbackOf<E, Monitor>,
  LE,
  CallbackRegistry | R
>

const register = (definition: Definition) =>
  // CallbackOf is a phantom: it exists for the type checker only, no service stands behind it.
  Layer.effectDiscard(CallbackRegistry.use((registry) => registry.register(definition))) as unknown as CallbackLayer<
    any,
    any
  >

interface Common<S, Monitor extends string> {
  readonly id: string
  readonly after?: ReadonlyArray<string>
  readonly monitors?: ReadonlyArray<Monitor>
  /** State that is part of the run: it is saved, compared and restored. */
  readonly state?: CallbackState<S>
  /** Told of every event that the run publishes, in order, before its `Events` are: for folds over them. Must not throw. */
  readonly onEvent?: (event: Known) => void
  /** Numbers of its own at logged steps: they are in `StepLogged` below its id, for all who read events. */
  readonly measures?: (event: HookEvents["batchEnd"]) => Values
  /** Told how long each part of the run took. Without anyone who asks, nothing is timed. Must not throw. */
  readonly onTime?: (part: TimedPart, milliseconds: number) => void
  /** Looks, before the first step, whether everything it needs is there (a writable folder, say). */
  readonly check?: Effect.Effect<ReadonlyArray<Problem>>
  /** Runs once, on all four exits and when nothing was begun, in reverse of the callbacks' order. */
  readonly finalizer?: (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
}

/** The errors of a merged layer's callbacks. */
export type ErrorOf<Out> = Out extends CallbackOf<infer E, any> ? E : never
/** The monitors that a merged layer's callbacks read. */
export type MonitorOf<Out> = Out extends CallbackOf<any, infer Monitor> ? Monitor : never

/** A callback that looks on. */
export const observer = <S = undefined, const Monitor extends string = never, H extends Hooks<S, Observed<S>> = {}>(
  options: Common<S, Monitor> & { readonly hooks: H & Hooks<S, Observed<S>> }
): CallbackLayer<HooksError<H>, Monitor> => register({ ...options, kind: "observer" } as Definition)

/** A monitor, or a rule for its best value. */
type AskedOf<Monitor extends string> = Monitor | (Omit<Best.Rule, "monitor"> & { readonly monitor: Monitor })

/** A callback that answers with decisions. */
export const controller = <S = undefined, const Monitor extends string = never, H extends Hooks<S, Answer<S>> = {}>(
  options: Common<S, Monitor> & {
    readonly judges?: ReadonlyArray<AskedOf<Monitor>>
    readonly follows?: ReadonlyArray<Best.Asked>
    readonly keepBest?: ReadonlyArray<AskedOf<Monitor>>
    readonly endWith?: AskedOf<Monitor>
    readonly hooks: H & Hooks<S, Answer<S>>
  }
): CallbackLayer<HooksError<H>, Monitor> => register({ ...options, kind: "controller" } as Definition)

/** A pure tensor function inside the step; it may answer with decisions too (to evaluate with averaged parameters). */
export const transform = <S = undefined, const Monitor extends string = never, H extends Hooks<S, Answer<S>> = {}>(
  options: Common<S, Monitor> & {
    readonly transform: Transform
    readonly evaluates?: boolean
    readonly hooks?: H & Hooks<S, Answer<S>>
  }
): CallbackLayer<HooksError<H>, Monitor> => register({ ...options, kind: "transform" } as Definition)

/** A callback that is made by an effect: from services, with resources that live as long as the run. */
export const unwrap = <E, Monitor extends string, LE, LR, E2, R2>(
  make: Effect.Effect<CallbackLayer<E, Monitor, LE, LR>, E2, R2>
) => Layer.unwrap(make)

/**
 * The same callbacks, without which the run goes on: when a handler fails, throws or dies, the run is warned (`Warned` names
 * the callback, the hook and the reason) and calls none of the callback's handlers any more. Its state stays as it was; a
 * resumed run tries again. What is found before the first step, and a transform's tensor functions, still fail the run.
 *
 * ```ts
 * Callback.optional(Csv.layer({ path: "runs/1/epochs.csv" }))
 * ```
 */
export const optional = <Out, LE, R>(
  layer: Layer.Layer<Out, LE, R>
): CallbackLayer<never, MonitorOf<Out>, LE, Exclude<R, CallbackRegistry>> =>
  Layer.provide(
    layer,
    Layer.effect(
      CallbackRegistry,
      CallbackRegistry.useSync((outer) => ({
        register: (definition: Definition) => outer.register({ ...definition, optional: true })
      }))
    )
  ) as never // a wrapped registry is still the run's; the handlers' errors no longer end it

/**
 * The same callbacks for a run and for what follows it: they are built here, live as long as the surrounding scope, and each
 * `train`, `test`, … that is given the layer calls these very instances, so that a file goes on and a report has the test in
 * it. Without it every call builds its own. Finalizers run at the end of each call.
 *
 * ```ts
 * const callbacks = yield* Callback.shared(HtmlReport.layer({ path: "runs/1/report.html" }))
 * const { state } = yield* Trainer.train(task, { data, callbacks })
 * yield* Trainer.test(task, { state, data: data.test, callbacks })
 * ```
 */
export const shared = <Out, LE, R>(
  layer: Layer.Layer<Out, LE, R>
): Effect.Effect<Layer.Layer<Out, never, CallbackRegistry>, LE, Exclude<R, CallbackRegistry> | Scope.Scope> =>
  Effect.suspend(() => {
    const definitions: Array<Definition> = []
    const registry = Layer.succeed(CallbackRegistry, {
      register: (definition) => Effect.sync(() => void definitions.push(definition))
    })
    return Effect.as(
      Layer.build(Layer.fresh(Layer.provide(layer, registry))),
      Layer.effectDiscard(
        CallbackRegistry.use(({ register }) => Effect.forEach(definitions, register, { discard: true }))
      ) as never // CallbackOf is a phantom
    )
  })

/** An effectful `batchEnd`, called after every so many steps. */
export const everySteps = <S, A>(
  steps: number,
  run: (event: HookEvents["batchEnd"], state: S) => A
): {
  readonly when: (progress: Progress) => boolean
  readonly run: (event: HookEvents["batchEnd"], state: S) => A
} => ({
  when: (progress) => progress.step % steps === 0,
  run
})

/** Whether a rule is due now, for callbacks that follow an `Every`. */
export const isDue = (every: Every, progress: Progress, epochEnded: boolean): boolean =>
  due(every, progress, epochEnded, { step: -1, elapsedSeconds: 0 })
