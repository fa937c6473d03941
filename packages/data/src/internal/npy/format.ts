/**
 * The NPY format: `\x93NUMPY`, a version, the length of the header, the header as a Python dictionary (dtype, order and shape),
 * then the values. NEP 1, and `numpy.lib.format`.
 */
import type { FieldSpec, TypedArray } from "@etude/core/Dataset"
import { DataError } from "@etude/core/Errors"
import { sizeOf } from "@etude/core/Tensors"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { ByteSource } from "../bytes/ByteSource.ts"

interface Kind {
  readonly bytes: number
  readonly dtype: FieldSpec["dtype"]
  readonly make: (length: number) => TypedArray
  readonly read: (view: DataView, offset: number, isLittle: boolean) => number
}

const floats = (bytes: number, read: Kind["read"]): Kind => ({
  bytes,
  dtype: "float32",
  make: (length) => new Float32Array(length),
  read
})

const integers = (bytes: number, read: Kind["read"]): Kind => ({
  bytes,
  dtype: "int32",
  make: (length) => new Int32Array(length),
  read
})

/** Half precision: a sign, 5 bits of exponent, 10 of fraction. `DataView.getFloat16` is not everywhere yet. */
const half = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The dtypes of NumPy that are read, by kind and size. */
const kinds: { readonly [descr: string]: Kind } = {
  f2: floats(2, (view, offset, isLittle) => half(view.getUint16(offset, isLittle))),
  f4: floats(4, (view, offset, isLittle) => view.getFloat32(offset, isLittle)),
  f8: floats(8, (view, offset, isLittle) => view.getFloat64(offset, isLittle)),
  i1: integers(1, (view, offset) => view.getInt8(offset)),
  i2: integers(2, (view, offset, isLittle) => view.getInt16(offset, isLittle)),
  i4: integers(4, (view, offset, isLittle) => view.getInt32(offset, isLittle)),
  i8: integers(8, (view, offset, isLittle) => Number(view.getBigInt64(offset, isLittle))),
  u1: {
    bytes: 1,
    dtype: "int32",
    make: (length) => new Uint8Array(length),
    read: (view, offset) => view.getUint8(offset)
  },
  u2: integers(2, (view, offset, isLittle) => view.getUint16(offset, isLittle)),
  u4: integers(4, (view, offset, isLittle) => view.getUint32(offset, isLittle)),
  u8: integers(8, (view, offset, isLittle) => Number(view.getBigUint64(offset, isLittle))),
  b1: {
    bytes: 1,
    dtype: "bool",
    make: (length) => new Uint8Array(length),
    read: (view, offset) => view.getUint8(offset)
  }
}

export interface Header {
  /** As NumPy writes it without its byte order: "f4". */
  readonly descr: string
  readonly isLittle: boolean
  readonly isFortran: boolean
  readonly shape: ReadonlyArray<number>
  /** Where the values begin, and bytes of each. */
  readonly begin: number
  readonly bytes: number
  /** The dtype of the tensors. */
  readonly dtype: FieldSpec["dtype"]
}

/** A header has at most this many bytes; NumPy itself refuses larger ones. */
const mostHeaderBytes = 10_000 + 12

const fail = (source: string, offset: number, found: string, expected: string, advice: string) =>
  Result.fail(new DataError({ source, offset, found, expected, advice }))

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

const cut = "The file is cut off: write or download it again."

/** The header in the first bytes of a file. */
export const headerOf = (head: Uint8Array, source: string): Result.Result<Header, DataError> => {
  if (head.length === 0) return fail(source, 0, "an empty file", "a NumPy array", "Is this the right file?")
  if (!magic.every((byte, index) => head[index] === byte)) {
    const isZip = head[0] === 0x50 && head[1] === 0x4b
    const advice = isZip ? "This is a ZIP archive (.npz): give it as `archive`." : "This is no .npy file."
    return fail(source, 0, "other first bytes", "\\x93NUMPY", advice)
  }
  if (head.length < 12) return fail(source, head.length, "the end of the file", "a header", cut)
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const isShort = head[6] === 1
  const begin = isShort ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true)
  if (begin > mostHeaderBytes || head[6] === 0 || (head[6] ?? 0) > 3) {
    return fail(source, 6, `version ${head[6]}, with a header of ${begin} bytes`, "version 1, 2 or 3", "Write it anew.")
  }
  if (begin > head.length) return fail(source, head.length, "the end of the file", `a header of ${begin} bytes`, cut)
  const text = new TextDecoder().decode(head.subarray(isShort ? 10 : 12, begin))
  return parsed(text, begin, source)
}

