/** Rows of a CSV file by their index, read from where they lie. */
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type { ByteSource } from "../bytes/ByteSource.ts"
import type { Fault } from "../table/Writer.ts"
import { type CellOptions, makeCell } from "./cells.ts"
import type { ReadColumn } from "./pass.ts"
import type { RowIndex } from "./RowIndex.ts"
import { makePlaces, nextRecord } from "./records.ts"

/** Bytes between rows up to which both are read at once. */
const gap = 16 * 1024
/** Bytes that are read at once, unless one row has more. */
const most = 2 ** 20

interface Run {
  readonly begin: number
  end: number
  readonly positions: Array<number>
}

/** Reads that together have all rows: rows that lie near each other are read at once. */
const runsOf = (indices: Int32Array, places: RowIndex, end: number): ReadonlyArray<Run> => {
  const endOf = (row: number) => (row + 1 < places.length ? places.offset(row + 1) : end)
  const positions = Array.from(indices, (_, position) => position).sort((a, b) => indices[a]! - indices[b]!)
  const runs: Array<Run> = []
  for (const position of positions) {
    const row = indices[position]!
    const run = runs.at(-1)
    if (run !== undefined && places.offset(row) - run.end <= gap && endOf(row) - run.begin <= most) {
      run.end = Math.max(run.end, endOf(row))
      run.positions.push(position)
    } else runs.push({ begin: places.offset(row), end: endOf(row), positions: [position] })
  }
  return runs
}

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
  const readRun = ({ begin, end, positions }: Run) =>
    Effect.flatMap(source.read(begin, end - begin), (bytes) => {
      const found = makePlaces(fields)
      const { starts, ends, doubled } = found
      for (const position of positions) {
        const row = indices[position]!
        const from = places.offset(row) - begin
        const next = nextRecord(bytes, from, bytes.length, true, cells.dialect, found)
        if (next < 0 || found.malformed !== undefined || found.count !== fields) {
          return Effect.fail(changed(source, begin + from, row))
        }
        for (const [index, cell] of read) {
          const fault = cell(bytes, starts[index]!, ends[index]!, doubled[index]!, position)
          if (fault !== undefined) return Effect.fail(changed(source, begin + starts[index]!, row, fault))
        }
      }
      return Effect.void
    })
  return Effect.forEach(runsOf(indices, places, source.size), readRun, { concurrency: 8, discard: true })
}
