/** The curve of a learning-rate range test as text: the smoothed loss by the logarithm of the rate. */
import { type Point, shownLosses } from "@etude/optimizers/RateFinder"
import * as Table from "../Table.ts"

export interface PlotOptions {
  /** Cells of a line in all. */
  readonly columns: number
  /** Lines of the curve, without the axis. */
  readonly rows?: number
  /** A rate whose column is marked. */
  readonly mark: number
}

/** The place of a value between two others, in one of so many cells; what is above is in the last one. */
const cellOf = (value: number, [low, high]: readonly [number, number], cells: number): number =>
  high > low ? Math.round(((Math.min(value, high) - low) / (high - low)) * (cells - 1)) : 0

/** Texts at their columns, none over another. */
const placed = (texts: ReadonlyArray<readonly [column: number, text: string]>, columns: number): string =>
  texts.reduce((line, [column, text]) => {
    const start = Math.min(column, columns - text.length)
    return start < line.length + (line === "" ? 0 : 1) ? line : line.padEnd(start) + text
  }, "")

/** Whole powers of ten in a range of logarithms, with their columns. */
const decades = (range: readonly [number, number], columns: number) => {
  const [first, last] = [Math.ceil(range[0] - 1e-9), Math.floor(range[1] + 1e-9)]
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const power = first + index
    return [cellOf(power, range, columns), `1e${power}`] as const
  })
}

/** The curve with its axes: `•` is a point, `┊` the rate that is marked. */
export const ratePlot = (points: ReadonlyArray<Point>, { columns, rows = 10, mark }: PlotOptions): string => {
  const losses = shownLosses(points)
  const logarithms = points.map(({ rate }) => Math.log10(rate))
  const rates = [Math.min(...logarithms), Math.max(...logarithms)] as const
  const labels = [Table.number(losses[1]), Table.number(losses[0])] as const
  const margin = Math.max(...labels.map(({ length }) => length))
  const width = columns - margin - 2
  const marked = cellOf(Math.log10(mark), rates, width)
  const cells = Array.from({ length: rows }, () =>
    Array.from({ length: width }, (_, column): string => (column === marked ? "┊" : " "))
  )
  for (const { rate, smoothed } of points) {
    const line = cells[rows - 1 - cellOf(smoothed, losses, rows)]
    if (line !== undefined) line[cellOf(Math.log10(rate), rates, width)] = "•"
  }
  const label = (row: number) => (row === 0 ? labels[0] : row === rows - 1 ? labels[1] : "").padStart(margin)
  return [
    ...cells.map((line, row) => `${label(row)} │${line.join("")}`.trimEnd()),
    `${" ".repeat(margin)} └${"─".repeat(width)}`,
    `${" ".repeat(margin + 2)}${placed(decades(rates, width), width)}`
  ].join("\n")
}
