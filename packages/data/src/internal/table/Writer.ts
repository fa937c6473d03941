/** Writes the values of one column into its store, and says of a value that doesn't fit what is wrong with it. */
import { nearest } from "@etude/core/nearest"
import type { CategoryColumn, Check, Column, DateColumn } from "../../Columns.ts"
import { missingOf, type Store, type ValueColumn } from "./Store.ts"
import {
  booleanOfText,
  dateValue,
  isFloat32,
  isInt32,
  missingTexts,
  numberOfText,
  secondsOfDate,
  sortCategories
} from "./values.ts"

/** What is wrong with a value. */
export interface Fault {
  readonly kind: "value" | "missing"
  readonly found: string
  readonly expected: string
  readonly advice: string
}

export interface Writer {
  readonly name: string
  readonly store: Store
  /** Writes what a text says, which is trimmed. */
  readonly setText: (text: string, row: number) => Fault | undefined
  /** Writes a value as JSON, Parquet and Arrow have them: a number, bigint, boolean, text, `Date`, list, null or undefined. */
  readonly setValue: (value: unknown, row: number) => Fault | undefined
  readonly setMissing: (row: number) => Fault | undefined
  /** Writes a number that has been read from a text. */
  readonly setNumber: (value: number, row: number) => Fault | undefined
  /** The column in full, after so many rows: with the categories that were found. */
  readonly finish: (rows: number) => ValueColumn
}

export interface WriterOptions {
  /** Texts that stand for a missing value. */
  readonly missing?: ReadonlyArray<string>
  /** The decimal mark of texts. Default: ".". */
  readonly decimal?: string
  /** Why the column has its type, where nobody declared it: "as in the first 1,000 rows". */
  readonly because?: string
}

/** Texts beyond this are no categories. */
export const mostCategories = 10_000

