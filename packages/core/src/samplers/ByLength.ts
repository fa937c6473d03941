/** Batches of samples of like length, which need little padding. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"
import type { Dataset } from "../Dataset.ts"
import * as Entry from "../Entry.ts"
import { element } from "../Lookup.ts"
import * as Rng from "../Rng.ts"
import type { DataSampler, Sampler } from "../Sampler.ts"
import * as Column from "./Column.ts"

export interface ByLengthOptions {
  /** Samples of a batch: the run's `batchSize`. */
  readonly batchSize: number
  /** Batches whose samples are sorted together: 1 is a plain shuffle, more pad less and mix less. Default: 50. */
  readonly pool?: number | undefined
}

const defaultPool = 50

/** Batches that are sorted together. */
interface Pool {
  readonly number: number
  /** Its samples, by length. */
  readonly sorted: Int32Array
  /** Batches that are no partial ones, and their order. */
  readonly whole: number
  readonly batchAt: (batch: number) => number
}

/**
 * Each sample once, with those of like length in one batch. An epoch is shuffled; each `pool` batches of it are then sorted by
 * length, cut into batches, and these are shuffled. A partial batch stays the last one of the epoch.
 *
 * @param lengths of each sample: how many of its elements are no padding
 */
export const byLength = (lengths: ArrayLike<number>, options: ByLengthOptions): Sampler => {
  const { batchSize, pool = defaultPool } = options
  const samples = lengths.length
  const poolSize = batchSize * pool
  return {
    length: samples,
    order: (key) => {
      const sampleAt = Rng.permutation(Rng.named(key, "samples"), samples)
      const batches = Rng.named(key, "batches")
      const poolOf = (number: number): Pool => {
        const begin = number * poolSize
        const sorted = Int32Array.from({ length: Math.min(poolSize, samples - begin) }, (_, place) =>
          sampleAt(begin + place)
        )
        sorted.sort((one, other) => element(lengths, one) - element(lengths, other) || one - other)
        const whole = Math.floor(sorted.length / batchSize)
        return { number, sorted, whole, batchAt: Rng.permutation(Rng.fold(batches, number), whole) }
      }
      // The pool that was last looked at: positions are mostly taken one after another.
      let last: Pool | undefined
      return (position) => {
        const number = Math.floor(position / poolSize)
        if (last?.number !== number) last = poolOf(number)
        const { sorted, whole, batchAt } = last
        const place = position - number * poolSize
        const batch = Math.floor(place / batchSize)
        const taken = batch < whole ? batchAt(batch) : batch
        return element(sorted, taken * batchSize + (place % batchSize))
      }
    }
  }
}

export const schema = Schema.TaggedStruct("ByLength", {
  batchSize: Config.count("samples").annotate({ description: "Samples of a batch: train.batchSize" }),
  pool: Config.withDefault(Config.count("batches"), defaultPool, "Batches whose samples are sorted together"),
  field: Config.withDefault(
    Schema.String,
    "mask",
    "The field that tells a sample's length: a mask, of which the ones count, or one number a sample"
  )
})

export const entry = Entry.of({
  tag: "ByLength",
  schema,
  make: ({ field, ...options }): DataSampler => ({
    ofData: (dataset: Dataset) => Effect.map(Column.lengths(dataset, field), (lengths) => byLength(lengths, options))
  })
})
