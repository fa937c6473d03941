/**
 * The loop: the order of a run, on one page.
 *
 * ```
 * begin                    events RunStarted | Resumed; hooks resumed?, trainBegin; a sanity check of the validation
 *   epoch                  hook epochBegin (not again when resumed inside an epoch)
 *     batch                hook batchBegin; the step; hook batchEnd | batchSkipped: no Effect in here
 *     boundary, when due   snapshot; scheduled batchEnd; validation; at its end epochEnd; decisions carried out; saving
 * end | endBadly           hooks ended | failed | interrupted; saving on request; hook trainEnd, once
 * ```
 *
 * Batches run in synchronous stretches (`Feed`), which end where something effectful is due: at a boundary. Everything that
 * changes a run is decided there and nowhere else, and a run can be cut anywhere: it continues from the snapshot of the
 * boundary that it was in, or from its last batch.
 */
import * as Effect from "effect/Effect"
import type { HostBatch } from "../../Dataset.ts"
import * as Decision from "../../Decision.ts"
import * as Draw from "../../Draw.ts"
import { NonFiniteFound } from "../../Errors.ts"
import * as Batch from "./Batch.ts"
import * as Beginning from "./Beginning.ts"
import * as Bookkeeping from "./Bookkeeping.ts"
import * as Boundary from "./Boundary.ts"
import * as Divergence from "./Divergence.ts"
import * as Ending from "./Ending.ts"
import { errorOf } from "./Evaluation.ts"
import * as Feed from "./Feed.ts"
import * as Run from "./Run.ts"
import { spanned } from "./spanned.ts"
import * as Validation from "./Validation.ts"

/** A run from its first event to its last. */
export const toEnd = (run: Run.Run) =>
  Effect.onError(
    Effect.gen(function* () {
      const reason = yield* train(run, yield* Beginning.begin(run))
      return yield* Ending.end(run, reason)
    }),
    (cause) => Ending.endBadly(run, cause)
  )

/** Epochs until there is a reason to end; `decision` was taken before the first of them. */
const train = Effect.fnUntraced(function* (run: Run.Run, decision: Decision.Decision) {
  Batch.keepForRollback(run)
  let reason = Bookkeeping.reasonNotToBegin(run.until, run.state.plain, decision)
  while (reason === undefined) reason = yield* epoch(run)
  return reason
})

/** One epoch, or what is left of it; gives the reason to end the run, if there is one. */
const epoch = Effect.fnUntraced(
  function* (run: Run.Run) {
    const begun = yield* Boundary.beginEpoch(run)
    if (begun.stopRun.length > 0) return begun.stopRun.join(", ")
    const feed = yield* open(run)
    let stop = begun.stopEpoch ? Decision.stopEpoch : Boundary.unfinished(run)
    for (;;) {
      stop ??= isDataLeft(run)
        ? yield* Feed.until(feed, (batch) => stopAfter(run, trainOn(run, batch)), run.tell.flush)
        : undefined
      const isEpochOver = stop === undefined || !isDataLeft(run)
      if (isEpochOver) yield* Batch.failWhereNothingCounts(run)
      const { reason, epochEnded } = yield* boundary(run, stop ?? Decision.proceed, isEpochOver)
      if (reason !== undefined || epochEnded) return reason
      stop = undefined
    }
  },
  Effect.scoped,
  spanned("epoch")
)

/** The batches that are left of the running epoch. */
const open = (run: Run.Run) => {
  const { epoch, batch } = run.state.plain.progress
  const { train: dataset } = run.data
  const { spent } = run.hooks
  return Feed.open({
    dataset,
    batches: run.batches.from(epoch, batch),
    draw: Draw.ofEpoch(run.config.seed, epoch),
    reuses: run.stepper.copies,
    errorOf: (cause) =>
      cause instanceof NonFiniteFound
        ? cause
        : errorOf(cause, `the step on ${dataset.name}`, epoch, run.state.plain.progress.batch),
    ...(spent === undefined ? {} : { spent: (milliseconds: number) => spent({ phase: "data" }, milliseconds) })
  })
}

const isDataLeft = ({ batches, state }: Run.Run): boolean => {
  const { epoch, batch } = state.plain.progress
  return batch < batches.batchesOf(epoch)
}

/** One batch, from `batchBegin` to `batchEnd`: hook, step, commit, hook. */
const trainOn = (run: Run.Run, batch: HostBatch): Decision.Decision => {
  const before = Batch.begin(run)
  if (before.skipBatch) return Decision.join({ ...before, skipBatch: false }, Batch.skip(run, "controller", ""))
  const after = Batch.end(run, run.stepper.train(run.state, batch))
  return before === Decision.proceed ? after : Decision.join(before, after)
}

/** What stops a stretch after a batch: a decision, the end of the epoch, a limit, a validation or a scheduled hook. */
const stopAfter = (run: Run.Run, decision: Decision.Decision): Decision.Decision | undefined =>
  decision !== Decision.proceed || !isDataLeft(run) || run.stops.some((isDue) => isDue(run)) ? decision : undefined

/** Between two batches: scheduled hooks, validation, the end of the epoch, decisions, saving, in this order. */
const boundary = Effect.fnUntraced(function* (run: Run.Run, stop: Decision.Decision, isEpochOver: boolean) {
  Run.now(run)
  Run.snapshot(run, { decision: stop, last: run.attempt.last })
  yield* run.tell.flush
  const hooked = Decision.join(stop, yield* Boundary.callScheduled(run))
  const { decision: validated, values } = yield* Validation.validateWhenDue(run, isEpochOver || hooked.stopEpoch)
  let decision = Decision.join(hooked, validated)
  const epochEnded = isEpochOver || decision.stopEpoch
  if (epochEnded) decision = Decision.join(decision, yield* Boundary.endEpoch(run, values))
  yield* Divergence.warn(run)
  yield* Boundary.apply(run, decision)
  const reason = Bookkeeping.reasonToEnd(run.until, run.state.plain, decision, epochEnded)
  yield* Boundary.save(run, decision)
  Run.release(run)
  return { reason, epochEnded }
})
