/** Several reads at once, of batches that come in their order: for datasets whose reads are done elsewhere. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type { BatchSource } from "../DataLoader.ts"
import type { Dataset, HostBatch } from "../Dataset.ts"
import type { Draw } from "../Draw.ts"
import type { DataError } from "../Errors.ts"

type Read = Fiber.Fiber<HostBatch, DataError>

/** The result of a finished read: a batch, or a failure as an Effect. */
const batchOf = (exit: Exit.Exit<HostBatch, DataError>): ReturnType<BatchSource["next"]> =>
  Exit.isSuccess(exit) ? exit.value : exit

/** The reads of a plan's batches, with a fixed number in progress, oldest first. */
const readsOf = (
  dataset: Dataset,
  batches: Iterator<Int32Array>,
  draw: Draw,
  begin: (read: Effect.Effect<HostBatch, DataError>) => Read
) => {
  const underWay: Array<Read> = []
  let hasEnded = false
  const read = (indices: Int32Array) =>
    Effect.suspend(() => {
      const batch = dataset.read(indices, draw)
      return Effect.isEffect(batch) ? batch : Exit.succeed(batch)
    })
  const fill = (count: number): void => {
    while (!hasEnded && underWay.length < count) {
      const { done, value } = batches.next()
      hasEnded = done === true
      if (!hasEnded) underWay.push(begin(read(value)))
    }
  }
  const close = () => {
    if (!hasEnded) batches.return?.()
    return Fiber.interruptAll(underWay)
  }
  return { underWay, fill, close }
}

/**
 * Opens a dataset so that up to `ahead` batches are read, or being read, beyond the one that was taken last. A batch at hand is
 * given directly, else as an Effect; a failed read surfaces at its own batch. Closing the scope interrupts what is under way.
 */
export const open = Effect.fnUntraced(function* (
  dataset: Dataset,
  batches: Iterable<Int32Array>,
  draw: Draw,
  ahead: number
): Effect.fn.Return<BatchSource, never, Scope.Scope> {
  const begin = Effect.runForkWith(yield* Effect.context())
  const reads = readsOf(dataset, batches[Symbol.iterator](), draw, begin)
  yield* Effect.addFinalizer(() => Effect.suspend(reads.close))
  reads.fill(ahead)
  return {
    next: () => {
      const oldest = reads.underWay.shift()
      reads.fill(ahead)
      if (oldest === undefined) return undefined
      const exit = oldest.pollUnsafe()
      if (exit !== undefined) return batchOf(exit)
      // Interrupted while it waits, the caller takes nothing more; the read is none of those that the scope ends.
      return Effect.onInterrupt(Fiber.join(oldest), () => Fiber.interrupt(oldest))
    }
  }
})
