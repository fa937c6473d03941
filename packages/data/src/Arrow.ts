/**
 * Apache Arrow's IPC files and streams, and Feather files (which are the former), read by the package apache-arrow. They are read
 * whole, and the values of the columns that are used are held.
 */
import { DataError, DatasetInvalid, reasonOf } from "@etude/core/Errors"
import type { DataType, Table } from "apache-arrow"
import * as Effect from "effect/Effect"
import { type Column, type ColumnsInput, make, type Selection } from "./Columns.ts"
import { damageOf } from "./internal/arrow/check.ts"
import { nameOf, open, type Source } from "./internal/bytes/ByteSource.ts"
import { makeObserver } from "./internal/table/infer.ts"
import { makeTable, type TableFile } from "./internal/table/makeTable.ts"
import { makeFaults, makeProblems } from "./internal/table/Problems.ts"
import { reserve } from "./internal/table/Store.ts"
import type { TableDataset } from "./internal/table/tableDataset.ts"
import type { Writer } from "./internal/table/Writer.ts"

export type { Source, TableDataset }

export interface ArrowOptions extends Selection {
  /** What the columns are. Default: as the file says; texts are categories where they are used or few. */
  readonly columns?: ColumnsInput
  /** Default: the file. */
  readonly name?: string
  /** Bytes that the file may have: it is read whole. Default: 1 GiB. */
  readonly memory?: number
}

/**
 * A dataset of an Arrow or Feather file, a row a sample. Fields are selected by the names of columns as for `Csv.read`. Fails
 * with `DatasetInvalid` for files that are cut off or damaged, for the first 50 values that are wrong by row and column, and
 * where apache-arrow isn't installed. Lengths and places in the file are checked first, since that package believes them.
 *
 * ```ts
 * const train = yield* Arrow.read("train.feather", { targets: "label" })
 * ```
 */
export const read = (source: Source, options: ArrowOptions = {}): Effect.Effect<TableDataset, DatasetInvalid> => {
  const { name = nameOf(source), memory = 2 ** 30 } = options
  const made = Effect.gen(function* () {
    const declared = options.columns === undefined ? {} : yield* make(options.columns)
    const table = yield* tableOf(source, name, memory)
    const limits = { memory: Number.POSITIVE_INFINITY, writers: { missing: [] } }
    return yield* makeTable(name, yield* fileOf(name, table), declared, { ...options, ...limits })
  })
  return Effect.scoped(made).pipe(
    Effect.catchTag("DataError", (problem) => Effect.fail(new DatasetInvalid({ dataset: name, problems: [problem] })))
  )
}

const packageOf = (name: string) =>
  Effect.tryPromise({
    try: () => import("apache-arrow"),
    catch: (cause) =>
      new DataError({
        source: name,
        found: "no package apache-arrow",
        expected: "the package that reads Arrow's files",
        advice: "Install it: npm install apache-arrow",
        cause
      })
  })

const undecodable = (name: string, reason: string, more: { readonly offset?: number; readonly cause?: unknown }) =>
  new DataError({
    source: name,
    found: `what can't be decoded (${reason})`,
    expected: "a whole Arrow file or stream",
    advice: "It may be cut off, altered, or of another format: write it again, without compression.",
    ...more
  })

const tableOf = (source: Source, name: string, memory: number) =>
  Effect.gen(function* () {
    const opened = yield* open(source, name)
    const fail = (found: string, expected: string, advice: string) =>
      new DataError({ source: name, found, expected, advice })
    if (opened.size === 0) return yield* fail("an empty file", "Arrow's IPC format", "Is this the right file?")
    if (opened.size > memory) {
      const advice = "Write it as Parquet, which is read by row groups, or raise `memory`."
      return yield* fail(`${opened.size} bytes`, `at most ${memory}`, advice)
    }
    const { tableFromIPC } = yield* packageOf(name)
    const bytes = yield* opened.read(0, opened.size)
    const damage = damageOf(bytes)
    if (damage !== undefined) return yield* undecodable(name, damage.found, { offset: damage.offset })
    const table = yield* Effect.try({
      try: () => tableFromIPC(bytes),
      catch: (cause) => undecodable(name, reasonOf(cause), { cause })
    })
    // A row takes a bit at least.
    if (table.numRows > 8 * opened.size) return yield* fail(`${table.numRows} rows`, "fewer", "The file is damaged.")
    if (table.numRows > 0) return table
    return yield* fail("no row", "one or more", "Is this the right file? A stream that is cut off has no rows.")
  })

