/**
 * A loader that reads ahead while the loop computes: a fiber fills a bounded buffer, the loop takes from it. Which
 * samples a batch holds is the plan's business, so order, content and errors are those of core's direct loader. What it
 * gains is the waiting time of datasets whose read is an Effect; a synchronous read costs the same thread either way.
 */

import { type BatchSource, DataLoader, type DataLoaderService, direct } from "@etude/core/DataLoader"
import type { Dataset, HostBatch } from "@etude/core/Dataset"
import type { Draw } from "@etude/core/Draw"
import { ConfigInvalid, type DataError } from "@etude/core/Errors"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"

/** How the read of one batch ended. A failed read doesn't end the plan. */
type Turn = Exit.Exit<HostBatch, DataError>

interface Reads {
  /** Goes on to the plan's next batch, and gives its read; `undefined` after the last. What is thrown is that read's defect. */
  readonly next: () => Effect.Effect<HostBatch, DataError> | undefined
  readonly close: () => void
}

const readsOf = (dataset: Dataset, batches: Iterable<Int32Array>, draw: Draw): Reads => {
  const iterator = batches[Symbol.iterator]()
  let hasEnded = false
  return {
    next: () => {
      try {
        const { done, value } = iterator.next()
        hasEnded = done === true
        if (done) return undefined
        const read = dataset.read(value, draw)
        return Effect.isEffect(read) ? read : Exit.succeed(read)
      } catch (defect) {
        return Exit.die(defect)
      }
    },
    close: () => {
      if (hasEnded) return
      try {
        iterator.return?.()
      } catch {
        // The scope is closing for another reason, which a failure to close the plan must not hide.
      }
    }
  }
}

/** A batch itself; a failure as an Effect; `undefined` where the queue has ended. */
const batchOf = (turn: Exit.Exit<Turn, Cause.Done>): ReturnType<BatchSource["next"]> => {
  if (Exit.isFailure(turn)) return undefined
  return Exit.isSuccess(turn.value) ? turn.value.value : turn.value
}

const open = Effect.fnUntraced(function* (
  dataset: Dataset,
  batches: Iterable<Int32Array>,
  draw: Draw,
  ahead: number
): Effect.fn.Return<BatchSource, never, Scope.Scope> {
  const reads = readsOf(dataset, batches, draw)
  // One more is read, or waits until there is room for it.
  const queue = yield* Queue.bounded<Turn, Cause.Done>(ahead - 1)
  const fill = Effect.gen(function* () {
    for (let read = reads.next(); read !== undefined; read = reads.next()) {
      yield* Queue.offer(queue, yield* Effect.exit(read))
    }
    yield* Queue.end(queue)
  })
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      // Ended first, so that a waiting reader receives the end.
      Queue.endUnsafe(queue)
      Queue.shutdownUnsafe(queue)
      reads.close()
    })
  )
  yield* Effect.forkScoped(fill, { startImmediately: true })
  const waited = Effect.flatMap(Effect.exit(Queue.take(queue)), (turn) => {
    const batch = batchOf(turn)
    return Effect.isEffect(batch) ? batch : Effect.succeed(batch)
  })
  return {
    next: () => {
      const turn = Queue.takeUnsafe(queue)
      return turn === undefined ? waited : batchOf(turn)
    }
  }
})

/** The service behind {@link layer}; `ahead` is 1 or more. A dataset that says itself how far it is read ahead, is. */
export const make = (ahead: number): DataLoaderService => ({
  open: (dataset, batches, draw) =>
    dataset.ahead === undefined ? open(dataset, batches, draw, ahead) : direct.open(dataset, batches, draw)
})

/**
 * Provides core's `DataLoader` with one that holds up to `ahead` batches (read or being read, one at a time) beyond those
 * taken. A batch at hand is given directly, otherwise as an Effect; a failed read surfaces at its own batch. Closing the
 * scope of `open` stops the reading fiber, closes the plan's iterator and releases the batches in the queue.
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
