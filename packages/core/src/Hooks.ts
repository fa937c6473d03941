/**
 * The hooks of a run: when each is called, and with what.
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
import type * as Effect from "effect/Effect"
import type { RunDescription } from "./Checkpoints.ts"
import type { Decision } from "./Decision.ts"
import type { Values } from "./Event.ts"
import type { MetricFigure } from "./Figure.ts"
import type { Monitors } from "./Monitors.ts"
import type { Progress } from "./Progress.ts"
import type { TensorOrRecord } from "./Tensors.ts"
import type { TrainState } from "./TrainState.ts"

/** What every hook receives. */
export interface At {
  readonly progress: Progress
  /** What the run reports: each monitor's set, metric and direction. */
  readonly monitors: Monitors
  /**
   * The whole state, assembled when it is called. Its tensors live until the hook returns; keep one beyond that by
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

/** What each hook receives besides. */
export interface HookEvents {
  readonly trainBegin: At & { readonly description: RunDescription }
  /** `beyondEnd`: a callback had ended the run, and the caller continues it all the same. */
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

/** The fields of a hook's event beyond those that every hook receives; where a field has another type, a part of that. */
export type HookFields<H extends HookName> = Omit<HookEvents[H], keyof At> & Partial<At>

/** The timed parts of a run: waiting for data, steps, validations with their hooks, saving; and each handler. */
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

/** The answer of an observer's handler: nothing, or its new state. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is the common case
export type Observed<S> = void | readonly [state: S]
/** The answer of a controller's handler: nothing, a decision, a new state, or both. */
export type Answer<S> = Observed<S> | Decision | readonly [state: S, decision: Decision]

/** A handler of `batchEnd` that may do I/O: called at exactly the batches at which `when` holds; the loop waits for it. */
export interface Scheduled<H extends HookName, S, A> {
  readonly when: (progress: Progress) => boolean
  readonly run: (event: HookEvents[H], state: S) => A | Effect.Effect<A, any>
}

/** The handlers of a callback. A handler must base its decisions on its event and its state alone. */
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
