/** Tables of text: the first column to the left, the others to the right. */
import * as Arr from "effect/Array"
import { columnsOf } from "./matrix.ts"
import { padEnd, padStart, textWidth } from "./textWidth.ts"

export const textTable = (rows: ReadonlyArray<ReadonlyArray<string>>, between = "  "): string => {
  const widths = columnsOf(rows).map((column) => Math.max(...column.map(textWidth)))
  return rows
    .map((row) =>
      Arr.zip(row, widths)
        .map(([cell, width], index) => (index === 0 ? padEnd(cell, width) : padStart(cell, width)))
        .join(between)
    )
    .join("\n")
}

/** How wide such a table is. */
export const tableWidth = (table: string): number => Math.max(...table.split("\n").map(textWidth))
