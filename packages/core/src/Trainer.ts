/**
 * `train`, `validate`, `test` and `predict`: each an Effect whose error type lists every way it can fail. `train` gives the
 * reason for stopping, counts, history, best values and the final state, whose tensors belong to the caller's scope; the
 * other three take a state.
 */
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Backend } from "./Backend.ts"
import type { CallbackRegistry, ErrorOf, MonitorOf } from "./Callback.ts"
import type { Setting } from "./Checkpoints.ts"
import type { Dataset } from "./Dataset.ts"
import type { CheckpointError, ConfigInvalid, NonFiniteFound, PreflightFailed } from "./Errors.ts"
import * as Callbacks from "./internal/loop/Callbacks.ts"
import type * as Ending from "./internal/loop/Ending.ts"
import type * as Evaluation from "./internal/loop/Evaluation.ts"
import * as Loop from "./internal/loop/Loop.ts"
import * as Opening from "./internal/loop/Opening.ts"
import * as Run from "./internal/loop/Run.ts"
import { spanned } from "./internal/loop/spanned.ts"
import type { ValidationData } from "./internal/preflight/RunData.ts"
import { Registry } from "./Registry.ts"
import type { StepExecutor } from "./StepExecutor.ts"
import type { LossNames, MonitorKey, Task } from "./Task.ts"
import type * as Tensors from "./Tensors.ts"
import * as TrainConfig from "./TrainConfig.ts"
import type * as TrainState from "./TrainState.ts"

export { type DescribeOptions, describe } from "./internal/loop/Description.ts"
export { type Evaluated, type EvaluateOptions, predict, test, validate } from "./internal/loop/Passes.ts"
export { predictBatch } from "./internal/loop/PredictBatch.ts"
export { initialWeights } from "./internal/loop/RunSetup.ts"
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
  /** Decoded by the `TrainConfig` schema; missing keys have their defaults. */
  readonly config?: TrainConfig.TrainConfigInput
  readonly data: { readonly train: Dataset; readonly validation?: ValidationData<ValidationName> }
  /** Callbacks, put together by `Layer.mergeAll`. */
  readonly callbacks?: Layer.Layer<Out, LE, LR> &
    Watches<Out, MonitorKey<MetricName, ReportedAs<ValidationName>, EvaluationName>>
  /** Continues from this state, which is not changed. Default: starts from initial parameters. */
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
  /** The paths of checkpoints saved during this call. */
  readonly paths: ReadonlyArray<string>
}

/** Every way in which `train` fails by itself; callbacks add theirs. */
export type TrainError = ConfigInvalid | PreflightFailed | NonFiniteFound | CheckpointError | Evaluation.PassError

/**
 * Trains a task until a limit of its config is reached or a callback stops it.
 *
 * Before the first step everything that can be checked is checked and reported together (`ConfigInvalid`,
 * `PreflightFailed`). With `state`, continues exactly from there: bit for bit like the uninterrupted run.
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
  EvaluationName extends string = never,
  LossName extends string = never
>(
  task: Task<In, Target, TaskOut, MetricName, EvaluationName> & LossNames<LossName>,
  options: TrainOptions<MetricName | LossName, ValidationName, Out, LE, LR, EvaluationName>
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
    const run = Effect.flatMap(Callbacks.open(callbacks), (built) =>
      Effect.flatMap(Opening.open(task as Task, config, options, built), (run) =>
        Effect.onExit(
          Effect.map(Loop.toEnd(run), (ended) => resultOf(run, ended)),
          (exit) => Run.close(run, exit, scope)
        )
      )
    )
    return yield* Effect.provideService(Effect.scoped(run), Registry, registry)
  }).pipe(spanned("Trainer.train"))

/** The final state, whose tensors outlive the run, and what has come of it. */
const resultOf = (run: Run.Run, { reason, history }: Ending.Ended): TrainResult => {
  const state = Run.view(run)
  const { best, endedWith, skipped, progress } = state.plain
  const counts = { epochs: progress.epoch, steps: progress.step, samples: progress.samples, skipped }
  const { elapsedSeconds } = progress
  return { reason, state, history, best, endedWith, counts, elapsedSeconds, paths: run.attempt.paths }
}
