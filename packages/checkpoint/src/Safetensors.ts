/**
 * Tensors by name in the safetensors format, which other tools read: 8 bytes of header length (little-endian), a JSON header
 * with the dtype, shape and place of each tensor, then the data. `encode` and `decode` are pure; `write` and `read` are in
 * `SafetensorsFile`.
 *
 * Dtypes: float32 is `F32`, int32 is `I32`, bool is `BOOL`; other ones are read as what tfjs has, such as `F16` and `BF16` as
 * float32 and `I64` as int32 (`Encodings` lists them), and `encodeAs` writes floats as `F16` or `BF16`.
 * Values are copied as bytes, so that NaN payloads and −0 survive; the host has to be little-endian.
 */
import { entry } from "@etude/core/Lookup"
import { sizeOf } from "@etude/core/Tensors"
import type { TensorData } from "@etude/core/TrainState"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Encodings from "./Encodings.ts"
import * as Json from "./Json.ts"

/** What a file holds. */
export interface Contents {
  readonly tensors: { readonly [name: string]: TensorData }
  readonly metadata: { readonly [key: string]: string }
}

/** The kinds of problems that can be distinguished. */
const kinds = ["missing", "unreadable", "truncated", "header", "dtype", "shape", "offsets", "values"] as const

export interface Problem {
  readonly kind: (typeof kinds)[number]
  /** The tensor that it is about, if it is about one. */
  readonly tensor?: string
  readonly message: string
}
export const Problem: Schema.Codec<Problem> = Schema.Struct({
  kind: Schema.Literals(kinds),
  tensor: Schema.optionalKey(Schema.String),
  message: Schema.String
})

/** A file that holds no safetensors, or not all of them; lists every problem that can be distinguished. */
export class SafetensorsUnreadable extends Schema.TaggedError<SafetensorsUnreadable>()("SafetensorsUnreadable", {
  path: Schema.String,
  problems: Schema.Array(Problem)
}) {
  override get message() {
    const list = this.problems.map(
      ({ tensor, message }) => `\n  ${tensor === undefined ? "" : `${tensor}: `}${message}`
    )
    return `${this.path} cannot be read as safetensors.${list.join("")}`
  }
}

const lengthBytes = 8
const alignment = 8
/** The largest header that the reference implementation accepts. */
const largestHeader = 100_000_000
const metadataKey = "__metadata__"

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

/** What is known of a tensor before its values are read. */
export type TensorSpec = Pick<TensorData, "dtype" | "shape">
export type TensorSpecs = { readonly [name: string]: TensorSpec }

/** A file before its values: for writers that read one tensor after the other. */
export interface Layout {
  /** Everything before the values. */
  readonly header: Uint8Array<ArrayBuffer>
  /** The tensors in the order of their values, without gaps, and how many bytes each takes. */
  readonly order: ReadonlyArray<{ readonly name: string; readonly bytes: number }>
  /** Of the whole file. */
  readonly bytes: number
}

/**
 * The plan of a file with these tensors. Equal content gives equal bytes: tensors are sorted by width (the widest first, which
 * keeps them aligned), then by name. Throws a TypeError on a name that the format reserves.
 */
export const layout = (
  tensors: TensorSpecs,
  metadata: { readonly [key: string]: string } = {},
  floats: Encodings.Floats = "F32"
): Layout => {
  const encodingOf = (tensor: TensorSpec) => Encodings.ofDtype(tensor.dtype, floats)
  const width = (tensor: TensorSpec) => Encodings.encodings[encodingOf(tensor)].bytes
  const entries = Object.entries(tensors)
    .sort(byName)
    .sort(([, a], [, b]) => width(b) - width(a))
  const described: Array<readonly [string, unknown]> = []
  if (Object.keys(metadata).length > 0) {
    described.push([metadataKey, Object.fromEntries(Object.entries(metadata).sort(byName))])
  }
  const order: Array<{ readonly name: string; readonly bytes: number }> = []
  let end = 0
  for (const [name, tensor] of entries) {
    if (name === metadataKey) throw new TypeError(`A tensor cannot be named ${metadataKey}: the format reserves it`)
    const bytes = sizeOf(tensor.shape) * width(tensor)
    described.push([name, { dtype: encodingOf(tensor), shape: tensor.shape, data_offsets: [end, end + bytes] }])
    order.push({ name, bytes })
    end += bytes
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(described)))
  const headerLength = Math.ceil(text.length / alignment) * alignment
  const header = new Uint8Array(lengthBytes + headerLength)
  new DataView(header.buffer).setBigUint64(0, BigInt(headerLength), true)
  header.set(text, lengthBytes)
  header.fill(0x20, lengthBytes + text.length)
  return { header, order, bytes: header.length + end }
}

