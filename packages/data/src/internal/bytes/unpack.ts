/** Bytes as a reader of texts wants them: decompressed, and of an encoding in which a line end is one byte. */
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type { ByteSource } from "./ByteSource.ts"

const problem = (source: ByteSource, found: string, expected: string, advice: string, cause?: unknown) =>
  new DataError({ source: source.name, found, expected, advice, ...(cause !== undefined && { cause }) })

/** The same source, whose bytes are held in memory. */
const holding = (source: ByteSource, bytes: Uint8Array): ByteSource => ({
  ...source,
  size: bytes.length,
  isHeld: true,
  read: (offset, length) => Effect.succeed(bytes.subarray(offset, offset + length))
})

/** What a transforming stream makes of the bytes, up to a limit. */
const transformed = async (
  bytes: Uint8Array,
  transform: DecompressionStream,
  limit: number
): Promise<Uint8Array | undefined> => {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(transform)
  const parts: Array<Uint8Array> = []
  let size = 0
  for await (const part of stream) {
    size += part.length
    // To leave the loop cancels the stream, so that nothing more is decompressed.
    if (size > limit) return undefined
    parts.push(part)
  }
  const all = new Uint8Array(size)
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20).toLocaleString("en-US")} MiB`

/** Decompresses gzip, which is seen from the content; other bytes are left as they are. `limit` is in bytes. */
export const gunzipped = (source: ByteSource, limit: number): Effect.Effect<ByteSource, DataError> =>
  Effect.gen(function* () {
    const head = yield* source.read(0, 2)
    if (head[0] !== 0x1f || head[1] !== 0x8b) return source
    if (source.size > limit) {
      const advice = "Decompress it into a file, which can be of any size."
      return yield* problem(source, `${megabytes(source.size)} of gzip`, `at most ${megabytes(limit)}`, advice)
    }
    const packed = yield* source.read(0, source.size)
    const bytes = yield* Effect.tryPromise({
      try: () => transformed(packed, new DecompressionStream("gzip"), limit),
      catch: (cause) =>
        problem(source, `gzip that can't be decompressed (${cause})`, "a whole gzip file", "Download it again.", cause)
    })
    if (bytes !== undefined) return holding(source, bytes)
    const advice = "Decompress it into a file, which can be of any size, or raise `memory`."
    return yield* problem(source, "gzip that expands to more", `at most ${megabytes(limit)}`, advice)
  })

/** The encoding that the first bytes state. */
const encodingOf = (head: Uint8Array): { readonly encoding: string; readonly bytes: number } | undefined => {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: "utf-8", bytes: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: "utf-16le", bytes: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: "utf-16be", bytes: 2 }
  return undefined
}

/** A source of texts, the encoding of its bytes, and where they begin. */
export interface TextSource {
  readonly source: ByteSource
  readonly encoding: string
  readonly begin: number
}

/**
 * The source in an encoding in which line ends, delimiters and digits are single bytes: UTF-16 is decoded into UTF-8, in memory; what
 * a byte order mark says goes before `encoding`.
 */
export const textSource = (source: ByteSource, encoding: string, limit: number): Effect.Effect<TextSource, DataError> =>
  Effect.gen(function* () {
    const marked = encodingOf(yield* source.read(0, 3))
    const label = marked?.encoding ?? encoding
    const known = yield* Effect.try({
      try: () => new TextDecoder(label).encoding,
      catch: () =>
        problem(source, `the encoding "${label}"`, `one that TextDecoder knows`, `For example "utf-8" or "latin1".`)
    })
    const begin = marked?.bytes ?? 0
    if (!known.startsWith("utf-16")) return { source, encoding: known, begin }
    if (source.size > limit) {
      const advice = "Convert it to UTF-8, which is read from the file."
      return yield* problem(source, `${megabytes(source.size)} of ${known}`, `at most ${megabytes(limit)}`, advice)
    }
    const bytes = yield* source.read(begin, source.size)
    const text = yield* Effect.try({
      try: () => new TextDecoder(known, { fatal: true }).decode(bytes),
      catch: (cause) => problem(source, `bytes that are no ${known}`, "whole characters", "Is it cut off?", cause)
    })
    return { source: holding(source, new TextEncoder().encode(text)), encoding: "utf-8", begin: 0 }
  })
