/** How a run ends: well, with the requested weights, or badly. Callbacks and events learn of both. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Best from "../../Best.ts"
import { reasonOf } from "../../Errors.ts"
import * as Tensors from "../../Tensors.ts"
import * as TrainState from "../../TrainState.ts"
import * as Boundary from "./Boundary.ts"
import * as Continuation from "./Continuation.ts"
import * as EndWith from "./EndWith.ts"
import * as Records from "./Records.ts"
import * as Reestimation from "./Reestimation.ts"
import * as Run from "./Run.ts"
import * as RunState from "./RunState.ts"

export interface Ended {
  readonly reason: string
  readonly history: ReadonlyArray<TrainState.HistoryEntry>
}

/** Ends a run that has come to its end. */
export const end = Effect.fnUntraced(function* (run: Run.Run, reason: string) {
  const epochSeconds = (performance.now() - run.attempt.epoch.time) / 1000
  Run.remember(run, { ending: "well" })
  const savedHere = Boundary.isSavedAt(run, Run.now(run))
  yield* Boundary.save(run, yield* run.hooks.call("ended", { description: run.description(), reason, savedHere }))
  yield* endWithBest(run)
  yield* endWithAverage(run)
  RunState.endWithEvaluated(run)
  const partial = partialOf(run, epochSeconds)
  const history = Continuation.historyAt(run.state.plain, partial)
  const { endedWith } = run.state.plain
  yield* run.tell.publish("RunEnded", {
    reason,
    values: history.at(-1)?.values ?? {},
    ...(partial === undefined ? {} : { partial }),
    ...(endedWith === null ? {} : { best: endedWith })
  })
  yield* tellEnd(run, reason)
  return { reason, history } satisfies Ended
})

/** What the running epoch has come to so far, of a run that ends in its middle. */
const partialOf = (run: Run.Run, seconds: number) => {
  const { batch, step } = run.state.plain.progress
  if (batch === 0 || step === 0) return undefined
  return { values: Records.trainValues(run), learningRate: Run.learningRate(run), seconds }
}

const tellEnd = (run: Run.Run, reason: string): Effect.Effect<void, any> => {
  if (run.attempt.isEndTold) return Effect.void
  Run.remember(run, { isEndTold: true })
  return Effect.asVoid(run.hooks.call("trainEnd", { reason }))
}

/** Puts the requested weights in place; warns of monitors that were watched but never measured. */
const endWithBest = Effect.fnUntraced(function* (run: Run.Run) {
  const { history, kept } = run.state.plain
  for (const monitor of EndWith.neverMeasured(run.watched.keys(), history)) {
    const who = (run.watched.get(monitor) ?? []).join(" and ")
    yield* run.tell.warn(
      `${monitor} was never measured in this run, so ${who} could not judge by it; look at validation.every.`
    )
  }
  const [restored] = run.config.endWith === undefined ? run.attempt.restoredAtEnd : []
  const rule = run.endWith ?? restored
  if (rule === undefined) return
  const [key, { monitor }] = [Best.keyOf(rule), Best.ruleOf(rule)]
  const weights = Object.hasOwn(run.state.best, key) ? run.state.best[key] : undefined
  const best = kept[key]
  if (weights === undefined || best === undefined) {
    return yield* run.tell.warn(
      `The run was to end with the best weights by ${key}, but no value of it counted as a best one; it ends with the last weights.`
    )
  }
  RunState.endWith(run, weights)
  RunState.book(run, (books) => ({ ...books, endedWith: { monitor, ...best }, measured: {} }))
})

/** Puts a callback's average in place, with statistics that fit it, where the run ends with its last weights. */
const endWithAverage = Effect.fnUntraced(function* (run: Run.Run) {
  const { task, executor, config, callbacks, state } = run
  const callback = callbacks.find(({ endsWithAverage }) => endsWithAverage !== undefined)
  if (callback === undefined || config.endWith !== undefined || Object.keys(state.last).length > 0) return
  const parameters = TrainState.withAverages(state, [callback.id])
  const limitBatches = config.fastDevRun ? 1 : (callback.endsWithAverage?.batches ?? config.limitTrainBatches)
  const { batchSize, seed } = config
  const statistics = yield* Reestimation.statistics(
    { task, executor, dataset: run.data.train, batchSize, seed, limitBatches },
    { parameters, statistics: state.statistics },
    run.stepper.inModels(Math.max(0, state.plain.progress.step - 1))
  )
  RunState.endWith(run, { parameters, statistics, callbacks: {} })
  RunState.book(run, (books) => ({ ...books, measured: {} }))
  Tensors.dispose(statistics)
})

/** The hook and the event of a run that ended badly, by why it did. */
const tellBadEnd = Effect.fnUntraced(function* (run: Run.Run, cause: Cause.Cause<unknown>) {
  Run.now(run)
  const description = run.description()
  const error = Cause.squash(cause)
  const isInterruption = Cause.hasInterruptsOnly(cause)
  const decision = yield* isInterruption
    ? run.hooks.call("interrupted", { description })
    : run.hooks.call("failed", { description, error })
  const saved = yield* Effect.exit(Boundary.save(run, decision))
  const tag = (error as { _tag?: unknown } | undefined)?._tag
  yield* isInterruption
    ? run.tell.publish("Interrupted", {})
    : run.tell.publish("Failed", {
        error: typeof tag === "string" ? tag : "Defect",
        message: error instanceof Error ? error.message : String(error)
      })
  yield* tellEnd(run, isInterruption ? "interrupted" : "failed")
  yield* saved
})

/**
 * Calls the hooks and publishes the events of a run that failed or was interrupted, and saves on request. A hook that
 * fails now is only logged.
 */
export const endBadly = (run: Run.Run, cause: Cause.Cause<unknown>): Effect.Effect<void> =>
  Effect.suspend(() => {
    Run.remember(run, { ending: "badly" })
    return tellBadEnd(run, cause)
  }).pipe(
    Effect.catchCause((failure) => {
      const message = "A callback failed while the run was ending"
      // An error that was expected says what it has to say by itself; of a defect the stack is wanted.
      return Cause.hasDies(failure)
        ? Effect.logError(message, failure)
        : Effect.logError(`${message}: ${reasonOf(Cause.squash(failure))}`)
    })
  )
