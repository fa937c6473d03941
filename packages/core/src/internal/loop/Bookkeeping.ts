/** The books of a run: its plain state, and what each event of the run writes in it. Pure functions on plain data. */
import * as Best from "../../Best.ts"
import type { Decision } from "../../Decision.ts"
import type { Values } from "../../Event.ts"
import * as Extent from "../../Extent.ts"
import type * as Monitors from "../../Monitors.ts"
import type { Progress } from "../../Progress.ts"
import type { TrainConfig } from "../../TrainConfig.ts"
import type { Plain } from "../../TrainState.ts"
import * as Continuation from "./Continuation.ts"
import * as EndWith from "./EndWith.ts"

/** The plain part of a state, without what is encoded in it: the scores of the epoch, and the states of callbacks. */
export type Books = Omit<Plain, "metrics" | "callbacks">

/** Why a batch was left out. */
export type Skip = "empty" | "controller" | "nonFinite"

const moved = (books: Books, by: Partial<Progress>): Books => ({ ...books, progress: { ...books.progress, ...by } })

/** So many seconds after the run began. */
export const timed = (books: Books, elapsedSeconds: number): Books => moved(books, { elapsedSeconds })

const nothingMeasured: Books["measured"] = {}

/** An update with a batch of so many samples: what was measured on the parameters is no longer true of them. */
export const batchDone = (books: Books, count: number): Books => {
  const { batch, step, samples } = books.progress
  const { skipped } = books
  return {
    ...moved(books, { batch: batch + 1, step: step + 1, samples: samples + count }),
    measured: nothingMeasured,
    skipped: skipped.nonFiniteInARow === 0 ? skipped : { ...skipped, nonFiniteInARow: 0 }
  }
}

/** A batch that was left out. */
export const batchSkipped = (books: Books, reason: Skip): Books => ({
  ...moved(books, { batch: books.progress.batch + 1 }),
  skipped: { ...books.skipped, [reason]: books.skipped[reason] + 1 }
})

/** The end of an epoch. */
export const epochDone = (books: Books): Books => moved(books, { epoch: books.progress.epoch + 1, batch: 0 })

/** A line of the history. */
export const recorded = (books: Books, learningRate: number, values: Values): Books => {
  const { epoch, step, samples } = books.progress
  return { ...books, history: [...books.history, { epoch, step, samples, learningRate, values }] }
}

/** A validation, at this position. */
export const validated = (books: Books): Books => {
  const { step, elapsedSeconds } = books.progress
  return { ...books, validated: { step, elapsedSeconds } }
}

/** Values that were measured when `epoch` epochs were finished, and the rules by which one of them is a new best. */
export const bestOf = (
  books: Books,
  { monitors, rules }: { readonly monitors: Monitors.Monitors; readonly rules: ReadonlyArray<EndWith.KeptRule> },
  values: Values,
  epoch: number
): readonly [books: Books, improved: ReadonlyArray<string>] => {
  const { progress, best, kept, measured } = books
  const { step } = progress
  const improved = EndWith.improvedRules(rules, monitors, kept, values, progress)
  const entries = improved.map(({ key, monitor }) => [key, { value: values[monitor] ?? Number.NaN, epoch, step }])
  const next = {
    ...books,
    best: Best.record(best, monitors, values, { epoch, step }),
    kept: { ...kept, ...Object.fromEntries(entries) },
    measured: { ...measured, ...values }
  }
  return [next, improved.map(({ key }) => key)]
}

/** Factors on the learning rate from here on. */
export const scaled = (books: Books, factors: ReadonlyArray<number>): Books => ({
  ...books,
  learningRateScale: factors.reduce((scale, factor) => scale * factor, books.learningRateScale)
})

/** What a decision writes down: that callbacks end the run. */
export const decided = (books: Books, decision: Decision): Books =>
  decision.stopRun.length > 0 ? { ...books, ended: Continuation.endOf(decision) } : books

/** What becomes of a batch that gave NaN or infinities: it is left out, the run goes back, or it fails for a reason. */
export const onNonFinite = (
  policy: TrainConfig["nonFinite"],
  { skipped, rollback }: Books
): "skip" | "rollback" | { readonly fail: string } => {
  if (policy._tag === "Skip")
    return skipped.nonFiniteInARow < policy.maximum
      ? "skip"
      : { fail: `${policy.maximum} batches in a row were already skipped for that.` }
  if (policy._tag === "Rollback")
    return rollback.times < policy.maximum
      ? "rollback"
      : { fail: `The run was already rolled back ${policy.maximum} times.` }
  return { fail: "The policy for such values is to fail." }
}

/** One more batch in a row that was not finite. */
export const nonFiniteSkipped = ({ skipped, ...books }: Books): Books => ({
  ...books,
  skipped: { ...skipped, nonFiniteInARow: skipped.nonFiniteInARow + 1 }
})

/** One more rollback; what was measured was measured on other parameters. */
export const rolledBack = ({ rollback, ...books }: Books): Books => ({
  ...books,
  measured: nothingMeasured,
  rollback: { ...rollback, times: rollback.times + 1 }
})

/** How many steps had been done when so many epochs were finished; the first entry of the history that counts them says so. */
export const stepAfter = ({ history }: Books, epochs: number): number | undefined => {
  if (epochs === 0) return 0
  // Asked of the last epochs, at each boundary: from the end, so that a long run is not slower than a short one.
  const before = history.findLastIndex(({ epoch }) => epoch < epochs)
  return history.slice(before + 1).find(({ epoch }) => epoch === epochs)?.step
}

const standingStill =
  "no step in a whole epoch: callbacks skipped all of its batches, and only steps or samples end the run"

/**
 * Whether the epoch that has just ended made no step, in a run whose limits count steps or samples only: it would go through
 * its data forever. A resumed run decides as the uninterrupted one does.
 */
const isStandingStill = (until: Extent.Until, books: Books): boolean =>
  until.epochs === undefined &&
  until.minutes === undefined &&
  stepAfter(books, books.progress.epoch - 1) === books.progress.step

/** Why a run ends at a boundary, if it does: for what callbacks decided, or for a limit. */
export const reasonToEnd = (
  until: Extent.Until,
  books: Books,
  decision: Decision,
  epochEnded: boolean
): string | undefined => {
  if (decision.stopRun.length > 0) return decision.stopRun.join(", ")
  const reached = Extent.reached(until, books.progress)
  if (reached !== undefined) return `until ${reached}`
  return epochEnded && isStandingStill(until, books) ? standingStill : undefined
}

/** Why a run ends before its first batch, if it does: a run that a callback has ended stays ended. */
export const reasonNotToBegin = (until: Extent.Until, books: Books, decision: Decision): string | undefined =>
  decision.stopRun.length > 0
    ? decision.stopRun.join(", ")
    : (books.ended?.reason ?? reasonToEnd(until, books, decision, false))
