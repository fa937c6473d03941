/** Goes through the lines of a source, block by block, and reads them as JSON objects. */
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type { ByteSource } from "../bytes/ByteSource.ts"

/** A line: its bytes, where it begins, and its number from 1. */
export interface Line {
  readonly bytes: Uint8Array
  readonly offset: number
  readonly line: number
}

/** Bytes that are read at once. */
const block = 2 ** 20

const newline = 10

/** Whether a line has nothing but spaces. */
const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 32 || byte === 9 || byte === 13)

const problem = (source: ByteSource, offset: number, line: number, found: string, expected: string, advice: string) =>
  new DataError({ source: `${source.name}, line ${line}`, offset, found, expected, advice })

/** Visits every line that isn't blank, until `visit` gives false. */
export const scanLines = (
  source: ByteSource,
  begin: number,
  rowBytes: number,
  visit: (line: Line) => boolean
): Effect.Effect<void, DataError> =>
  Effect.gen(function* () {
    let offset = begin
    let line = 1
    let carried = new Uint8Array(0)
    for (let from = begin; from < source.size; ) {
      const wanted = Math.min(block, source.size - from)
      const read = yield* source.read(from, wanted)
      if (read.length < wanted) {
        const advice = "The file changed while it was read: make the dataset again when it is complete."
        return yield* problem(source, from + read.length, line, "the end of the file", `${source.size} bytes`, advice)
      }
      from += read.length
      const bytes = carried.length === 0 ? read : joined(carried, read)
      const isLast = from >= source.size
      let position = 0
      while (position < bytes.length) {
        const next = bytes.indexOf(newline, position)
        if (next < 0 && !isLast) break
        const end = next < 0 ? bytes.length : next
        const content = bytes.subarray(position, end)
        if (!isBlank(content) && !visit({ bytes: content, offset: offset + position, line })) return
        line++
        position = end + 1
      }
      offset += Math.min(position, bytes.length)
      carried = bytes.slice(position)
      if (carried.length > rowBytes) {
        const found = `a line of more than ${rowBytes.toLocaleString("en-US")} bytes`
        const advice = "Write one JSON object a line. For long lines, raise `rowBytes`."
        return yield* problem(source, offset, line, found, "a line end", advice)
      }
    }
  })

/** Both one after the other. */
const joined = (a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(a.length + b.length)
  bytes.set(a)
  bytes.set(b, a.length)
  return bytes
}

interface JsonObject {
  readonly [key: string]: unknown
}

export type Parsed =
  | { readonly object: JsonObject }
  | { readonly found: string; readonly expected: string; readonly advice: string }

const decoder = new TextDecoder("utf-8", { fatal: true })

const kindOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The object of a line, or what is wrong with it. */
export const parseLine = (bytes: Uint8Array): Parsed => {
  const expected = "one JSON object a line"
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    if (isObject(value)) return { object: value }
    const advice =
      bytes[0] === 91 ? "If the file is one JSON list, write its elements one a line." : "Use names for the values."
    return { found: kindOf(value), expected, advice }
  } catch (cause) {
    const isText = cause instanceof SyntaxError
    const advice = isText
      ? "If the file is one JSON value over many lines, write its rows one a line. Is it cut off?"
      : "JSON lines are UTF-8."
    return { found: isText ? `no JSON (${cause.message})` : "bytes that are no UTF-8", expected, advice }
  }
}

/** The value of a column, which may be nested: "a.b" is b of a, where there is no "a.b". */
export const valueAt = (object: JsonObject, name: string): unknown => {
  if (Object.hasOwn(object, name)) return object[name]
  let value: unknown = object
  for (const key of name.split(".")) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

/** Objects within objects beyond this are values, not more columns. */
const deepest = 16

/** Names of all plain values of an object, nested ones with dots. */
export const namesIn = (object: JsonObject, prefix = "", depth = 0): ReadonlyArray<string> =>
  Object.entries(object).flatMap(([key, value]) =>
    isObject(value) && depth < deepest ? namesIn(value, `${prefix}${key}.`, depth + 1) : [`${prefix}${key}`]
  )
