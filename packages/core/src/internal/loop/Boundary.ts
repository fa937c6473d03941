/** What happens between two batches, beside validation. The only places where a run is steered. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Checkpoints } from "../../Checkpoints.ts"
import * as Decision from "../../Decision.ts"
import type { Values } from "../../Event.ts"
import * as Scores from "../step/Scores.ts"
import * as Bookkeeping from "./Bookkeeping.ts"
import * as Freezing from "./Freezing.ts"
import * as Records from "./Records.ts"
import * as Run from "./Run.ts"
import * as RunState from "./RunState.ts"
import { spanned } from "./spanned.ts"

/** Begins an epoch, if this is its first batch; gives what callbacks decided about it. */
export const beginEpoch = Effect.fnUntraced(function* (run: Run.Run) {
  const { progress, skipped } = run.state.plain
  Run.remember(run, { epoch: { time: performance.now(), firstBatch: progress.batch, emptyBefore: skipped.empty } })
  if (progress.batch > 0) return Decision.proceed
  RunState.commit(run, { scores: Scores.empty(run.task) })
  yield* run.tell.publish("EpochStarted", {})
  Run.snapshot(run, run.state.plain.boundary)
  const decision = yield* run.hooks.call("epochBegin", {})
  yield* apply(run, decision)
  yield* save(run, decision)
  Run.release(run)
  return decision
})

/** The decision of a boundary that was cut short, and is to be done now. */
export const unfinished = (run: Run.Run): Decision.Decision | undefined => {
  const { boundary } = run.state.plain
  if (boundary === null) return undefined
  Run.remember(run, { last: boundary.last })
  RunState.book(run, (books) => ({ ...books, boundary: null }))
  return boundary.decision
}

/** Calls the scheduled handlers of `batchEnd` that are due. */
export const callScheduled = (run: Run.Run): Effect.Effect<Decision.Decision, any> => {
  const { last } = run.attempt
  return last !== null && run.hooks.isDue(run.state.plain.progress)
    ? run.hooks.call("batchEnd", last)
    : Effect.succeed(Decision.proceed)
}

/** Ends an epoch, which a validation may have measured. */
export const endEpoch = Effect.fnUntraced(function* (run: Run.Run, validated: Values) {
  const trained = Records.trainValues(run)
  const values = { ...trained, ...validated }
  const { epoch } = run.state.plain.progress
  RunState.book(run, Bookkeeping.epochDone)
  Records.noteBest(run, trained, epoch + 1)
  Records.record(run, values, epoch)
  const seconds = (performance.now() - run.attempt.epoch.time) / 1000
  yield* run.tell.publish("EpochEnded", { values, ...Records.ratesOf(run, epoch), seconds })
  if (run.attempt.updates === "at rate 0") {
    yield* run.tell.warn(
      `The learning rate was 0 in all of epoch ${epoch + 1}: nothing was learned. Look at the schedule, and at the length that it is over.`
    )
  }
  Run.remember(run, { updates: "none" })
  return yield* run.hooks.call("epochEnd", { values })
})

/** Carries out what a decision changes in the state. */
export const apply = Effect.fnUntraced(function* (run: Run.Run, decision: Decision.Decision) {
  RunState.book(run, (books) => Bookkeeping.decided(Bookkeeping.scaled(books, decision.scaleLearningRate), decision))
  Freezing.thaw(run, decision.thaw)
  // What ends with kept weights keeps the last ones for whoever continues it.
  if (decision.stopRun.length > 0) return Run.remember(run, { restoredAtEnd: decision.restoreBest })
  for (const monitor of decision.restoreBest) {
    const { best } = run.state
    const weights = Object.hasOwn(best, monitor) ? best[monitor] : undefined
    if (weights === undefined) {
      yield* run.tell.warn(
        `A callback asked to restore the best parameters by ${monitor}, but none have been kept yet; the parameters stay as they are.`
      )
      continue
    }
    RunState.restore(run, weights)
    RunState.book(run, (books) => ({ ...books, measured: {} }))
  }
})

/** Saves if the decision says so: the state as it is, or the one to continue from instead. */
export const save = (run: Run.Run, decision: Decision.Decision) =>
  decision.saveNow ? saveNow(run, decision.savers) : Effect.void

const saveNow = Effect.fnUntraced(function* (run: Run.Run, savers: Decision.Decision["savers"]) {
  const store = yield* Effect.serviceOption(Checkpoints)
  if (Option.isNone(store)) {
    return yield* run.tell.warn(
      "A callback asked for a checkpoint, but no Checkpoints layer is provided; nothing was saved."
    )
  }
  const begin = performance.now()
  const { path } = yield* store.value.save(Run.continuable(run), run.description(), savers)
  const { elapsedSeconds } = Run.now(run)
  const progress = { ...Run.continuable(run).plain.progress, elapsedSeconds }
  Run.remember(run, { savedAt: progress, paths: [...run.attempt.paths, path] })
  run.hooks.spent?.({ phase: "checkpoint" }, performance.now() - begin)
  yield* run.tell.publish("CheckpointSaved", { progress, path })
  yield* run.hooks.call("checkpointSaved", { progress, path })
}, spanned("save"))

/** Whether this very position has been saved. */
export const isSavedAt = ({ attempt }: Run.Run, { epoch, batch, step }: Run.Position): boolean =>
  attempt.savedAt?.epoch === epoch && attempt.savedAt.batch === batch && attempt.savedAt.step === step
