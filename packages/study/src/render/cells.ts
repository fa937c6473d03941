/** What a table of results has in its cells, and what is said below it: the same in a terminal and in Markdown. */
import type { Importance } from "../Importance.ts"
import * as Results from "../Results.ts"
import * as format from "./format.ts"

/** A column of text. */
export interface TextColumn {
  readonly head: string
  /** The head of the column that it belongs to: an interval of a mean. */
  readonly of?: string
  readonly cells: ReadonlyArray<string>
  readonly isLeft: boolean
  /** Where there is no room for all, the highest go first. */
  readonly dispensable: number
}

/** What a value is marked with where it says less than the others. */
const marks = { missing: "*", notFinite: "†", best: "●" }

/** A value that is no mean over all seeds of the study is marked. */
const valueCell = ({ missing, values }: Results.Row, monitor: string): string => {
  const value = values[monitor]
  if (value === undefined) return "–"
  const mark = (missing.length > 0 ? marks.missing : "") + (value.notFinite.length > 0 ? marks.notFinite : "")
  return value.mean === null ? `not finite${mark}` : format.measured(value.mean, value.deviation) + mark
}

const intervalCell = ({ values }: Results.Row, monitor: string): string => {
  const { mean, deviation, interval } = values[monitor] ?? { mean: null, deviation: null, interval: null }
  return mean === null || interval === null ? "–" : format.interval(interval, mean, deviation)
}

const arrows = { lower: " ↓", higher: " ↑" }

const settingColumn = ({ rows }: Results.Results): TextColumn => ({
  head: "setting",
  cells: rows.map(({ setting, isBest }) => `${setting}${isBest ? ` ${marks.best}` : ""}`),
  isLeft: true,
  dispensable: 0
})

const parameterColumns = ({ parameters, rows }: Results.Results): ReadonlyArray<TextColumn> => {
  const heads = format.shortNames(parameters)
  return parameters.map((key, index) => ({
    head: heads[index] ?? key,
    cells: rows.map((row) => format.parameter(row.parameters[key])),
    isLeft: false,
    dispensable: 1
  }))
}

/** How many of a setting's seeds are complete, and what the others are. */
const seedsCell =
  ({ study }: Results.Results) =>
  ({ counts, missing }: Results.Row): string => {
    const others = (["running", "paused", "waiting", "pruned", "failed"] as const).filter((state) => counts[state] > 0)
    const all = study.seeds.length
    return [`${all - missing.length}/${all}`, ...others.map((state) => `${counts[state]} ${state}`)].join(", ")
  }

const seedsColumn = (results: Results.Results): TextColumn => ({
  head: "seeds",
  cells: results.rows.map(seedsCell(results)),
  isLeft: false,
  dispensable: 1
})

const hasIntervals = ({ rows }: Results.Results, monitor: string): boolean =>
  rows.some(({ values }) => (values[monitor]?.interval ?? null) !== null)

const percent = (part: number): string => `${format.short(100 * part)} %`

/** What a study is about comes first, then what its test measured, then the rest. */
const rankOf = ({ monitor, isObjective }: Results.Column, order: number): number => {
  if (isObjective || order === 0) return 0
  return monitor.startsWith("test/") ? 3 : 4
}

/** Columns of a higher rank are for who looks for them: they have no place in a summary. */
export const summaryRank = 3

const valueColumns = (results: Results.Results): ReadonlyArray<TextColumn> =>
  results.columns.flatMap((column, order) => {
    const { monitor, better } = column
    const rank = rankOf(column, order)
    const main: TextColumn = {
      head: `${monitor}${better === undefined ? "" : arrows[better]}`,
      cells: results.rows.map((row) => valueCell(row, monitor)),
      isLeft: false,
      dispensable: rank
    }
    if (!hasIntervals(results, monitor)) return [main]
    const ends: TextColumn = {
      head: `${percent(results.intervals.confidence)} interval`,
      of: main.head,
      cells: results.rows.map((row) => intervalCell(row, monitor)),
      isLeft: false,
      dispensable: rank + 2
    }
    return [main, ends]
  })

/** The columns of a table, in their order. */
export const columnsOf = (results: Results.Results): ReadonlyArray<TextColumn> => [
  settingColumn(results),
  ...parameterColumns(results),
  seedsColumn(results),
  ...valueColumns(results)
]

/** What a note says of columns that are left out. Intervals go with their means, unless only the interval is left out. */
export const leftOutNote = (reason: string, columns: ReadonlyArray<TextColumn>): ReadonlyArray<string> => {
  const heads = columns.map(({ head }) => head)
  const names = columns.flatMap(({ head, of }) => {
    if (of === undefined) return [head]
    return heads.includes(of) ? [] : [`the interval of ${of.replace(/ [↓↑]$/, "")}`]
  })
  return names.length === 0 ? [] : [`${reason}: ${names.join(", ")}.`]
}

/** `87 complete, 5 running and 8 pruned`. */
const trialsOf = (counts: Results.Counts): string => {
  const present = Results.presentStates(counts)
  return present.length === 0 ? "none" : format.listed(present.map(([state, count]) => `${count} ${state}`))
}

