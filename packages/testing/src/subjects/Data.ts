/**
 * Datasets for tests: from values written in sight, and wrappers that make any dataset slow, failing, partly empty,
 * weighted or watched. A wrapper depends on which samples are read, never on how often, so that the read of the first
 * samples that `train` does before its first step changes nothing.
 */
import { type Dataset, derive, type FieldSpec, type Fields, type HostBatch, type TypedArray } from "@etude/core/Dataset"
import { DataError } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"

/** One field of a dataset with the values of all its samples, one after another. */
export interface Field {
  /** The shape of a sample; [] for one number. */
  readonly shape: ReadonlyArray<number>
  /** float32 when absent. */
  readonly dtype?: FieldSpec["dtype"]
  readonly values: ArrayLike<number>
}

export interface ArraysOptions {
  readonly name?: string
  readonly inputs: Fields<Field>
  readonly targets?: Fields<Field>
  /** Weight of each sample. */
  readonly weights?: Field
  /** 1 where an element counts, 0 where it is padding. */
  readonly mask?: Field
}

const sizeOf = ({ shape }: FieldSpec | Field): number => shape.reduce((product, side) => product * side, 1)
const isField = (fields: Fields<Field>): fields is Field => "values" in fields && "shape" in fields

const specOf = ({ shape, dtype = "float32" }: Field): FieldSpec => ({ shape, dtype })
const specs = (fields: Fields<Field>): Fields<FieldSpec> =>
  isField(fields)
    ? specOf(fields)
    : Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, specOf(field)]))

const arrayOf = (dtype: FieldSpec["dtype"], length: number): TypedArray =>
  dtype === "float32" ? new Float32Array(length) : dtype === "int32" ? new Int32Array(length) : new Uint8Array(length)

const take = (field: Field, indices: Int32Array): TypedArray => {
  const size = sizeOf(field)
  const rows = arrayOf(field.dtype ?? "float32", indices.length * size)
  indices.forEach((sample, index) => {
    for (let place = 0; place < size; place++) rows[index * size + place] = element(field.values, sample * size + place)
  })
  return rows
}
const takeAll = (fields: Fields<Field>, indices: Int32Array): Fields<TypedArray> =>
  isField(fields)
    ? take(fields, indices)
    : Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, take(field, indices)]))

/** A dataset of the given values; its length is that of its first input. */
export const arrays = ({ name = "arrays", inputs, targets, weights, mask }: ArraysOptions): Dataset => {
  const first = isField(inputs) ? inputs : element(Object.values(inputs), 0)
  return {
    name,
    length: first.values.length / sizeOf(first),
    spec: {
      inputs: specs(inputs),
      ...(targets === undefined ? {} : { targets: specs(targets) }),
      ...(weights === undefined ? {} : { weights: specOf(weights) }),
      ...(mask === undefined ? {} : { mask: specOf(mask) })
    },
    read: (indices) => ({
      inputs: takeAll(inputs, indices),
      ...(targets === undefined ? {} : { targets: takeAll(targets, indices) }),
      ...(weights === undefined ? {} : { weights: take(weights, indices) }),
      ...(mask === undefined ? {} : { mask: take(mask, indices) })
    })
  }
}

type Read = Dataset["read"]
const reading = (dataset: Dataset, read: Read): Dataset => derive(dataset, { read })
const mapRead = (
  batch: HostBatch | Effect.Effect<HostBatch, DataError>,
  f: (batch: HostBatch) => HostBatch
): HostBatch | Effect.Effect<HostBatch, DataError> => (Effect.isEffect(batch) ? Effect.map(batch, f) : f(batch))

/** The same data, each batch after some time (of the `Clock` service, so a `TestClock` decides when). */
export const delayed = (dataset: Dataset, delay: Duration.Input): Dataset =>
  reading(dataset, (indices, draw) => {
    const batch = dataset.read(indices, draw)
    return Effect.delay(Effect.isEffect(batch) ? batch : Effect.succeed(batch), delay)
  })

/** The same data, each batch as an Effect that lets other fibers have their turn first. */
export const asynchronous = (dataset: Dataset): Dataset =>
  reading(dataset, (indices, draw) => {
    const batch = dataset.read(indices, draw)
    return Effect.andThen(Effect.yieldNow, Effect.isEffect(batch) ? batch : Effect.succeed(batch))
  })

/** What {@link failing} fails with. */
export const unreadable = (dataset: Dataset, sample: number): DataError =>
  new DataError({
    source: dataset.name,
    found: `an unreadable sample ${sample}`,
    expected: "a sample",
    advice: "This dataset fails there on purpose."
  })

