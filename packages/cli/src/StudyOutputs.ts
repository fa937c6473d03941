/** What comes out of a study: its table on standard output, and files in its folder. */
import * as path from "node:path"
import * as Export from "@etude/study/Export"
import * as Results from "@etude/study/Results"
import * as Markdown from "@etude/study/render/Markdown"
import * as Terminal from "@etude/study/render/Terminal"
import type { StudyConfig } from "@etude/study/StudyConfig"
import type { StudyRecord } from "@etude/study/StudyRecord"
import * as Effect from "effect/Effect"
import * as Colors from "./Colors.ts"
import * as Output from "./Output.ts"
import * as RunFolder from "./RunFolder.ts"

/** A study's record with its results. */
export interface Outcome {
  readonly study: Results.Study
  readonly results: Results.Results
  readonly record: StudyRecord
}

export const of = (record: StudyRecord, config: StudyConfig): Outcome => {
  const study = Results.studyOf(record, config)
  return { study, results: Results.of(study), record }
}

export const formats = ["table", "json", "markdown"] as const
export type Format = (typeof formats)[number]

const comparedOf = ({ study, results }: Outcome) => ({
  compared: Results.compare(study, results),
  monitor: results.columns[0]?.monitor ?? ""
})

const joined = (...texts: ReadonlyArray<string>): string => texts.filter((text) => text !== "").join("\n\n")

/** The table for a terminal, and each setting beside the best. */
const table = (outcome: Outcome): string => {
  const { compared, monitor } = comparedOf(outcome)
  const columns = Math.min(Output.columns(), widest)
  const options = { columns, palette: Colors.of(process.stdout) }
  return joined(Terminal.table(outcome.results, options), Terminal.comparisons(compared, monitor, options))
}

/** Where the width is unlimited, notes would be one line each. */
const widest = 200

/** The table for a README. */
const markdown = (outcome: Outcome): string => {
  const { compared, monitor } = comparedOf(outcome)
  return joined(Markdown.table(outcome.results).trimEnd(), Markdown.comparisons(compared, monitor).trimEnd())
}

export const print = (outcome: Outcome, format: Format): Effect.Effect<void> => {
  if (format === "json") return Output.result(Export.json(outcome.study, outcome.results).trimEnd())
  return Output.result(format === "markdown" ? markdown(outcome) : table(outcome))
}

/** The files of a study's folder that hold its results, with their text. */
const files = (outcome: Outcome): ReadonlyArray<readonly [name: string, text: string]> => [
  ["results.md", `${markdown(outcome)}\n`],
  ["results.csv", Export.trialsCsv(outcome.study)],
  ["results.json", Export.json(outcome.study, outcome.results)]
]

/** Writes them, and gives their names. */
export const write = (folder: string, outcome: Outcome) =>
  Effect.forEach(files(outcome), ([name, text]) => Effect.as(RunFolder.write(path.join(folder, name), text), name))
