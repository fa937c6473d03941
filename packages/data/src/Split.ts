/**
 * Datasets made of others: a keyed part held out, a subset, the first samples, and a function on batches. Nothing is
 * read until a batch is requested, and each is an ordinary dataset.
 */
import { type Dataset, derive, type HostBatch } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { DataError, type DatasetInvalid } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import { chosen, invalid } from "./internal/chosen.ts"
import * as Kept from "./internal/kept.ts"
import { guarded } from "./internal/Rows.ts"
import { withNumbers } from "./internal/sameBytes.ts"
import { apportion, foldsOf, labelsOf } from "./internal/strata.ts"

/**
 * The samples at `indices`, in that order; an index may come more than once (what the dataset draws at random, it draws by its
 * own index: such samples are augmented alike within an epoch). Fails with `DatasetInvalid` if there is
 * none, or one that is not a whole number in 0 … length − 1.
 */
export const subset = (
  dataset: Dataset,
  indices: Int32Array | ReadonlyArray<number>
): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.suspend(() => {
    const name = `${dataset.name}/subset`
    const expected = `whole numbers in 0 … ${dataset.length - 1}`
    const advice = "A subset consists of indices of its dataset."
    const invalidAt = indices.findIndex((index) => !(Number.isInteger(index) && index >= 0 && index < dataset.length))
    if (indices.length === 0) return invalid(name, new DataError({ source: name, found: "no index", expected, advice }))
    if (invalidAt >= 0) {
      const found = `the index ${indices[invalidAt]} (position ${invalidAt})`
      return invalid(name, new DataError({ source: name, found, expected, advice }))
    }
    return Effect.succeed(chosen(dataset, name, Int32Array.from(indices)))
  })

/** The first `count` samples, or all where there are fewer. Fails with `DatasetInvalid` unless `count` is 1 or more. */
export const take = (dataset: Dataset, count: number): Effect.Effect<Dataset, DatasetInvalid> => {
  const name = `${dataset.name}/take`
  if (Number.isSafeInteger(count) && count >= 1) {
    const length = Math.min(count, dataset.length)
    const { read, readTargets, isChecked } = derive(dataset)
    return Effect.succeed(derive(dataset, { name, length, isChecked, read: guarded(name, length, read), readTargets }))
  }
  const expected = "a whole number of samples of at least 1"
  return invalid(name, new DataError({ source: name, found: `${count}`, expected, advice: "Request at least one." }))
}

/** The size of the held-out part, and the key. */
export type SplitOptions = {
  /** A key, or a seed to make one of. The stream named "split" below it decides. */
  readonly key: Rng.Key | number
  /** Whether each label keeps its fraction in both parts (to within one sample). Reads all targets once. Default: false. */
  readonly stratify?: boolean
} & (
  | {
      /** The fraction to hold out, between 0 and 1; rounded to whole samples. */
      readonly fraction: number
    }
  | { readonly count: number }
)

/**
 * Splits a dataset into two disjoint parts that together hold every sample, each in the dataset's own order. The same
 * key gives the same parts on every machine. Fails with `DatasetInvalid` where a part would be empty, and where samples
 * are to be stratified that have no single int32 label or can't be read.
 *
 * ```ts
 * const { rest, heldOut } = yield* Split.split(train, { key: 1, count: 5_000 })
 * ```
 */
export const split = (
  dataset: Dataset,
  options: SplitOptions
): Effect.Effect<{ readonly rest: Dataset; readonly heldOut: Dataset }, DatasetInvalid> =>
  Effect.gen(function* () {
    const { length } = dataset
    const name = `${dataset.name}/split`
    const count = "count" in options ? options.count : Math.round(options.fraction * length)
    if (!(Number.isSafeInteger(count) && count >= 1 && count < length)) {
      const size = "count" in options ? `a count of ${count}` : `a fraction of ${options.fraction}`
      return yield* invalid(
        name,
        new DataError({
          source: name,
          found: `${size} held out of ${length} samples`,
          expected: `1 to ${length - 1} samples`,
          advice: "Neither part may be empty. A fraction lies between 0 and 1; a count is a whole number."
        })
      )
    }
    const root = typeof options.key === "number" ? Rng.key(options.key) : options.key
    const stream = Rng.named(root, "split")
    const isHeldOut = new Uint8Array(length)
    if (options.stratify === true) {
      const labels = yield* Effect.catch(labelsOf(dataset), (problem) => invalid(name, problem))
      for (const { label, members, samples } of apportion(labels, count)) {
        const memberAt = Rng.permutation(Rng.fold(stream, label), members.length)
        for (let position = 0; position < samples; position++) isHeldOut[element(members, memberAt(position))] = 1
      }
    } else {
      const sampleAt = Rng.permutation(stream, length)
      for (let position = 0; position < count; position++) isHeldOut[sampleAt(position)] = 1
    }
    const heldOut = new Int32Array(count)
    const rest = new Int32Array(length - count)
    let held = 0
    for (let index = 0; index < length; index++) {
      if (isHeldOut[index] === 1) heldOut[held++] = index
      else rest[index - held] = index
    }
    return {
      rest: chosen(dataset, `${dataset.name}/rest`, rest),
      heldOut: chosen(dataset, `${dataset.name}/heldOut`, heldOut)
    }
  })

/** Which of how many parts is held out, and by which key they are drawn. */
export interface FoldOptions {
  /** How many parts: a whole number from 2 on, at most the number of samples. */
  readonly folds: number
  /** The part to hold out: 0 … folds − 1. */
  readonly fold: number
  /** A key, or a seed to make one of. The stream named "folds" below it decides. */
  readonly key: Rng.Key | number
  /** Whether each label has its fraction in every part (to within one sample). Reads all targets once. Default: false. */
  readonly stratify?: boolean
}

