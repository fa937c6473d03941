/**
 * Callbacks: what others add to a run. An **observer** looks and cannot change anything. A **controller** answers with
 * decisions. A **transform** is a pure tensor function inside the step. Each is a layer; layers compose with
 * `Layer.mergeAll`, and what order they are listed in never matters: `after` declares an order, ties go by id.
 * When each hook is called is in `Hooks.ts`.
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type * as Best from "./Best.ts"
import type { Problem } from "./Errors.ts"
import type { Known, Values } from "./Event.ts"
import { due, type Every } from "./Extent.ts"
import type { Answer, HookEvents, Hooks, HooksError, Observed, TimedPart } from "./Hooks.ts"
import { CallbackRegistry, type CallbackState, type Definition } from "./internal/loop/Definition.ts"
import type { Progress } from "./Progress.ts"
import type { Transform } from "./Transform.ts"

export type {
  Answer,
  At,
  BatchHookName,
  Full,
  HookEvents,
  HookFields,
  HookName,
  Hooks,
  HooksError,
  Observed,
  Results,
  Scheduled,
  TimedPart
} from "./Hooks.ts"
export { type Driven, type DrivenDecision, type DriveOptions, drive } from "./internal/loop/Drive.ts"
export type { Transform, TransformScene } from "./Transform.ts"
export { CallbackRegistry, type CallbackState, type Definition }

declare const callbackOf: unique symbol
/** What a callback's layer gives, for the type checker: the errors of its handlers, and the monitors it reads. */
export interface CallbackOf<out E = never, out Monitor extends string = never> {
  readonly [callbackOf]: { readonly error: E; readonly monitor: Monitor }
}

export type CallbackLayer<E = never, Monitor extends string = never, LE = never, R = never> = Layer.Layer<
  CallbackOf<E, Monitor>,
  LE,
  CallbackRegistry | R
>

/** Any layer as one of callbacks. What these give exists for the type checker only: there is no service `Out`. */
const giving = <Out, LE, R>(layer: Layer.Layer<never, LE, R>) => layer as Layer.Layer<Out, LE, R>

const register = (definition: Definition): CallbackLayer<any, any> =>
  giving(Layer.effectDiscard(CallbackRegistry.use((registry) => registry.register(definition))))

interface Common<S, Monitor extends string> {
  readonly id: string
  readonly after?: ReadonlyArray<string>
  readonly monitors?: ReadonlyArray<Monitor>
  /** State that is part of the run: it is saved, compared and restored. */
  readonly state?: CallbackState<S>
  /** Told of every event that the run publishes, in order, before its `Events` are: for folds over them. Must not throw. */
  readonly onEvent?: (event: Known) => void
  /** Numbers that it measures at logged steps. `StepLogged` holds them under its id, for every reader of events. */
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

/** A callback that only observes. */
export const observer = <S = undefined, const Monitor extends string = never, H extends Hooks<S, Observed<S>> = {}>(
  options: Common<S, Monitor> & { readonly hooks: H & Hooks<S, Observed<S>> }
): CallbackLayer<HooksError<H>, Monitor> => register({ ...options, kind: "observer" } as Definition)

/** A monitor, or a rule for its best value. */
type RuleOf<Monitor extends string> = Monitor | (Omit<Best.Rule, "monitor"> & { readonly monitor: Monitor })

/** A callback that answers with decisions. */
export const controller = <S = undefined, const Monitor extends string = never, H extends Hooks<S, Answer<S>> = {}>(
  options: Common<S, Monitor> & {
    readonly judges?: ReadonlyArray<RuleOf<Monitor>>
    readonly follows?: ReadonlyArray<Best.RuleInput>
    readonly keepBest?: ReadonlyArray<RuleOf<Monitor>>
    readonly endWith?: RuleOf<Monitor>
    readonly freezes?: ReadonlyArray<string>
    readonly hooks: H & Hooks<S, Answer<S>>
  }
): CallbackLayer<HooksError<H>, Monitor> => register({ ...options, kind: "controller" } as Definition)

/** A pure tensor function inside the step; it may answer with decisions too (to evaluate with averaged parameters). */
export const transform = <S = undefined, const Monitor extends string = never, H extends Hooks<S, Answer<S>> = {}>(
  options: Common<S, Monitor> & {
    readonly transform: Transform
    readonly evaluates?: boolean
    readonly endsWithAverage?: { readonly batches?: number }
    readonly hooks?: H & Hooks<S, Answer<S>>
  }
): CallbackLayer<HooksError<H>, Monitor> => register({ ...options, kind: "transform" } as Definition)

/** A callback that is made by an effect: from services, with resources that live as long as the run. */
export const unwrap = <E, Monitor extends string, LE, LR, E2, R2>(
  make: Effect.Effect<CallbackLayer<E, Monitor, LE, LR>, E2, R2>
) => Layer.unwrap(make)

/**
 * The same callbacks, but the run continues without them: when a handler fails, throws or dies, the run is warned (`Warned` names
 * the callback, the hook and the reason) and calls none of the callback's handlers any more. Its state does not change; a
 * resumed run tries again. What is found before the first step, and a transform's tensor functions, still fail the run.
 *
 * ```ts
 * Callback.optional(Csv.layer({ path: "runs/1/epochs.csv" }))
 * ```
 */
export const optional = <Out, LE, R>(
  layer: Layer.Layer<Out, LE, R>
): CallbackLayer<never, MonitorOf<Out>, LE, Exclude<R, CallbackRegistry>> =>
  giving(
    Layer.provide(
      layer,
      Layer.effect(
        CallbackRegistry,
        CallbackRegistry.useSync((outer) => ({
          register: (definition: Definition) => outer.register({ ...definition, optional: true })
        }))
      )
    )
  )

/**
 * The same callbacks for a run and for what follows it: they are built here, live as long as the surrounding scope, and each
 * `train`, `test`, … with this layer calls the same instances, so that a file continues and a report has the test in
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
      giving(
        Layer.effectDiscard(
          CallbackRegistry.use(({ register }) => Effect.forEach(definitions, register, { discard: true }))
        )
      )
    )
  })

/** An effectful `batchEnd`, called every n steps. */
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