/** The line above a table. */
export const titleOf = ({ study, rows, counts }: Results.Results): string => {
  const settings = format.plural(rows.length, "setting")
  const seeds = format.plural(study.seeds.length, "seed")
  return `${settings} with ${seeds}${rows.length === 1 ? "" : " each"}; trials: ${trialsOf(counts)}`
}

const meansNote = (results: Results.Results): string => {
  if (results.study.seeds.length === 1) return "One seed: there is no standard deviation."
  const { confidence, method } = results.intervals
  const kind = method === "student" ? "Student's t" : method === "bca" ? "bootstrap, BCa" : "bootstrap, percentiles"
  const hasAny = results.columns.some(({ monitor }) => hasIntervals(results, monitor))
  const interval = hasAny ? `, and the ${percent(confidence)} interval of the mean (${kind})` : ""
  return `Mean ± standard deviation over seeds${interval}.`
}

const orderNote = ({ columns, rows }: Results.Results): ReadonlyArray<string> => {
  const objectives = columns.filter(({ isObjective }) => isObjective)
  const words = objectives.map(({ monitor, of }) => (monitor.startsWith("test/") ? monitor : `${of} ${monitor}`))
  if (rows.length < 2 || words.length === 0) return []
  if (words.length === 1)
    return [`Ordered by ${words[0]?.startsWith("test/") ? "" : "the "}${words.join("")}; ${marks.best} is the best.`]
  return [`Ordered by ${format.listed(words)}; nothing is better than ${marks.best} in all of them (the Pareto front).`]
}

const mostReasons = 3
const mostNumbers = 8

/** `Trials 3 and 7 failed: out of memory`. Of a reason of several lines, the first. */
const failureNotes = ({ failures }: Results.Results): ReadonlyArray<string> => {
  const notes = failures.slice(0, mostReasons).map(({ reason, trials }) => {
    const hidden = trials.length - mostNumbers
    const numbers = [...trials.slice(0, mostNumbers).map(String), ...(hidden > 0 ? [`${hidden} more`] : [])]
    return `Trial${trials.length === 1 ? "" : "s"} ${format.listed(numbers)} failed: ${reason.split("\n")[0]}`
  })
  const rest = failures.length - notes.length
  return rest > 0 ? [...notes, `Others failed for ${format.plural(rest, "more reason")}.`] : notes
}

/** What a reader must know of the numbers, a sentence each. */
export const notesOf = (results: Results.Results): ReadonlyArray<string> => {
  const { rows, study } = results
  const values = rows.flatMap((row) => Object.values(row.values).map((value) => ({ row, value })))
  const isPartial = values.some(({ row }) => row.missing.length > 0)
  const isBroken = values.some(({ value }) => value.notFinite.length > 0)
  return [
    meansNote(results),
    ...orderNote(results),
    ...(isPartial
      ? [`${marks.missing} Over the complete trials only; some of the setting's seeds are not complete.`]
      : []),
    ...(isBroken ? [`${marks.notFinite} Without the seeds whose value is NaN or infinite.`] : []),
    ...failureNotes(results),
    ...(study.exact ? [] : ["Approximate: trials may have continued on machines that compute other bits."])
  ]
}

/** Of a table of comparisons, as `Results.compare` gives them. */
export const comparisonColumns = (
  compared: ReadonlyArray<Results.Compared>,
  monitor: string
): ReadonlyArray<TextColumn> => {
  const column = (head: string, dispensable: number, cell: (one: Results.Compared) => string): TextColumn => ({
    head,
    isLeft: head === "setting",
    cells: compared.map(cell),
    dispensable
  })
  const chance = (value: number | null) => (value === null ? "–" : format.probability(value))
  return [
    column("setting", 0, ({ setting }) => String(setting)),
    column(`${monitor} less that of ${compared[0]?.against}`, 0, ({ mean, deviation }) =>
      mean === null ? "–" : format.measured(mean, deviation)
    ),
    column("interval", 2, ({ mean, deviation, interval }) =>
      mean === null || interval === null ? "–" : format.interval(interval, mean, deviation)
    ),
    column("seeds", 3, ({ n }) => String(n)),
    column("p (Wilcoxon)", 1, ({ adjusted }) => chance(adjusted.wilcoxon)),
    column("p (t-test)", 1, ({ adjusted }) => chance(adjusted.student))
  ]
}

export const comparisonNote =
  "Differences seed by seed: mean ± standard deviation; p-values adjusted for all comparisons together (Holm)."

const barCells = 20

/** Of a table of importances, the bar as long as the parameter's share. */
export const importanceColumns = (importances: ReadonlyArray<Importance>): ReadonlyArray<TextColumn> => {
  const names = format.shortNames(importances.map(({ key }) => key))
  const bar = (share: number) => "█".repeat(Math.round(share * barCells))
  return [
    { head: "parameter", cells: names, isLeft: true, dispensable: 0 },
    {
      head: "importance",
      cells: importances.map(({ share }) => percent(Math.round(share * 1000) / 1000)),
      isLeft: false,
      dispensable: 0
    },
    { head: "", cells: importances.map(({ share }) => bar(share)), isLeft: true, dispensable: 1 }
  ]
}

export const importanceNote = "How much each parameter matters for being among the best settings (PED-ANOVA)."
