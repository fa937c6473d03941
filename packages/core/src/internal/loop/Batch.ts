/** What happens at one batch, beside the step itself. Nothing here waits. */
import * as Effect from "effect/Effect"
import * as Decision from "../../Decision.ts"
import { DataError, type NonFiniteFound } from "../../Errors.ts"
import * as Scores from "../step/Scores.ts"
import type { Outcome } from "../step/Stepper.ts"
import * as Bookkeeping from "./Bookkeeping.ts"
import * as Records from "./Records.ts"
import * as Run from "./Run.ts"
import * as RunState from "./RunState.ts"

type Updated = Extract<Outcome, { readonly _tag: "Updated" }>

/** Calls the hooks before the next batch; gives what they decide about it. */
export const begin = (run: Run.Run): Decision.Decision => {
  if (run.attempt.last !== null) Run.remember(run, { last: null })
  if (!run.hooks.handled.has("batchBegin")) return Decision.proceed
  const { epoch, batch } = Run.now(run)
  return run.hooks.now("batchBegin", { samples: run.batches.samples(epoch, batch) })
}

/** Leaves the next batch out. */
export const skip = (run: Run.Run, reason: Bookkeeping.Skip, detail: string): Decision.Decision => {
  run.tell.note("BatchSkipped", { reason, detail })
  Run.now(run)
  RunState.book(run, (books) => Bookkeeping.batchSkipped(books, reason))
  return run.hooks.handled.has("batchSkipped") ? run.hooks.now("batchSkipped", { reason }) : Decision.proceed
}

/** What becomes of a batch whose step is done. */
export const end = (run: Run.Run, outcome: Outcome): Decision.Decision => {
  if (outcome._tag === "Empty") return skip(run, "empty", samplesOf(run))
  if (outcome._tag === "NonFinite") return recover(run, outcome.error)
  commit(run, outcome)
  return publish(run, outcome)
}

/** The first samples of the next batch, for a message. */
const samplesOf = ({ batches, state }: Run.Run): string => {
  const { epoch, batch } = state.plain.progress
  return `samples ${batches.indices(epoch, batch).slice(0, 8).join(", ")}`
}

/** Puts what a step made in the run's state. */
const commit = (run: Run.Run, { changed, samples, scores, learningRates }: Updated): void => {
  const plain = Bookkeeping.batchDone(run.state.plain, samples)
  const epochScores = Scores.combine(run.task, run.state.scores, scores)
  RunState.commit(run, { ...RunState.replaced(run.state, changed), plain, scores: epochScores })
  if (run.attempt.updates !== "some") noteUpdate(run, scores, learningRates)
  if (run.config.nonFinite._tag === "Rollback") keepForRollback(run)
}

/** Remembers the first loss of the run, and that the epoch has an update. */
const noteUpdate = (run: Run.Run, scores: Scores.Scores, learningRates: ReadonlyArray<number>): void => {
  const { firstLoss = Scores.totalLoss(run.task, scores) } = run.attempt
  Run.remember(run, { firstLoss, updates: learningRates.every((rate) => rate === 0) ? "at rate 0" : "some" })
}

/** Logs the step when it is due, and calls the hooks after the batch. */
const publish = (run: Run.Run, { samples, scores, learningRates }: Updated): Decision.Decision => {
  const isLogged = run.state.plain.progress.step % run.config.logEverySteps === 0
  if (!isLogged && !run.hooks.handled.has("batchEnd")) return Decision.proceed
  Run.now(run)
  const [learningRate = Number.NaN] = learningRates
  const last = { samples, values: Scores.values(run.task, scores), learningRate }
  Run.remember(run, { last })
  if (isLogged) log(run, last, learningRates)
  return run.hooks.now("batchEnd", last)
}

const log = (run: Run.Run, last: NonNullable<Run.Attempt["last"]>, rates: ReadonlyArray<number>): void => {
  const { samples, step } = run.state.plain.progress
  const [before, time] = [run.attempt.logged, performance.now()]
  Run.remember(run, { logged: { samples, time } })
  const measured = run.hooks.measure(last)
  run.tell.note("StepLogged", {
    values: last.values,
    ...(Object.keys(measured).length === 0 ? {} : { measured }),
    ...Records.namedRates(run, rates, step - 1),
    samplesPerSecond: ((samples - before.samples) / Math.max(1e-9, time - before.time)) * 1000
  })
}

/**
 * What a run does where a batch gives NaN or infinities, as its policy says: it leaves the batch out, goes back to the tensors
 * that were kept, or throws the error with the reason.
 */
const recover = (run: Run.Run, error: NonFiniteFound): Decision.Decision => {
  const course = Bookkeeping.onNonFinite(run.config.nonFinite, run.state.plain)
  if (course === "skip") RunState.book(run, Bookkeeping.nonFiniteSkipped)
  else if (course === "rollback") rollBack(run, error)
  else throw Object.assign(error, { policy: course.fail })
  return skip(run, "nonFinite", error.message)
}

const rollBack = (run: Run.Run, error: NonFiniteFound): void => {
  RunState.rollBack(run)
  run.tell.note("RolledBack", { toStep: run.state.plain.rollback.step, detail: error.message })
  RunState.book(run, Bookkeeping.rolledBack)
}

/** Keeps what a rollback goes back to, every so many steps. */
export const keepForRollback = (run: Run.Run): void => {
  const policy = run.config.nonFinite
  if (policy._tag !== "Rollback") return
  const { progress, rollback } = run.state.plain
  if (Object.keys(run.state.rollback).length > 0 && progress.step - rollback.step < policy.steps) return
  RunState.keepForRollback(run)
  RunState.book(run, (books) => ({ ...books, rollback: { ...books.rollback, step: progress.step } }))
}

/** Fails where a whole epoch held nothing that counts. */
export const failWhereNothingCounts = (run: Run.Run): Effect.Effect<void, DataError> => {
  const { firstBatch, emptyBefore } = run.attempt.epoch
  const empty = run.state.plain.skipped.empty - emptyBefore
  if (firstBatch > 0 || empty < run.batches.batches) return Effect.void
  return Effect.fail(
    new DataError({
      source: run.data.train.name,
      found: `an epoch of ${run.batches.batches} batches, all of them empty`,
      expected: "samples, some of them with a weight and mask above 0",
      advice: "Look at what its read gives, at its weights and at its mask; the parameters are as they were."
    })
  )
}
