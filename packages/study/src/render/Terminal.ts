/** The results of a study as a table for a terminal, as wide as it is. Pure: text in, text out. */
import { printable } from "@etude/core/Printable"
import type { Importance } from "../Importance.ts"
import { cut, padEnd, padStart, widthOf, wrap } from "../internal/width.ts"
import type * as Results from "../Results.ts"
import {
  columnsOf,
  comparisonColumns,
  comparisonNote,
  importanceColumns,
  importanceNote,
  leftOutNote,
  notesOf,
  type TextColumn,
  titleOf
} from "./cells.ts"
import * as format from "./format.ts"

export interface Options {
  /** Cells of the terminal. Default: 80. */
  readonly columns?: number
  /** How many settings are shown at most. Default: all. */
  readonly rows?: number
  /** Colours, by what they are for. Default: none. */
  readonly palette?: Palette
}

export interface Palette {
  readonly heading: (text: string) => string
  readonly soft: (text: string) => string
}

const plain = (text: string): string => text
const none: Palette = { heading: plain, soft: plain }

/** No cell of a table is wider. */
const widestCell = 32
const gap = 2

const shown = (text: string): string => cut(printable(text), widestCell)

const widthIn = ({ head, cells }: TextColumn): number => Math.max(...[head, ...cells].map(widthOf))
const widthOfAll = (columns: ReadonlyArray<TextColumn>): number =>
  columns.reduce((sum, column) => sum + widthIn(column) + gap, -gap)

/** As many of the columns as fit, in their order; of those that don't, the most dispensable and last go first. */
const fitting = (all: ReadonlyArray<TextColumn>, width: number): ReadonlyArray<TextColumn> => {
  const byImportance = [...all.keys()].sort((a, b) => (all[a]?.dispensable ?? 0) - (all[b]?.dispensable ?? 0) || a - b)
  let chosen: ReadonlySet<number> = new Set()
  for (const index of byImportance) {
    const more = new Set([...chosen, index])
    const isNeeded = all[index]?.dispensable === 0
    if (isNeeded || widthOfAll(all.filter((_, at) => more.has(at))) <= width) chosen = more
  }
  return all.filter((_, index) => chosen.has(index))
}

const linesOf = (columns: ReadonlyArray<TextColumn>, { heading }: Palette): ReadonlyArray<string> => {
  const widths = columns.map(widthIn)
  const line = (cells: ReadonlyArray<string>) =>
    columns
      .map(({ isLeft }, index) => (isLeft ? padEnd : padStart)(cells[index] ?? "", widths[index] ?? 0))
      .join(" ".repeat(gap))
      .trimEnd()
  const count = columns[0]?.cells.length ?? 0
  return [
    heading(line(columns.map(({ head }) => head))),
    widths.map((width) => "─".repeat(width)).join(" ".repeat(gap)),
    ...Array.from({ length: count }, (_, row) => line(columns.map(({ cells }) => cells[row] ?? "")))
  ]
}

interface Laid {
  readonly lines: ReadonlyArray<string>
  /** The columns that didn't fit. */
  readonly hidden: ReadonlyArray<TextColumn>
}

const laid = (columns: ReadonlyArray<TextColumn>, { columns: width = 80, palette = none }: Options): Laid => {
  const all = columns.map((column) => ({ ...column, head: shown(column.head), cells: column.cells.map(shown) }))
  const chosen = fitting(all, width)
  const hidden = all.filter((column) => !chosen.includes(column))
  return { lines: linesOf(chosen, palette), hidden }
}

const hiddenNote = (hidden: ReadonlyArray<TextColumn>) => leftOutNote("Not shown for want of room", hidden)

/** The notes, each on lines of its own. */
const noted = (notes: ReadonlyArray<string>, { columns = 80, palette = none }: Options): ReadonlyArray<string> =>
  notes.flatMap((note) => wrap(printable(note), columns)).map((line) => palette.soft(line))

/** The table with a line above it and notes below. Where not all columns fit, a note names those that are left out. */
export const table = (results: Results.Results, options: Options = {}): string => {
  const rows = results.rows.slice(0, options.rows ?? results.rows.length)
  const { lines, hidden } = laid(columnsOf({ ...results, rows }), options)
  const rest = results.rows.length - rows.length
  const notes = [
    ...(rest > 0 ? [`${format.plural(rest, "more setting")} not shown.`] : []),
    ...notesOf(results),
    ...hiddenNote(hidden)
  ]
  const title = wrap(`${printable(results.study.name)}: ${titleOf(results)}`, options.columns ?? 80)
  return [...title, "", ...lines, "", ...noted(notes, options)].join("\n")
}

/** Each setting beside another, seed by seed, as `Results.compare` gives them; empty where there is nothing to compare. */
export const comparisons = (
  compared: ReadonlyArray<Results.Compared>,
  monitor: string,
  options: Options = {}
): string => {
  if (compared.length === 0) return ""
  const { lines, hidden } = laid(comparisonColumns(compared, monitor), options)
  return [...lines, "", ...noted([comparisonNote, ...hiddenNote(hidden)], options)].join("\n")
}

/** How much each parameter matters, as `Importance.of` gives it; empty without parameters. */
export const importances = (all: ReadonlyArray<Importance>, options: Options = {}): string => {
  if (all.length === 0) return ""
  const { lines } = laid(importanceColumns(all), options)
  return [...lines, "", ...noted([importanceNote], options)].join("\n")
}
