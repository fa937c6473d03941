/** A dataset of a table, from what a file format knows: its columns, one pass over its rows, and how to read some of them. */
import { type DataError, DatasetInvalid } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type { Column, Columns, Selection } from "../../Columns.ts"
import { describe } from "./describe.ts"
import { namesIn, planOf, selected, selectionProblems } from "./fields.ts"
import type { Problems } from "./Problems.ts"
import { bytesOfRow, isValueColumn, makeStore, trim } from "./Store.ts"
import { heldDataset, storedDataset, type TableDataset } from "./tableDataset.ts"
import { makeWriter, type Writer, type WriterOptions } from "./Writer.ts"

/** What one pass found. */
export interface Passed {
  readonly rows: number
  readonly problems: Problems
  /** Writes the rows at these indices, one after another, from row 0 of the stores. */
  readonly gather: (writers: ReadonlyArray<Writer>, indices: Int32Array) => Effect.Effect<void, DataError>
}

/** A file that has been opened, and whose beginning has been looked at. */
export interface TableFile {
  readonly names: ReadonlyArray<string>
  /** The column of that index as it was inferred; `isUsed`: it is an input or a target. */
  readonly inferred: (index: number, isUsed: boolean) => Column
  /** Why a column that nobody declared has its type. */
  readonly because?: string
  /** How many rows there are, at least roughly. */
  readonly rows: number
  /** Goes over all rows; with `holds`, their values are written into the stores, else into row 0. */
  readonly pass: (writers: ReadonlyArray<Writer>, holds: boolean) => Effect.Effect<Passed, DataError>
}

export interface TableOptions extends Selection {
  /** Bytes of values that are held in memory. */
  readonly memory: number
  readonly writers: WriterOptions
}

export const makeTable = (
  name: string,
  file: TableFile,
  declared: Columns,
  options: TableOptions
): Effect.Effect<TableDataset, DataError | DatasetInvalid> =>
  Effect.gen(function* () {
    const { columns, problems: undeclared } = describe(name, file, declared, options)
    const selection = selected(columns, options)
    const wrong = [...undeclared, ...selectionProblems(name, columns, selection)]
    if (wrong.length > 0) return yield* new DatasetInvalid({ dataset: name, problems: wrong })
    const names = namesIn(selection)
    const writersOf = (described: Columns, rows: number, because?: string): ReadonlyArray<Writer> =>
      names.flatMap((column) => {
        const isInferred = because !== undefined && !Object.hasOwn(declared, column)
        const found = described[column]
        if (found === undefined || !isValueColumn(found)) return []
        return [makeWriter(column, makeStore(found, rows), { ...options.writers, ...(isInferred && { because }) })]
      })
    const holds = bytesOf(columns, names) * file.rows <= options.memory
    const writers = writersOf(columns, 1, file.because)
    const { rows, problems, gather } = yield* file.pass(writers, holds)
    if (problems.count > 0) return yield* new DatasetInvalid({ dataset: name, problems: problems.all(name) })
    const full = withCategories(columns, writers, holds ? rows : 0)
    const parts = { name, length: rows, columns: full, plan: planOf(full, selection) }
    const held = (of: ReadonlyArray<Writer>) => new Map(of.map(({ name, store }) => [name, store]))
    if (holds) {
      for (const { store } of writers) trim(store, rows)
      return heldDataset(parts, held(writers))
    }
    return storedDataset(parts, (indices) => {
      const read = writersOf(full, indices.length)
      return Effect.map(gather(read, indices), () => held(read))
    })
  })

const bytesOf = (columns: Columns, names: ReadonlyArray<string>): number =>
  names.reduce((sum, name) => {
    const column = columns[name]
    return sum + (column !== undefined && isValueColumn(column) ? bytesOfRow(column) : 0)
  }, 0)

/** The columns with the categories that were found. */
const withCategories = (columns: Columns, writers: ReadonlyArray<Writer>, rows: number): Columns => {
  const finished = new Map(writers.map((writer) => [writer.name, writer.finish(rows)]))
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, finished.get(name) ?? column]))
}
