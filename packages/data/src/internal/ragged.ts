/** Rows of different lengths, held one after another and padded when they are read. */
import { type FieldSpec, type Room, zerosLike } from "@etude/core/Dataset"
import { element } from "@etude/core/Lookup"
import { sizeOf } from "@etude/core/Tensors"
import type { Rows } from "./Rows.ts"

/** The first place whose number a dtype can't hold; −1 if there is none. */
export const firstUnheld = (values: ArrayLike<number>, dtype: "float32" | "int32"): number => {
  for (let place = 0; place < values.length; place++) {
    const value = values[place] ?? Number.NaN
    if (!(dtype === "int32" ? value === (value | 0) : Number.isFinite(value))) return place
  }
  return -1
}

const arrays = { float32: Float32Array, int32: Int32Array }

/** All sequences in one array, and where each begins; the last one ends where the next would begin. */
const joined = (sequences: ReadonlyArray<ArrayLike<number>>, dtype: "float32" | "int32") => {
  const begins = new Float64Array(sequences.length + 1)
  for (const [index, { length }] of sequences.entries()) begins[index + 1] = element(begins, index) + length
  const values = new arrays[dtype](element(begins, sequences.length))
  for (const [index, sequence] of sequences.entries()) values.set(sequence, element(begins, index))
  return { values, begins }
}

/** Sequences of elements, each padded at its end to `length` of them; what is longer is cut off at one end. */
export const padded = (
  sequences: ReadonlyArray<ArrayLike<number>>,
  { shape, dtype }: { readonly shape: ReadonlyArray<number>; readonly dtype: "float32" | "int32" },
  length: number,
  truncate: "start" | "end",
  padding: number
): Rows => {
  const { values, begins } = joined(sequences, dtype)
  const spec: FieldSpec = { shape: [length, ...shape], dtype }
  const size = length * sizeOf(shape)
  const gather = (indices: Int32Array, room: Room = zerosLike) => {
    const rows = room(values, indices.length * size).fill(padding)
    for (let index = 0; index < indices.length; index++) {
      const sample = element(indices, index)
      const [begin, end] = [element(begins, sample), element(begins, sample + 1)]
      const from = truncate === "start" ? Math.max(begin, end - size) : begin
      rows.set(values.subarray(from, Math.min(end, from + size)), index * size)
    }
    return rows
  }
  return { spec, length: sequences.length, gather }
}

/** 1 for each element that there is, 0 for padding. */
export const mask = (lengths: ReadonlyArray<number>, length: number): Rows => {
  const like = new Uint8Array(0)
  const gather = (indices: Int32Array, room: Room = zerosLike) => {
    const rows = room(like, indices.length * length).fill(0)
    for (let index = 0; index < indices.length; index++) {
      const ones = Math.min(length, element(lengths, element(indices, index)))
      rows.fill(1, index * length, index * length + ones)
    }
    return rows
  }
  return { spec: { shape: [length], dtype: "bool" }, length: lengths.length, gather }
}
