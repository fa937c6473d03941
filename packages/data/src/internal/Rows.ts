/**
 * Samples held as the rows of one typed array, and datasets made of such fields. A batch is gathered by copying rows:
 * no object is made per sample.
 */

import type { Dataset, DatasetSpec, FieldSpec, Fields, HostBatch, TypedArray } from "@etude/core/Dataset"
import { DataError } from "@etude/core/Errors"
import type { Scaling } from "@etude/core/kernels/Bytes"
import { sizeOf } from "@etude/core/Tensors"
import * as Effect from "effect/Effect"

/** One field of all samples. */
export interface Rows {
  readonly spec: FieldSpec
  readonly length: number
  readonly gather: (indices: Int32Array) => TypedArray
}

/** Zeros, held like `values`. */
export const zerosLike = (values: TypedArray, length: number): TypedArray =>
  values instanceof Float32Array
    ? new Float32Array(length)
    : values instanceof Int32Array
      ? new Int32Array(length)
      : new Uint8Array(length)

/** Rows of `values` as they are; `values` is held, not copied. */
export const ofValues = (values: TypedArray, spec: FieldSpec): Rows => {
  const size = sizeOf(spec.shape)
  const gather = (indices: Int32Array): TypedArray => {
    const rows = zerosLike(values, indices.length * size)
    if (size === 1) for (let at = 0; at < indices.length; at++) rows[at] = values[indices[at]!]!
    else {
      for (let at = 0; at < indices.length; at++) {
        const from = indices[at]! * size
        rows.set(values.subarray(from, from + size), at * size)
      }
    }
    return rows
  }
  return { spec, length: values.length / size, gather }
}

/** How images lie in memory and what is done to them while they are copied. */
export interface ImageLayout {
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Pixels added on each of the four sides. */
  readonly pad: number
  /** What the added pixels hold. */
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
  const gather = (indices: Int32Array): TypedArray => {
    const images = zerosLike(pixels, indices.length * paddedSize)
    if (background !== 0) images.fill(background)
    for (let at = 0; at < indices.length; at++) {
      let from = indices[at]! * size
      let to = at * paddedSize + pad * (paddedLine + channels)
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
  (indices, draw) => {
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
    return read(indices, draw)
  }

/** What a dataset consists of, field by field. */
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
  const read = (indices: Int32Array): HostBatch => ({
    inputs: mapFields(inputs, isRows, (rows) => rows.gather(indices)),
    ...(targets && { targets: mapFields(targets, isRows, (rows) => rows.gather(indices)) }),
    ...(weights && { weights: weights.gather(indices) }),
    ...(mask && { mask: mask.gather(indices) })
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
