/** Several datasets as one: in a row, the same one again, or taking turns. */
import {
  type Dataset,
  type DatasetSpec,
  derive,
  type FieldSpec,
  type Fields,
  type HostBatch,
  isSpec,
  isTypedArray,
  type TypedArray,
  zerosLike
} from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import { element, mapEntry } from "@etude/core/Lookup"
import { sizeOf } from "@etude/core/Tensors"
import * as Effect from "effect/Effect"
import { chosen, invalid } from "./internal/chosen.ts"
import { guarded } from "./internal/Rows.ts"
import { numbersOf, withSameBytes } from "./internal/sameBytes.ts"
import { turnsOf } from "./internal/turns.ts"

/** The parts of a spec or a batch as one flat record, such as `inputs`, `targets.boxes`, `mask`. */
const flatten = <A extends object>(
  parts: { readonly [part: string]: Fields<A> | undefined },
  isOne: (value: Fields<A>) => value is A
): Map<string, A> => {
  const flat = new Map<string, A>()
  for (const part in parts) {
    const fields = parts[part]
    if (fields === undefined) continue
    if (isOne(fields)) flat.set(part, fields)
    else for (const [name, field] of Object.entries<A>(fields)) flat.set(`${part}.${name}`, field)
  }
  return flat
}

const fieldsOf = ({ inputs, targets, weights, mask }: DatasetSpec) =>
  flatten<FieldSpec>({ inputs, targets, weights, mask }, isSpec)

const valuesOf = ({ inputs, targets, weights, mask }: HostBatch) =>
  flatten<TypedArray>({ inputs, targets, weights, mask }, isTypedArray)

const show = (spec: FieldSpec | undefined) => (spec === undefined ? "no such field" : `${spec.dtype} [${spec.shape}]`)

const differences = (first: Dataset, other: Dataset, source: string): ReadonlyArray<DataError> => {
  const [fieldsOfFirst, fieldsOfOther] = [fieldsOf(first.spec), fieldsOf(other.spec)]
  const fields = [...new Set([...fieldsOfFirst.keys(), ...fieldsOfOther.keys()])]
  const advice = "Concatenated datasets must have the same fields: map one of them to match the other."
  const problems = fields
    .filter((field) => show(fieldsOfFirst.get(field)) !== show(fieldsOfOther.get(field)))
    .map((field) => {
      const expected = `${show(fieldsOfFirst.get(field))}, as in ${first.name}`
      return new DataError({ source: `${source}.${field}`, found: show(fieldsOfOther.get(field)), expected, advice })
    })
  const names = (dataset: Dataset) => dataset.classes?.join(", ") ?? "none"
  if (names(first) !== names(other)) {
    const expected = `${names(first)}, as in ${first.name}`
    problems.push(new DataError({ source: `${source}.classes`, found: names(other), expected, advice }))
  }
  return problems
}

/** Where the values of each dtype go when the datasets hold them differently (uint8 in one, float32 in another). */
const common = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const

/**
 * All samples of the first dataset, then all of the second, and so on. Fails with `DatasetInvalid`, which lists every
 * field whose shape or dtype, and every dataset whose class names, differ from the first one's; and if none is given.
 */
