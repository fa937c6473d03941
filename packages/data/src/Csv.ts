/**
 * CSV and TSV files, of any size: the file is read once, block by block, and every cell is checked. Its values are then held in
 * memory as numbers if they fit, else each batch reads its rows from where they lie in the file. Both give the same batches.
 */
import { type DataError, DatasetInvalid } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ColumnsInput, make, type Selection } from "./Columns.ts"
import { type ByteSource, demandUnchanged, nameOf, open, type Source } from "./internal/bytes/ByteSource.ts"
import { gunzipped, type TextSource, textSource } from "./internal/bytes/unpack.ts"
import type { CellOptions } from "./internal/csv/cells.ts"
import { type Layout, layoutOf } from "./internal/csv/layout.ts"
import { pass } from "./internal/csv/pass.ts"
import { readRows } from "./internal/csv/rowsAt.ts"
import { makeTable, type TableFile } from "./internal/table/makeTable.ts"
import { mostRowBytes } from "./internal/table/RowIndex.ts"
import type { TableDataset } from "./internal/table/tableDataset.ts"
import { missingTexts } from "./internal/table/values.ts"
import type { Writer } from "./internal/table/Writer.ts"

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
    const file = fileOf({ name, source, options, limits, opened, layout })
    const { missingTexts: missing, decimal } = options
    const writers = { ...(missing !== undefined && { missing }), ...(decimal !== undefined && { decimal }) }
    return yield* makeTable(name, file, declared, { ...options, memory: limits.memory, writers })
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

interface Opening {
  readonly name: string
  readonly source: Source
  readonly options: CsvOptions
  readonly limits: Limits
  readonly opened: Opened
  readonly layout: Layout
}

const fileOf = (opening: Opening): TableFile => {
  const { opened, layout, options, limits } = opening
  const { source, encoding } = opened
  const cells: CellOptions = {
    dialect: layout.dialect,
    text: layout.text,
    encoding,
    missing: options.missingTexts ?? missingTexts
  }
  const indexed = (writers: ReadonlyArray<Writer>) =>
    writers.map((writer) => ({ index: layout.names.indexOf(writer.name), writer }))
  return {
    names: layout.names,
    inferred: (index, isUsed) => layout.observers[index]?.column(isUsed) ?? { type: "ignore" },
    because: `as in the first ${layout.looked.toLocaleString("en-US")} rows`,
    rows: (source.size - layout.begin.offset) / layout.rowSize,
    pass: (writers, holds) =>
      Effect.gen(function* () {
        const columns = indexed(writers)
        const passed = yield* pass(source, { layout, cells, columns, rowBytes: limits.rowBytes, holds })
        // A file that was written to while it was read may be half of each.
        yield* Effect.scoped(reopen(opening))
        const fields = layout.names.length
        const gather = (read: ReadonlyArray<Writer>, indices: Int32Array) =>
          Effect.scoped(
            Effect.flatMap(reopen(opening), (now) =>
              readRows(now, indices, { cells, columns: indexed(read), fields, places: passed.places })
            )
          )
        return { rows: passed.rows, problems: passed.problems, gather }
      })
  }
}

/**
 * The file once more, if it is still the same: it is opened for each batch, so that none stays open. What was unpacked is
 * in memory.
 */
const reopen = ({ source, name, opened }: Opening): Effect.Effect<ByteSource, DataError, Scope.Scope> =>
  Effect.gen(function* () {
    const now = yield* open(source, name)
    yield* demandUnchanged(now, opened.identity)
    return opened.source.isHeld === true ? opened.source : now
  })
