/**
 * Samples held as the rows of one typed array, and datasets made of such fields. A batch is gathered by copying rows:
 * no object is made per sample.
 */

import {
  type Dataset,
  type DatasetSpec,
  type FieldSpec,
  type Fields,
  type HostBatch,
  type Room,
  type TypedArray,
  zerosLike
} from "@etude/core/Dataset"
import { DataError } from "@etude/core/Errors"
import type { Scaling } from "@etude/core/kernels/Bytes"
import { sizeOf } from "@etude/core/Tensors"
import * as Effect from "effect/Effect"

/** One field of all samples. */
export interface Rows {
  readonly spec: FieldSpec
  readonly length: number
  /** The rows at these indices, in an array of the room's where there is one. */
  readonly gather: (indices: Int32Array, room?: Room) => TypedArray
}

/** Elements up to which a row is copied faster one by one than as a view, which is an object for each row. */
const short = 64

const copyElements = (values: TypedArray, size: number, indices: Int32Array, rows: TypedArray): void => {
  let to = 0
  for (const index of indices) {
    const from = index * size
    for (let element = 0; element < size; element++) rows[to++] = values[from + element]!
  }
}

/** Rows that follow each other are copied together: all of a batch that isn't shuffled. */
const copyRows = (values: TypedArray, size: number, indices: Int32Array, rows: TypedArray): void => {
  for (let index = 0; index < indices.length; ) {
    const [first, begin] = [indices[index]!, index]
    do index++
    while (index < indices.length && indices[index] === first + index - begin)
    rows.set(values.subarray(first * size, (first + index - begin) * size), begin * size)
  }
}

/** Rows of `values`, which is held, not copied. */
export const ofValues = (values: TypedArray, spec: FieldSpec): Rows => {
  const size = sizeOf(spec.shape)
  const copy = size <= short ? copyElements : copyRows
  const gather = (indices: Int32Array, room: Room = zerosLike): TypedArray => {
    const rows = room(values, indices.length * size)
    copy(values, size, indices, rows)
    return rows
  }
  return { spec, length: values.length / size, gather }
}

/** The layout of images in memory, and their treatment while they are copied. */
export interface ImageLayout {
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Pixels added on each of the four sides. */
  readonly pad: number
  /** The value of added pixels. */
  readonly background: number
  /** What uint8 pixels mean; they stay bytes until they are in the step. */
  readonly bytes?: Scaling
}

/** Images of [height, width, channels] one after another, padded while they are copied. */
export const ofImages = (pixels: TypedArray, layout: ImageLayout): Rows => {
  const { height, width, channels, pad, background, bytes } = layout
  const shape = [height + 2 * pad, width + 2 * pad, channels]
  const spec: FieldSpec = { shape, dtype: "float32", ...(bytes && { bytes }) }
  if (pad === 0) return ofValues(pixels, spec)
  const [line, paddedLine] = [width * channels, (width + 2 * pad) * channels]
  const [size, paddedSize] = [height * line, (height + 2 * pad) * paddedLine]
  const gather = (indices: Int32Array, room?: Room): TypedArray => {
    const images = (room ?? zerosLike)(pixels, indices.length * paddedSize)
    if (background !== 0 || room !== undefined) images.fill(background)
    for (const [position, index] of indices.entries()) {
      let from = index * size
      let to = position * paddedSize + pad * (paddedLine + channels)
      for (let y = 0; y < height; y++, from += line, to += paddedLine) {
        images.set(pixels.subarray(from, from + line), to)
      }
    }
    return images
  }
  return { spec, length: pixels.length / size, gather }
}

/** Applies `f` to one field or to each of a record; `isOne` decides which it is; the name of a single field is "". */
export const mapFields = <A extends object, B>(
  fields: Fields<A>,
  isOne: (value: Fields<A>) => value is A,
  f: (field: A, name: string) => B
): Fields<B> => {
  if (isOne(fields)) return f(fields, "")
  const mapped: Record<string, B> = {}
  for (const [name, field] of Object.entries(fields)) mapped[name] = f(field, name)
  return mapped
}

const isRows = (fields: Fields<Rows>): fields is Rows => typeof fields.gather === "function"

/** Lets only indices through that the dataset has: a typed array would answer others with silence. */
export const guarded =
  (name: string, length: number, read: Dataset["read"]): Dataset["read"] =>
  (indices, draw, room) => {
    for (const index of indices) {
      if (index < 0 || index >= length) {
        return Effect.fail(
          new DataError({
            source: name,
            found: `a request for sample ${index}`,
            expected: `an index in 0 … ${length - 1}`,
            advice: "Make the batch plan for this dataset's own length."
          })
        )
      }
    }
    return read(indices, draw, room)
  }

/** The fields of a dataset. */
export interface Columns {
  readonly name: string
  readonly inputs: Fields<Rows>
  readonly targets?: Fields<Rows> | undefined
  readonly weights?: Rows | undefined
  readonly mask?: Rows | undefined
  readonly classes?: ReadonlyArray<string> | undefined
  /** Whether all values have been checked against the specs. */
  readonly isChecked?: boolean
}

/** A dataset of fields of the same length. */
export const datasetOf = (length: number, columns: Columns): Dataset => {
  const { name, inputs, targets, weights, mask, classes, isChecked } = columns
  const spec: DatasetSpec = {
    inputs: mapFields(inputs, isRows, (rows) => rows.spec),
    ...(targets && { targets: mapFields(targets, isRows, (rows) => rows.spec) }),
    ...(weights && { weights: weights.spec }),
    ...(mask && { mask: mask.spec })
  }
  const read: Dataset["read"] = (indices, _draw, room): HostBatch => ({
    inputs: mapFields(inputs, isRows, (rows) => rows.gather(indices, room)),
    ...(targets && { targets: mapFields(targets, isRows, (rows) => rows.gather(indices, room)) }),
    ...(weights && { weights: weights.gather(indices, room) }),
    ...(mask && { mask: mask.gather(indices, room) })
  })
  return {
    name,
    length,
    spec,
    ...(classes && { classes }),
    ...(isChecked === true && { isChecked }),
    read: guarded(name, length, read),
    ...(targets && { readTargets: (indices: Int32Array) => mapFields(targets, isRows, (rows) => rows.gather(indices)) })
  }
}