/** The bytes of values, unchanged. Throws a TypeError when they don't fit the shape. */
export const bytesOf = (name: string, { dtype, shape, values }: TensorData): Uint8Array => {
  if (values.byteLength !== sizeOf(shape) * Encodings.encodings[Encodings.ofDtype(dtype, "F32")].bytes) {
    throw new TypeError(
      `${name} has ${values.length} values of ${values.BYTES_PER_ELEMENT} bytes, which is not ${dtype}[${shape}]`
    )
  }
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/** The bytes of a file that is laid out so, each tensor's by name. */
const assemble = ({ header, order, bytes: length }: Layout, valuesOf: (name: string) => Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(length)
  bytes.set(header)
  let offset = header.length
  for (const { name, bytes: size } of order) {
    bytes.set(valuesOf(name), offset)
    offset += size
  }
  return bytes
}

/** The bytes of a file with these tensors, laid out by {@link layout}. Throws a TypeError on values that don't fit. */
export const encode = (
  tensors: { readonly [name: string]: TensorData },
  metadata: { readonly [key: string]: string } = {}
): Uint8Array => assemble(layout(tensors, metadata), (name) => bytesOf(name, entry(tensors, name)))

/** Finite values that 16 bits cannot hold. */
export class FloatsOverflow extends Schema.TaggedError<FloatsOverflow>()("FloatsOverflow", {
  floats: Schema.Literals(["F16", "BF16"]),
  /** The first such value of each tensor, with its place in row-major order. */
  overflows: Schema.Array(Schema.Struct({ tensor: Schema.String, index: Schema.Natural, value: Schema.Number }))
}) {
  override get message() {
    const list = this.overflows.map(({ tensor, index, value }) => `\n  ${tensor}: value ${index} is ${value}`)
    const [largest, advice] =
      this.floats === "F16"
        ? ["65504", "Write BF16, which has the range of float32, or F32."]
        : ["3.3895313892515355e38", "Write F32."]
    return `Values beyond ${largest}, the largest ${this.floats}, would become infinite. ${advice}${list.join("")}`
  }
}

/**
 * The bytes of a file like {@link encode}'s, with float32 tensors rounded to `floats`: to nearest, ties to even. Infinities and
 * NaN are kept; a finite value that would become infinite is a {@link FloatsOverflow}, which names each tensor that has one.
 */
export const encodeAs = (
  floats: Encodings.Floats,
  tensors: { readonly [name: string]: TensorData },
  metadata: { readonly [key: string]: string } = {}
): Result.Result<Uint8Array, FloatsOverflow> => {
  if (floats === "F32") return Result.succeed(encode(tensors, metadata))
  const overflows: Array<FloatsOverflow["overflows"][number]> = []
  const bytes = assemble(layout(tensors, metadata, floats), (name) => {
    const tensor = entry(tensors, name)
    const whole = bytesOf(name, tensor)
    if (!(tensor.values instanceof Float32Array)) return whole
    const { halves, overflow } = Encodings.narrow(tensor.values, floats)
    if (overflow !== undefined) overflows.push({ tensor: name, ...overflow })
    return new Uint8Array(halves.buffer)
  })
  return overflows.length > 0 ? Result.fail(new FloatsOverflow({ floats, overflows })) : Result.succeed(bytes)
}

const natural = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const naturals = (value: unknown): value is ReadonlyArray<number> => Array.isArray(value) && value.every(natural)
const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

interface Entry {
  readonly name: string
  readonly encoding: Encodings.Encoding
  readonly shape: ReadonlyArray<number>
  readonly begin: number
  readonly end: number
}

/** One tensor of the header, or its problem. */
const entryOf = (name: string, value: unknown): Entry | Problem => {
  const wrong = (kind: Problem["kind"], message: string): Problem => ({ kind, tensor: name, message })
  if (!isRecord(value)) return wrong("header", "expected an object with dtype, shape and data_offsets")
  const { dtype, shape, data_offsets: offsets } = value
  if (!Encodings.isEncoding(dtype)) {
    const known = Encodings.names.join(", ")
    return wrong("dtype", `dtype ${Json.shown(dtype)} is not supported; supported are ${known}`)
  }
  if (!naturals(shape)) return wrong("shape", `${Json.shown(shape)} is not a shape`)
  const [begin, end, ...more] = naturals(offsets) ? offsets : []
  if (begin === undefined || end === undefined || more.length > 0 || begin > end) {
    return wrong("offsets", `${Json.shown(offsets)} are not a start and an end`)
  }
  const needed = sizeOf(shape) * Encodings.encodings[dtype].bytes
  if (needed !== end - begin) {
    return wrong("shape", `${dtype}[${shape}] takes ${needed} bytes, but its data_offsets span ${end - begin}`)
  }
  return { name, encoding: dtype, shape, begin, end }
}

/** Where data overlaps, leaves a hole, or does not end with the file. */
const placeProblems = (entries: ReadonlyArray<Entry>, dataLength: number): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = []
  let end = 0
  for (const entry of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== end) {
      const problem = entry.begin < end ? "overlaps the data before it" : "leaves a gap before it"
      const message = `its data starts at byte ${entry.begin}, expected ${end}: it ${problem}`
      problems.push({ kind: "offsets", tensor: entry.name, message })
    }
    end = Math.max(end, entry.end)
  }
  if (end > dataLength) {
    const message = `the tensors take ${end} bytes, but only ${dataLength} exist: the file is truncated`
    problems.push({ kind: "truncated", message })
  }
  if (end < dataLength) {
    problems.push({ kind: "offsets", message: `${dataLength - end} bytes at the end belong to no tensor` })
  }
  return problems
}

