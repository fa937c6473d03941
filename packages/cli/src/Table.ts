/** Tables and numbers for terminals. */
import { widthOf as cellsOf, padEnd, padStart } from "./internal/width.ts"

/** A number for people: five significant digits; plain where that is short, else with an exponent. */
export const number = (value: number | undefined): string => {
  if (value === undefined) return "–"
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value)
  const size = Math.abs(value)
  return size >= 1e-4 && size < 1e6 ? String(Number(value.toPrecision(5))) : value.toExponential(3)
}

/** Seconds for people, such as `42.1 s` and `3 min 12 s`. */
export const seconds = (value: number): string => {
  if (value < 60) return `${value.toFixed(1)} s`
  const whole = Math.round(value)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`
}

/** Rows under a head: the first column to the left, the others to the right. */
export const render = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => cellsOf(row[column] ?? ""))))
  const line = (row: ReadonlyArray<string>) =>
    widths
      .map((width, column) => (column === 0 ? padEnd(row[column] ?? "", width) : padStart(row[column] ?? "", width)))
      .join("  ")
      .trimEnd()
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)].join("\n")
}

/** Cells of the widest line of a text. */
export const widthOf = (text: string): number => Math.max(...text.split("\n").map(cellsOf))