const parsed = (text: string, begin: number, source: string): Result.Result<Header, DataError> => {
  const descr = /'descr':\s*'([<>|=]?)(\w+)'/.exec(text)
  const order = /'fortran_order':\s*(True|False)/.exec(text)
  const shape = /'shape':\s*\(([\d,\sL]*)\)/.exec(text)
  if (order === null || shape === null || (descr === null && !text.includes("'descr'"))) {
    return fail(source, 10, `the header ${JSON.stringify(text.slice(0, 80))}`, "descr, fortran_order and shape", cut)
  }
  const kind = descr === null ? undefined : kinds[descr[2] ?? ""]
  if (kind === undefined || descr === null) {
    const found = descr === null ? "records" : `the dtype ${descr[0].slice(9)}`
    const advice = "Convert it in Python: array.astype(numpy.float32). Objects are pickled Python, which is not read."
    return fail(source, 10, found, "one of float16 to 64, int8 to 64, uint8 to 64 and bool", advice)
  }
  const sides = (shape[1] ?? "").split(",").flatMap((side) => (side.trim() === "" ? [] : [Number.parseInt(side, 10)]))
  return Result.succeed({
    descr: descr[2] ?? "",
    isLittle: descr[1] !== ">",
    isFortran: order[1] === "True" && sides.length > 1,
    shape: sides,
    begin,
    bytes: kind.bytes,
    dtype: kind.dtype
  })
}

/** The header at the beginning of a source. */
export const headerIn = (source: ByteSource): Effect.Effect<Header, DataError> =>
  Effect.flatMap(source.read(0, mostHeaderBytes), (head) => Effect.fromResult(headerOf(head, source.name)))

/** Fails unless the file has exactly the bytes that its header states. */
export const demandSize = (source: ByteSource, header: Header): Result.Result<void, DataError> => {
  const { shape, begin, bytes } = header
  const end = begin + sizeOf(shape) * bytes
  const stated = `${end} bytes, for the shape [${shape.join(", ")}]`
  if (source.size < end) return fail(source.name, source.size, "the end of the file", stated, cut)
  if (source.size > end) {
    return fail(source.name, end, `${source.size - end} bytes more`, stated, "The header is not of these values.")
  }
  return Result.void
}

const isOneByte = ({ descr }: Header): boolean => descr === "u1" || descr === "b1"

/** The values in bytes that are as many as they need; the first one that the dtype can't hold is an error. */
export const valuesOf = (
  bytes: Uint8Array,
  header: Header,
  source: string,
  offset: number
): Result.Result<TypedArray, DataError> => {
  if (isOneByte(header)) return Result.succeed(bytes)
  const kind = kinds[header.descr]
  if (kind === undefined) throw new Error(`no dtype ${header.descr}`)
  const count = bytes.length / kind.bytes
  const values = kind.make(count)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isFloat = values instanceof Float32Array
  for (let index = 0; index < count; index++) {
    const value = kind.read(view, index * kind.bytes, header.isLittle)
    values[index] = value
    if (isFloat ? Number.isFinite(value) && !Number.isFinite(values[index]!) : values[index] !== value) {
      const expected = isFloat ? "a number that float32 can hold" : "an integer of 32 bits"
      return fail(source, offset + index * kind.bytes, `${value}`, expected, "Rescale the values.")
    }
  }
  return Result.succeed(values)
}

/** Values in Fortran's order, the first index fastest, in the order of C. */
export const inRowOrder = (values: TypedArray, shape: ReadonlyArray<number>): TypedArray => {
  const to = values.slice()
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, side) => product * side, 1))
  const index = shape.map(() => 0)
  let from = 0
  for (let place = 0; place < to.length; place++) {
    to[place] = values[from]!
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!
      if (++index[axis]! < shape[axis]!) break
      from -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return to
}

const descrs = { Float32Array: "<f4", Int32Array: "<i4", Uint8Array: "|u1" } as const

/** A file of these values, as `numpy.save` writes it. */
export const encode = (values: TypedArray, shape: ReadonlyArray<number>): Uint8Array => {
  const descr =
    values instanceof Float32Array
      ? descrs.Float32Array
      : values instanceof Int32Array
        ? descrs.Int32Array
        : descrs.Uint8Array
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(", ")
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sides}), }`
  // Values begin at a multiple of 64 bytes, so that they can be mapped.
  const begin = Math.ceil((10 + text.length + 1) / 64) * 64
  const bytes = new Uint8Array(begin + values.byteLength).fill(32, 10, begin)
  bytes.set([...magic, 1, 0])
  new DataView(bytes.buffer).setUint16(8, begin - 10, true)
  bytes.set(new TextEncoder().encode(text), 10)
  bytes[begin - 1] = 10
  const view = new DataView(bytes.buffer)
  values.forEach((value, index) => {
    if (values instanceof Float32Array) view.setFloat32(begin + 4 * index, value, true)
    else if (values instanceof Int32Array) view.setInt32(begin + 4 * index, value, true)
    else bytes[begin + index] = value
  })
  return bytes
}
