/**
 * Saving beside training: a save captures the state, which copies nothing, and ends; a separate fiber reads the
 * tensors between steps and writes them. A save waits while too many are still being written.
 */
import { Checkpoints, type CheckpointsService } from "@etude/core/Checkpoints"
import { CheckpointError } from "@etude/core/Errors"
import { Events } from "@etude/core/Event"
import { mapEntry } from "@etude/core/Lookup"
import type { Progress } from "@etude/core/Progress"
import { dispose, retain, type TrainState } from "@etude/core/TrainState"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { type Prepared, Store } from "./Store.ts"

export interface AsyncSavingOptions {
  /** How many checkpoints may be captured and not yet written; the next save waits. Default 1. */
  readonly capacity?: number
  /** When to write again after a failure; three times, after 1, 2 and 4 seconds, by default. */
  readonly retries?: Schedule.Schedule<unknown, CheckpointError>
  /**
   * What a write that failed for good does to the run: `fail` (the default) makes the next save, or `settled`, fail with its
   * error; `warn` makes a `Warned` event of it there.
   */
  readonly onFailure?: "fail" | "warn"
}

interface Failure {
  readonly error: CheckpointError
  readonly progress: Progress
}

const defaultRetries = Schedule.exponential("1 second").pipe(Schedule.upTo({ times: 3 }))

const errorOf = (path: string, cause: Cause.Cause<CheckpointError>): CheckpointError => {
  const error = Cause.squash(cause)
  if (error instanceof CheckpointError) return error
  return new CheckpointError({ path, reason: error instanceof Error ? error.message : String(error), cause: error })
}

/** The writes under way, and what came of those before. */
interface Writes {
  /** Permits for checkpoints that are captured and not yet written. */
  readonly room: Semaphore.Semaphore
  /** One write at a time. */
  readonly turn: Semaphore.Semaphore
  /** The end of each write that is under way, by id. */
  readonly pending: Map<string, Deferred.Deferred<void>>
  /** Writes that failed for good and were not reported yet. */
  readonly failures: Array<Failure>
}

/** Waits for one write, where it is under way. */
const written = ({ pending }: Writes, id: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    const done = pending.get(id)
    return done === undefined ? Effect.void : Deferred.await(done)
  })

/** Waits for all writes under way. */
const drained = ({ pending }: Writes): Effect.Effect<void> =>
  Effect.suspend(() => Effect.forEach([...pending.values()], Deferred.await, { discard: true }))

/** Logs the failures that no save and no `settled` has reported. */
const logFailures = ({ failures }: Writes): Effect.Effect<void> =>
  Effect.suspend(() =>
    Effect.forEach(failures, ({ error }) => Effect.logError(`A checkpoint was not saved: ${error.message}`), {
      discard: true
    })
  )

/** Reports the writes that failed since it last ran. */
const surface = ({ failures }: Writes, onFailure: "fail" | "warn"): Effect.Effect<void, CheckpointError> =>
  Effect.suspend(() => {
    const [first, ...rest] = failures.splice(0)
    if (first === undefined) return Effect.void
    if (onFailure === "fail") return Effect.fail(first.error)
    return Effect.flatMap(Events, ({ publish }) =>
      Effect.forEach(
        [first, ...rest],
        ({ error, progress }) => publish({ version: 1, _tag: "Warned", progress, message: error.message }),
        { discard: true }
      )
    )
  })

/** Writes a captured state in its turn, and then gives it and its room back. */
const write = (
  { room, turn, pending, failures }: Writes,
  retries: Schedule.Schedule<unknown, CheckpointError>,
  state: TrainState,
  { saved, write }: Prepared
) =>
  Effect.gen(function* () {
    const exit = yield* Effect.exit(turn.withPermit(Effect.retry(write, retries)))
    if (Exit.isFailure(exit)) {
      failures.push({ error: errorOf(saved.path, exit.cause), progress: state.plain.progress })
    }
    dispose(state)
    const done = mapEntry(pending, saved.id)
    pending.delete(saved.id)
    yield* room.release(1)
    yield* Deferred.succeed(done, undefined)
  })

/** Captures a state and writes it in a fiber; waits only for room. */
const capture = (
  writes: Writes,
  retries: Schedule.Schedule<unknown, CheckpointError>,
  state: TrainState,
  prepare: (retained: TrainState) => Effect.Effect<Prepared, CheckpointError>
) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const { room, pending } = writes
      yield* restore(room.take(1))
      // Later writes read from separate handles: those of the run may be disposed by then.
      const retained = retain(state)
      const release = Effect.andThen(
        Effect.sync(() => dispose(retained)),
        room.release(1)
      )
      const prepared = yield* restore(prepare(retained)).pipe(Effect.onError(() => release))
      pending.set(prepared.saved.id, yield* Deferred.make<void>())
      // Nothing between here and the fork can fail: what is retained is disposed at the end of the fiber.
      yield* Effect.forkDetach(write(writes, retries, retained, prepared))
      return prepared.saved
    })
  )

/** A store that saves beside training, from one that doesn't. With its scope ends the last write, not before. */
export const make = Effect.fnUntraced(function* (
  options: AsyncSavingOptions = {}
): Effect.fn.Return<CheckpointsService, never, Store | Scope.Scope> {
  const { capacity = 1, retries = defaultRetries, onFailure = "fail" } = options
  const { prepare, ...store } = yield* Store
  const writes: Writes = {
    room: yield* Semaphore.make(capacity),
    turn: yield* Semaphore.make(1),
    pending: new Map(),
    failures: []
  }
  yield* Effect.addFinalizer(() => Effect.andThen(drained(writes), logFailures(writes)))
  const reported = surface(writes, onFailure)
  return {
    save: (state, description, savers) =>
      capture(writes, retries, state, (retained) => Effect.andThen(reported, prepare(retained, description, savers))),
    load: (id) => Effect.andThen(written(writes, id), store.load(id)),
    latest: Effect.andThen(drained(writes), store.latest),
    best: store.best,
    list: store.list,
    verify: (id) => Effect.andThen(written(writes, id), store.verify(id)),
    delete: (id) => Effect.andThen(written(writes, id), store.delete(id)),
    settled: Effect.andThen(drained(writes), reported)
  }
})

/**
 * Saves beside training into the store that is given to it:
 *
 * ```ts
 * AsyncSaving.layer({ onFailure: "warn" }).pipe(Layer.provide(FileStore.layer({ folder: "runs/1/checkpoints" })))
 * ```
 *
 * `list` and `best` tell of what is written; `load`, `verify`, `delete` and `latest` wait for what is under way.
 */
export const layer = (options: AsyncSavingOptions = {}): Layer.Layer<Checkpoints, never, Store> =>
  Layer.effect(Checkpoints, make(options))
