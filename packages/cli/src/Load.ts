/** From a config file to an experiment and its decoded config: every problem of the document is reported together. */
import * as path from "node:path"
import type { Setting } from "@etude/core/Checkpoints"
import * as Config from "@etude/core/Config"
import { ConfigInvalid, type Problem } from "@etude/core/Errors"
import * as NamedLosses from "@etude/core/NamedLosses"
import type { RegistryService } from "@etude/core/Registry"
import * as Task from "@etude/core/Task"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as ConfigFile from "./ConfigFile.ts"
import type { ExperimentNotLoaded, FileUnreadable } from "./Errors.ts"
import * as ExperimentModule from "./ExperimentModule.ts"
import * as Plugins from "./Plugins.ts"
import * as RunConfig from "./RunConfig.ts"
import * as RunFolder from "./RunFolder.ts"

export interface Loaded {
  readonly experiment: ExperimentModule.AnyExperiment
  readonly config: RunConfig.RunConfigOf<any> // any: the options' type is known to the experiment only
  /** The config as a file would hold it, with every default. */
  readonly encoded: RunConfig.RunConfigEncoded
  /** The plugins of its sections `callbacks` and `plugins`. */
  readonly plugins: ReadonlyArray<Plugins.Configured>
  /** What the config may name: ours, and what its plugins add. */
  readonly registry: RegistryService
  /** The absolute folder in which `use` is looked up. */
  readonly from: string
  /** The absolute folder that paths among the options are relative to. */
  readonly optionsFrom: string
  readonly hash: string
  /** What checkpoints keep of the config, to compare it at a resume. */
  readonly setting: Setting
}

const field = (document: unknown, key: string): string | undefined => {
  const value =
    typeof document === "object" && document !== null ? (document as Record<string, unknown>)[key] : undefined
  return typeof value === "string" && value !== "" ? value : undefined
}

/** The experiment, whose task has the losses that its config names. */
const withLosses = (
  experiment: ExperimentModule.AnyExperiment,
  losses: RunConfig.RunConfig["loss"],
  registry: RegistryService,
  source: string
): ExperimentModule.AnyExperiment => {
  if (losses === undefined) return experiment
  const fromConfig = NamedLosses.make(registry.losses, losses)
  return {
    ...experiment,
    make: (...parameters) =>
      Effect.flatMap(experiment.make(...parameters), (setup) => {
        const task = Task.withLosses(setup.task, fromConfig)
        if ("objectives" in task) return Effect.succeed({ ...setup, task })
        const problems = task.map(({ path, message }) => ({ path: `loss.${path}`, message }))
        return Effect.fail(new ConfigInvalid({ source, problems }))
      })
  }
}

/** What a document names: its experiment, as far as it names one, and its plugins. Nothing else of it is looked at. */
const named = Effect.fnUntraced(function* (document: unknown, folder: string) {
  const use = field(document, "use")
  const root = path.resolve(folder, field(document, "from") ?? ".")
  const loading = use === undefined ? undefined : yield* Effect.result(ExperimentModule.load(use, root))
  const from = loading !== undefined && Result.isSuccess(loading) ? loading.success.from : root
  return { root, loading, from, ...(yield* Plugins.load(document, from)) }
})

/** The options of an experiment, or of one that is not known. */
const optionsOf = (experiment: ExperimentModule.AnyExperiment | undefined): Schema.Codec<any, any> =>
  experiment === undefined ? anyOptions : (experiment.options as Schema.Codec<any, any>)
const anyOptions = Schema.Record(Schema.String, Schema.Json)

/**
 * The schema of a config file: with the options of its experiment, and with everything that its plugins add. The rest of the file
 * need not be right. `use` stands for the file's own.
 */