/** The values of one tensor, or why they can't be held. */
const tensorOf = ({ name, encoding, shape }: Entry, bytes: Uint8Array): TensorData | Problem => {
  const { dtype } = Encodings.encodings[encoding]
  const values = Encodings.read(encoding, bytes)
  if ("index" in values) {
    const message = `value ${values.index}, ${values.value}, of ${encoding}[${shape}] is outside of ${dtype}`
    return { kind: "values", tensor: name, message }
  }
  return { dtype, shape, values } as TensorData
}

/** The tensors of a file whose header is right. */
const tensorsOf = (entries: ReadonlyArray<Entry>, data: Uint8Array) => {
  const problems: Array<Problem> = []
  const tensors: Array<readonly [name: string, TensorData]> = []
  for (const entry of entries) {
    const tensor = tensorOf(entry, data.subarray(entry.begin, entry.end))
    if ("kind" in tensor) problems.push(tensor)
    else tensors.push([entry.name, tensor])
  }
  return { problems, tensors: Object.fromEntries(tensors) }
}

/** The tensors and metadata in the bytes of a file; `path` names it in the error. The arrays are copies. */
export const decode = (bytes: Uint8Array, path: string): Result.Result<Contents, SafetensorsUnreadable> => {
  const fail = (...problems: ReadonlyArray<Problem>) => Result.fail(new SafetensorsUnreadable({ path, problems }))
  if (bytes.length < lengthBytes) {
    const message = `the file has ${bytes.length} bytes, not even the ${lengthBytes} that hold the header's length`
    return fail({ kind: "truncated", message })
  }
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (headerLength > largestHeader) {
    const message = `its first 8 bytes give a header of ${headerLength} bytes; is it a safetensors file?`
    return fail({ kind: "header", message })
  }
  const dataBegin = lengthBytes + headerLength
  if (dataBegin > bytes.length) {
    const message = `the header takes ${headerLength} bytes, but only ${bytes.length - lengthBytes} exist: the file is truncated`
    return fail({ kind: "truncated", message })
  }
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(lengthBytes, dataBegin)))
  } catch (cause) {
    return fail({ kind: "header", message: `the header is not JSON: ${(cause as Error).message}` })
  }
  if (!isRecord(header)) return fail({ kind: "header", message: "the header is not an object" })
  if (Json.isTooDeep(header)) return fail({ kind: "header", message: "the header is nested too deeply" })
  const metadata = Object.hasOwn(header, metadataKey) ? header[metadataKey] : {}
  const problems: Array<Problem> = []
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    problems.push({ kind: "header", message: `${metadataKey} is not a record of strings` })
  }
  const entries: Array<Entry> = []
  for (const name of Object.keys(header)) {
    if (name === metadataKey) continue
    const entry = entryOf(name, header[name])
    if ("kind" in entry) problems.push(entry)
    else entries.push(entry)
  }
  // Without every tensor's place, a gap means nothing.
  if (problems.length === 0) problems.push(...placeProblems(entries, bytes.length - dataBegin))
  if (problems.length > 0) return fail(...problems)
  const { tensors, problems: ofValues } = tensorsOf(entries, bytes.subarray(dataBegin))
  if (ofValues.length > 0) return fail(...ofValues)
  return Result.succeed({ tensors, metadata: metadata as Contents["metadata"] })
}
