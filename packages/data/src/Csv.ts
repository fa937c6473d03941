/**
 * CSV and TSV files, of any size: the file is read once, block by block, and every cell is checked. Its values are then held in
 * memory as numbers if they fit, else each batch reads its rows from where they lie in the file. Both give the same batches.
 */
import { type DataError, DatasetInvalid } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Columns, type ColumnsInput, make, type Selection } from "./Columns.ts"
import { demandUnchanged, nameOf, open, type Source } from "./internal/bytes/ByteSource.ts"
import { gunzipped, type TextSource, textSource } from "./internal/bytes/unpack.ts"
import type { CellOptions } from "./internal/csv/cells.ts"
import { type Layout, layoutOf } from "./internal/csv/layout.ts"
import { type Passed, pass, type ReadColumn } from "./internal/csv/pass.ts"
import { mostRowBytes } from "./internal/csv/RowIndex.ts"
import { readRows } from "./internal/csv/rowsAt.ts"
import { describe } from "./internal/table/describe.ts"
import { namesIn, planOf, selected, selectionProblems } from "./internal/table/fields.ts"
import { bytesOfRow, isValueColumn, makeStore, trim } from "./internal/table/Store.ts"
import { heldDataset, storedDataset, type TableDataset } from "./internal/table/tableDataset.ts"
import { missingTexts } from "./internal/table/values.ts"
import { makeWriter } from "./internal/table/Writer.ts"

export type { Source, TableDataset }

export interface CsvOptions extends Selection {
  /**
   * What the columns are; a column that isn't named is inferred from the first 10,000 rows. Give the test set the training
   * set's (`train.columns`), so that categories have the same numbers in both.
   */
  readonly columns?: ColumnsInput
  /** Default: the file. */
  readonly name?: string
  /** Default: the one of comma, tab, semicolon and bar that splits the first rows alike. */
  readonly delimiter?: string
  /** Default: `"`. */
  readonly quote?: string
  /** The decimal mark. Default: ".". */
  readonly decimal?: string
  /** Any that `TextDecoder` knows, such as "latin1". A byte order mark goes before it. Default: "utf-8". */
  readonly encoding?: string
  /** `false`: the first line is a row, and columns are "column1" …; names: the same, with these names. Default: true. */
  readonly header?: boolean | ReadonlyArray<string>
  /** Lines before the header that are no part of the table. Default: 0. */
  readonly skipLines?: number
  /** Cells that mean a missing value. Default: empty, NA, N/A, n/a, NaN, nan, null, NULL, None, #N/A and <NA>. */
  readonly missingTexts?: ReadonlyArray<string>
  /** Bytes of values that are held in memory, and that a compressed or UTF-16 file may have. Default: 1 GiB. */
  readonly memory?: number
  /** Bytes that a row may have, at most 16 MiB. Default: 1 MiB. */
  readonly rowBytes?: number
}

/**
 * A dataset of a CSV or TSV file (plain or gzipped), a row a sample: the inputs and targets are columns by name (see
 * `Selection`). Without `inputs`, all columns of numbers and categories that are no targets are one vector. Fails with
 * `DatasetInvalid`, which lists the first 50 cells, rows and options that are wrong by line, column and byte, and counts the
 * rest; a column's missing values are one problem. A batch fails with `DataError` where the file has changed since.
 *
 * ```ts
 * const train = yield* Csv.read("iris-train.csv", { targets: "species" })
 * const test = yield* Csv.read("iris-test.csv", { targets: "species", columns: train.columns })
 * yield* Console.log(Columns.format(train.columns))
 * ```
 */
export const read = (source: Source, options: CsvOptions = {}): Effect.Effect<TableDataset, DatasetInvalid> => {
  const name = options.name ?? nameOf(source)
  const made = Effect.gen(function* () {
    const declared = options.columns === undefined ? {} : yield* make(options.columns)
    const limits = limitsOf(options)
    const opened = yield* openText(source, name, options, limits.memory)
    const layout = yield* layoutOf(opened, options, options.missingTexts ?? missingTexts, limits.rowBytes)
    return yield* tableOf({ name, source, options, limits, opened, layout, declared })
  })
  return Effect.scoped(made).pipe(
    Effect.catchTag("DataError", (problem) => Effect.fail(new DatasetInvalid({ dataset: name, problems: [problem] })))
  )
}

interface Limits {
  readonly memory: number
  readonly rowBytes: number
}

const limitsOf = ({ memory = 2 ** 30, rowBytes = 2 ** 20 }: CsvOptions): Limits => ({
  memory,
  rowBytes: Math.min(rowBytes, mostRowBytes)
})

interface Opened extends TextSource {
  /** The identity of the file as it was opened. */
  readonly identity: string
}

