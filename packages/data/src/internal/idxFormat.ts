/**
 * The IDX format: two zero bytes, a byte for the dtype, one for the number of dimensions, the size of each dimension
 * (4 bytes each), then the values; all big-endian. Described on the MNIST page of LeCun, Cortes and Burges.
 */
import type { TypedArray } from "@etude/core/Dataset"
import { DataError } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Result from "effect/Result"

/** The dtypes of IDX files, by the third byte of the file. */
export const dtypes = {
  8: { name: "ubyte", bytes: 1 },
  9: { name: "byte", bytes: 1 },
  11: { name: "short", bytes: 2 },
  12: { name: "int", bytes: 4 },
  13: { name: "float", bytes: 4 },
  14: { name: "double", bytes: 8 }
} as const

export type IdxDtype = (typeof dtypes)[keyof typeof dtypes]["name"]

/** The contents of an IDX file. */
export interface IdxArray {
  readonly dtype: IdxDtype
  readonly shape: ReadonlyArray<number>
  /**
   * ubyte as Uint8Array, on the file's own bytes; byte, short and int as Int32Array; float and double as Float32Array
   * (a double is rounded to the nearest float32).
   */
  readonly values: TypedArray
}

/** The first bytes of other formats, and their names. */
const lookalikes: ReadonlyArray<readonly [begin: ReadonlyArray<number>, advice: string]> = [
  [[0x1f, 0x8b], "The file was compressed with gzip twice: decompress it once."],
  [[0x50, 0x4b, 0x03, 0x04], "This is a ZIP archive: extract it first."],
  [[0x93, 0x4e, 0x55, 0x4d], "This is a NumPy file: use `Arrays.fromArrays` with its values."],
  [[0x89, 0x50, 0x4e, 0x47], "This is a PNG image."],
  [[0x3c], "This looks like a web page: the download may be an error page instead of the file."],
  [[0x76, 0x65, 0x72, 0x73], "This looks like a Git LFS pointer: run `git lfs pull`."]
]

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ")

const adviceFor = (bytes: Uint8Array): string => {
  const lookalike = lookalikes.find(([begin]) => begin.every((byte, index) => bytes[index] === byte))
  if (lookalike !== undefined) return lookalike[1]
  if (bytes[2] === 0 && bytes[3] === 0) return "The bytes of the header are in the wrong order: write it big-endian."
  return "Is this the right file?"
}

const valuesOf = (bytes: Uint8Array, dtype: IdxDtype, count: number): TypedArray => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (dtype) {
    case "ubyte":
      return bytes
    case "byte":
      return Int32Array.from({ length: count }, (_, index) => view.getInt8(index))
    case "short":
      return Int32Array.from({ length: count }, (_, index) => view.getInt16(2 * index))
    case "int":
      return Int32Array.from({ length: count }, (_, index) => view.getInt32(4 * index))
    case "float":
      return Float32Array.from({ length: count }, (_, index) => view.getFloat32(4 * index))
    case "double":
      return Float32Array.from({ length: count }, (_, index) => view.getFloat64(8 * index))
  }
}

/** The header of an IDX file. */
interface Header {
  readonly dtype: (typeof dtypes)[keyof typeof dtypes]
  readonly shape: ReadonlyArray<number>
  /** Where the values begin, how many there are, and where they end. */
  readonly begin: number
  readonly count: number
  readonly end: number
}

const cut = "The file is truncated: download it again."

const failing =
  (source: string) =>
  (offset: number, found: string, expected: string, advice: string): Result.Result<never, DataError> =>
    Result.fail(new DataError({ source, offset, found, expected, advice }))

/** The header in the first bytes of an unpacked file. */
const headerOf = (bytes: Uint8Array, source: string): Result.Result<Header, DataError> => {
  const fail = failing(source)
  if (bytes.length === 0) return fail(0, "an empty file", "an IDX header", cut)
  if (bytes[0] !== 0 || (bytes.length > 1 && bytes[1] !== 0)) {
    return fail(0, hex(bytes.subarray(0, 4)), "00 00, the start of an IDX file", adviceFor(bytes))
  }
  if (bytes.length < 4) return fail(bytes.length, "the end of the file", "an IDX header of 4 bytes or more", cut)
  const code = String(bytes[2])
  const dtype = Object.hasOwn(dtypes, code) ? dtypes[bytes[2] as keyof typeof dtypes] : undefined
  if (dtype === undefined) {
    const known = Object.entries(dtypes).map(
      ([code, { name }]) => `${Number(code).toString(16).padStart(2, "0")} ${name}`
    )
    return fail(2, hex(bytes.subarray(2, 3)), `a dtype (${known.join(", ")})`, adviceFor(bytes))
  }
  const dimensions = element(bytes, 3)
  if (dimensions === 0) return fail(3, "0 dimensions", "1 or more", adviceFor(bytes))
  const begin = 4 + 4 * dimensions
  if (bytes.length < begin) {
    const expected = `the sizes of ${dimensions} dimensions, up to byte ${begin}`
    return fail(bytes.length, "the end of the file", expected, cut)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + 4 * index))
  const empty = shape.indexOf(0)
  if (empty >= 0)
    return fail(4 + 4 * empty, `the shape [${shape.join(", ")}]`, "sizes of at least 1", "The file is empty.")
  const count = shape.reduce((product, size) => product * size, 1)
  return Result.succeed({ dtype, shape, begin, count, end: begin + count * dtype.bytes })
}

/** The size of an unpacked file by its first bytes; `undefined` where they are too few, or not of an IDX file. */
export const sizeOf = (beginning: Uint8Array): number | undefined =>
  Result.getOrUndefined(Result.map(headerOf(beginning, ""), ({ end }) => end))

/**
 * Reads the bytes of an unpacked IDX file; `source` names it in errors. Fails where the header is not IDX, a dimension
 * is 0, there are too few or too many bytes for the dimensions, or a double is finite but too large for float32.
 */
export const decode = (bytes: Uint8Array, source: string): Result.Result<IdxArray, DataError> => {
  const fail = failing(source)
  const format = headerOf(bytes, source)
  if (Result.isFailure(format)) return Result.fail(format.failure)
  const { dtype, shape, begin: header, count, end } = format.success
  const size = `${end} bytes in total, for ${dtype.name} values of shape [${shape.join(", ")}]`
  if (bytes.length < end) return fail(bytes.length, "the end of the file", size, cut)
  if (bytes.length > end) {
    return fail(end, `${bytes.length - end} excess bytes`, size, "The header doesn't belong to these values.")
  }
  const content = bytes.subarray(header)
  const values = valuesOf(content, dtype.name, count)
  if (dtype.name === "double") {
    const doubles = new DataView(content.buffer, content.byteOffset)
    const position = values.findIndex(
      (value, index) => !Number.isFinite(value) && Number.isFinite(doubles.getFloat64(8 * index))
    )
    if (position >= 0) {
      return fail(
        header + 8 * position,
        `${doubles.getFloat64(8 * position)}`,
        "a number that float32 can hold",
        "Rescale the values."
      )
    }
  }
  return Result.succeed({ dtype: dtype.name, shape, values })
}
