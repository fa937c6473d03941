/** The types of columns, inferred from their first rows. */
import type { Column } from "../../Columns.ts"
import { booleanOfText, isInt32, numberOfText, secondsOfDate } from "./values.ts"

/** What was seen of one column. */
export interface Observer {
  /** A value that is present. Texts of a file without types are read as what they say with `isText`. */
  readonly observe: (value: unknown, isText: boolean) => void
  /** The type; `isUsed`: it is named as an input or a target, so that a text is a category. */
  readonly column: (isUsed: boolean) => Column
}

/** Texts that begin with a zero, such as postcodes, are no numbers. */
const isCode = (text: string): boolean => /^[+-]?0\d/.test(text)

/** More different texts are no categories, unless they are used as such. */
const few = (values: number): number => Math.min(1000, Math.max(20, values / 20))
const mostDistinct = 1001

const shapeOf = (value: unknown): ReadonlyArray<number> | undefined => {
  const shape: Array<number> = []
  let inner = value
  while (Array.isArray(inner) || ArrayBuffer.isView(inner)) {
    const { length } = inner as ArrayLike<unknown>
    shape.push(length)
    inner = (inner as ArrayLike<unknown>)[0]
  }
  return typeof inner === "number" || typeof inner === "bigint" || typeof inner === "boolean" ? shape : undefined
}

export const makeObserver = (decimal = "."): Observer => {
  let values = 0
  let is = { integer: true, number: true, boolean: true, date: true, text: true }
  const distinct = new Set<string>()
  let shape: string | undefined
  const observeText = (text: string) => {
    const number = isCode(text) ? undefined : numberOfText(text, decimal)
    is = {
      integer: is.integer && number !== undefined && isInt32(number) && !/[.eE]/.test(text),
      number: is.number && number !== undefined,
      boolean: is.boolean && booleanOfText(text) !== undefined,
      date: is.date && secondsOfDate(text, "year-month-day") !== undefined,
      text: is.text
    }
    if (distinct.size < mostDistinct) distinct.add(text)
  }
  const observeValue = (value: unknown) => {
    const list = shapeOf(value)
    const found = list === undefined ? "" : JSON.stringify(list)
    if (shape === undefined) shape = found
    const isSame = shape === found
    const element = Array.isArray(value) || ArrayBuffer.isView(value) ? flatten(value) : [value]
    const isNumber = element.every((each) => typeof each === "number" || typeof each === "bigint")
    is = {
      integer: is.integer && isSame && isNumber && element.every((each) => isInt32(Number(each))),
      number: is.number && isSame && isNumber,
      boolean: is.boolean && typeof value === "boolean",
      date:
        is.date &&
        (value instanceof Date || (typeof value === "string" && secondsOfDate(value, "year-month-day") !== undefined)),
      text: is.text && typeof value === "string"
    }
    if (typeof value === "string" && distinct.size < mostDistinct) distinct.add(value)
  }
  return {
    observe: (value, isText) => {
      values++
      if (isText && typeof value === "string") observeText(value)
      else observeValue(value)
    },
    column: (isUsed) => {
      const extent =
        shape === undefined || shape === "" || shape === "[]" ? {} : { shape: JSON.parse(shape) as Array<number> }
      if (values === 0) return { type: "ignore" }
      if (is.integer) return { type: "integer", ...extent }
      if (is.number) return { type: "number", ...extent }
      if (is.boolean) return { type: "boolean" }
      if (is.date) return { type: "date" }
      if (!is.text) return { type: "ignore" }
      return { type: distinct.size <= few(values) || (isUsed && distinct.size < mostDistinct) ? "category" : "text" }
    }
  }
}

/** Whether this is a typed array; of the views on a buffer, a DataView is none. */
const isTyped = (value: unknown): value is Iterable<unknown> => ArrayBuffer.isView(value) && Symbol.iterator in value

const flatten = (value: unknown): ReadonlyArray<unknown> =>
  isTyped(value) ? Array.from(value) : Array.isArray(value) ? value.flatMap(flatten) : [value]
