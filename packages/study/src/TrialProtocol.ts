/**
 * What a worker and the process of a trial say to each other, as JSON over the channel that Node opens between a process and its
 * parent. `etude trial-process` is the trial's side:
 *
 * ```
 * worker                         trial process
 * Begin { folder, fence, … }  →
 *                             ←  Began { step, epoch, bits }
 *                             ←  Reported { step, epoch, values }      after a validation, else after an epoch
 * Decided { step, decision }  →                                        the trial waits for it
 *                             ←  Finished { outcome, … }
 * Begin { … }                 →                                        another trial, in the same process
 * End                         →                                        the process exits with 0
 * ```
 *
 * Reports come at deterministic points, so a trial that resumes from a checkpoint may send again what an earlier process sent: a
 * worker keeps one for each step. When the channel closes or SIGTERM arrives, the trial saves, says `Finished` with `returned` if
 * somebody listens, and exits with {@link returnedCode}.
 */
import { Values } from "@etude/core/Event"
import type * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Decision } from "./Pruner.ts"

/** The exit code of a process that saved what it had reached and gave it back: EX_TEMPFAIL of sysexits.h. */
export const returnedCode = 75

/** A key of the config, as the parts of its path, and the value that it gets. */
export interface Override {
  readonly path: ReadonlyArray<string>
  readonly value: Schema.Json
}
export const Override: Schema.Codec<Override> = Schema.Struct({
  path: Schema.Array(Schema.String),
  value: Schema.Json
})

/** Begins a trial in its run folder, or resumes the newest intact checkpoint there. */
export interface Begin {
  readonly _tag: "Begin"
  /** The absolute run folder; made where there is none. */
  readonly folder: string
  /** The absolute path of the config that the trial trains. */
  readonly config: string
  /** In this order: a later one wins. */
  readonly overrides: ReadonlyArray<Override>
  readonly seed: number
  /** Grows each time that somebody takes the trial: who has a lower one writes nothing more. */
  readonly fence: number
  /** Threads of operations and steps; null leaves them to the machine. */
  readonly threads: number | null
  /** Whether it may resume where its bits will differ from those of an undisturbed run. Default: false, it is refused. */
  readonly allowAlterations?: boolean
  /**
   * The absolute folder of another run, or of one of its checkpoints. A run folder without checkpoints of its own continues from a
   * copy of that checkpoint, or of the one that the run was paused with last, or of its newest, with the config of this message. A
   * run folder that has some ignores it.
   */
  readonly startFrom?: string
}
export const Begin: Schema.Codec<Begin> = Schema.Struct({
  _tag: Schema.Literal("Begin"),
  folder: Schema.String,
  config: Schema.String,
  overrides: Schema.Array(Override),
  seed: Schema.Int,
  fence: Schema.Natural,
  threads: Schema.NullOr(Schema.Natural),
  allowAlterations: Schema.optionalKey(Schema.Boolean),
  startFrom: Schema.optionalKey(Schema.String)
})

/** The answer to the report of that step. */
export interface Decided {
  readonly _tag: "Decided"
  readonly step: number
  readonly decision: Decision
}
export const Decided: Schema.Codec<Decided> = Schema.Struct({
  _tag: Schema.Literal("Decided"),
  step: Schema.Natural,
  decision: Decision
})

/** No more trials come: the process ends. A trial that runs is saved and given back. */
export interface End {
  readonly _tag: "End"
}
export const End: Schema.Codec<End> = Schema.Struct({ _tag: Schema.Literal("End") })

/** From a worker to the process of a trial. */
export type ToTrial = Begin | Decided | End
export const ToTrial: Schema.Codec<ToTrial> = Schema.Union([Begin, Decided, End])

/** The trial is about to train, from the start (step 0) or from a checkpoint. */
export interface Began {
  readonly _tag: "Began"
  readonly step: number
  readonly epoch: number
  /** What its bits depend on besides its config: equal texts on two machines mean equal bits. */
  readonly bits: string
}
export const Began: Schema.Codec<Began> = Schema.Struct({
  _tag: Schema.Literal("Began"),
  step: Schema.Natural,
  epoch: Schema.Finite,
  bits: Schema.String
})

