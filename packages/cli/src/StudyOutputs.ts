/** What comes out of a study: its table on standard output, and files in its folder. */
import * as path from "node:path"
import * as Export from "@etude/study/Export"
import * as Importance from "@etude/study/Importance"
import * as Results from "@etude/study/Results"
import * as CurveFigure from "@etude/study/render/CurveFigure"
import * as Markdown from "@etude/study/render/Markdown"
import * as Terminal from "@etude/study/render/Terminal"
import type { StudyConfig } from "@etude/study/StudyConfig"
import type { StudyRecord } from "@etude/study/StudyRecord"
import * as Effect from "effect/Effect"
import * as Colors from "./Colors.ts"
import { wrap } from "./internal/width.ts"
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

/** How many settings a terminal shows where nobody says otherwise. */
export const usualRows = 20

/** The best settings beside the very best; nothing where there is one seed, which says nothing of a difference. */
const comparedOf = ({ study, results }: Outcome, rows: number) => {
  const shown = { ...results, rows: results.rows.slice(0, rows) }
  const compared = study.seeds.length < 2 ? [] : Results.compare(study, shown)
  return { compared, monitor: results.columns[0]?.monitor ?? "" }
}

/** Fewer settings say too little of which parameter matters. */
const fewestSettings = 10

/** Which parameters matter, as a sentence; empty where that can't be said. */
const importance = ({ study, results }: Outcome): string => {
  const settings = results.rows.filter(({ counts }) => counts.complete > 0).length
  if (results.parameters.length < 2 || settings < fewestSettings) return ""
  const shares = Importance.of(study).map(({ key, share }) => `${key} ${(100 * share).toFixed(0)} %`)
  return `What matters for being among the best tenth (PED-ANOVA): ${shares.join(", ")}.`
}

const joined = (...texts: ReadonlyArray<string>): string => texts.filter((text) => text !== "").join("\n\n")

/** Where the width is unlimited, notes would be one line each. */
const widest = 200

/** The table for a terminal, each setting beside the best, and what matters. */
const table = (outcome: Outcome, rows: number): string => {
  const { compared, monitor } = comparedOf(outcome, rows)
  const columns = Math.min(Output.columns(), widest)
  const options = { columns, rows, palette: Colors.of(process.stdout) }
  return joined(
    Terminal.table(outcome.results, options),
    Terminal.comparisons(compared, monitor, options),
    wrap(importance(outcome), columns).join("\n")
  )
}

/** The same for a README. */
const markdown = (outcome: Outcome, rows: number): string => {
  const { compared, monitor } = comparedOf(outcome, rows)
  return joined(
    Markdown.table(outcome.results, { rows }).trimEnd(),
    Markdown.comparisons(compared, monitor).trimEnd(),
    importance(outcome)
  )
}

export interface Printing {
  readonly format: Format
  /** How many settings at most. */
  readonly rows: number
}

export const print = (outcome: Outcome, { format, rows }: Printing): Effect.Effect<void> => {
  if (format === "json") return Output.result(Export.json(outcome.study, outcome.results).trimEnd())
  return Output.result(format === "markdown" ? markdown(outcome, rows) : table(outcome, rows))
}

/** The files of a study's folder that hold its results, with their text. */
const files = (outcome: Outcome): ReadonlyArray<readonly [name: string, text: string]> => {
  const { study, results } = outcome
  const curves = CurveFigure.figure(study)
  return [
    ["results.md", `${markdown(outcome, Number.POSITIVE_INFINITY)}\n\n![${curves.title}](curves.svg)\n`],
    ["results.csv", Export.trialsCsv(study)],
    ["results.json", Export.json(study, results)],
    ["curves.svg", `${curves.svg}\n`]
  ]
}

/** Writes them, and gives their names. */
export const write = (folder: string, outcome: Outcome) =>
  Effect.forEach(files(outcome), ([name, text]) => Effect.as(RunFolder.write(path.join(folder, name), text), name))
