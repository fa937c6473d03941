/** The one pass over a CSV file that checks every cell and keeps the values, or where each row begins. */
import { DataError } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import type { ByteSource } from "../bytes/ByteSource.ts"
import { makeFaults, makeProblems, type Problems } from "../table/Problems.ts"
import { makeRowIndex, type RowIndex } from "../table/RowIndex.ts"
import { makeGrowth } from "../table/Store.ts"
import type { Writer } from "../table/Writer.ts"
import { type Cell, type CellOptions, makeCell } from "./cells.ts"
import type { Layout } from "./layout.ts"
import { type FieldPlaces, makePlaces } from "./records.ts"
import { type Place, scan } from "./scan.ts"

/** A column that is read. */
export interface ReadColumn {
  /** Its place in the file's rows. */
  readonly index: number
  readonly writer: Writer
}

export interface PassOptions {
  readonly layout: Layout
  readonly cells: CellOptions
  readonly columns: ReadonlyArray<ReadColumn>
  readonly rowBytes: number
  /** Whether values are kept; else rows are only checked and their places kept. */
  readonly holds: boolean
}

export interface Passed {
  readonly rows: number
  readonly places: RowIndex
  readonly problems: Problems
}

const block = 2 ** 20

export const pass = (source: ByteSource, options: PassOptions): Effect.Effect<Passed, DataError> =>
  Effect.gen(function* () {
    const { layout, cells, columns, rowBytes, holds } = options
    const problems = makeProblems()
    const faults = makeFaults(problems)
    const rows = makeRowIndex()
    const read: ReadonlyArray<readonly [index: number, cell: Cell, writer: Writer]> = columns.map(
      ({ index, writer }) => [index, makeCell(writer, cells), writer]
    )
    const grow = makeGrowth(columns.map(({ writer }) => writer.store))
    const visit = (bytes: Uint8Array, places: FieldPlaces, from: number, place: Place): boolean => {
      const row = rows.length
      rows.add(place.offset)
      if (places.malformed !== undefined) {
        problems.add(() => malformed(source, places, from, row, place))
        return places.malformed !== "unclosed"
      }
      if (places.count !== layout.names.length) {
        problems.add(() => ragged(source, places.count, layout, row, place))
        return true
      }
      if (holds) grow(row + 1)
      const { starts, ends, doubled } = places
      for (const [index, cell, writer] of read) {
        const fault = cell(bytes, starts[index]!, ends[index]!, doubled[index]!, holds ? row : 0)
        if (fault === undefined) continue
        faults.report(fault, writer.name, () => ({
          source: `${source.name}, line ${place.line} (row ${row + 1}), column "${writer.name}"`,
          offset: place.offset + element(starts, index) - from
        }))
      }
      return true
    }
    const places = makePlaces(layout.names.length)
    const { dialect, begin } = layout
    yield* scan(source, { dialect, places, begin, block, rowBytes }, visit)
    faults.end()
    return { rows: rows.length, places: rows, problems }
  })

const ragged = ({ name }: ByteSource, count: number, { names }: Layout, row: number, { offset, line }: Place) =>
  new DataError({
    source: `${name}, line ${line} (row ${row + 1})`,
    offset,
    found: `${count.toLocaleString("en-US")} ${count === 1 ? "field" : "fields"}`,
    expected: `${names.length}, as the header has`,
    advice:
      count > names.length
        ? "A field that contains the delimiter must be quoted. Which `delimiter` does the file have?"
        : "Each row needs every field, if only empty. Is the file cut off?"
  })

const malformations = {
  unclosed: ["a quoted field that doesn't end", "a closing quote", "Close it, or say which `quote` the file has."],
  afterQuote: [
    "text after the closing quote of a field",
    "a delimiter or the end of the line",
    'Double the quotes within a quoted field ("").'
  ],
  nul: ["a NUL byte", "text", 'Is it a CSV file? UTF-16 without a byte order mark is read with encoding: "utf-16le".']
} as const

const malformed = (source: ByteSource, places: FieldPlaces, from: number, row: number, place: Place) => {
  const [found, expected, advice] = malformations[places.malformed ?? "nul"]
  return new DataError({
    source: `${source.name}, line ${place.line} (row ${row + 1})`,
    offset: place.offset + places.malformedAt - from,
    found,
    expected,
    advice
  })
}
