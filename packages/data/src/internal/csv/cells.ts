/** Reads the cells of one column from their bytes: numbers directly, other values by a memory of those that came before. */

import { element } from "@etude/core/Lookup"
import { isFloat32, isInt32, numberOfText } from "../table/values.ts"
import type { Fault, Writer } from "../table/Writer.ts"
import { parseNumber } from "./numbers.ts"
import type { Dialect } from "./records.ts"

/** Writes bytes[start, end) into a row; `doubled` is 1 where quotes in it are doubled. */
export type Cell = (bytes: Uint8Array, start: number, end: number, doubled: number, row: number) => Fault | undefined

/** The text of a cell; `undefined` where the bytes are none in the file's encoding. */
export type TextOf = (bytes: Uint8Array, start: number, end: number, doubled: number) => string | undefined

export const textOf = (encoding: string, quote: string): TextOf => {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  return (bytes, start, end, doubled) => {
    try {
      const text = decoder.decode(bytes.subarray(start, end))
      return doubled === 0 ? text : text.replaceAll(quote + quote, quote)
    } catch {
      return undefined
    }
  }
}

export interface CellOptions {
  readonly dialect: Dialect
  readonly text: TextOf
  readonly encoding: string
  /** Texts that stand for a missing value. */
  readonly missing: ReadonlyArray<string>
}

const slowCell = (writer: Writer, { text, encoding }: CellOptions): Cell => {
  // Spaces around a field are no part of it, but those within quotes are part of a category.
  const isExact = writer.store.column.type === "category"
  return (bytes, start, end, doubled, row) => {
    const value = text(bytes, start, end, doubled)
    if (value !== undefined) return writer.setText(isExact ? value : value.trim(), row)
    const found = `bytes that are no ${encoding}`
    const advice = `Say how the file is encoded, for example encoding: "latin1".`
    return { kind: "value", found, expected: `text in ${encoding}`, advice }
  }
}

const numberCell = (writer: Writer, options: CellOptions): Cell => {
  const { store } = writer
  const slow = slowCell(writer, options)
  const { decimal } = options.dialect
  const isWhole = store.column.type === "integer"
  // A number may stand for a missing value, such as -999.
  const missing = new Set(options.missing.map((text) => numberOfText(text)))
  missing.delete(undefined)
  const isChecked = missing.size > 0 || ("check" in store.column && store.column.check !== undefined)
  return (bytes, start, end, doubled, row) => {
    const value = isChecked ? Number.NaN : parseNumber(bytes, start, end, decimal)
    // Never true of NaN, which stands for all that isn't read directly.
    if (isWhole ? isInt32(value) : value - value === 0 && isFloat32(value)) {
      store.values[row] = value
      return undefined
    }
    return slow(bytes, start, end, doubled, row)
  }
}

/** Values that are remembered: few enough to cost nothing, enough for what repeats. */
const remembered = 65_536

const isSame = (key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean => {
  if (key.length !== end - start) return false
  for (let index = 0; index < key.length; index++) if (key[index] !== bytes[start + index]) return false
  return true
}

/** FNV-1a, a hash of the bytes. */
const hashOf = (bytes: Uint8Array, start: number, end: number): number => {
  let hash = 0x811c9dc5
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ bytes[index]!, 0x01000193)
  return hash
}

const rememberingCell = (writer: Writer, options: CellOptions): Cell => {
  const { store } = writer
  const slow = slowCell(writer, options)
  const missing = new Set(options.missing)
  const isExact = store.column.type === "category"
  const known = new Map<number, { readonly key: Uint8Array; readonly value: number }>()
  return (bytes, start, end, doubled, row) => {
    const hash = hashOf(bytes, start, end)
    const memory = known.get(hash)
    if (memory !== undefined && isSame(memory.key, bytes, start, end)) {
      store.values[row] = memory.value
      return undefined
    }
    const fault = slow(bytes, start, end, doubled, row)
    if (fault === undefined && memory === undefined && known.size < remembered) {
      const text = options.text(bytes, start, end, doubled)
      if (text !== undefined && !missing.has(isExact ? text : text.trim())) {
        known.set(hash, { key: bytes.slice(start, end), value: element(store.values, row) })
      }
    }
    return fault
  }
}

export const makeCell = (writer: Writer, options: CellOptions): Cell => {
  const { type } = writer.store.column
  return type === "number" || type === "integer" ? numberCell(writer, options) : rememberingCell(writer, options)
}
