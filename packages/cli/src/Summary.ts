/** What a run's report says, as text for a terminal. */
import * as path from "node:path"
import type { Report } from "@etude/callbacks/Report"
import type { Texts } from "./Output.ts"
import * as Shell from "./Shell.ts"
import * as Table from "./Table.ts"

const split = (monitor: string): readonly [set: string, name: string] => {
  const slash = monitor.indexOf("/")
  return [monitor.slice(0, slash), monitor.slice(slash + 1)]
}

/** Values by name, in columns: the last of each set, the best of each validation set, the test's. */
const table = (report: Report, experiment: string): string => {
  const last: Record<string, number> = {}
  for (const { values } of report.history) Object.assign(last, values)
  const monitors = [...new Set([...Object.keys(last), ...Object.keys(report.best)])]
  const sets = [...new Set(monitors.map((monitor) => split(monitor)[0]))]
  const validations = sets.filter((set) => set !== "train")
  const names = [
    ...new Set([...monitors.map((monitor) => split(monitor)[1]), ...Object.keys(report.test?.values ?? {})])
  ]
  const best = (monitor: string) => {
    const found = report.best[monitor]
    if (found === undefined) return "–"
    const epoch = report.history.find(({ step }) => step === found.step)?.epoch
    return `${Table.number(found.value)} (${epoch === undefined ? `step ${found.step}` : `epoch ${epoch}`})`
  }
  return Table.render(
    [experiment, ...sets, ...validations.map((set) => `best ${set}`), ...(report.test === undefined ? [] : ["test"])],
    names.map((name) => [
      name,
      ...sets.map((set) => Table.number(last[`${set}/${name}`])),
      ...validations.map((set) => best(`${set}/${name}`)),
      ...(report.test === undefined ? [] : [Table.number(report.test.values[name])])
    ])
  )
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
  /** What metrics said of the test set in more than a number. */
  readonly texts?: Texts
  /** What callbacks and the test wrote, relative to the run's folder. */
  readonly files?: ReadonlyArray<string>
}

/** The results of a run that ended as it should. */
export const render = (
  report: Report,
  experiment: string,
  folder: string,
  { texts: named = [], files = [] }: Shown = {}
): string => {
  const { name, version, device, reason } = report.backend
  return [
    table(report, experiment),
    ...texts("the test set", named),
    "",
    `Trained  ${extent(report)}; ended by ${report.reason}`,
    `Backend  ${name} ${version} on ${device}: ${reason}`,
    `Run      ${shown(folder)}`,
    ...(files.length === 0 ? [] : [`Files    ${files.join(", ")}`])
  ].join("\n")
}

/** How a person resumes the run: a command to be copied. */
export const resumeCommand = (folder: string, ...more: ReadonlyArray<string>): string =>
  ["etude", "resume", Shell.quoted(shown(folder)), ...more].join(" ")

/** What a run reached that was interrupted or failed, and how to continue it. */
export const cutShort = (report: Report, folder: string): string =>
  `${report.status === "interrupted" ? "Interrupted" : "Failed"} after ${extent(report)}.\n` +
  `What was reached is in ${shown(folder)}. Continue with: ${resumeCommand(folder)}`
