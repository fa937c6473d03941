/**
 * NumPy's files: arrays (`.npy`) and archives of them (`.npz`). The first dimension is the samples. Arrays that fit are held in
 * memory; of larger ones, a batch reads its rows from where they lie in the file.
 */
import type { Dataset, FieldSpec, Fields, TypedArray } from "@etude/core/Dataset"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import { sizeOf } from "@etude/core/Tensors"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type ArrayField, type ArraysOptions, fromArrays } from "./Arrays.ts"
import { type ByteSource, nameOf, open, type Source } from "./internal/bytes/ByteSource.ts"
import { entriesOf } from "./internal/npy/archive.ts"
import { demandSize, type Header, headerIn, inRowOrder, encode as npyBytes, valuesOf } from "./internal/npy/format.ts"
import { openRows, type StoredRows, storedDataset } from "./internal/npy/stored.ts"

export type { Source }

/** The content of a `.npy` file, row-major. */
export interface NpyArray {
  readonly shape: ReadonlyArray<number>
  /** Of the tensors that the values make. */
  readonly dtype: FieldSpec["dtype"]
  /**
   * float16 to float64 as Float32Array (rounded), integers of up to 64 bits as Int32Array (those beyond 32 bits are an error),
   * uint8 and bool as Uint8Array.
   */
  readonly values: TypedArray
}

/**
 * The array in a `.npy` file. Fails with a `DataError` that names the file, the byte, and what was expected: for objects, records,
 * texts and complex numbers, for integers beyond 32 bits, and for files that are cut off or of another format.
 */
export const read = (source: Source): Effect.Effect<NpyArray, DataError> =>
  Effect.scoped(
    Effect.flatMap(open(source), (bytes) => Effect.flatMap(headerIn(bytes), (header) => arrayIn(bytes, header)))
  )

/** The arrays in a `.npz` file by name, compressed or not. `limit`: bytes that they may take unpacked, by default 1 GiB. */
export const readArchive = (
  source: Source,
  limit = 2 ** 30
): Effect.Effect<{ readonly [name: string]: NpyArray }, DataError> =>
  Effect.gen(function* () {
    const entries = yield* Effect.scoped(Effect.flatMap(open(source), (bytes) => entriesOf(bytes, limit)))
    const arrays: Array<readonly [string, NpyArray]> = []
    for (const [name, bytes] of entries) {
      const header = yield* headerIn(bytes)
      arrays.push([name, yield* arrayIn(bytes, header)])
    }
    return Object.fromEntries(arrays)
  })

/** A `.npy` file of these values, as `numpy.save` writes it: float32, int32 or uint8. */
export const encode = ({ values, shape }: Pick<NpyArray, "values" | "shape">): Uint8Array => npyBytes(values, shape)

export interface NpyOptions {
  /** A `.npz` file; fields are then the names of arrays in it. */
  readonly archive?: Source
  readonly inputs: Fields<Source>
  readonly targets?: Fields<Source>
  /** Weight of each sample (or element): finite, 0 or more. */
  readonly weights?: Source
  /** 1 where an element counts, 0 where it is padding. */
  readonly mask?: Source
  /** Class names by label. */
  readonly classes?: ReadonlyArray<string>
  /** Default: "npy". */
  readonly name?: string
  /** Bytes of arrays that are held in memory, and that an archive may have unpacked. Default: 1 GiB. */
  readonly memory?: number
}

/**
 * A dataset of arrays: a file a field, or the arrays of an archive. The first dimension is the samples, the others are a
 * sample's shape. Floats are float32, integers int32, bool is bool; uint8 arrays of more than one dimension are levels of
 * float32, such as pixels, and stay bytes until they are in the step. Fails with `DatasetInvalid`, with all that is wrong.
 *
 * ```ts
 * const train = yield* Npy.dataset({ archive: "mnist.npz", inputs: "x_train", targets: "y_train" })
 * ```
 */
export const dataset = (options: NpyOptions): Effect.Effect<Dataset, DatasetInvalid> => {
  const { name = "npy", memory = 2 ** 30 } = options
  const made =
    options.archive === undefined ? ofFiles(options, name, memory) : ofArchive(options, options.archive, memory)
  return Effect.catchTag(made, "DataError", (problem) =>
    Effect.fail(new DatasetInvalid({ dataset: name, problems: [problem] }))
  )
}

const isSource = (fields: Fields<Source>): fields is Source =>
  typeof fields === "string" || fields instanceof URL || fields instanceof Uint8Array || fields instanceof Blob

