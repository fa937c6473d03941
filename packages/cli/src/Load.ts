/** From a config file to an experiment and its decoded config: every problem of the document is reported together. */
import * as path from "node:path"
import * as Config from "@etude/core/Config"
import { ConfigInvalid } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as ConfigFile from "./ConfigFile.ts"
import type { ExperimentNotLoaded, FileUnreadable } from "./Errors.ts"
import * as ExperimentModule from "./ExperimentModule.ts"
import * as RunConfig from "./RunConfig.ts"

export interface Loaded {
  readonly experiment: ExperimentModule.AnyExperiment
  readonly config: RunConfig.RunConfigOf<any> // any: the options' type is known to the experiment only
  /** The config as a file would hold it, with every default. */
  readonly encoded: typeof RunConfig.RunConfig.Encoded
  /** The absolute folder in which `use` is looked up. */
  readonly from: string
  readonly hash: string
}

const field = (document: unknown, key: string): string | undefined => {
  const value =
    typeof document === "object" && document !== null ? (document as Record<string, unknown>)[key] : undefined
  return typeof value === "string" && value !== "" ? value : undefined
}

/** The experiment and config of a document that lies in `folder`; `source` names it in messages. */
export const fromDocument = (
  document: unknown,
  source: string,
  folder: string
): Effect.Effect<Loaded, ConfigInvalid | ExperimentNotLoaded> =>
  Effect.gen(function* () {
    const use = field(document, "use")
    const from = path.resolve(folder, field(document, "from") ?? ".")
    // Without an experiment the options can't be judged, but all the rest can.
    const rest = Config.decode(RunConfig.RunConfig, document, source)
    if (use === undefined) {
      yield* rest
      return yield* Effect.die(new Error("a config without `use` was accepted"))
    }
    const experiment = yield* ExperimentModule.load(use, from).pipe(
      Effect.catch((error) =>
        rest.pipe(
          Effect.mapError(
            ({ problems }) =>
              new ConfigInvalid({ source, problems: [...problems, { path: "use", message: error.message }] })
          ),
          Effect.andThen(Effect.fail(error))
        )
      )
    )
    const schema = RunConfig.schemaFor(experiment.options as Schema.Codec<any, any>)
    const config = yield* Config.decode(schema, document, source)
    const encoded = Schema.encodeSync(schema)(config)
    return { experiment, config, encoded, from, hash: yield* RunConfig.hash(encoded) }
  })

/** The experiment and config of a file, with what the command line says otherwise. */
export const fromFile = (
  file: string,
  overrides: ReadonlyArray<ConfigFile.Override>
): Effect.Effect<Loaded, ConfigInvalid | ExperimentNotLoaded | FileUnreadable> =>
  Effect.flatMap(ConfigFile.read(file), (document) =>
    fromDocument(ConfigFile.override(document, overrides), file, path.dirname(path.resolve(file)))
  )