export const schemaOfFile = (
  file: string,
  use: string | undefined
): Effect.Effect<Schema.Codec<any, any>, ConfigInvalid | ExperimentNotLoaded | FileUnreadable> =>
  Effect.gen(function* () {
    const written = yield* ConfigFile.read(file)
    const document = use === undefined ? written : { ...(written as object | null), use }
    const { loading, registry, problems } = yield* named(document, path.dirname(path.resolve(file)))
    if (loading !== undefined && Result.isFailure(loading)) return yield* loading.failure
    const unusable = problems.filter(({ path: where }) => /^plugins\.\d+\.use$/.test(where))
    if (unusable.length > 0) return yield* new ConfigInvalid({ source: file, problems: unusable })
    return RunConfig.schemaFor(optionsOf(loading?.success.experiment), registry)
  })

/** The experiment and config of a document in `folder`; `source` names it in messages. */
export const fromDocument = (
  document: unknown,
  source: string,
  folder: string
): Effect.Effect<Loaded, ConfigInvalid | ExperimentNotLoaded> =>
  Effect.gen(function* () {
    const { root, loading, from, plugins: configured, registry, problems: ofPlugins } = yield* named(document, folder)
    const optionsFrom = path.resolve(folder, field(document, "optionsFrom") ?? root)
    const refuse = (problems: ReadonlyArray<Problem>) => new ConfigInvalid({ source, problems })
    /** Everything that is wrong with the document, as far as this decoder sees, and with its plugins. */
    const problemsOf = (decoded: Effect.Effect<unknown, ConfigInvalid>) =>
      Effect.match(decoded, {
        onFailure: ({ problems }) => [...problems, ...ofPlugins],
        onSuccess: () => ofPlugins
      })
    // Without an experiment the options can't be judged, but all the rest can.
    const rest = problemsOf(Config.decode(RunConfig.schemaFor(anyOptions, registry), document, source))
    if (loading === undefined) return yield* refuse(yield* rest)
    if (Result.isFailure(loading)) {
      const others = yield* rest
      if (others.length === 0) return yield* loading.failure
      return yield* refuse([...others, { path: "use", message: loading.failure.message }])
    }
    const { experiment } = loading.success
    const schema = RunConfig.schemaFor(optionsOf(experiment), registry)
    const decoded = Config.decode(schema, document, source)
    const problems = yield* problemsOf(decoded)
    if (problems.length > 0) return yield* refuse(problems)
    const config = yield* decoded
    const written = Schema.encodeSync(schema)(config)
    const plugins = [Plugins.named(registry, config.callbacks, written.callbacks), ...configured]
    const conflicts = Plugins.conflictsOf(plugins, RunFolder.files)
    if (conflicts.length > 0) return yield* refuse(conflicts)
    const encoded = { ...written, plugins: Plugins.encode(configured) }
    const hash = yield* RunConfig.hash(encoded, plugins)
    const decisive = experiment.decisive?.(written.options) ?? written.options
    return {
      experiment: withLosses(experiment, config.loss, registry, source),
      config,
      encoded,
      plugins,
      registry,
      from,
      optionsFrom,
      hash,
      setting: RunConfig.settingOf(encoded, decisive, plugins)
    }
  })

/** The experiment and config of a file, with the command line's overrides; reports every problem of both. */
export const fromFile = (
  file: string,
  overrides: ReadonlyArray<ConfigFile.Override>
): Effect.Effect<Loaded, ConfigInvalid | ExperimentNotLoaded | FileUnreadable> =>
  Effect.gen(function* () {
    const ofFlags = ConfigFile.problemsOf(overrides)
    const withFlags = <E>(error: E): E | ConfigInvalid =>
      error instanceof ConfigInvalid
        ? new ConfigInvalid({ source: error.source, problems: [...ofFlags, ...error.problems] })
        : error
    const document = yield* Effect.mapError(ConfigFile.read(file), withFlags)
    const folder = path.dirname(path.resolve(file))
    const changed = ConfigFile.override(document, overrides)
    const loaded = yield* Effect.mapError(fromDocument(changed, file, folder), withFlags)
    if (ofFlags.length > 0) return yield* new ConfigInvalid({ source: file, problems: ofFlags })
    return loaded
  })