const fieldOf = ({ values, shape, dtype }: NpyArray): ArrayField => ({
  values,
  shape: shape.slice(1),
  dtype: values instanceof Uint8Array && dtype === "int32" && shape.length > 1 ? "float32" : dtype
})

/** The options with an array in place of each source. */
const withArrays = (
  options: NpyOptions,
  name: string,
  arrayOf: (source: Source) => Effect.Effect<NpyArray, DataError>
): Effect.Effect<ArraysOptions<ArrayField>, DatasetInvalid> =>
  Effect.gen(function* () {
    const problems: Array<DataError> = []
    const load = (source: Source) =>
      Effect.map(Effect.result(arrayOf(source)), (result): ArrayField => {
        if (Result.isSuccess(result)) return fieldOf(result.success)
        problems.push(result.failure)
        return { values: [] }
      })
    const loadAll = (fields: Fields<Source>): Effect.Effect<Fields<ArrayField>> =>
      isSource(fields)
        ? load(fields)
        : Effect.all(Object.fromEntries(Object.entries(fields).map(([key, source]) => [key, load(source)])))
    const { inputs, targets, weights, mask, classes } = options
    const arrays: ArraysOptions<ArrayField> = {
      name,
      inputs: yield* loadAll(inputs),
      ...(targets && { targets: yield* loadAll(targets) }),
      ...(weights && { weights: yield* load(weights) }),
      ...(mask && { mask: yield* load(mask) }),
      ...(classes && { classes })
    }
    if (problems.length > 0) return yield* new DatasetInvalid({ dataset: name, problems })
    return arrays
  })

const ofArchive = (options: NpyOptions, archive: Source, memory: number) =>
  Effect.gen(function* () {
    const arrays = yield* readArchive(archive, memory)
    const named = (field: Source): Effect.Effect<NpyArray, DataError> => {
      const array = Object.hasOwn(arrays, `${field}`) ? arrays[`${field}`] : undefined
      if (array !== undefined) return Effect.succeed(array)
      const expected = `one of ${Object.keys(arrays).join(", ")}`
      const advice = "Fields of an archive are the names that it was saved with."
      return Effect.fail(new DataError({ source: nameOf(archive), found: `no array "${field}"`, expected, advice }))
    }
    return yield* Effect.flatMap(withArrays(options, options.name ?? "npy", named), fromArrays)
  })

const ofFiles = (options: NpyOptions, name: string, memory: number) =>
  Effect.gen(function* () {
    const { inputs, targets, weights, mask } = options
    const all = [inputs, targets, weights, mask].flatMap((fields) =>
      fields === undefined ? [] : isSource(fields) ? [fields] : Object.values(fields)
    )
    const bytes = yield* Effect.forEach(all, (source) =>
      Effect.orElseSucceed(Effect.scoped(Effect.map(open(source), ({ size }) => size)), () => 0)
    )
    if (bytes.reduce((sum, size) => sum + size, 0) > memory) return yield* ofStored(options, name)
    return yield* Effect.flatMap(withArrays(options, name, read), fromArrays)
  })

/** A dataset whose rows are read when they are wanted. */
const ofStored = (options: NpyOptions, name: string): Effect.Effect<Dataset, DataError> =>
  Effect.gen(function* () {
    const { inputs, targets, weights, mask, classes } = options
    const openAll = (fields: Fields<Source>): Effect.Effect<Fields<StoredRows>, DataError> =>
      isSource(fields)
        ? openRows(fields)
        : Effect.all(Object.fromEntries(Object.entries(fields).map(([key, source]) => [key, openRows(source)])))
    const parts = {
      inputs: yield* openAll(inputs),
      ...(targets && { targets: yield* openAll(targets) }),
      ...(weights && { weights: yield* openRows(weights) }),
      ...(mask && { mask: yield* openRows(mask) })
    }
    return yield* storedDataset(name, parts, classes)
  })

const arrayIn = (source: ByteSource, header: Header): Effect.Effect<NpyArray, DataError> =>
  Effect.gen(function* () {
    yield* Effect.fromResult(demandSize(source, header))
    const { shape, begin, bytes, dtype, isFortran } = header
    const content = yield* source.read(begin, sizeOf(shape) * bytes)
    const values = yield* Effect.fromResult(valuesOf(content, header, source.name, begin))
    return { shape, dtype, values: isFortran ? inRowOrder(values, shape) : values }
  })
