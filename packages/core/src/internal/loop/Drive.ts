/**
 * Callbacks as the loop drives them, without a loop: whoever tries a callback calls its hooks by hand and looks at decisions and
 * states. Nothing here has tensors.
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { ErrorOf } from "../../Callback.ts"
import * as Decision from "../../Decision.ts"
import { CallbackFailed, type Problem } from "../../Errors.ts"
import type { Known, Values } from "../../Event.ts"
import type { HookFields, HookName } from "../../Hooks.ts"
import type { Monitors } from "../../Monitors.ts"
import * as Progress from "../../Progress.ts"
import type { TrainState } from "../../TrainState.ts"
import * as CallbackStates from "./CallbackStates.ts"
import * as Callbacks from "./Callbacks.ts"
import type { CallbackRegistry, Definition } from "./Definition.ts"
import * as HookCaller from "./HookCaller.ts"
import * as HookTable from "./HookTable.ts"

export interface DriveOptions {
  /** What the run reports. Default: `train/loss` and `validation/loss`, lower is better. */
  readonly monitors?: Monitors
  /** Encoded states to begin with, by id, as a resumed run has them. */
  readonly states?: { readonly [id: string]: Schema.Json }
  /** The state that handlers may look at. Without it one that does fails. */
  readonly state?: () => TrainState
}

/** What a callback decided, and where. */
export interface DrivenDecision {
  readonly callback: string
  readonly decision: Decision.Decision
  readonly progress: Progress.Progress
}

export interface Driven<E> {
  /** In the order in which a run calls them. */
  readonly callbacks: ReadonlyArray<Definition>
  /** What is wrong with their ids and their order. */
  readonly problems: ReadonlyArray<Problem>
  /** Moves the run: to so many epochs, batches, steps, samples, seconds. */
  readonly move: (to: Partial<Progress.Progress>) => void
  readonly progress: () => Progress.Progress
  /** What the run reports from here on. */
  readonly report: (monitors: Monitors) => void
  /** Calls a hook, as the loop would; what its event lacks here is for handlers that don't look at it. */
  readonly call: <H extends HookName>(
    hook: H,
    fields?: Partial<HookFields<H>>
  ) => Effect.Effect<Decision.Decision, E | CallbackFailed>
  /** Hands an event to the callbacks that listen. */
  readonly event: (event: Known) => void
  /** What callbacks measure at a logged step, by id. */
  readonly measure: (fields?: Partial<HookFields<"batchEnd">>) => { readonly [id: string]: Values }
  /** Every decision so far other than to proceed. */
  readonly decisions: ReadonlyArray<DrivenDecision>
  /** What was said of optional callbacks that failed. */
  readonly dropped: ReadonlyArray<string>
  /** The callbacks' states as a checkpoint has them: to begin with in another drive, as if resumed. */
  readonly states: () => { readonly [id: string]: Schema.Json }
  /** Runs the finalizers, in reverse order; otherwise they run when the scope closes. */
  readonly finalize: (exit?: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
}

const lossOf = (set: string) => ({ set, metric: "loss", better: "lower" }) as const

const noState = (): never => {
  throw new Error("a driven callback sees no state unless one is given: Callback.drive(layer, { state })")
}

/** What a drive goes through. */
interface Course {
  progress: Progress.Progress
  monitors: Monitors
  states: CallbackStates.States
  readonly decisions: Array<DrivenDecision>
  readonly dropped: Array<string>
}

const callerOf = (callbacks: ReadonlyArray<Definition>, course: Course, state: () => TrainState) => {
  const table = HookTable.make({
    callbacks,
    onDecision: (callback, decision) => course.decisions.push({ callback, decision, progress: course.progress }),
    onDropped: (message) => course.dropped.push(message)
  })
  return HookCaller.make(table, {
    moment: () => ({ progress: course.progress, monitors: course.monitors, state }),
    states: () => course.states,
    keep: (states) => {
      course.states = states
    }
  })
}

/** Plain handlers of `batchEnd` and scheduled ones, as at a batch; all handlers of another hook. */
const callWith = (caller: HookCaller.HookCaller, hook: HookName, fields: object) => {
  const event = fields as HookFields<HookName> & HookFields<"batchEnd">
  if (hook !== "batchEnd") return caller.call(hook, event)
  const plain = Effect.try({
    try: () => caller.now("batchEnd", event),
    catch: (cause) => (cause instanceof CallbackFailed ? cause : new CallbackFailed({ id: "unknown", hook, cause }))
  })
  return Effect.zipWith(plain, caller.call("batchEnd", event), Decision.join)
}

/**
 * Builds the callbacks of a layer to call their hooks by hand: their tests then need no task, no data and no tensors.
 *
 * ```ts
 * const run = yield* Callback.drive(EarlyStopping.layer({ monitor: "validation/loss", patience: { evaluations: 1 } }))
 * yield* run.call("validationEnd", { name: "validation", values: { "validation/loss": 0.5 } })
 * const { stopRun } = yield* run.call("validationEnd", { name: "validation", values: { "validation/loss": 0.7 } })
 * ```
 */
export const drive = <Out, LE, R>(
  layer: Layer.Layer<Out, LE, R>,
  options: DriveOptions = {}
): Effect.Effect<Driven<ErrorOf<Out>>, LE, Exclude<R, CallbackRegistry> | Scope.Scope> =>
  Effect.map(Callbacks.open(layer), ({ callbacks, problems, finalize }) => {
    const course: Course = {
      progress: Progress.start,
      monitors: options.monitors ?? { "train/loss": lossOf("train"), "validation/loss": lossOf("validation") },
      states: CallbackStates.decode(callbacks, options.states ?? {}),
      decisions: [],
      dropped: []
    }
    const caller = callerOf(callbacks, course, options.state ?? noState)
    return drivenBy(callbacks, problems, course, caller, finalize)
  })

const drivenBy = <E>(
  callbacks: ReadonlyArray<Definition>,
  problems: ReadonlyArray<Problem>,
  course: Course,
  caller: HookCaller.HookCaller,
  finalize: Driven<E>["finalize"]
): Driven<E> => ({
  callbacks,
  problems,
  finalize,
  move: (to) => {
    course.progress = { ...course.progress, ...to }
  },
  progress: () => course.progress,
  report: (monitors) => {
    course.monitors = monitors
  },
  call: (hook, fields = {}) => callWith(caller, hook, fields),
  event: (event) => {
    for (const { onEvent } of callbacks) onEvent?.(event)
  },
  measure: (fields = {}) => caller.measure(fields as HookFields<"batchEnd">),
  decisions: course.decisions,
  dropped: course.dropped,
  states: () => CallbackStates.encode(callbacks, CallbackStates.withOutside(callbacks, course.states))
})
