/** Tables of text: the first column to the left, the others to the right. */
import { padEnd, padStart, textWidth } from "./textWidth.ts"

export const textTable = (rows: ReadonlyArray<ReadonlyArray<string>>, between = "  "): string => {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => textWidth(row[column]!))))
  return rows
    .map((row) =>
      row.map((cell, index) => (index === 0 ? padEnd(cell, widths[0]!) : padStart(cell, widths[index]!))).join(between)
    )
    .join("\n")
}

/** How wide such a table is. */
export const tableWidth = (table: string): number => Math.max(...table.split("\n").map(textWidth))
