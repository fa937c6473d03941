/**
 * Batches, one after another, for a synchronous function: the only place that knows time slices, waiting and `Surroundings`.
 * Training, validation, test and prediction are fed here. A stretch of synchronous batches ends where the function answers, or
 * when its time slice is over; the latter decides nothing but when others have a turn.
 */
import * as Effect from "effect/Effect"
import { type BatchSource, DataLoader } from "../../DataLoader.ts"
import type { Dataset, HostBatch } from "../../Dataset.ts"
import type { Draw } from "../../Draw.ts"
import type { DataError } from "../../Errors.ts"
import { Surroundings, type SurroundingsService } from "../../Surroundings.ts"
import { turn } from "./turn.ts"

/**
 * How long the synchronous loop runs before it lets other fibers, timers and signals have their turn. It decides when that
 * happens and nothing else: what a run does depends on positions only.
 */
export const sliceMilliseconds = 8

export interface FeedOptions<E> {
  readonly dataset: Dataset
  /** The samples of each batch. */
  readonly batches: Iterable<Int32Array>
  readonly draw: Draw
  /** Whether the function that takes batches keeps nothing of them. */
  readonly reuses?: boolean
  /** What it is when something throws in a stretch. */
  readonly errorOf: (cause: unknown) => E
  /** Told how long a batch took to come. */
  readonly spent?: ((milliseconds: number) => void) | undefined
}

export interface Feed<E> extends FeedOptions<E> {
  readonly source: BatchSource
  readonly around: SurroundingsService["around"]
}

/** Opens a dataset for batches; what it holds is released with the scope. */
export const open = Effect.fnUntraced(function* <E>(options: FeedOptions<E>) {
  const source = yield* (yield* DataLoader).open(options.dataset, options.batches, options.draw, options.reuses)
  const { around } = yield* Surroundings
  return { ...options, source, around } satisfies Feed<E>
})

/** What ended a stretch. */
type Stop<A> =
  | { readonly _tag: "Answered"; readonly answer: A }
  | { readonly _tag: "Slice" }
  | { readonly _tag: "Wait"; readonly next: Effect.Effect<HostBatch | undefined, DataError> }
  | { readonly _tag: "End" }

type Take<A> = (batch: HostBatch) => A | undefined

const next = <E>({ source, spent }: Feed<E>): ReturnType<BatchSource["next"]> => {
  if (spent === undefined) return source.next()
  const begin = performance.now()
  try {
    return source.next()
  } finally {
    spent(performance.now() - begin)
  }
}

const stopOf = <A>(answer: A | undefined): Stop<A> =>
  answer === undefined ? { _tag: "Slice" } : { _tag: "Answered", answer }

const stretch = <A, E>(feed: Feed<E>, take: Take<A>): Stop<A> => {
  const deadline = performance.now() + sliceMilliseconds
  do {
    const batch = next(feed)
    if (Effect.isEffect(batch)) return { _tag: "Wait", next: batch }
    if (batch === undefined) return { _tag: "End" }
    const answer = take(batch)
    if (answer !== undefined) return { _tag: "Answered", answer }
  } while (performance.now() < deadline)
  return { _tag: "Slice" }
}

const guarded = <A, E>({ around, errorOf }: Feed<E>, body: () => A): Effect.Effect<A, E> =>
  Effect.try({ try: () => around(body), catch: errorOf })

/** Waits for a batch, and takes it. */
const wait = Effect.fnUntraced(function* <A, E>(
  feed: Feed<E>,
  coming: Effect.Effect<HostBatch | undefined, DataError>,
  take: Take<A>
) {
  const begin = performance.now()
  const batch = yield* coming
  feed.spent?.(performance.now() - begin)
  return batch === undefined ? ({ _tag: "End" } as Stop<A>) : yield* guarded(feed, () => stopOf(take(batch)))
})

/** Gives batches to `take` until it answers; `undefined` when there are no more. `between` runs whenever others have a turn. */
export const until = Effect.fnUntraced(function* <A, E>(
  feed: Feed<E>,
  take: Take<A>,
  between: Effect.Effect<void> = Effect.void
): Effect.fn.Return<A | undefined, E | DataError> {
  for (;;) {
    yield* between
    yield* turn
    let stop = yield* guarded(feed, () => stretch(feed, take))
    if (stop._tag === "Wait") {
      yield* between
      stop = yield* wait(feed, stop.next, take)
    }
    if (stop._tag === "Answered") return stop.answer
    if (stop._tag === "End") return undefined
  }
})