const wrongFolds = (name: string, { folds, fold }: FoldOptions, length: number): ReadonlyArray<DataError> => {
  const problem = (found: string, expected: string, advice: string) =>
    new DataError({ source: name, found, expected, advice })
  if (!(Number.isSafeInteger(folds) && folds >= 2 && folds <= length))
    return [problem(`${folds} folds`, `a whole number in 2 … ${length}, the number of samples`, "5 and 10 are usual.")]
  if (Number.isSafeInteger(fold) && fold >= 0 && fold < folds) return []
  return [problem(`fold ${fold}`, `a whole number in 0 … ${folds - 1}`, "Folds are counted from 0.")]
}

/**
 * Holds out one of k parts, for cross-validation: every sample is in exactly one of the parts that the same key gives, whose
 * sizes differ by one at most. Each part is in the dataset's own order. Fails with `DatasetInvalid` for a number of folds or a
 * fold that is out of range, and where samples are to be stratified that have no single int32 label or can't be read.
 *
 * ```ts
 * const { rest, heldOut } = yield* Split.kFold(dataset, { folds: 5, fold: 0, key: 1, stratify: true })
 * ```
 */
export const kFold = (
  dataset: Dataset,
  options: FoldOptions
): Effect.Effect<{ readonly rest: Dataset; readonly heldOut: Dataset }, DatasetInvalid> =>
  Effect.gen(function* () {
    const { length } = dataset
    const { folds, fold, key, stratify } = options
    const name = `${dataset.name}/fold ${fold}`
    const problems = wrongFolds(name, options, length)
    if (problems.length > 0) return yield* invalid(name, ...problems)
    const stream = Rng.named(typeof key === "number" ? Rng.key(key) : key, "folds")
    const labels =
      stratify === true
        ? yield* Effect.catch(labelsOf(dataset), (problem) => invalid(name, problem))
        : new Int32Array(length)
    const foldOf = foldsOf(labels, folds, stream)
    const all = Int32Array.from({ length }, (_, index) => index)
    return {
      rest: chosen(
        dataset,
        `${name}/rest`,
        all.filter((index) => foldOf[index] !== fold)
      ),
      heldOut: chosen(
        dataset,
        `${name}/heldOut`,
        all.filter((index) => foldOf[index] === fold)
      )
    }
  })

export type { Sample } from "./internal/kept.ts"

/**
 * The samples that `keep` is true of, in the dataset's order. All samples are read once, now, in parts; with
 * `reads: "targets"` only their targets, where the dataset has them at hand. Fails with `DatasetInvalid` where no sample is
 * left, one can't be read, or `keep` throws.
 *
 * ```ts
 * const even = yield* Split.filter(digits, ({ label }) => label % 2 === 0, { reads: "targets" })
 * ```
 */
export const filter = (
  dataset: Dataset,
  keep: (sample: Kept.Sample, index: number) => boolean,
  options: { readonly reads?: "targets" | "all" } = {}
): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.gen(function* () {
    const name = `${dataset.name}/filter`
    const indices = yield* Effect.catch(Kept.indicesOf(dataset, keep, options.reads ?? "all"), (problem) =>
      invalid(name, problem)
    )
    if (indices.length > 0) return chosen(dataset, name, indices)
    const found = `none of ${dataset.length} samples that is kept`
    return yield* invalid(name, new DataError({ source: name, found, expected: "one or more", advice: "Keep some." }))
  })

/**
 * The same dataset with `f` applied to each batch, for augmentation and for derived fields. `f` must be pure: what it
 * draws at random it draws by `draw`, a sample at a time, so that a sample looks different in each epoch and a run is
 * reproducible. In validation, test and prediction `draw` is always the same, and `draw.training` is false. Where `f`
 * changes what a field looks like, say so with `spec`. Pixels that are normalized come to it as numbers, not as bytes.
 * What it throws becomes the batch's `DataError`.
 *
 * ```ts
 * const jittered = Split.mapBatch(train, (batch, indices, draw) => {
 *   const inputs = Float32Array.from(batch.inputs as Float32Array)
 *   indices.forEach((index, at) => {
 *     inputs[at] = inputs[at]! + Rng.normal(Draw.ofSample(draw, index), 0)
 *   })
 *   return { ...batch, inputs }
 * })
 * ```
 */
export const mapBatch = (
  source: Dataset,
  f: (batch: HostBatch, indices: Int32Array, draw: Draw.Draw) => HostBatch,
  options: { readonly spec?: Dataset["spec"]; readonly name?: string } = {}
): Dataset => {
  const dataset = withNumbers(source)
  const name = options.name ?? `${dataset.name}/map`
  const failed = (cause: unknown) => {
    const found = `a batch that the mapping function fails on (${cause})`
    return new DataError({ source: name, found, expected: "a new batch", advice: "See its cause.", cause })
  }
  const read: Dataset["read"] = (indices, draw) => {
    const batch = dataset.read(indices, draw)
    // Two maps in a row draw independently of each other, and of what the dataset itself draws.
    const mapDraw = Draw.named(draw, name)
    if (Effect.isEffect(batch)) {
      return Effect.flatMap(batch, (value) => Effect.try({ try: () => f(value, indices, mapDraw), catch: failed }))
    }
    try {
      return f(batch, indices, mapDraw)
    } catch (cause) {
      return Effect.fail(failed(cause))
    }
  }
  return derive(dataset, { name, spec: options.spec, read })
}
