/** `etude config schema` and `etude config check`. */

import * as Config from "@etude/core/Config"
import * as Event from "@etude/core/Event"
import * as Report from "@etude/reports/Report"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as ConfigFile from "./ConfigFile.ts"
import * as ExperimentModule from "./ExperimentModule.ts"
import * as Load from "./Load.ts"
import * as Output from "./Output.ts"
import * as RunConfig from "./RunConfig.ts"

/** Prints the JSON Schema of a config (with an experiment's options where one is named), an event or a report. */
export const printSchema = (document: "run" | "events" | "report", use: string | undefined) =>
  Effect.gen(function* () {
    if (document === "events") return yield* Output.json(Config.documentSchema(Schema.toCodecJson(Event.Known)))
    if (document === "report") return yield* Output.json(Config.documentSchema(Schema.toCodecJson(Report.Report)))
    if (use === undefined) return yield* Output.json(Config.jsonSchema(RunConfig.RunConfig))
    const { experiment } = yield* ExperimentModule.load(use, process.cwd())
    yield* Output.json(Config.jsonSchema(RunConfig.schemaFor(experiment.options as Schema.Codec<any, any>)))
  })

/** Checks a config and prints it with every default. */
export const checkConfig = (file: string, overrides: ReadonlyArray<ConfigFile.Override>, json: boolean) =>
  Effect.gen(function* () {
    const { encoded } = yield* Load.fromFile(file, overrides)
    yield* json ? Output.json(encoded) : Output.result(ConfigFile.toYaml(encoded).trimEnd())
  })