/** A value in a message, short enough to be read. */
export const quoted = (value: unknown): string => {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…${typeof value === "string" ? '"' : ""}` : text
}

const keyOf = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name))

/** How to declare the column otherwise. */
const declare = (name: string, column: string) => `columns: { ${keyOf(name)}: ${column} }`

const faultOf = (found: string, expected: string, advice: string): Fault => ({ kind: "value", found, expected, advice })

/** What goes into the store, or a fault. */
type Put = (value: unknown, row: number) => Fault | undefined

/** How values of one type are written. */
interface Kind {
  readonly expected: string
  /** The value that a text means. */
  readonly ofText: (text: string) => unknown
  readonly put: Put
}

/** Other types that a wrong text could be of. */
const otherTypes = (name: string, { because }: WriterOptions, text: unknown): string =>
  `Correct it, or declare the column: ${declare(name, '"category"')}, "text" or "ignore"` +
  `${because === undefined ? "" : " in place of the inferred type"}` +
  `${typeof text === "string" ? `; if it means a missing value, missingTexts: [${quoted(text)}, …]` : ""}.`

const numberKind = (name: string, store: Store, options: WriterOptions): Kind => {
  const isWhole = store.column.type === "integer"
  const check: Check | undefined = "check" in store.column ? store.column.check : undefined
  const expected = `${isWhole ? "an integer" : "a number"}${options.because ? `, ${options.because}` : ""}`
  const put: Put = (value, row) => {
    const number = typeof value === "bigint" ? Number(value) : value
    if (typeof number !== "number") return faultOf(quoted(value), expected, otherTypes(name, options, value))
    if (isWhole && !isInt32(number)) {
      const advice = Number.isInteger(number)
        ? `Rescale it, or declare ${declare(name, '"number"')}, or "ignore" if it identifies the sample.`
        : `Declare ${declare(name, '"number"')}.`
      return faultOf(`${number}`, `an integer of 32 bits${options.because ? `, ${options.because}` : ""}`, advice)
    }
    if (!isFloat32(number)) return faultOf(`${number}`, "a number that float32 can hold", "Rescale the values.")
    if (check !== undefined && !check.accepts(number)) {
      return faultOf(`${number}`, check.expected, "Correct the value, or the schema.")
    }
    store.values[row] = number
    return undefined
  }
  return { expected, ofText: (text) => numberOfText(text, options.decimal) ?? text, put }
}

const booleanKind = (name: string, store: Store, options: WriterOptions): Kind => {
  const expected = `true or false${options.because ? `, ${options.because}` : ""}`
  const put: Put = (value, row) => {
    const isTrue = typeof value === "boolean" ? value : value === 0 || value === 1 ? value === 1 : undefined
    if (isTrue === undefined) return faultOf(quoted(value), expected, otherTypes(name, options, value))
    store.values[row] = isTrue ? 1 : 0
    return undefined
  }
  return { expected, ofText: (text) => booleanOfText(text) ?? text, put }
}

const dateKind = (name: string, column: DateColumn, store: Store, options: WriterOptions): Kind => {
  const format = column.format ?? "year-month-day"
  const expected = `a date, written ${format}${options.because ? `, ${options.because}` : ""}`
  const put: Put = (value, row) => {
    const seconds = value instanceof Date ? value.getTime() / 1000 : value
    if (typeof seconds !== "number" || Number.isNaN(seconds)) {
      const others = Object.keys({ "year-month-day": 0, "day/month/year": 0, "month/day/year": 0 })
        .filter((other) => other !== format)
        .map((other) => `"${other}"`)
      const advice = `Correct it, or declare ${declare(name, `{ type: "date", format: ${others.join(" or ")} }`)}.`
      return faultOf(quoted(value), expected, advice)
    }
    store.values[row] = dateValue(seconds, column)
    return undefined
  }
  // What JSON has as a text is a date as well.
  return { expected, ofText: (text) => secondsOfDate(text, format) ?? text, put }
}

/** The codes of a column's categories; unknown texts get a new one where the categories are to be found. */
interface Codes {
  readonly kind: Kind
  readonly finish: (rows: number) => CategoryColumn
}

const categoryCodes = (name: string, column: CategoryColumn, store: Store): Codes => {
  const declared = column.categories
  const codes = new Map((declared ?? []).map((category, code) => [category, code]))
  const other = column.other === undefined ? undefined : codes.get(column.other)
  const expected = declared === undefined ? "a category" : `one of ${listed(declared)}`
  const unknown = (text: string): Fault => {
    if (declared === undefined) {
      const advice = `Declare ${declare(name, '"text"')} or "ignore", or list its categories.`
      return faultOf(`more than ${mostCategories.toLocaleString("en-US")} categories`, "fewer", advice)
    }
    const close = nearest(text, declared)
    const advice = `Add it to the categories, in the training set's columns too, or let one stand for all others: { type: "category", categories, other: "…" }.`
    return faultOf(
      `the unknown category ${quoted(text)}`,
      expected,
      `${close === undefined ? "" : `Did you mean "${close}"? `}${advice}`
    )
  }
  const put: Put = (value, row) => {
    const text = String(value)
    let code = codes.get(text)
    if (code === undefined) {
      code = declared === undefined && codes.size < mostCategories ? codes.size : other
      if (code === undefined) return unknown(text)
      if (declared === undefined) codes.set(text, code)
    }
    store.values[row] = code
    return undefined
  }
  const finish = (rows: number): CategoryColumn => {
    if (declared !== undefined) return column
    const categories = sortCategories(codes.keys())
    const places = new Int32Array(categories.length)
    categories.forEach((category, place) => {
      places[codes.get(category) ?? 0] = place
    })
    for (const [row, code] of store.values.subarray(0, rows).entries()) store.values[row] = places[code] ?? 0
    return { ...column, categories }
  }
  return { kind: { expected, ofText: (text) => text, put }, finish }
}