/** Fails with a `DataError` when a batch holds `sample`: as an Effect, or by a throw when `throws` is set. */
export const failing = (dataset: Dataset, sample: number, throws = false): Dataset =>
  reading(dataset, (indices, draw) => {
    if (!indices.includes(sample)) return dataset.read(indices, draw)
    if (throws) throw unreadable(dataset, sample)
    return Effect.fail(unreadable(dataset, sample))
  })

/**
 * Fails with a `DataError` at the reads from `at` on, counted from 0. `train` reads the first samples once before its first
 * step, so that batch k of the first epoch is read k + 1.
 */
export const failingAt = (dataset: Dataset, sample: number): Dataset => {
  let reads = 0
  return reading(dataset, (indices, draw) =>
    reads++ < sample ? dataset.read(indices, draw) : Effect.fail(unreadable(dataset, indices[0] ?? 0))
  )
}

/** The same data, slow without a clock: every read waits until it is opened. */
export const held = (
  dataset: Dataset
): {
  readonly dataset: Dataset
  /** Lets all reads through, those that wait and those to come. */
  readonly open: Effect.Effect<void>
  /** Lets reads wait again. */
  readonly close: Effect.Effect<void>
  /** How many reads have been requested. */
  readonly reads: () => number
} => {
  const latch = Latch.makeUnsafe(false)
  let count = 0
  return {
    dataset: reading(dataset, (indices, draw) => {
      count++
      const batch = dataset.read(indices, draw)
      return Effect.andThen(latch.await, Effect.isEffect(batch) ? batch : Effect.succeed(batch))
    }),
    open: Effect.asVoid(latch.open),
    close: Effect.asVoid(latch.close),
    reads: () => count
  }
}

/** Puts NaN in place of the inputs of one sample. */
export const spoiled = (dataset: Dataset, sample: number): Dataset =>
  reading(dataset, (indices, draw) =>
    mapRead(dataset.read(indices, draw), (batch) => {
      const spoil = (values: TypedArray): TypedArray => {
        const size = values.length / indices.length
        return values instanceof Float32Array
          ? values.map((value, index) => (indices[Math.floor(index / size)] === sample ? Number.NaN : value))
          : values
      }
      const { inputs } = batch
      const isOne = (fields: Fields<TypedArray>): fields is TypedArray => ArrayBuffer.isView(fields)
      const all = isOne(inputs)
        ? spoil(inputs)
        : Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, spoil(values)]))
      return { ...batch, inputs: all }
    })
  )

/**
 * Leaves samples out of the batches they belong to. A run skips a batch that is empty, and refuses one that is smaller
 * than the requested one. Weight and mask before.
 */
export const without = (dataset: Dataset, isMissing: (sample: number) => boolean): Dataset =>
  reading(dataset, (indices, draw) =>
    dataset.read(
      indices.filter((sample) => !isMissing(sample)),
      draw
    )
  )

/** Adds sample weights. */
export const weighted = (dataset: Dataset, weightOf: (sample: number) => number): Dataset =>
  derive(dataset, {
    spec: { ...dataset.spec, weights: { shape: [], dtype: "float32" } },
    read: (indices, draw) =>
      mapRead(dataset.read(indices, draw), (batch) => ({ ...batch, weights: Float32Array.from(indices, weightOf) }))
  })

/** Adds a mask over elements of the given shape. */
export const masked = (
  dataset: Dataset,
  shape: ReadonlyArray<number>,
  counts: (sample: number, element: number) => boolean
): Dataset => {
  const size = shape.reduce((product, side) => product * side, 1)
  const maskOf = (indices: Int32Array) =>
    Float32Array.from({ length: indices.length * size }, (_, index) =>
      counts(element(indices, Math.floor(index / size)), index % size) ? 1 : 0
    )
  return derive(dataset, {
    spec: { ...dataset.spec, mask: { shape, dtype: "float32" } },
    read: (indices, draw) => mapRead(dataset.read(indices, draw), (batch) => ({ ...batch, mask: maskOf(indices) }))
  })
}

/** The same data, and the list of the samples of every batch that is read, in order. */
export const watched = (
  dataset: Dataset
): { readonly dataset: Dataset; readonly reads: Array<ReadonlyArray<number>> } => {
  const reads: Array<ReadonlyArray<number>> = []
  const read: Read = (indices, draw) => {
    reads.push([...indices])
    return dataset.read(indices, draw)
  }
  return { dataset: reading(dataset, read), reads }
}
