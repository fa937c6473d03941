/** The table of `etude runs list`: a line for each run, with as many columns as the terminal is wide. */
import * as path from "node:path"
import * as Monitors from "@etude/core/Monitors"
import { nearest } from "@etude/core/nearest"
import * as Ending from "@etude/reports/Ending"
import type { Report } from "@etude/reports/Report"
import type * as Colors from "./Colors.ts"
import * as RunFolder from "./RunFolder.ts"
import * as Table from "./Table.ts"

export interface Listed {
  readonly folder: string
  /** Absent where the run has none that can be read. */
  readonly report: Report | undefined
}

type Column = readonly [head: string, cell: (report: Report) => string]

/** The values of the last epoch, of any set. */
const lastOf = ({ history }: Report): { readonly [monitor: string]: number } => {
  const last: Record<string, number> = {}
  for (const { values } of history) Object.assign(last, values)
  return last
}

/** `validation/loss` is `val loss` in the head of a table. */
const shortName = (monitor: string): string => monitor.replace(/^validation\//, "val ").replace(/^train\//, "train ")

const monitorsOf = (runs: ReadonlyArray<Listed>): ReadonlyArray<string> => [
  ...new Set(runs.flatMap(({ report }) => (report === undefined ? [] : Object.keys(lastOf(report)))))
]

const compareValues = (a: number | undefined, b: number | undefined, isHigher: boolean): number => {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1
  return isHigher ? b - a : a - b
}

const byTime = (a: Listed, b: Listed): number => RunFolder.byTime(b.folder, a.folder)

const orders: { readonly [name: string]: (a: Listed, b: Listed) => number } = {
  newest: byTime,
  oldest: (a, b) => byTime(b, a),
  longest: (a, b) => (b.report?.seconds.total ?? 0) - (a.report?.seconds.total ?? 0) || byTime(a, b)
}

/** Newest first, or the best first by a monitor. What is neither is answered with what there is. */
export const sorted = (
  runs: ReadonlyArray<Listed>,
  requested: string
): { readonly runs: ReadonlyArray<Listed> } | { readonly problem: string } => {
  const by = requested.replace(/^val\//, "validation/")
  const order = Object.hasOwn(orders, by) ? orders[by] : undefined
  if (order !== undefined) return { runs: runs.toSorted(order) }
  const monitors = monitorsOf(runs)
  if (!monitors.includes(by)) {
    const known = [...Object.keys(orders), ...monitors]
    const meant = nearest(by, known)
    return {
      problem: `cannot sort by ${by}; ${meant === undefined ? "" : `did you mean ${meant}? `}there are ${known.join(", ")}`
    }
  }
  const isHigher = runs.some(
    ({ report }) => report !== undefined && Monitors.find(report.monitors, by)?.better === "higher"
  )
  const best = ({ report }: Listed) => report?.best[by]?.value
  return { runs: runs.toSorted((a, b) => compareValues(best(a), best(b), isHigher) || byTime(a, b)) }
}

/** Columns beside the run's name and status, the most telling first. */
const columnsOf = (runs: ReadonlyArray<Listed>, by: string): ReadonlyArray<Column> => {
  const monitors = monitorsOf(runs)
  const tests = [
    ...new Set(runs.flatMap(({ report }) => (report?.test === undefined ? [] : Object.keys(report.test.values))))
  ]
  const last = (monitor: string): Column => [shortName(monitor), (report) => Table.number(lastOf(report)[monitor])]
  const test = (name: string): Column => [`test ${name}`, ({ test }) => Table.number(test?.values[name])]
  const main = (all: ReadonlyArray<string>) => all.slice(0, 2)
  const isOfTraining = (monitor: string) =>
    runs.some(({ report }) => report !== undefined && Monitors.isOfTraining(report.monitors, monitor))
  const validations = monitors.filter((monitor) => !isOfTraining(monitor))
  const trains = monitors.filter(isOfTraining)
  return [
    ...(monitors.includes(by)
      ? [[`best ${shortName(by)}`, ({ best }) => Table.number(best[by]?.value)] satisfies Column]
      : []),
    ["epochs", ({ counts }) => String(counts.epochs)],
    ...main(tests).map(test),
    ...main(validations).map(last),
    ["time", ({ seconds }) => Table.seconds(seconds.total)],
    ["steps", ({ counts }) => String(counts.steps)],
    ...tests.slice(2).map(test),
    ...validations.slice(2).map(last),
    ...trains.map(last)
  ]
}

const inColour = (word: string, palette: Colors.Palette): string => {
  if (word === "finished") return palette.good(word)
  return word === "failed" ? palette.bad(word) : palette.warning(word)
}

const statusOf = (report: Report | undefined): string => (report === undefined ? "no report" : Ending.of(report).word)

/** The table, no wider than `columns`: of the columns those that fit, in their order of importance. */
export const render = (
  runs: ReadonlyArray<Listed>,
  by: string,
  { columns, palette }: { readonly columns: number; readonly palette: Colors.Palette }
): string => {
  const tableOf = (chosen: ReadonlyArray<Column>): string =>
    Table.render(
      ["run", "status", ...chosen.map(([head]) => head)],
      runs.map(({ folder, report }) => [
        path.basename(folder),
        inColour(statusOf(report), palette),
        ...chosen.map(([, cell]) => (report === undefined ? "–" : cell(report)))
      ])
    )
  let chosen: ReadonlyArray<Column> = []
  for (const column of columnsOf(runs, by)) {
    const more = [...chosen, column]
    if (Table.widthOf(tableOf(more)) <= columns) chosen = more
  }
  return tableOf(chosen)
}
