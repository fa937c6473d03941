/**
 * A study while it runs, as lines of text: a pure function of its trials and the time. Whoever shows it draws the lines over the last
 * ones in a terminal, or prints them now and then elsewhere.
 *
 * ```
 * lenet-5-seeds  ██████████████▓▓▒▒▒▒▒▒░░░░░░░░░░░░░░░░  9 of 25 trials
 * 8 complete, 4 running, 12 waiting and 1 pruned
 * best validation/loss 0.0512 ± 0.0021, setting 3 (learningRate 0.012)
 *   trial 13  setting 4, seed 3  epoch 2  validation/loss 0.0712
 * 12 trials an hour, about 1 h 20 min left; begun 45 min 0 s ago
 * ```
 */
import { printable } from "@etude/core/Printable"
import { cut, widthOf } from "../internal/width.ts"
import * as Objective from "../Objective.ts"
import * as Results from "../Results.ts"
import { hasEnded, type Trial } from "../Trial.ts"
import * as format from "./format.ts"

export interface Options {
  /** Cells of a line. Default: 80. */
  readonly columns?: number
  /** How many of the running trials are shown. Default: 8. */
  readonly rows?: number
  /** Colours, by what they are for. Default: none. */
  readonly palette?: Palette
}

type Paint = (text: string) => string
export interface Palette {
  readonly heading: Paint
  readonly soft: Paint
  readonly good: Paint
  readonly warning: Paint
  readonly bad: Paint
}

const plain: Paint = (text) => text
const none: Palette = { heading: plain, soft: plain, good: plain, warning: plain, bad: plain }

/** When. Both in seconds since 1970, by the clock of the database. */
export interface Times {
  readonly created: number
  readonly now: number
}

/** As many trials as there will be, as far as is known. */
const totalOf = ({ settings, seeds, trials }: Results.Study): number => {
  const planned = settings * seeds.length
  return Number.isFinite(planned) ? Math.max(planned, trials.length) : trials.length
}

type Part = readonly [symbol: string, count: number, paint: Paint]

/** Where each part of the bar ends is rounded, so that its whole length is always `width`. */
const barOf = (counts: Results.Counts, total: number, width: number, palette: Palette): string => {
  const parts: ReadonlyArray<Part> = [
    ["█", counts.complete, palette.good],
    ["▓", counts.pruned, palette.warning],
    ["▓", counts.failed, palette.bad],
    ["▒", counts.running, palette.good],
    ["░", total - counts.complete - counts.pruned - counts.failed - counts.running, palette.soft]
  ]
  let [before, drawn] = [0, ""]
  for (const [symbol, count, paint] of parts) {
    const [from, to] = [before, before + count].map((part) => Math.round((part / Math.max(1, total)) * width))
    const length = (to ?? 0) - (from ?? 0)
    if (length > 0) drawn += paint(symbol.repeat(length))
    before += count
  }
  return drawn
}

const headOf = (study: Results.Study, columns: number, palette: Palette): string => {
  const counts = Results.countsOf(study.trials)
  const total = totalOf(study)
  const done = `${counts.complete + counts.pruned + counts.failed} of ${format.plural(total, "trial")}`
  const name = cut(printable(study.name), Math.max(8, columns - done.length - 14))
  const width = Math.min(40, columns - widthOf(name) - done.length - 4)
  const bar = width < 4 ? "" : `${barOf(counts, total, width, palette)}  `
  return `${palette.heading(name)}  ${bar}${done}`
}

const countsLine = (counts: Results.Counts): string =>
  format.listed(Results.presentStates(counts).map(([state, count]) => `${count} ${state}`)) || "no trial has begun"

/** The values that a trial has of each objective, or the last of anything. */
const lastValues = ({ objectives }: Results.Study, { reports }: Trial): string => {
  const last = reports.at(-1)
  if (last === undefined) return "no values yet"
  const monitors = objectives.map(({ monitor }) => monitor).filter((monitor) => Object.hasOwn(last.values, monitor))
  const shown = monitors.length === 0 ? Object.keys(last.values).slice(0, 1) : monitors
  const values = shown.map((monitor) => `${monitor} ${format.short(last.values[monitor] ?? Number.NaN, 5)}`)
  return `epoch ${format.short(last.epoch)}  ${values.join("  ")}`
}

