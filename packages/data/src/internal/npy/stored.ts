/** Rows of a `.npy` file by their index, read from where they lie. */
import type { Dataset, DatasetSpec, FieldSpec, Fields, HostBatch, TypedArray } from "@etude/core/Dataset"
import { DataError } from "@etude/core/Errors"
import { sizeOf } from "@etude/core/Tensors"
import * as Effect from "effect/Effect"
import { demandUnchanged, open, type Source } from "../bytes/ByteSource.ts"
import { guarded, mapFields } from "../Rows.ts"
import { type Run, runsOf } from "../table/RowIndex.ts"
import { demandSize, type Header, headerIn, valuesOf } from "./format.ts"

/** One field of all samples, in a file. */
export interface StoredRows {
  readonly name: string
  readonly spec: FieldSpec
  readonly length: number
  readonly read: (indices: Int32Array) => Effect.Effect<TypedArray, DataError>
}

export interface StoredParts {
  readonly inputs: Fields<StoredRows>
  readonly targets?: Fields<StoredRows>
  readonly weights?: StoredRows
  readonly mask?: StoredRows
}

const specOf = ({ shape, dtype, descr }: Header): FieldSpec => ({
  shape: shape.slice(1),
  dtype: descr === "u1" && shape.length > 1 ? "float32" : dtype
})

export const openRows = (source: Source): Effect.Effect<StoredRows, DataError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const opened = yield* open(source)
      const header = yield* headerIn(opened)
      yield* Effect.fromResult(demandSize(opened, header))
      const fail = (found: string, expected: string, advice: string) =>
        Effect.fail(new DataError({ source: opened.name, found, expected, advice }))
      const [length] = header.shape
      if (length === undefined || sizeOf(header.shape) === 0) {
        return yield* fail(`the shape [${header.shape.join(", ")}]`, "samples", "The first dimension is the samples.")
      }
      if (header.isFortran) {
        return yield* fail("Fortran's order", "C's, sample by sample", "Save numpy.ascontiguousarray(array).")
      }
      const size = sizeOf(header.shape.slice(1))
      const read = (indices: Int32Array) => readRows(source, opened.identity, header, size, indices)
      return { name: opened.name, spec: specOf(header), length, read }
    })
  )

const readRows = (source: Source, identity: string, header: Header, size: number, indices: Int32Array) =>
  Effect.scoped(
    Effect.gen(function* () {
      const now = yield* open(source)
      yield* demandUnchanged(now, identity)
      const rowBytes = size * header.bytes
      const offset = (row: number) => header.begin + row * rowBytes
      const rows = new Uint8Array(indices.length * rowBytes)
      const readRun = ({ begin, end, rows: placed }: Run) =>
        Effect.map(now.read(begin, end - begin), (bytes) => {
          for (const { row, position } of placed) {
            const from = offset(row) - begin
            rows.set(bytes.subarray(from, from + rowBytes), position * rowBytes)
          }
        })
      const runs = runsOf(indices, { length: header.shape[0] ?? 0, offset }, now.size)
      yield* Effect.forEach(runs, readRun, { concurrency: 8, discard: true })
      return yield* Effect.fromResult(valuesOf(rows, header, now.name, header.begin))
    })
  )

const isRows = (fields: Fields<StoredRows>): fields is StoredRows => typeof fields.read === "function"

const partsOf = ({ inputs, targets, weights, mask }: StoredParts): ReadonlyArray<StoredRows> =>
  [inputs, targets, weights, mask].flatMap((fields) =>
    fields === undefined ? [] : isRows(fields) ? [fields] : Object.values(fields)
  )

/** A dataset of fields of the same length. */
export const storedDataset = (
  name: string,
  parts: StoredParts,
  classes: ReadonlyArray<string> | undefined
): Effect.Effect<Dataset, DataError> =>
  Effect.gen(function* () {
    const [first, ...others] = partsOf(parts)
    const length = first?.length ?? 0
    const other = others.find((rows) => rows.length !== length)
    if (first === undefined || other !== undefined) {
      const found = `${other?.length ?? 0} samples in ${other?.name ?? "no file"}`
      const advice = "Each field must hold every sample once, in the same order."
      return yield* new DataError({ source: name, found, expected: `${length}, as in ${first?.name}`, advice })
    }
    const { inputs, targets, weights, mask } = parts
    const specs = (fields: Fields<StoredRows>): Fields<FieldSpec> => mapFields(fields, isRows, ({ spec }) => spec)
    const spec: DatasetSpec = {
      inputs: specs(inputs),
      ...(targets && { targets: specs(targets) }),
      ...(weights && { weights: weights.spec }),
      ...(mask && { mask: mask.spec })
    }
    const read = guarded(name, length, (indices) => readParts(parts, indices))
    return { name, length, spec, read, ...(classes && { classes }) }
  })

const readParts = ({ inputs, targets, weights, mask }: StoredParts, indices: Int32Array) => {
  const readAll = (fields: Fields<StoredRows>): Effect.Effect<Fields<TypedArray>, DataError> =>
    isRows(fields)
      ? fields.read(indices)
      : Effect.all(Object.fromEntries(Object.entries(fields).map(([key, rows]) => [key, rows.read(indices)])))
  return Effect.gen(function* () {
    const batch: HostBatch = {
      inputs: yield* readAll(inputs),
      ...(targets && { targets: yield* readAll(targets) }),
      ...(weights && { weights: yield* weights.read(indices) }),
      ...(mask && { mask: yield* mask.read(indices) })
    }
    return batch
  })
}
