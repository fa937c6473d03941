/**
 * Saving beside training: a save captures the state, which copies nothing, and ends; a separate fiber reads the
 * tensors between steps and writes them. A save waits while too many are still being written.
 */
import { Checkpoints, type CheckpointsService, type RunDescription } from "@etude/core/Checkpoints"
import { CheckpointError } from "@etude/core/Errors"
import { Events } from "@etude/core/Event"
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

/** A store that saves beside training, from one that doesn't. With its scope ends the last write, not before. */
export const make = Effect.fnUntraced(function* (
  options: AsyncSavingOptions = {}
): Effect.fn.Return<CheckpointsService, never, Store | Scope.Scope> {
  const { capacity = 1, retries = defaultRetries, onFailure = "fail" } = options
  const { prepare, ...store } = yield* Store
  const room = yield* Semaphore.make(capacity)
  const turn = yield* Semaphore.make(1)
  /** The end of each write that is under way, by id. */
  const pending = new Map<string, Deferred.Deferred<void>>()
  const failures: Array<Failure> = []

  const drained = Effect.suspend(() => Effect.forEach([...pending.values()], Deferred.await, { discard: true }))
  yield* Effect.addFinalizer(() =>
    Effect.andThen(
      drained,
      Effect.suspend(() =>
        Effect.forEach(failures, ({ error }) => Effect.logError(`A checkpoint was not saved: ${error.message}`), {
          discard: true
        })
      )
    )
  )

  /** Tells of writes that failed since it was last asked. */
  const surface = Effect.suspend(() => {
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

  const write = (state: TrainState, { saved, write }: Prepared, done: Deferred.Deferred<void>) =>
    turn.withPermit(Effect.retry(write, retries)).pipe(
      Effect.exit,
      Effect.flatMap((exit) =>
        Effect.sync(() => {
          if (Exit.isFailure(exit)) {
            failures.push({ error: errorOf(saved.path, exit.cause), progress: state.plain.progress })
          }
          dispose(state)
          pending.delete(saved.id)
        })
      ),
      Effect.andThen(room.release(1)),
      Effect.andThen(Deferred.succeed(done, undefined))
    )

  const save = (state: TrainState, description: RunDescription, savers?: ReadonlyArray<string>) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        yield* restore(room.take(1))
        // Later writes read from separate handles: those of the run may be disposed by then.
        const held = retain(state)
        const prepared = yield* restore(Effect.andThen(surface, prepare(held, description, savers))).pipe(
          Effect.onError(() =>
            Effect.andThen(
              Effect.sync(() => dispose(held)),
              room.release(1)
            )
          )
        )
        const done = yield* Deferred.make<void>()
        pending.set(prepared.saved.id, done)
        // Nothing between here and the fork can fail: what is retained is disposed at the end of the fiber.
        yield* Effect.forkDetach(write(held, prepared, done))
        return prepared.saved
      })
    )

  const written = (id: string) =>
    Effect.suspend(() => {
      const done = pending.get(id)
      return done === undefined ? Effect.void : Deferred.await(done)
    })

  return {
    save,
    load: (id) => Effect.andThen(written(id), store.load(id)),
    latest: Effect.andThen(drained, store.latest),
    best: store.best,
    list: store.list,
    verify: (id) => Effect.andThen(written(id), store.verify(id)),
    delete: (id) => Effect.andThen(written(id), store.delete(id)),
    settled: Effect.andThen(drained, surface)
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
