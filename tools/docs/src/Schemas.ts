/** The JSON Schemas of the documents that people and programs write and read. */

import * as Report from "@etude/callbacks/Report"
import * as RunConfig from "@etude/cli/RunConfig"
import * as Config from "@etude/core/Config"
import * as Event from "@etude/core/Event"
import * as Schema from "effect/Schema"

const text = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`

export const schemas = (): ReadonlyMap<string, string> =>
  new Map([
    ["schemas/run.json", text(Config.jsonSchema(RunConfig.RunConfig))],
    ["schemas/event.json", text(Config.jsonSchema(Schema.toCodecJson(Event.Known)))],
    ["schemas/report.json", text(Config.jsonSchema(Schema.toCodecJson(Report.Report)))]
  ])
