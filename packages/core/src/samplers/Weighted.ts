/** Samples in proportion to weights. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Config from "../Config.ts"
import type { Dataset } from "../Dataset.ts"
import * as Entry from "../Entry.ts"
import { DataError } from "../Errors.ts"
import { element } from "../Lookup.ts"
import * as Rng from "../Rng.ts"
import type { DataSampler, Sampler } from "../Sampler.ts"
import * as Column from "./Column.ts"

export interface WeightedOptions {
  /** Whether a sample can come again within an epoch. Default: true. */
  readonly replacement?: boolean | undefined
  /** Samples of an epoch. Default: as many as the data have; without replacement, as have a weight above 0. */
  readonly samples?: number | undefined
}

/** A uniform number in [0, 1) of 53 bits, so that each of millions of samples keeps its weight. */
const uniform = (key: Rng.Key, position: number): number =>
  ((Rng.bits(key, 2 * position) >>> 5) * 0x4000000 + (Rng.bits(key, 2 * position + 1) >>> 6)) / 0x20000000000000

/** The first index whose sum up to there is above `value`. */
const firstAbove = (sums: Float64Array, value: number): number => {
  let [low, high] = [0, sums.length - 1]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (element(sums, middle) > value) high = middle
    else low = middle + 1
  }
  return low
}

/** By inversion: the sample in whose part of the sum of all weights a uniform number falls. */
const withReplacement = (weights: ArrayLike<number>): Sampler["order"] => {
  const sums = new Float64Array(weights.length)
  let [total, last] = [0, 0]
  for (let index = 0; index < weights.length; index++) {
    const weight = element(weights, index)
    total += weight
    sums[index] = total
    // A product that is rounded up to the total falls behind the last sample with a weight.
    if (weight > 0) last = index
  }
  return (key) => (position) => Math.min(last, firstAbove(sums, uniform(key, position) * total))
}

/**
 * By exponential waiting times of rate w: who comes first, comes next (Efraimidis and Spirakis 2006, "Weighted random sampling
 * with a reservoir"). All of an epoch are drawn when the first of its samples is wanted.
 */
const withoutReplacement =
  (weights: ArrayLike<number>): Sampler["order"] =>
  (key) => {
    let order: Int32Array | undefined
    const draw = () => {
      const times = Float64Array.from(weights, (weight, index) => -Math.log(1 - uniform(key, index)) / weight)
      const indices = Int32Array.from(weights, (_, index) => index).filter((index) => element(weights, index) > 0)
      return indices.sort((one, other) => element(times, one) - element(times, other) || one - other)
    }
    return (position) => {
      order ??= draw()
      return element(order, position)
    }
  }

const positives = (weights: ArrayLike<number>): number => {
  let count = 0
  for (let index = 0; index < weights.length; index++) if (element(weights, index) > 0) count++
  return count
}

/**
 * Samples drawn with a probability in proportion to their weights. A weight of 0 excludes a sample.
 *
 * @param weights one for each sample: finite, 0 or more, not all 0
 */
export const weighted = (weights: ArrayLike<number>, options: WeightedOptions = {}): Sampler => {
  const { replacement = true } = options
  const samples = options.samples ?? (replacement ? weights.length : positives(weights))
  return {
    length: weights.length,
    samples: () => samples,
    order: replacement ? withReplacement(weights) : withoutReplacement(weights)
  }
}

/** What keeps weights from being drawn by. */
const problemOf = (source: string, weights: ArrayLike<number>, length: number, options: WeightedOptions) => {
  const problem = (found: string, expected: string, advice: string) =>
    new DataError({ source, found, expected, advice })
  if (weights.length !== length)
    return problem(`${weights.length} weights`, `${length}, one for each sample`, "Weigh every sample, with 0 or more.")
  for (let index = 0; index < length; index++) {
    const weight = element(weights, index)
    if (weight >= 0 && weight < Number.POSITIVE_INFINITY) continue
    return problem(`the weight ${weight} of sample ${index}`, "a finite number of at least 0", "0 excludes a sample.")
  }
  const drawable = positives(weights)
  if (drawable === 0) return problem("weights that are all 0", "one or more above 0", "0 excludes a sample.")
  const { replacement, samples = 0 } = options
  if (replacement !== false || samples <= drawable) return undefined
  const advice = "Take fewer samples, or set replacement: true."
  return problem(`${samples} samples without replacement`, `${drawable} at most, as have a weight above 0`, advice)
}

/** The weights of classes, by their labels or by their names. */
const ofClasses = Effect.fnUntraced(function* (dataset: Dataset, classes: typeof Classes.Type) {
  const labels = yield* Column.labels(dataset)
  const names = dataset.classes ?? []
  const weightOf = (label: number): number | undefined =>
    Array.isArray(classes) ? classes[label] : (classes as { readonly [name: string]: number })[names[label] ?? label]
  const missing = labels.find((label) => weightOf(label) === undefined)
  if (missing === undefined) return Float64Array.from(labels, (label) => weightOf(label) ?? 0)
  return yield* new DataError({
    source: dataset.name,
    found: `the class ${names[missing] ?? missing}, which has no weight in the sampler's classes`,
    expected: "a weight for each class",
    advice: "Add it; 0 excludes a class."
  })
})

const Weights = Schema.Array(Config.notNegative).annotate({ description: "The weight of each sample, 0 or more" })
const Classes = Schema.Union([
  Schema.Array(Config.notNegative),
  Schema.Record(Schema.String, Config.notNegative)
]).annotate({
  description: "The weight of each class, by name or as a list by label"
})

const oneOf = "expected one of weights, field and classes"

export const schema = Schema.TaggedStruct("Weighted", {
  weights: Schema.optionalKey(Weights),
  field: Schema.optionalKey(Schema.String).annotate({
    description: "The field of the training data that holds the weight of each sample: weights, inputs.rarity"
  }),
  classes: Schema.optionalKey(Classes),
  replacement: Config.withDefault(Schema.Boolean, true, "Whether a sample can come again within an epoch"),
  samples: Schema.optionalKey(Config.count("samples")).annotate({
    description:
      "Samples of an epoch; default: as many as the training data have, or as can be drawn without replacement"
  })
}).check(
  Schema.makeFilter(({ weights, field, classes }) =>
    [weights, field, classes].filter((way) => way !== undefined).length === 1 ? undefined : oneOf
  )
)

const weightsOf = (dataset: Dataset, { weights, field, classes }: typeof schema.Type) => {
  if (classes !== undefined) return ofClasses(dataset, classes)
  return field === undefined ? Effect.succeed(weights ?? []) : Column.column(dataset, field)
}

export const entry = Entry.of({
  tag: "Weighted",
  schema,
  make: (options): DataSampler => ({
    ofData: Effect.fnUntraced(function* (dataset: Dataset) {
      const weights = yield* weightsOf(dataset, options)
      const problem = problemOf(dataset.name, weights, dataset.length, options)
      return problem === undefined ? weighted(weights, options) : yield* problem
    })
  })
})
