/** What a run does where a batch gives NaN or infinities, as its policy says. */
import type { Decision } from "../../Decision.ts"
import type { NonFiniteFound } from "../../Errors.ts"
import * as Batch from "./Batch.ts"
import * as Bookkeeping from "./Bookkeeping.ts"
import type { Run } from "./Run.ts"
import * as RunState from "./RunState.ts"

/** Leaves the batch out, goes back to the tensors that were kept, or throws the error with the reason. */
export const recover = (run: Run, error: NonFiniteFound): Decision => {
  const course = Bookkeeping.onNonFinite(run.config.nonFinite, run.state.plain)
  if (course === "skip") RunState.book(run, Bookkeeping.nonFiniteSkipped)
  else if (course === "rollback") rollBack(run, error)
  else throw Object.assign(error, { policy: course.fail })
  return Batch.skip(run, "nonFinite", error.message)
}

const rollBack = (run: Run, error: NonFiniteFound): void => {
  RunState.rollBack(run)
  run.tell.note("RolledBack", { toStep: run.state.plain.rollback.step, detail: error.message })
  RunState.book(run, Bookkeeping.rolledBack)
}

/** Keeps what a rollback goes back to, every so many steps. */
export const keepForRollback = (run: Run): void => {
  const policy = run.config.nonFinite
  if (policy._tag !== "Rollback") return
  const { progress, rollback } = run.state.plain
  if (Object.keys(run.state.rollback).length > 0 && progress.step - rollback.step < policy.steps) return
  RunState.keepForRollback(run)
  RunState.book(run, (books) => ({ ...books, rollback: { ...books.rollback, step: progress.step } }))
}
