/** One pass through a dataset, a batch at a time: what its fields hold, its classes, and a digest of each sample's inputs. */
import { createHash } from "node:crypto"
import {
  type Dataset,
  type FieldSpec,
  type Fields,
  type HostBatch,
  isSpec,
  isTypedArray,
  type TypedArray
} from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import type { DataError } from "@etude/core/Errors"
import { widen } from "@etude/core/kernels/Bytes"
import { element } from "@etude/core/Lookup"
import { sizeOf } from "@etude/core/Tensors"
import * as Effect from "effect/Effect"

/** Samples read at once. */
const chunk = 512

/** Samples of a set that are compared with each other and with those of other sets: 8 bytes are held of each. */
export const compared = 2_000_000

/** What the values of a field are like. */
export interface FieldScan {
  /** `inputs`, `inputs.age`, `targets`, … */
  readonly path: string
  readonly spec: FieldSpec
  /** Of the finite values; NaN where there is none. */
  readonly minimum: number
  readonly maximum: number
  readonly mean: number
  /** How many values are NaN or infinite, and the sample of the first; −1 where there is none. */
  readonly notFinite: number
  readonly firstNotFinite: number
}

export interface SetScan {
  readonly set: string
  readonly samples: number
  readonly fields: ReadonlyArray<FieldScan>
  /** Samples by label, where the targets are one label a sample. */
  readonly labels?: ReadonlyMap<number, number>
  readonly classes?: ReadonlyArray<string>
  /** A digest of the inputs of each of the first samples, in order: a whole number of 52 bits. */
  readonly digests: Float64Array
}

/** The fields of a spec or of a batch, with where they are. */
const entriesOf = <A extends object>(
  part: string,
  fields: Fields<A> | undefined,
  isOne: (fields: Fields<A>) => fields is A
): ReadonlyArray<readonly [path: string, field: A]> => {
  if (fields === undefined) return []
  if (isOne(fields)) return [[part, fields]]
  return Object.entries(fields).map(([name, field]) => [`${part}.${name}`, field] as const)
}

const specsOf = ({ spec }: Dataset): ReadonlyArray<readonly [path: string, spec: FieldSpec]> => [
  ...entriesOf("inputs", spec.inputs, isSpec),
  ...entriesOf("targets", spec.targets, isSpec),
  ...entriesOf("weights", spec.weights, isSpec),
  ...entriesOf("mask", spec.mask, isSpec)
]

/** The arrays of a batch, with where they are. */
export const valuesOf = (batch: HostBatch): ReadonlyMap<string, TypedArray> =>
  new Map([
    ...entriesOf("inputs", batch.inputs, isTypedArray),
    ...entriesOf("targets", batch.targets, isTypedArray),
    ...entriesOf("weights", batch.weights, isTypedArray),
    ...entriesOf("mask", batch.mask, isTypedArray)
  ])

/** Values as the model sees them. */
export const numbersOf = (values: TypedArray, { dtype, bytes }: FieldSpec): TypedArray =>
  dtype === "float32" && values instanceof Uint8Array ? widen(values, bytes) : values

/** A field while it is read. */
const tallyOf = (path: string, spec: FieldSpec) => {
  const size = Math.max(1, sizeOf(spec.shape))
  let [minimum, maximum, sum, finite, notFinite, firstNotFinite] = [Infinity, -Infinity, 0, 0, 0, -1]
  const add = (held: TypedArray, firstSample: number): void => {
    const values = numbersOf(held, spec)
    for (let index = 0; index < values.length; index++) {
      const value = element(values, index)
      if (Number.isFinite(value)) {
        if (value < minimum) minimum = value
        if (value > maximum) maximum = value
        sum += value
        finite++
      } else if (notFinite++ === 0) firstNotFinite = firstSample + Math.floor(index / size)
    }
  }
  const end = (): FieldScan => ({
    ...{ path, spec, notFinite, firstNotFinite },
    ...(finite === 0
      ? { minimum: Number.NaN, maximum: Number.NaN, mean: Number.NaN }
      : { minimum, maximum, mean: sum / finite })
  })
  return { path, add, end }
}

/** The bytes of one sample of an array of samples. */
const bytesOf = (values: TypedArray, index: number, samples: number): Uint8Array => {
  const bytes = values.byteLength / samples
  return new Uint8Array(values.buffer, values.byteOffset + index * bytes, bytes)
}

/** Two of 2,000,000 different samples have the same digest in one of 2,000 such sets. */
const digestOf = (inputs: ReadonlyArray<TypedArray>, index: number, samples: number): number => {
  const whole = createHash("sha1")
  for (const values of inputs) whole.update(bytesOf(values, index, samples))
  const digest = whole.digest()
  return digest.readUInt32LE(0) * 2 ** 20 + (digest.readUIntLE(4, 3) % 2 ** 20)
}

const writeDigests = (batch: HostBatch, samples: number, out: Float64Array): void => {
  const inputs = entriesOf("inputs", batch.inputs, isTypedArray).map(([, values]) => values)
  for (let index = 0; index < out.length; index++) out[index] = digestOf(inputs, index, samples)
}

const isLabels = (targets: Fields<FieldSpec> | undefined): boolean =>
  targets !== undefined && isSpec(targets) && targets.dtype === "int32" && targets.shape.length === 0

/**
 * Reads a whole dataset once, in order, as in evaluation (without augmentation). What is held does not grow with it beyond the digests of
 * the first `most` samples.
 */
export const scan = (set: string, dataset: Dataset, most = compared): Effect.Effect<SetScan, DataError> =>
  Effect.gen(function* () {
    const tallies = specsOf(dataset).map(([path, spec]) => tallyOf(path, spec))
    const labels = isLabels(dataset.spec.targets) ? new Map<number, number>() : undefined
    const digests = new Float64Array(Math.min(dataset.length, most))
    for (let first = 0; first < dataset.length; first += chunk) {
      const samples = Math.min(chunk, dataset.length - first)
      const read = dataset.read(
        Int32Array.from({ length: samples }, (_, index) => first + index),
        Draw.fixed
      )
      const batch = Effect.isEffect(read) ? yield* read : read
      const values = valuesOf(batch)
      for (const { path, add } of tallies) add(values.get(path) ?? new Float32Array(), first)
      for (const label of (labels && values.get("targets")) ?? []) labels?.set(label, (labels.get(label) ?? 0) + 1)
      writeDigests(batch, samples, digests.subarray(first, first + samples))
      yield* Effect.yieldNow
    }
    const fields = tallies.map(({ end }) => end())
    const { classes } = dataset
    return { set, samples: dataset.length, fields, digests, ...(labels && { labels }), ...(classes && { classes }) }
  })
