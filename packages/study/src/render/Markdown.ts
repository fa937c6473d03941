/** The results of a study as Markdown for a README: a table as GitHub draws it, with notes below. Pure. */
import type { Importance } from "../Importance.ts"
import type * as Results from "../Results.ts"
import {
  columnsOf,
  comparisonColumns,
  comparisonNote,
  importanceColumns,
  importanceNote,
  leftOutNote,
  notesOf,
  summaryRank,
  type TextColumn,
  titleOf
} from "./cells.ts"
import * as format from "./format.ts"

/** Text that means nothing else in a cell of a table. */
const escaped = (text: string): string =>
  text
    .replace(/[\\`*_{}[\]<>|]/g, (symbol) => `\\${symbol}`)
    .replace(/\s+/g, " ")
    .trim()

const row = (cells: ReadonlyArray<string>): string => `| ${cells.map(escaped).join(" | ")} |`

const tableOf = (columns: ReadonlyArray<TextColumn>): ReadonlyArray<string> => [
  row(columns.map(({ head }) => head)),
  `| ${columns.map(({ isLeft }) => (isLeft ? "---" : "---:")).join(" | ")} |`,
  ...Array.from({ length: columns[0]?.cells.length ?? 0 }, (_, index) =>
    row(columns.map(({ cells }) => cells[index] ?? ""))
  )
]

/**
 * The table with its notes: what the study is about and what its test measured. `rows`: how many settings at most; default all.
 * `Export.csv` has every value.
 */
export const table = (results: Results.Results, options: { readonly rows?: number } = {}): string => {
  const rows = results.rows.slice(0, options.rows ?? results.rows.length)
  const rest = results.rows.length - rows.length
  const all = columnsOf({ ...results, rows })
  const columns = all.filter(({ dispensable }) => dispensable <= summaryRank)
  const notes = [
    `${titleOf(results)}.`,
    ...(rest > 0 ? [`${format.plural(rest, "more setting")} not shown.`] : []),
    ...leftOutNote(
      "Not in this table",
      all.filter((column) => !columns.includes(column))
    ),
    ...notesOf(results)
  ]
  return [...tableOf(columns), "", notes.map(escaped).join(" "), ""].join("\n")
}

/** Each setting beside another, seed by seed, as `Results.compare` gives them; empty where there is nothing to compare. */
export const comparisons = (compared: ReadonlyArray<Results.Compared>, monitor: string): string =>
  compared.length === 0
    ? ""
    : [...tableOf(comparisonColumns(compared, monitor)), "", escaped(comparisonNote), ""].join("\n")

/** How much each parameter matters, as `Importance.of` gives it; empty without parameters. */
export const importances = (all: ReadonlyArray<Importance>): string =>
  all.length === 0 ? "" : [...tableOf(importanceColumns(all)), "", escaped(importanceNote), ""].join("\n")