/** What was measured at the end of a validation; of an epoch, where there is no validation. */
export interface Reported {
  readonly _tag: "Reported"
  /** Optimizer steps done. */
  readonly step: number
  /** Epochs done; a fraction within one. */
  readonly epoch: number
  /** By monitor: `validation/loss`, `train/accuracy`, … NaN and infinities are kept. */
  readonly values: Values
}
export const Reported: Schema.Codec<Reported> = Schema.Struct({
  _tag: Schema.Literal("Reported"),
  step: Schema.Natural,
  epoch: Schema.Finite,
  values: Values
})

/**
 * | Outcome | Meaning |
 * | --- | --- |
 * | `complete` | the run reached its end, and was tested where it has test data; also a run that had ended before |
 * | `stopped` | it ended by the decision `Stop` |
 * | `paused` | it saved at the report that was answered with `Pause`, and can be resumed |
 * | `returned` | it saved because it was asked to go (SIGTERM, the channel, `End`), and can be resumed |
 * | `failed` | its config or data are unusable, or training failed; counts as a failure of the trial |
 * | `refused` | it would not continue with the same bits here; another machine may |
 * | `superseded` | somebody with a higher fence, or another process, has the folder; nothing of it was written |
 */
export type Outcome = "complete" | "stopped" | "paused" | "returned" | "failed" | "refused" | "superseded"
export const Outcome: Schema.Codec<Outcome> = Schema.Literals([
  "complete",
  "stopped",
  "paused",
  "returned",
  "failed",
  "refused",
  "superseded"
])

/** How a trial's time in this process ended. */
export interface Finished {
  readonly _tag: "Finished"
  readonly outcome: Outcome
  /** Why it stopped, paused or failed, as a message for people; null where there is nothing to say. */
  readonly reason: string | null
  /** Optimizer steps and epochs done. */
  readonly step: number
  readonly epoch: number
  /** The values of the test, by metric; null before, and where a run has no test data. */
  readonly test: Values | null
  /** Seconds that this process spent on the trial. */
  readonly seconds: number
  /** Of `model.safetensors`, in hexadecimal digits; null before a run's end. */
  readonly sha256: string | null
  /** Whether it failed before its first step by its config or its data: trying again gives the same. Default: false. */
  readonly isHopeless?: boolean
}
export const Finished: Schema.Codec<Finished> = Schema.Struct({
  _tag: Schema.Literal("Finished"),
  outcome: Outcome,
  reason: Schema.NullOr(Schema.String),
  step: Schema.Natural,
  epoch: Schema.Finite,
  test: Schema.NullOr(Values),
  seconds: Schema.Finite,
  sha256: Schema.NullOr(Schema.String),
  isHopeless: Schema.optionalKey(Schema.Boolean)
})

/** From the process of a trial to its worker. */
export type FromTrial = Began | Reported | Finished
export const FromTrial: Schema.Codec<FromTrial> = Schema.Union([Began, Reported, Finished])

const toTrial = Schema.toCodecJson(ToTrial)
const fromTrial = Schema.toCodecJson(FromTrial)

/** A message as the channel takes it: NaN and infinities are strings. */
export const encodeToTrial: (message: ToTrial) => Schema.Json = Schema.encodeSync(toTrial)
export const encodeFromTrial: (message: FromTrial) => Schema.Json = Schema.encodeSync(fromTrial)

/** A message of the channel. Fails for what is none. */
export const decodeToTrial: (message: unknown) => Result.Result<ToTrial, Schema.SchemaError> =
  Schema.decodeUnknownResult(toTrial)
export const decodeFromTrial: (message: unknown) => Result.Result<FromTrial, Schema.SchemaError> =
  Schema.decodeUnknownResult(fromTrial)