const openText = (
  source: Source,
  name: string,
  options: CsvOptions,
  memory: number
): Effect.Effect<Opened, DataError, Scope.Scope> =>
  Effect.gen(function* () {
    const bytes = yield* open(source, name)
    const unpacked = yield* gunzipped(bytes, memory)
    const text = yield* textSource(unpacked, options.encoding ?? "utf-8", memory)
    return { ...text, identity: bytes.identity }
  })

interface Table {
  readonly name: string
  readonly source: Source
  readonly options: CsvOptions
  readonly limits: Limits
  readonly opened: Opened
  readonly layout: Layout
  readonly declared: Columns
}

const tableOf = (table: Table): Effect.Effect<TableDataset, DataError | DatasetInvalid> =>
  Effect.gen(function* () {
    const { name, options, layout, declared } = table
    const { columns, problems: undeclared } = describe(name, layout.names, layout.observers, declared, options)
    const selection = selected(columns, options)
    const wrong = [...undeclared, ...selectionProblems(name, columns, selection)]
    if (wrong.length > 0) return yield* new DatasetInvalid({ dataset: name, problems: wrong })
    const names = namesIn(selection)
    const estimate = estimatedBytes(table, columns, names)
    const holds = estimate <= table.limits.memory
    const read = columnsOf(table, columns, names, 1, true)
    const passed = yield* passOf(table, read, holds)
    yield* demandUnchangedFile(table)
    if (passed.problems.count > 0) {
      return yield* new DatasetInvalid({ dataset: name, problems: passed.problems.all(name) })
    }
    const finished = new Map(read.map(({ writer }) => [writer.name, writer.finish(holds ? passed.rows : 0)]))
    const full = Object.fromEntries(
      Object.entries(columns).map(([column, described]) => [column, finished.get(column) ?? described])
    )
    for (const { writer } of read) trim(writer.store, holds ? passed.rows : 1)
    const parts = { name, length: passed.rows, columns: full, plan: planOf(full, selection) }
    if (holds) return heldDataset(parts, new Map(read.map(({ writer }) => [writer.name, writer.store])))
    return storedDataset(parts, (indices) => gather(table, full, names, passed, indices))
  })

/** The bytes of all values, by the size of the first rows. */
const estimatedBytes = ({ opened, layout }: Table, columns: Columns, names: ReadonlyArray<string>): number => {
  const rowBytes = names.reduce((sum, name) => {
    const column = columns[name]
    return sum + (column !== undefined && isValueColumn(column) ? bytesOfRow(column) : 0)
  }, 0)
  return (rowBytes * (opened.source.size - layout.begin.offset)) / layout.rowSize
}

const cellsOf = ({ opened, layout, options }: Table): CellOptions => ({
  dialect: layout.dialect,
  text: layout.text,
  encoding: opened.encoding,
  missing: options.missingTexts ?? missingTexts
})

const columnsOf = (
  { options, layout, declared }: Table,
  columns: Columns,
  names: ReadonlyArray<string>,
  rows: number,
  isFirst: boolean
): ReadonlyArray<ReadColumn> =>
  names.flatMap((name) => {
    const column = columns[name]
    if (column === undefined || !isValueColumn(column)) return []
    const because = `as in the first ${layout.looked.toLocaleString("en-US")} rows`
    const writer = makeWriter(name, makeStore(column, rows), {
      ...(options.missingTexts !== undefined && { missing: options.missingTexts }),
      ...(options.decimal !== undefined && { decimal: options.decimal }),
      ...(isFirst && !Object.hasOwn(declared, name) && { because })
    })
    return [{ index: layout.names.indexOf(name), writer }]
  })

const passOf = (table: Table, columns: ReadonlyArray<ReadColumn>, holds: boolean): Effect.Effect<Passed, DataError> => {
  const { opened, layout, limits } = table
  return pass(opened.source, { layout, cells: cellsOf(table), columns, rowBytes: limits.rowBytes, holds })
}

/** A file that was written to while it was read may be half of each. */
const demandUnchangedFile = ({ source, name, opened }: Table): Effect.Effect<void, DataError> =>
  Effect.scoped(Effect.flatMap(open(source, name), (now) => demandUnchanged(now, opened.identity)))

const gather = (
  table: Table,
  columns: Columns,
  names: ReadonlyArray<string>,
  { places }: Passed,
  indices: Int32Array
) => {
  const { source, name, opened, layout } = table
  const read = columnsOf(table, columns, names, indices.length, false)
  const rows = { cells: cellsOf(table), columns: read, fields: layout.names.length, places }
  const reading = Effect.gen(function* () {
    const now = yield* open(source, name)
    yield* demandUnchanged(now, opened.identity)
    // What was unpacked is in memory; the file itself is opened for each batch, so that none stays open.
    yield* readRows(opened.source.isHeld === true ? opened.source : now, indices, rows)
    return new Map(read.map(({ writer }) => [writer.name, writer.store]))
  })
  return Effect.scoped(reading)
}
