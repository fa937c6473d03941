/** A trial as one line of text. */
import type { Trial } from "@etude/study/Trial"
import * as Table from "./Table.ts"

/** `trial 3 (setting 0, seed 4)`. */
export const nameOf = ({ number, setting, seed }: Trial): string => `trial ${number} (setting ${setting}, seed ${seed})`

const mostValues = 4

/** The values of the test, then the last that were reported, those of training last. */
const valuesOf = ({ test, reports }: Trial): ReadonlyArray<readonly [monitor: string, value: number]> => {
  const isOfTraining = ([monitor]: readonly [string, number]) => monitor.startsWith("train/")
  const last = Object.entries(reports.at(-1)?.values ?? {})
  return [
    ...Object.entries(test ?? {}).map(([name, value]) => [`test/${name}`, value] as const),
    ...last.filter((one) => !isOfTraining(one)),
    ...last.filter(isOfTraining)
  ]
}

/** Its name, its state, what it came to, and why it ended where it was not by itself. */
export const of = (trial: Trial, objectives: ReadonlyArray<string> = []): string => {
  const all = valuesOf(trial)
  const chosen = all.filter(([monitor]) => objectives.includes(monitor))
  const values = (chosen.length === 0 ? all : chosen)
    .slice(0, mostValues)
    .map(([monitor, value]) => `${monitor} ${Table.number(value)}`)
  const reason = trial.state === "complete" || trial.reason === null ? "" : `: ${trial.reason.split("\n")[0]}`
  const time = trial.seconds > 0 ? ` (${Table.seconds(trial.seconds)})` : ""
  return `${nameOf(trial)} ${trial.state}${reason}${values.length === 0 ? "" : `; ${values.join(", ")}`}${time}`
}