export const concat = (
  list: ReadonlyArray<Dataset>,
  options: { readonly name?: string } = {}
): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.suspend(() => {
    const datasets = withSameBytes(list)
    const name = options.name ?? datasets.map((dataset) => dataset.name).join(" + ")
    const [first, ...others] = datasets
    if (first === undefined) {
      const none = { source: "concat", found: "no dataset", expected: "one or more", advice: "Give a dataset." }
      return Effect.fail(new DatasetInvalid({ dataset: "concat", problems: [new DataError(none)] }))
    }
    const problems = others.flatMap((other, index) => differences(first, other, `${other.name} (number ${index + 2})`))
    if (problems.length > 0) return Effect.fail(new DatasetInvalid({ dataset: name, problems }))
    let length = 0
    const placed = datasets.map((dataset) => {
      const start = length
      length += dataset.length
      return { dataset, start, end: length }
    })
    /** The result of each dataset for its part of the samples, with their positions among all requested samples. */
    const fromEach = <A>(indices: Int32Array, read: (dataset: Dataset, local: Int32Array, part: number) => A) =>
      placed.flatMap(({ dataset, start, end }, part) => {
        const isOwn = (index: number) => index >= start && index < end
        const positions: Array<number> = []
        indices.forEach((index, position) => {
          if (isOwn(index)) positions.push(position)
        })
        if (positions.length === 0) return []
        const local = indices.filter(isOwn).map((index) => index - start)
        return [[positions, read(dataset, local, part)] as const]
      })
    const read: Dataset["read"] = (indices, draw) => {
      // Samples of the same index in two datasets draw independently of each other.
      const reads = fromEach(indices, (dataset, local, index) => dataset.read(local, Draw.named(draw, `part ${index}`)))
      if (reads.length === 1) return element(reads, 0)[1]
      if (reads.some(([, batch]) => Effect.isEffect(batch))) {
        const effects = reads.map(([positions, batch]) =>
          Effect.map(Effect.isEffect(batch) ? batch : Effect.succeed(batch), (value) => [positions, value] as const)
        )
        return Effect.map(Effect.all(effects), (parts) => merge(first.spec, indices.length, parts))
      }
      return merge(first.spec, indices.length, reads as ReadonlyArray<Part>)
    }
    const { targets } = first.spec
    const readTargets =
      (specs: Fields<FieldSpec>) =>
      (indices: Int32Array): Fields<TypedArray> => {
        const reads = fromEach(indices, targetsOf)
        if (reads.length === 1) return element(reads, 0)[1]
        const parts = reads.map(([positions, targets]) => [positions, { inputs: {}, targets: targets }] as const)
        return fieldsAt("targets", specs, valuesAt({ inputs: {}, targets: specs }, indices.length, parts))
      }
    const haveTargets = datasets.every((dataset) => dataset.readTargets !== undefined)
    return Effect.succeed(
      derive(first, {
        name,
        length,
        isSequential: datasets.some((dataset) => dataset.isSequential === true),
        ahead: mostAhead(datasets),
        read: guarded(name, length, read),
        readTargets: haveTargets && targets !== undefined ? readTargets(targets) : undefined
      })
    )
  })

/**
 * The same samples `times` times. What the dataset draws at random it draws anew each time. Fails with `DatasetInvalid` unless
 * `times` is a whole number from 1 on and all samples can be counted: 2³¹ − 1 at most.
 */
export const repeat = (dataset: Dataset, times: number): Effect.Effect<Dataset, DatasetInvalid> => {
  const name = `${dataset.name}/repeat`
  const most = Math.floor(longest / Math.max(1, dataset.length))
  if (Number.isSafeInteger(times) && times >= 1 && times <= most)
    return concat(
      Array.from({ length: times }, () => dataset),
      { name }
    )
  const expected = `a whole number of times in 1 … ${most}`
  return invalid(
    name,
    new DataError({ source: name, found: `${times}`, expected, advice: "Train more epochs instead." })
  )
}

const longest = 2 ** 31 - 1

/** A dataset and its share of a mixture. */
export interface Share {
  readonly dataset: Dataset
  /** Its samples among all, in proportion: finite, above 0. Default: 1. */
  readonly weight?: number
}

export interface InterleaveOptions {
  readonly name?: string
  /**
   * `"shortest"`: ends before a dataset would have to repeat a sample. `"all"`: ends when every sample has come once; those that
   * are through before begin again. Default: `"shortest"`.
   */
  readonly until?: "shortest" | "all"
}

const wrongShares = (shares: ReadonlyArray<Share>, name: string): ReadonlyArray<DataError> =>
  shares.flatMap(({ dataset, weight = 1 }, index) => {
    if (weight > 0 && weight < Number.POSITIVE_INFINITY) return []
    const source = `${name}, ${dataset.name} (number ${index + 1})`
    const advice = "Leave a dataset out that has no share."
    return [new DataError({ source, found: `the weight ${weight}`, expected: "a finite number above 0", advice })]
  })

/** Samples of a mixture at most: it holds four bytes for each. */
const largestMixture = 2 ** 28

/** More samples than a mixture can come to: until each dataset, or one, is through. */
const boundOf = (lengths: ReadonlyArray<number>, weights: ReadonlyArray<number>, until: "shortest" | "all"): number => {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const ends = lengths.map((length, index) => ((length + lengths.length) * total) / element(weights, index))
  return Math.ceil(until === "all" ? Math.max(...ends) : Math.min(...ends))
}

/** The samples of a mixture as indices into the datasets in a row. */
const mixed = (
  lengths: ReadonlyArray<number>,
  weights: ReadonlyArray<number>,
  until: "shortest" | "all",
  bound: number
): Int32Array => {
  const begins = lengths.map((_, index) => lengths.slice(0, index).reduce((sum, length) => sum + length, 0))
  const taken = new Float64Array(lengths.length)
  const indices = new Int32Array(bound)
  const turn = turnsOf(weights)
  for (let count = 0, through = 0; ; count++) {
    const next = turn()
    const [length, times] = [element(lengths, next), element(taken, next)]
    if (until === "shortest" && times === length) return indices.slice(0, count)
    indices[count] = element(begins, next) + (times % length)
    taken[next] = times + 1
    if (times + 1 === length && ++through === lengths.length) return indices.slice(0, count + 1)
  }
}

