/**
 * In which order an epoch takes its samples: a pure function of a key and the number of samples, computed position by position,
 * so that any batch can be entered directly and a resumed run takes the samples that it would have taken.
 *
 * ```yaml
 * train:
 *   sampler: { _tag: Balanced }
 * ```
 *
 * | Sampler | An epoch |
 * | --- | --- |
 * | `Shuffled` | each sample once, in a new order; what `shuffle: true` means |
 * | `Sequential` | each sample once, in the order of the dataset |
 * | `Weighted` | samples drawn in proportion to weights, with or without replacement |
 * | `Balanced` | each class equally often |
 * | `ByLength` | each sample once, with those of like length in one batch |
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Dataset } from "./Dataset.ts"
import * as Entry from "./Entry.ts"
import type { DataError } from "./Errors.ts"
import * as Rng from "./Rng.ts"
import * as Balanced from "./samplers/Balanced.ts"
import * as ByLength from "./samplers/ByLength.ts"
import * as Weighted from "./samplers/Weighted.ts"

export interface Sampler {
  /**
   * The sample at each position of one epoch: from a position, 0 ≤ position < samples, to an index, 0 ≤ index < length. `key`
   * is the epoch's own.
   */
  readonly order: (key: Rng.Key, length: number) => (position: number) => number
  /** The number of samples in an epoch, for data of that length. Default: each sample once. */
  readonly samples?: (length: number) => number
  /** The only length of data that it is for, where it was made from what it knows of each sample. Default: any. */
  readonly length?: number
}

/** A sampler that has to know something of each sample, such as its class. */
export interface DataSampler {
  /** The sampler of these training data. Called once, before the first step; the order is still computed position by position. */
  readonly ofData: (dataset: Dataset) => Effect.Effect<Sampler, DataError>
}

/** The order of the dataset. */
export const sequential: Sampler = { order: () => (position) => position }

/** A new permutation for each epoch. */
export const shuffled: Sampler = { order: (key, length) => Rng.permutation(key, length) }

export { balanced } from "./samplers/Balanced.ts"
export { byLength } from "./samplers/ByLength.ts"
export { weighted } from "./samplers/Weighted.ts"

export type SamplerEntry = Entry.Entry<Sampler | DataSampler>

/** Every sampler of this package, as configs name them. */
export const entries: ReadonlyArray<SamplerEntry> = [
  { tag: "Shuffled", schema: Schema.TaggedStruct("Shuffled", {}), make: () => ({ ...shuffled }) },
  { tag: "Sequential", schema: Schema.TaggedStruct("Sequential", {}), make: () => ({ ...sequential }) },
  Weighted.entry,
  Balanced.entry,
  ByLength.entry
]

/** A sampler as a decoded config holds it. */
export interface Config extends Entry.Tagged {
  readonly [option: string]: Schema.Json
}

/** The schema of a sampler that is one of these. */
export const schemaOf = (all: ReadonlyArray<SamplerEntry>): Schema.Codec<Config, Config> =>
  Entry.union(all).annotate({
    description: "The order of the samples in each epoch; instead of shuffle",
    message: `expected a sampler: { _tag: ${Entry.tagsOf(all)}, … }`
  })

/** The number of samples in an epoch, for data of that length. */
export const samplesOf = ({ samples }: Sampler, length: number): number => samples?.(length) ?? length

/** The sampler of these data. */
export const ofData = (sampler: Sampler | DataSampler, dataset: Dataset): Effect.Effect<Sampler, DataError> =>
  "ofData" in sampler ? sampler.ofData(dataset) : Effect.succeed(sampler)
