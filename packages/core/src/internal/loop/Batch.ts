/** What happens at one batch, beside the step itself. Nothing here waits. */
import * as Effect from "effect/Effect"
import * as Decision from "../../Decision.ts"
import { DataError } from "../../Errors.ts"
import * as Scores from "../step/Scores.ts"
import type { Outcome } from "../step/Stepper.ts"
import * as Bookkeeping from "./Bookkeeping.ts"
import * as Records from "./Records.ts"
import * as Run from "./Run.ts"
import * as RunState from "./RunState.ts"

type Updated = Extract<Outcome, { readonly _tag: "Updated" }>

/** The samples of the next batch: worked out for messages only, since that takes time where data are shuffled. */
export const indices = ({ batches, state }: Run.Run): (() => Int32Array) => {
  const { epoch, batch } = state.plain.progress
  return () => batches.indices(epoch, batch)
}

/** Asks callbacks what is to become of the next batch. */
export const begin = (run: Run.Run): Decision.Decision => {
  if (!run.hooks.has("batchBegin")) return Decision.proceed
  const { epoch, batch } = run.state.plain.progress
  return run.hooks.now("batchBegin", { samples: run.batches.samples(epoch, batch) })
}

/** Leaves the next batch out. */
export const skip = (run: Run.Run, reason: Bookkeeping.Skip, detail: string): Decision.Decision => {
  run.tell.note("BatchSkipped", { reason, detail })
  Run.now(run)
  RunState.book(run, (books) => Bookkeeping.batchSkipped(books, reason))
  return run.hooks.has("batchSkipped") ? run.hooks.now("batchSkipped", { reason }) : Decision.proceed
}

/** Leaves a batch out in which nothing counts. */
export const skipEmpty = (run: Run.Run): Decision.Decision =>
  skip(run, "empty", `samples ${[...indices(run)().slice(0, 8)].join(", ")}`)

/** Puts what a step made in the run's state. */
export const commit = (run: Run.Run, { changed, samples, scores, learningRates }: Updated): void => {
  const { updates, firstLoss } = run.attempt
  RunState.commitTensors(run, changed)
  Run.now(run)
  RunState.commit(run, {
    plain: Bookkeeping.batchDone(run.state.plain, samples),
    scores: Scores.combine(run.task, run.state.scores, scores)
  })
  Run.remember(run, {
    firstLoss: firstLoss ?? Scores.totalLoss(run.task, scores),
    updates: { count: updates.count + 1, rate: Math.max(updates.rate, ...learningRates) }
  })
}

/** Logs the step when it is due, and tells callbacks of the batch. */
export const end = (run: Run.Run, { samples, scores, learningRates }: Updated): Decision.Decision => {
  const isLogged = run.state.plain.progress.step % run.config.logEverySteps === 0
  if (!isLogged && !run.hooks.has("batchEnd")) return Decision.proceed
  const [learningRate = Number.NaN] = learningRates
  const last = { samples, values: Scores.values(run.task, scores), learningRate }
  Run.remember(run, { last })
  if (isLogged) log(run, last, learningRates)
  return run.hooks.now("batchEnd", last)
}

const log = (run: Run.Run, last: NonNullable<Run.Attempt["last"]>, rates: ReadonlyArray<number>): void => {
  const { samples } = run.state.plain.progress
  const [before, time] = [run.attempt.logged, performance.now()]
  Run.remember(run, { logged: { samples, time } })
  const measured = run.hooks.measure(last)
  run.tell.note("StepLogged", {
    values: last.values,
    ...(Object.keys(measured).length === 0 ? {} : { measured }),
    ...Records.namedRates(run, rates),
    samplesPerSecond: ((samples - before.samples) / Math.max(1e-9, time - before.time)) * 1000
  })
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