/**
 * Datasets that take turns in proportion to their weights, as evenly spread as can be; each in its own order. A shuffled run
 * mixes them further, in the same proportions. Samples that come again in `until: "all"` are augmented alike within an epoch. Fails
 * with `DatasetInvalid` as {@link concat} does, and for weights that are not above 0.
 *
 * ```ts
 * const mixture = yield* Concat.interleave([{ dataset: own, weight: 3 }, { dataset: others, weight: 1 }])
 * ```
 */
export const interleave = (
  shares: ReadonlyArray<Share>,
  options: InterleaveOptions = {}
): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.gen(function* () {
    const datasets = shares.map(({ dataset }) => dataset)
    const name = options.name ?? `(${datasets.map((dataset) => dataset.name).join(" | ")})`
    const problems = wrongShares(shares, name)
    if (problems.length > 0) return yield* invalid(name, ...problems)
    const all = yield* concat(datasets, { name })
    const lengths = datasets.map(({ length }) => length)
    const weights = shares.map(({ weight = 1 }) => weight)
    const until = options.until ?? "shortest"
    const bound = boundOf(lengths, weights, until)
    if (bound <= largestMixture) return chosen(all, name, mixed(lengths, weights, until, bound))
    return yield* invalid(
      name,
      new DataError({
        source: name,
        found: `weights by which it has up to ${bound} samples`,
        expected: `${largestMixture} at most`,
        advice: 'Choose weights that are less far apart, or `until: "shortest"`.'
      })
    )
  })

/** As far ahead as the one that is read furthest. */
const mostAhead = (datasets: ReadonlyArray<Dataset>): number | undefined => {
  const all = datasets.flatMap(({ ahead }) => (ahead === undefined ? [] : [ahead]))
  return all.length === 0 ? undefined : Math.max(...all)
}

type Part = readonly [positions: ReadonlyArray<number>, batch: HostBatch]

const targetsOf = (dataset: Dataset, indices: Int32Array): Fields<TypedArray> => {
  const targets = dataset.readTargets?.(indices)
  if (targets === undefined) throw new Error(`${dataset.name} does not read targets alone`)
  return targets
}

/** The values of each field, with the samples of each part at their positions in the batch. */
const valuesAt = (spec: DatasetSpec, samples: number, parts: ReadonlyArray<Part>): Map<string, TypedArray> => {
  const batches = parts.map(([positions, batch]) => [positions, valuesOf(batch)] as const)
  const merged = new Map<string, TypedArray>()
  for (const [field, fieldSpec] of fieldsOf(spec)) {
    const { dtype } = fieldSpec
    const size = sizeOf(fieldSpec.shape)
    const read = batches.map(([positions, values]) => [positions, mapEntry(values, field)] as const)
    const isOneKind = new Set(read.map(([, rows]) => rows.constructor)).size === 1
    const values = isOneKind ? zerosLike(element(read, 0)[1], samples * size) : new common[dtype](samples * size)
    for (const [positions, given] of read) {
      const rows = isOneKind ? given : numbersOf(given, fieldSpec)
      positions.forEach((position, index) => {
        values.set(rows.subarray(index * size, (index + 1) * size), position * size)
      })
    }
    merged.set(field, values)
  }
  return merged
}

const fieldsAt = (
  part: string,
  fields: Fields<FieldSpec>,
  values: ReadonlyMap<string, TypedArray>
): Fields<TypedArray> =>
  isSpec(fields)
    ? mapEntry(values, part)
    : Object.fromEntries(Object.keys(fields).map((key) => [key, mapEntry(values, `${part}.${key}`)]))

/** Puts the samples of each part at their positions in the batch. */
const merge = (spec: DatasetSpec, samples: number, parts: ReadonlyArray<Part>): HostBatch => {
  const values = valuesAt(spec, samples, parts)
  return {
    inputs: fieldsAt("inputs", spec.inputs, values),
    ...(spec.targets && { targets: fieldsAt("targets", spec.targets, values) }),
    ...(spec.weights && { weights: mapEntry(values, "weights") }),
    ...(spec.mask && { mask: mapEntry(values, "mask") })
  }
}
