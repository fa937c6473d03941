/** `etude config schema` and `etude config check`. */

import * as Config from "@etude/core/Config"
import * as Event from "@etude/core/Event"
import * as Report from "@etude/reports/Report"
import * as StudyConfig from "@etude/study/StudyConfig"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as ConfigFile from "./ConfigFile.ts"
import { FileUnreadable } from "./Errors.ts"
import * as ExperimentModule from "./ExperimentModule.ts"
import * as Load from "./Load.ts"
import * as Output from "./Output.ts"
import * as RunConfig from "./RunConfig.ts"

/** The schema of configs of an experiment, where one is named. */
const schemaOfRun = (use: string | undefined) =>
  use === undefined
    ? Effect.succeed(RunConfig.RunConfig as Schema.Codec<any, any>) // any: the options' type is known to the experiment
    : Effect.map(ExperimentModule.load(use, process.cwd()), ({ experiment }) =>
        RunConfig.schemaFor(experiment.options as Schema.Codec<any, any>)
      )

/** The schema of a config file; a word alone may have been meant for a document. */
const schemaOfFile = (file: string, use: string | undefined) =>
  Effect.mapError(Load.schemaOfFile(file, use), (error) =>
    error._tag === "FileUnreadable" && !/[./\\]/.test(file)
      ? new FileUnreadable({
          ...error,
          reason: `${error.reason}; expected run, events, report, study or a config file`
        })
      : error
  )

/**
 * Prints the JSON Schema of `run` (a config, with an experiment's options where one is named), `events`, `report` or `study`, or of
 * a config file, with what its plugins add.
 */
export const printSchema = (document: string, use: string | undefined) =>
  Effect.gen(function* () {
    if (document === "events") return yield* Output.json(Config.documentSchema(Schema.toCodecJson(Event.Known)))
    if (document === "report") return yield* Output.json(Config.documentSchema(Schema.toCodecJson(Report.Report)))
    if (document === "study") return yield* Output.json(StudyConfig.jsonSchema())
    const schema = document === "run" ? schemaOfRun(use) : schemaOfFile(document, use)
    yield* Output.json(Config.jsonSchema(yield* schema))
  })

/** Checks a config and prints it with every default. */
export const checkConfig = (file: string, overrides: ReadonlyArray<ConfigFile.Override>, json: boolean) =>
  Effect.gen(function* () {
    const { encoded } = yield* Load.fromFile(file, overrides)
    yield* json ? Output.json(encoded) : Output.result(ConfigFile.toYaml(encoded).trimEnd())
  })