/** The best that any trial has reported, for as long as none is complete. */
const bestReported = (study: Results.Study): string | undefined => {
  const [objective] = study.objectives
  if (objective === undefined) return undefined
  const reached = study.trials.flatMap((trial) => {
    const cost = Objective.reached(objective, trial)
    return cost === undefined || !Number.isFinite(cost) ? [] : [{ trial, cost }]
  })
  const best = reached.reduce<(typeof reached)[number] | undefined>(
    (one, other) => (one === undefined || other.cost < one.cost ? other : one),
    undefined
  )
  if (best === undefined) return undefined
  const value = format.short(Objective.valueOf(objective, best.cost), 5)
  return `best ${objective.monitor} so far ${value}, trial ${best.trial.number}`
}

const bestLine = (study: Results.Study): string | undefined => {
  const results = Results.of(study, { method: "student", isBrief: true })
  const [row] = results.rows
  const [column] = results.columns
  const value = column?.isObjective ? row?.values[column.monitor] : undefined
  if (row === undefined || value === undefined || value.mean === null) return bestReported(study)
  const names = format.shortNames(results.parameters)
  const parameters = results.parameters.flatMap((key, index) =>
    row.parameters[key] === undefined ? [] : [`${names[index]} ${format.parameter(row.parameters[key])}`]
  )
  const where = parameters.length === 0 ? "" : ` (${parameters.join(", ")})`
  const seeds = row.missing.length === 0 ? "" : ` over ${format.plural(value.n, "seed")}`
  return `best ${column?.monitor} ${format.measured(value.mean, value.deviation)}${seeds}, setting ${row.setting}${where}`
}

const runningLines = (study: Results.Study, rows: number): ReadonlyArray<string> => {
  const running = study.trials.filter(({ state }) => state === "running")
  const width = String(Math.max(0, ...running.map(({ number }) => number))).length
  const shown = running.slice(0, rows).map((trial) => {
    const { number, setting, seed } = trial
    return `  trial ${String(number).padStart(width)}  setting ${setting}, seed ${seed}  ${lastValues(study, trial)}`
  })
  const rest = running.length - shown.length
  return rest > 0 ? [...shown, `  and ${rest} more`] : shown
}

/** How fast trials end and how long the rest takes, by the mean time of those that have ended and the number that runs now. */
const paceLine = (study: Results.Study, { created, now }: Times): string => {
  const begun = `begun ${format.seconds(Math.max(0, now - created))} ago`
  const done = study.trials.filter(({ state }) => hasEnded(state))
  const running = study.trials.filter(({ state }) => state === "running")
  const mean = done.reduce((sum, { seconds }) => sum + seconds, 0) / done.length
  if (running.length === 0 || !(mean > 0)) return begun
  const open = totalOf(study) - done.length
  const spent = running.reduce((sum, { seconds }) => sum + Math.min(seconds, mean), 0)
  const left = (open * mean - spent) / Math.min(running.length, Math.max(1, open))
  const anHour = format.short((3600 * running.length) / mean, 2)
  return `${anHour} trials an hour, about ${format.seconds(left)} left; ${begun}`
}

/** The lines, none wider than `columns`. */
export const lines = (study: Results.Study, times: Times, options: Options = {}): ReadonlyArray<string> => {
  const { columns = 80, rows = 8, palette = none } = options
  const fitted = (text: string, paint: Paint = plain): string => paint(cut(printable(text), columns))
  const counts = Results.countsOf(study.trials)
  const best = bestLine(study)
  return [
    headOf(study, columns, palette),
    fitted(countsLine(counts), counts.failed > 0 ? palette.bad : plain),
    ...(best === undefined ? [] : [fitted(best, palette.good)]),
    ...runningLines(study, rows).map((line) => fitted(line)),
    fitted(paceLine(study, times), palette.soft),
    ...(study.exact
      ? []
      : [fitted("approximate: trials may continue on machines that compute other bits", palette.warning)])
  ]
}
