/** Goes through the records of a source, block by block, with one block in memory. */
import { DataError } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import type { ByteSource } from "../bytes/ByteSource.ts"
import { type Dialect, type FieldPlaces, nextRecord } from "./records.ts"

/** Where a record begins. */
export interface Place {
  /** In the source. */
  readonly offset: number
  /** From 1. */
  readonly line: number
}

/** Receives a record: its bytes from `from`, its fields' places within `bytes`. `false` ends the scan. */
export type Visit = (bytes: Uint8Array, places: FieldPlaces, from: number, place: Place) => boolean

export interface ScanOptions {
  readonly dialect: Dialect
  readonly places: FieldPlaces
  readonly begin: Place
  /** Bytes that are read at once. */
  readonly block: number
  /** Bytes that a record may have. */
  readonly rowBytes: number
}

const joined = (carried: Uint8Array, block: Uint8Array): Uint8Array => {
  if (carried.length === 0) return block
  const bytes = new Uint8Array(carried.length + block.length)
  bytes.set(carried)
  bytes.set(block, carried.length)
  return bytes
}

/** A record without anything in it is a blank line. */
const isBlank = ({ count, starts, ends, malformed }: FieldPlaces, bytes: Uint8Array, quote: number): boolean =>
  count === 1 && malformed === undefined && starts[0] === ends[0] && bytes[element(starts, 0) - 1] !== quote

/** Visits every record that is no blank line. */
export const scan = (source: ByteSource, options: ScanOptions, visit: Visit): Effect.Effect<void, DataError> =>
  Effect.gen(function* () {
    const { dialect, places, begin, block, rowBytes } = options
    let { offset, line } = begin
    let carried = new Uint8Array(0)
    for (let from = offset; from < source.size; ) {
      const wanted = Math.min(block, source.size - from)
      const read = yield* source.read(from, wanted)
      if (read.length < wanted) return yield* shrunk(source, from + read.length)
      from += read.length
      const bytes = joined(carried, read)
      const isLast = from >= source.size
      let position = 0
      while (position < bytes.length) {
        const next = nextRecord(bytes, position, bytes.length, isLast, dialect, places)
        if (next < 0) break
        const isVisited = !isBlank(places, bytes, dialect.quote)
        if (isVisited && !visit(bytes, places, position, { offset: offset + position, line })) return
        line += 1 + places.innerLines
        position = next
      }
      offset += position
      carried = bytes.slice(position)
      if (carried.length > rowBytes) return yield* tooLong(source, { offset, line }, places, rowBytes)
    }
  })

const shrunk = (source: ByteSource, offset: number): DataError =>
  new DataError({
    source: source.name,
    offset,
    found: "the end of the file",
    expected: `${source.size} bytes, as when it was opened`,
    advice: "The file changed while it was read: make the dataset again when it is complete."
  })

const tooLong = (source: ByteSource, { offset, line }: Place, places: FieldPlaces, rowBytes: number): DataError =>
  new DataError({
    source: `${source.name}, line ${line}`,
    offset,
    found: `a row of more than ${rowBytes.toLocaleString("en-US")} bytes`,
    expected: "a line end",
    advice:
      places.malformed === "unclosed"
        ? "A quoted field doesn't end: close its quote, or say which `quote` the file has. For long rows, raise `rowBytes`."
        : "Is it a table in text? For long rows, raise `rowBytes`."
  })
