/**
 * A loader that reads ahead while the loop computes: a fiber fills a bounded buffer, the loop takes from it. Which
 * samples a batch holds is the plan's business, so order, content and errors are those of core's direct loader. What it
 * gains is the waiting time of datasets whose read is an Effect; a synchronous read costs the same thread either way.
 */

import { type BatchSource, DataLoader, type DataLoaderService } from "@etude/core/DataLoader"
import type { Dataset, HostBatch } from "@etude/core/Dataset"
import type { Draw } from "@etude/core/Draw"
import { ConfigInvalid, type DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

/** What one turn of the plan gave: a batch, or how its read failed. A failed read doesn't end the plan. */
type Turn = Exit.Exit<HostBatch, DataError>

type Reading = Effect.Effect<HostBatch, DataError>

const open = (
  dataset: Dataset,
  batches: Iterable<Int32Array>,
  draw: Draw,
  ahead: number
): Effect.Effect<BatchSource, never, Scope.Scope> =>
  Effect.gen(function* () {
    const iterator = batches[Symbol.iterator]()
    const ready: Array<Turn> = []
    let ended = false
    /** A read that has begun or is about to: the turn after those in `ready`. */
    let reading: Reading | undefined
    let wakeReader: (() => void) | undefined
    let wakeTaker: (() => void) | undefined

    const wake = (sleeper: (() => void) | undefined) => sleeper?.()

    /** Goes on to the plan's next turn: its batch is added to `ready`, or its Effect becomes `reading`. */
    const advance = (): void => {
      try {
        const { done, value } = iterator.next()
        if (done) {
          ended = true
          return
        }
        const read = dataset.read(value, draw)
        if (Effect.isEffect(read)) reading = read
        else ready.push(Exit.succeed(read))
      } catch (defect) {
        ready.push(Exit.die(defect))
      }
    }

    const reader = Effect.gen(function* () {
      while (true) {
        if (reading === undefined && !ended && ready.length < ahead) advance()
        if (reading !== undefined) {
          const turn: Turn = yield* Effect.exit(reading)
          reading = undefined
          ready.push(turn)
        }
        wake(wakeTaker)
        if (ended) return
        if (ready.length < ahead) yield* Effect.yieldNow
        else {
          yield* Effect.callback<void>((resume) => {
            wakeReader = () => {
              wakeReader = undefined
              resume(Effect.void)
            }
          })
        }
      }
    })

    /** A batch as it is; what failed, as an Effect. */
    const take = (): ReturnType<BatchSource["next"]> => {
      const turn = ready.shift()
      wake(wakeReader)
      return turn === undefined || Exit.isFailure(turn) ? turn : turn.value
    }

    const wait = Effect.callback<void>((resume) => {
      if (ready.length > 0 || ended) {
        resume(Effect.void)
        return
      }
      wakeTaker = () => {
        wakeTaker = undefined
        resume(Effect.void)
      }
      wake(wakeReader)
      return Effect.sync(() => {
        wakeTaker = undefined
      })
    })

    const taken = Effect.flatMap(wait, () => {
      const turn = take()
      return Effect.isEffect(turn) ? turn : Effect.succeed(turn)
    })

    yield* Effect.forkScoped(reader, { startImmediately: true })
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        ready.length = 0
        if (ended) return
        ended = true
        try {
          iterator.return?.()
        } catch {
          // The scope is closing for another reason, which a failure to close the plan must not hide.
        }
        wake(wakeTaker)
      })
    )
    return {
      next: () => {
        if (ready.length === 0 && reading === undefined && !ended) advance()
        return ready.length === 0 && !ended ? taken : take()
      }
    }
  })

/** The service behind {@link layer}; `ahead` is 1 or more. */
export const make = (ahead: number): DataLoaderService => ({
  open: (dataset, batches, draw) => open(dataset, batches, draw, ahead)
})

/**
 * Provides core's `DataLoader` with one that holds up to `ahead` batches (read or being read, one at a time) beyond those
 * taken. A batch at hand is given directly, otherwise as an Effect; a failed read surfaces at its own batch. Closing the
 * scope of `open` stops the reading fiber, closes the plan's iterator and lets the held batches go.
 *
 * @param options.ahead a whole number from 1 on, else `ConfigInvalid`. 2 keeps a loop busy whose steps outlast a read.
 */
export const layer = (options: { readonly ahead: number }): Layer.Layer<never, ConfigInvalid> =>
  Layer.effect(
    DataLoader,
    Number.isSafeInteger(options.ahead) && options.ahead >= 1
      ? Effect.succeed(make(options.ahead))
      : Effect.fail(
          new ConfigInvalid({
            source: "Prefetch",
            problems: [{ path: "ahead", message: `${options.ahead} is not a whole number of batches of at least 1.` }]
          })
        )
  )
