/** Values from texts, the slow and exact way: what numbers, dates and booleans may look like. */
import type { DateColumn } from "../../Columns.ts"

/** What stands for a missing value, if the reader isn't told otherwise. */
export const missingTexts: ReadonlyArray<string> = [
  "",
  "NA",
  "N/A",
  "n/a",
  "NaN",
  "nan",
  "null",
  "NULL",
  "None",
  "#N/A",
  "<NA>"
]

const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** The number that a decimal text means; `undefined` for anything else, such as "0x10", "1,000" and "Infinity". */
export const numberOfText = (text: string, decimal = "."): number | undefined => {
  const written = decimal === "." ? text : text.replace(decimal, ".")
  return plain.test(written) && !(decimal !== "." && text.includes(".")) ? Number(written) : undefined
}

export const isInt32 = (value: number): boolean => value === (value | 0)

/** Whether float32 holds the number, rounded. */
export const isFloat32 = (value: number): boolean => Number.isFinite(Math.fround(value))

const booleans = new Map([
  ["true", true],
  ["t", true],
  ["yes", true],
  ["y", true],
  ["1", true],
  ["false", false],
  ["f", false],
  ["no", false],
  ["n", false],
  ["0", false]
])

export const booleanOfText = (text: string): boolean | undefined => booleans.get(text.toLowerCase())

const orders = {
  "year-month-day": /^(?<year>\d{4})-(?<month>\d\d?)-(?<day>\d\d?)(?<time>.*)$/,
  "day/month/year": /^(?<day>\d\d?)[./-](?<month>\d\d?)[./-](?<year>\d{4})(?<time>.*)$/,
  "month/day/year": /^(?<month>\d\d?)[./-](?<day>\d\d?)[./-](?<year>\d{4})(?<time>.*)$/
} as const

const timeOfDay = /^[T ](\d\d?):(\d\d)(?::(\d\d(?:\.\d+)?))? ?(Z|[+-]\d\d:?\d\d)?$/

const secondsOfTime = (text: string): number | undefined => {
  if (text === "") return 0
  const parts = timeOfDay.exec(text)
  if (parts === null) return undefined
  const [hours, minutes, seconds] = [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)]
  if (hours > 23 || minutes > 59 || seconds >= 60) return undefined
  const zone = parts[4] ?? "Z"
  const digits = zone.replace(/\D/g, "")
  const offset = zone === "Z" ? 0 : (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60
  return hours * 3600 + minutes * 60 + seconds - (zone.startsWith("-") ? -offset : offset)
}

const secondsPer = { seconds: 1, hours: 3600, days: 86_400 } as const

/** Seconds since 1970 as what a column of dates holds. */
export const dateValue = (seconds: number, { unit = "days", since = "1970-01-01" }: DateColumn): number =>
  (seconds - Date.parse(since) / 1000) / secondsPer[unit]

/** Seconds since 1970 of a date as the format writes it; `undefined` for anything else, such as February 30. */
export const secondsOfDate = (text: string, format: NonNullable<DateColumn["format"]>): number | undefined => {
  const groups = orders[format].exec(text)?.groups
  if (groups === undefined) return undefined
  const [year, month, day] = [Number(groups["year"]), Number(groups["month"]), Number(groups["day"])]
  const date = new Date(Date.UTC(year, month - 1, day))
  date.setUTCFullYear(year)
  const time = secondsOfTime(groups["time"] ?? "")
  if (time === undefined || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return date.getTime() / 1000 + time
}

const collator = (values: ReadonlyArray<string>): ((a: string, b: string) => number) =>
  values.every((value) => numberOfText(value) !== undefined)
    ? (a, b) => Number(a) - Number(b) || (a < b ? -1 : 1)
    : (a, b) => (a < b ? -1 : a > b ? 1 : 0)

/** Categories in an order that doesn't depend on where they stood: by number if all are numbers, else by code unit. */
export const sortCategories = (values: Iterable<string>): ReadonlyArray<string> => {
  const all = [...values]
  return all.sort(collator(all))
}
