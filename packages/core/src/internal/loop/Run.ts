/** One run: what is fixed in it, its state, and what this attempt remembers that no state needs. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { BackendInfo } from "../../Backend.ts"
import type { RunDescription } from "../../Checkpoints.ts"
import type * as Extent from "../../Extent.ts"
import type { At } from "../../Hooks.ts"
import type { Monitors } from "../../Monitors.ts"
import type { Progress } from "../../Progress.ts"
import type { StepExecutor } from "../../StepExecutor.ts"
import type { SpecOf } from "../../Task.ts"
import type { TrainConfig } from "../../TrainConfig.ts"
import type { Plain, TrainState } from "../../TrainState.ts"
import type { RunData } from "../preflight/RunData.ts"
import type { StepPlan } from "../step/Plan.ts"
import type { Stepper } from "../step/Stepper.ts"
import type { BatchPlan } from "./BatchPlan.ts"
import * as Bookkeeping from "./Bookkeeping.ts"
import type { Watching } from "./EndWith.ts"
import type { Evaluator } from "./Evaluation.ts"
import type { HookCaller } from "./HookCaller.ts"
import * as RunState from "./RunState.ts"
import type { Telling } from "./Telling.ts"

export interface Run extends RunState.Owner, RunState.Parts, Watching {
  readonly config: TrainConfig
  readonly until: Extent.Until
  readonly data: RunData
  readonly batches: BatchPlan
  /** Specs of the model's outputs, to check labels against. */
  readonly outputs: SpecOf
  readonly monitors: Monitors
  readonly hooks: HookCaller
  /** Everything that may be trained, of which a part may be frozen. */
  readonly whole: StepPlan
  readonly stepperOf: (plan: StepPlan) => Stepper
  /** Of what is trained at present. */
  stepper: Stepper
  readonly evaluate: Evaluator
  readonly backend: BackendInfo
  readonly executor: StepExecutor["Service"]
  readonly tell: Telling
  /** What stops a stretch of batches, beside decisions and the end of the epoch. */
  readonly stops: ReadonlyArray<StopRule>
  /** The state that the run continues, if it continues one. */
  readonly resumed: Plain | undefined
  readonly beyondEnd: boolean
  /** What a user should know before the first step. */
  readonly warnings: ReadonlyArray<string>
  /** What the run is now: which programs an executor could take is known when it has tried. */
  readonly description: () => RunDescription
  /** Seconds spent in the run, over all its attempts. */
  readonly elapsedSeconds: () => number
  attempt: Attempt
}

/** Whether a boundary is due after the batch that was just done. */
export type StopRule = (run: Run) => boolean

/** Where a state was saved. */
export type Position = Pick<Progress, "epoch" | "batch" | "step">

export interface Attempt {
  /** What `batchEnd` says of the batch that was just trained on; none after a skipped one. */
  readonly last: NonNullable<Plain["boundary"]>["last"]
  /** Whether the running epoch had updates, and at another rate than 0. */
  readonly updates: "none" | "at rate 0" | "some"
  /** What the loss is compared with: that of the first batch, or what is known of the beginning of a resumed run. */
  readonly firstLoss: number | undefined
  readonly isDivergenceTold: boolean
  /** Where steps were last logged. */
  readonly logged: { readonly samples: number; readonly time: number }
  /** When the running epoch began, and whether that was in its middle. */
  readonly epoch: { readonly time: number; readonly firstBatch: number; readonly emptyBefore: number }
  /** Where the last checkpoint was saved, or the state that the run continues from had been. */
  readonly savedAt: Position | undefined
  readonly paths: ReadonlyArray<string>
  /** Monitors that a warning has called NaN. */
  readonly toldNaN: ReadonlyArray<string>
  /** Best values that a controller requested to restore as it ended the run. */
  readonly restoredAtEnd: ReadonlyArray<string>
  /** At its end a run decides nothing any more but whether to save. */
  readonly ending: "well" | "badly" | undefined
  readonly isEndTold: boolean
  /** The state before the boundary that is being worked on, to continue from if that work is cut short. */
  readonly snapshot: RunState.RunState | undefined
}

/** What an attempt begins with. */
export const attemptOf = ({ progress, history }: Plain, resumed: Plain | undefined): Attempt => {
  const entry = history.find(({ values }) => values["train/loss"] !== undefined)
  return {
    last: null,
    updates: "none",
    firstLoss: entry?.values["train/loss"],
    isDivergenceTold: false,
    logged: { samples: progress.samples, time: performance.now() },
    epoch: { time: performance.now(), firstBatch: 0, emptyBefore: 0 },
    savedAt: resumed?.progress,
    paths: [],
    toldNaN: [],
    restoredAtEnd: [],
    ending: undefined,
    isEndTold: false,
    snapshot: undefined
  }
}

/** Remembers something for the rest of the attempt. */
export const remember = (run: { attempt: Attempt }, changed: Partial<Attempt>): void => {
  run.attempt = { ...run.attempt, ...changed }
}

/** Brings `elapsedSeconds` up to date, and gives the progress. */
export const now = (run: RunState.Owner & Pick<Run, "elapsedSeconds">): Progress => {
  const seconds = run.elapsedSeconds()
  RunState.book(run, (books) => Bookkeeping.timed(books, seconds))
  return run.state.plain.progress
}

/** The state as it is now. Its tensors are the run's own: retain them to keep them. */
export const view = (run: RunState.Owner & RunState.Parts): TrainState =>
  RunState.view(run, RunState.current(run, run.state))

/** The state to continue from: where a run ends badly inside a boundary, the one before it. */
export const continuable = (run: RunState.Owner & RunState.Parts & Pick<Run, "attempt">): TrainState => {
  const { ending, snapshot } = run.attempt
  return ending === "badly" && snapshot !== undefined ? RunState.view(run, snapshot) : view(run)
}

/** Keeps the state as it is: a run that is cut short in what comes now continues from there. */
export const snapshot = (run: Run, boundary: Plain["boundary"]): void => {
  const { plain, ...others } = RunState.current(run, run.state)
  remember(run, { snapshot: RunState.retain({ plain: { ...plain, boundary }, ...others }) })
}

/** Where the run stands, as hooks see it. */
export const moment = (run: RunState.Owner & RunState.Parts & Pick<Run, "attempt" | "monitors">): At => ({
  progress: run.state.plain.progress,
  monitors: run.monitors,
  state: () => continuable(run)
})

/** What was kept is no longer wanted. */
export const release = (run: Run): void => {
  if (run.attempt.snapshot !== undefined) RunState.dispose(run.attempt.snapshot)
  remember(run, { snapshot: undefined })
}

/** The learning rate of the first parameter group at the present position. */
export const learningRate = ({ stepper, state }: Run): number => stepper.learningRates(state.plain)[0] ?? Number.NaN

/** The end of a run's tensors: with the caller's scope where it went well, and at once where it did not. */
export const close = (run: Run, exit: Exit.Exit<unknown, unknown>, scope: Scope.Scope): Effect.Effect<void> =>
  Effect.suspend(() => {
    release(run)
    run.stepper.dispose()
    const dispose = Effect.sync(() => RunState.dispose(run.state))
    return Exit.isSuccess(exit) ? Scope.addFinalizer(scope, dispose) : dispose
  })
