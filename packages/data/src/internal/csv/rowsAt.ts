/** Rows of a CSV file by their index, read from where they lie. */
import { DataError } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import type { ByteSource } from "../bytes/ByteSource.ts"
import { type RowIndex, type Run, runsOf } from "../table/RowIndex.ts"
import type { Fault } from "../table/Writer.ts"
import { type CellOptions, makeCell } from "./cells.ts"
import type { ReadColumn } from "./pass.ts"
import { makePlaces, nextRecord } from "./records.ts"

export interface RowsOptions {
  readonly cells: CellOptions
  readonly columns: ReadonlyArray<ReadColumn>
  readonly fields: number
  readonly places: RowIndex
}

const changed = (source: ByteSource, offset: number, row: number, fault?: Fault): DataError =>
  new DataError({
    source: `${source.name} (row ${row + 1})`,
    offset,
    found: fault?.found ?? "another row than when the file was checked",
    expected: fault?.expected ?? "the same row",
    advice: "The file has changed since the dataset was made: make it again."
  })

/** Writes the rows at `indices` into the columns' stores, one after another. */
export const readRows = (
  source: ByteSource,
  indices: Int32Array,
  options: RowsOptions
): Effect.Effect<void, DataError> => {
  const { cells, columns, fields, places } = options
  const read = columns.map(({ index, writer }) => [index, makeCell(writer, cells)] as const)
  const readRun = ({ begin, end, rows }: Run) =>
    Effect.flatMap(source.read(begin, end - begin), (bytes) => {
      const found = makePlaces(fields)
      const { starts, ends, doubled } = found
      for (const { row, position } of rows) {
        const from = places.offset(row) - begin
        const next = nextRecord(bytes, from, bytes.length, true, cells.dialect, found)
        if (next < 0 || found.malformed !== undefined || found.count !== fields) {
          return Effect.fail(changed(source, begin + from, row))
        }
        for (const [index, cell] of read) {
          const start = element(starts, index)
          const fault = cell(bytes, start, element(ends, index), element(doubled, index), position)
          if (fault !== undefined) return Effect.fail(changed(source, begin + start, row, fault))
        }
      }
      return Effect.void
    })
  return Effect.forEach(runsOf(indices, places, source.size), readRun, { concurrency: 8, discard: true })
}