/** How a column's values become numbers, dates, texts and lists. */
interface Reading {
  readonly column: Column | undefined
  readonly valueOf: (value: unknown) => unknown
}

const asIs = (value: unknown) => value

const listOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && Symbol.iterator in value
    ? Array.from(value as Iterable<unknown>, listOf)
    : value

const dateOf = (value: unknown) => (typeof value === "number" ? new Date(value) : value)

type Types = { readonly [name in "isInt" | "isFloat" | "isBool" | "isDate" | "isTimestamp" | "isUtf8"]: Is } & {
  readonly isDictionary: (type: DataType) => type is DataType & { readonly dictionary: DataType }
  readonly isDecimal: Is
}
type Is = (type: DataType) => boolean

const readingOf = (type: DataType, types: Types): Reading => {
  const plain = types.isDictionary(type) ? type.dictionary : type
  if (types.isInt(plain)) return { column: { type: "integer" }, valueOf: asIs }
  if (types.isFloat(plain)) return { column: { type: "number" }, valueOf: asIs }
  if (types.isBool(plain)) return { column: { type: "boolean" }, valueOf: asIs }
  if (types.isDate(plain) || types.isTimestamp(plain)) return { column: { type: "date" }, valueOf: dateOf }
  if (types.isDecimal(plain)) return { column: { type: "ignore" }, valueOf: asIs }
  return { column: undefined, valueOf: types.isUtf8(plain) ? asIs : listOf }
}

/** Values of a column that are looked at. */
const lookedAt = 10_000

const fileOf = (name: string, table: Table): Effect.Effect<TableFile, DataError> =>
  Effect.map(packageOf(name), ({ DataType: types }) => {
    const { fields } = table.schema
    const readings = new Map(fields.map((field) => [field.name, readingOf(field.type, types)]))
    const valueAt = (column: string, row: number): unknown =>
      readings.get(column)?.valueOf(table.getChild(column)?.get(row))
    const inferred = (index: number, isUsed: boolean): Column => {
      const column = fields[index]?.name ?? ""
      const known = readings.get(column)?.column
      if (known !== undefined) return known
      const observer = makeObserver()
      for (let row = 0; row < Math.min(table.numRows, lookedAt); row++) {
        const value = valueAt(column, row)
        if (value !== null && value !== undefined) observer.observe(value, false)
      }
      return observer.column(isUsed)
    }
    const names = fields.map((field) => field.name)
    const pass: TableFile["pass"] = (writers) =>
      Effect.try({
        try: () => passOver(name, table, writers, valueAt),
        catch: (cause) => undecodable(name, reasonOf(cause), { cause })
      })
    return { names, inferred, because: "as the file says", rows: table.numRows, pass }
  })

const passOver = (
  name: string,
  table: Table,
  writers: ReadonlyArray<Writer>,
  valueAt: (column: string, row: number) => unknown
) => {
  const problems = makeProblems()
  const faults = makeFaults(problems)
  for (const writer of writers) {
    reserve(writer.store, table.numRows)
    for (let row = 0; row < table.numRows; row++) {
      const fault = writer.setValue(valueAt(writer.name, row), row)
      const where = () => ({ source: `${name}, row ${row + 1}, column "${writer.name}"` })
      if (fault !== undefined) faults.report(fault, writer.name, where)
    }
  }
  faults.end()
  // All rows are held, so that none is read again.
  return { rows: table.numRows, problems, gather: () => Effect.void }
}
