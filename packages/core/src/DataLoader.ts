/**
 * How batches get from a dataset to the loop, as a service with a default that reads each batch when it is wanted, or as far
 * ahead as the dataset says.
 * Which samples a batch holds is decided by the loop (see `BatchPlan.ts`); a loader only fetches, ahead of time if it
 * likes (`Prefetch` in `@etude/data`), and never changes order or content.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Dataset, type HostBatch, type Room, type TypedArray, zerosLike } from "./Dataset.ts"
import type { Draw } from "./Draw.ts"
import type { DataError } from "./Errors.ts"
import * as ReadAhead from "./internal/ReadAhead.ts"

/** Gives one batch after another. */
export interface BatchSource {
  /**
   * The next batch, or `undefined` after the last one. Given directly when it is ready, so that the synchronous loop
   * continues; as an Effect when it must be awaited. A second call before that Effect has ended is not allowed.
   */
  readonly next: () => HostBatch | undefined | Effect.Effect<HostBatch | undefined, DataError>
}

export interface DataLoaderService {
  /**
   * Opens a dataset for the batches whose sample indices `batches` lists; what it holds is released with the scope. Every
   * read is given `draw`. With `reuses`, a batch is no longer used once the next is requested, so that its arrays may be reused.
   */
  readonly open: (
    dataset: Dataset,
    batches: Iterable<Int32Array>,
    draw: Draw,
    reuses?: boolean
  ) => Effect.Effect<BatchSource, DataError, Scope.Scope>
}

/** The arrays of one batch, in the order in which they are requested, until `again` begins the next. */
const makeRoom = () => {
  const arrays: Array<TypedArray> = []
  let taken = 0
  const room: Room = (like, length) => {
    const at = taken++
    const held = arrays[at]
    if (held?.length === length && held.constructor === like.constructor) return held
    const made = zerosLike(like, length)
    arrays[at] = made
    return made
  }
  const again = (): Room => {
    taken = 0
    return room
  }
  return again
}

const openDirectly = (
  dataset: Dataset,
  batches: Iterable<Int32Array>,
  draw: Draw,
  reuses?: boolean
): Effect.Effect<BatchSource> =>
  Effect.sync(() => {
    const iterator = batches[Symbol.iterator]()
    const room = reuses === true ? makeRoom() : undefined
    return {
      next: () => {
        const { done, value } = iterator.next()
        return done ? undefined : dataset.read(value, draw, room?.())
      }
    }
  })

/** Reads each batch at the moment it is wanted; of a dataset that says so, several at once, ahead of that. */
export const direct: DataLoaderService = {
  open: (dataset, batches, draw, reuses) => {
    const { ahead = 0 } = dataset
    return ahead > 0 ? ReadAhead.open(dataset, batches, draw, ahead) : openDirectly(dataset, batches, draw, reuses)
  }
}

export const DataLoader: Context.Reference<DataLoaderService> = Context.Reference("@etude/core/DataLoader", {
  defaultValue: () => direct
})