const listed = (categories: ReadonlyArray<string>): string => {
  const shown = categories.slice(0, 12).map((category) => JSON.stringify(category))
  return categories.length > 12 ? `${shown.join(", ")} and ${categories.length - 12} more` : shown.join(", ")
}

const kindOf = (name: string, store: Store, options: WriterOptions): Codes | { readonly kind: Kind } => {
  const { column } = store
  switch (column.type) {
    case "number":
    case "integer":
      return { kind: numberKind(name, store, options) }
    case "boolean":
      return { kind: booleanKind(name, store, options) }
    case "date":
      return { kind: dateKind(name, column, store, options) }
    case "category":
      return categoryCodes(name, column, store)
  }
}

const fillExamples: { readonly [type in Column["type"]]: string } = {
  number: "0",
  integer: "0",
  boolean: "false",
  date: '"2000-01-01"',
  category: '"unknown"',
  text: '""',
  ignore: "0"
}

export const makeWriter = (name: string, store: Store, options: WriterOptions = {}): Writer => {
  const { column } = store
  const made = kindOf(name, store, options)
  const { kind } = made
  const missing = new Set(options.missing ?? missingTexts)
  const policy = missingOf(column)
  const advice =
    `Declare what takes its place: ` +
    `${declare(name, `{ type: "${column.type}", missing: { fill: ${fillExamples[column.type]} } }`)}, ` +
    `or missing: "mask", or type: "ignore".`
  const setMissing = (row: number): Fault | undefined => {
    if (policy === "error") return { kind: "missing", found: "no value", expected: kind.expected, advice }
    if (policy !== "mask") {
      const { fill } = policy
      return kind.put(typeof fill === "string" ? kind.ofText(fill) : fill, row)
    }
    store.values.fill(0, row * store.size, (row + 1) * store.size)
    if (store.present !== undefined) store.present[row] = 0
    return undefined
  }
  const setText = (text: string, row: number) =>
    missing.has(text) ? setMissing(row) : kind.put(kind.ofText(text), row)
  const setValue = (value: unknown, row: number): Fault | undefined => {
    if (value === null || value === undefined || (typeof value === "number" && Number.isNaN(value)))
      return setMissing(row)
    if (store.size !== 1 || Array.isArray(value) || ArrayBuffer.isView(value)) return setList(store, value, row, kind)
    if (typeof value !== "string") return kind.put(value, row)
    // Where values have types, a text is a category or a date; a number in quotes is a mistake.
    return column.type === "category" || column.type === "date" ? setText(value, row) : kind.put(value, row)
  }
  return {
    name,
    store,
    setText,
    setValue,
    setMissing,
    setNumber: kind.put,
    finish: (rows) => ("finish" in made ? made.finish(rows) : column)
  }
}

/** A list of numbers, nested to any depth, of as many as the column's shape has. */
const setList = (store: Store, value: unknown, row: number, kind: Kind): Fault | undefined => {
  const numbers = flat(value)
  const { column } = store
  const shape = "shape" in column && column.shape !== undefined ? `[${column.shape.join(", ")}]` : "[]"
  if (numbers.length !== store.size || !(Array.isArray(value) || ArrayBuffer.isView(value))) {
    const found =
      Array.isArray(value) || ArrayBuffer.isView(value) ? `a list of ${numbers.length} values` : quoted(value)
    const advice = 'Declare the shape that all rows have: { type: "number", shape: […] }, or pad the shorter lists.'
    return faultOf(found, `${store.size} values, of shape ${shape}`, advice)
  }
  for (const [index, number] of numbers.entries()) {
    const fault = kind.put(number, row * store.size + index)
    if (fault !== undefined) return fault
  }
  return undefined
}

const flat = (value: unknown): ReadonlyArray<unknown> =>
  ArrayBuffer.isView(value) && Symbol.iterator in value
    ? Array.from(value as Iterable<unknown>)
    : Array.isArray(value)
      ? value.flatMap(flat)
      : [value]
