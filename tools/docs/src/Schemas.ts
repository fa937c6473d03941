/** The JSON Schemas of the documents that people and programs write and read. */

import * as RunConfig from "@etude/cli/RunConfig"
import * as Config from "@etude/core/Config"
import * as Event from "@etude/core/Event"
import * as Report from "@etude/reports/Report"
import * as Schema from "effect/Schema"
import { section } from "./SchemaPage.ts"

const text = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`

/** The schemas as JSON, for editors and programs, and as one page. */
export const schemas = (): ReadonlyMap<string, string> => {
  const run = Config.jsonSchema(RunConfig.RunConfig)
  const event = Config.documentSchema(Schema.toCodecJson(Event.Known))
  const report = Config.documentSchema(Schema.toCodecJson(Report.Report))
  const page = [
    "# Configs, events and reports\n\nThe documents of a run, from their schemas. `(Name)` in a key is one of several forms, " +
      "`[]` stands for the items of a list. Made by `npm run generate`.\n",
    section(
      "A config",
      "`config.json` of a run, and what `etude train` reads, as JSON or YAML; [the schema](schemas/run.json).",
      run
    ),
    section("An event", "One line of `events.jsonl`; [the schema](schemas/event.json).", event),
    section("A report", "`report.json` of a run; [the schema](schemas/report.json).", report)
  ]
  return new Map([
    ["schemas/run.json", text(run)],
    ["schemas/event.json", text(event)],
    ["schemas/report.json", text(report)],
    ["documents.md", page.join("\n")]
  ])
}
