/**
 * In which order an epoch takes its samples: a pure function of a key and the number of samples, computed position by position,
 * so that any batch can be entered directly and a resumed run takes the samples that it would have taken.
 *
 * ```yaml
 * train:
 *   sampler: { _tag: Sequential }
 * ```
 */
import * as Schema from "effect/Schema"
import * as Entry from "./Entry.ts"
import * as Rng from "./Rng.ts"

export interface Sampler {
  /**
   * The sample at each position of one epoch: from a position, 0 ≤ position < samples, to an index, 0 ≤ index < length. `key`
   * is the epoch's own.
   */
  readonly order: (key: Rng.Key, length: number) => (position: number) => number
  /** The number of samples in an epoch, for data of that length. Default: each sample once. */
  readonly samples?: (length: number) => number
}

/** The order of the dataset. */
export const sequential: Sampler = { order: () => (position) => position }

/** A new permutation for each epoch. */
export const shuffled: Sampler = { order: (key, length) => Rng.permutation(key, length) }

export type SamplerEntry = Entry.Entry<Sampler>

/** Every sampler of this package, as configs name them. */
export const entries: ReadonlyArray<SamplerEntry> = [
  { tag: "Shuffled", schema: Schema.TaggedStruct("Shuffled", {}), make: () => ({ ...shuffled }) },
  { tag: "Sequential", schema: Schema.TaggedStruct("Sequential", {}), make: () => ({ ...sequential }) }
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
