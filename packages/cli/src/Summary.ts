/** A run's report as text for a terminal. */
import * as path from "node:path"
import * as Monitors from "@etude/core/Monitors"
import * as Ending from "@etude/reports/Ending"
import type { Report } from "@etude/reports/Report"
import * as Colors from "./Colors.ts"
import type { Texts } from "./Output.ts"
import * as Shell from "./Shell.ts"
import * as Table from "./Table.ts"

/** Values by name, in columns: the last of each set, the best of each validation set, the test's. */
const table = (report: Report, experiment: string, columns: number): string => {
  const last: Record<string, number> = {}
  for (const { values } of report.history) Object.assign(last, values)
  const monitors = [...new Set([...Object.keys(last), ...Object.keys(report.best)])]
  const placeOf = (monitor: string) => Monitors.find(report.monitors, monitor) ?? { set: "", metric: monitor }
  const sets = [...new Set(monitors.map((monitor) => placeOf(monitor).set))]
  const validations = sets.filter((set) => set !== Monitors.trainingSet)
  const names = [
    ...new Set([...monitors.map((monitor) => placeOf(monitor).metric), ...Object.keys(report.test?.values ?? {})])
  ]
  const best = (monitor: string) => {
    const best = report.best[monitor]
    if (best === undefined) return "–"
    const epoch = report.history.find(({ step, midEpoch }) => step === best.step && midEpoch !== true)?.epoch
    return `${Table.number(best.value)} (${epoch === undefined ? `step ${best.step}` : `epoch ${epoch}`})`
  }
  const { test } = report
  const columnsOf: ReadonlyArray<readonly [head: string, cell: (name: string) => string]> = [
    ...sets.map((set) => [set, (name: string) => Table.number(last[Monitors.keyOf(set, name)])] as const),
    ...validations.map((set) => [`best ${set}`, (name: string) => best(Monitors.keyOf(set, name))] as const),
    ...(test === undefined ? [] : [["test", (name: string) => Table.number(test.values[name])] as const])
  ]
  const render = (shown: typeof columnsOf) =>
    Table.render(
      [experiment, ...shown.map(([head]) => head)],
      names.map((name) => [name, ...shown.map(([, cell]) => cell(name))])
    )
  // If space is short, values that the table of epochs shows are dropped first.
  const without = sets.map((_, count) => columnsOf.slice(count + 1)).filter((shown) => shown.length > 0)
  const fitting = [columnsOf, ...without].find((shown) => Table.widthOf(render(shown)) <= columns)
  return render(fitting ?? without.at(-1) ?? columnsOf)
}

/** A folder as a person would type it. */
const shown = (folder: string): string => {
  const relative = path.relative(process.cwd(), folder)
  return relative === "" || relative.startsWith("..") ? folder : relative
}

const extent = ({ counts, seconds }: Report): string => {
  const count = (number: number, one: string) => `${number} ${one}${number === 1 ? "" : "s"}`
  const speed =
    seconds.total > 0 ? `, ${Table.number(Number((counts.steps / seconds.total).toPrecision(4)))} steps/s` : ""
  return `${count(counts.epochs, "epoch")}, ${count(counts.steps, "step")} in ${Table.seconds(seconds.total)}${speed}`
}

/** What the metrics of a set say in more than a number, each under its name. */
export const texts = (set: string, named: Texts): ReadonlyArray<string> =>
  named.flatMap(([name, text]) => ["", `${name} on ${set}`, text])

export interface Shown {
  /** The test's results that are more than a number. */
  readonly texts?: Texts
  /** What callbacks and the test wrote, relative to the run's folder. */
  readonly files?: ReadonlyArray<string>
  readonly palette?: Colors.Palette
  /** Cells of a line; unlimited when absent. */
  readonly columns?: number
}

/** How it ended: `Trained  3440 steps in 17.4 s, 197.9 steps/s; finished: 4 of 4 epochs`. */
const endingOf = (report: Report, palette: Colors.Palette): ReadonlyArray<string> => {
  const { word, detail } = Ending.of(report)
  const paint = word === "finished" ? palette.good : palette.warning
  return [`Trained  ${extent(report)}`, `Ended    ${paint(word)}${detail === "" ? "" : `: ${detail}`}`]
}

/** How a run that has ended is trained further. */
export const furtherBy = ["--more-epochs", "10"] as const

/** What one does with a run that has ended. */
const next = (report: Report, folder: string, files: ReadonlyArray<string>): ReadonlyArray<string> => {
  const pages = files.filter((file) => file.endsWith(".html")).map((file) => `open ${path.join(shown(folder), file)}`)
  const measures = report.test === undefined ? "validate" : "test"
  const run = Shell.quoted(shown(folder))
  const further = resumeCommand(folder, ...furtherBy)
  const commands = [...pages, `etude ${measures} ${run}`, `etude predict ${run}`, further]
  return commands.map((command, index) => `${index === 0 ? "Next    " : "        "} ${command}`)
}

/** With which weights it ended, where those are not the last ones. */
const weightsOf = ({ endedWith }: Report): ReadonlyArray<string> =>
  endedWith === undefined
    ? []
    : [`Weights  the best by ${endedWith.monitor}: ${Table.number(endedWith.value)} (epoch ${endedWith.epoch})`]

/** The results of a run that ended as it should. */
export const render = (
  report: Report,
  experiment: string,
  folder: string,
  { texts: named = [], files = [], palette = Colors.none, columns = Number.POSITIVE_INFINITY }: Shown = {}
): string => {
  const { name, version, device, reason } = report.backend
  return [
    table(report, experiment, columns),
    ...texts("the test set", named),
    "",
    ...endingOf(report, palette),
    ...weightsOf(report),
    `Backend  ${name} ${version} on ${device}, ${report.executor}${reason === "chosen by name" ? "" : `: ${reason}`}`,
    `Run      ${palette.path(shown(folder))}`,
    ...(files.length === 0 ? [] : [`Files    ${files.join(", ")}`]),
    ...next(report, folder, files)
  ].join("\n")
}

/** How a person resumes the run: a command to be copied. */
export const resumeCommand = (folder: string, ...more: ReadonlyArray<string>): string =>
  ["etude", "resume", Shell.quoted(shown(folder)), ...more].join(" ")

/** What a run reached that was interrupted or failed, and how to continue it. */
export const cutShort = (report: Report, folder: string): string =>
  `${report.status === "interrupted" ? "Interrupted" : "Failed"} after ${extent(report)}.\n` +
  `Its state is saved in ${shown(folder)}. Continue with: ${resumeCommand(folder)}`
