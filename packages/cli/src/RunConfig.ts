/**
 * The config of a run, as one document: which experiment with which options, how to train it, on what, and where the
 * results go. `schemaFor` puts an experiment's own options in their place, so that everything is checked at once.
 */

import * as Initialize from "@etude/checkpoint/Initialize"
import * as SavingConfig from "@etude/checkpoint/SavingConfig"
import * as CallbackEntry from "@etude/core/CallbackEntry"
import type { Setting } from "@etude/core/Checkpoints"
import * as Config from "@etude/core/Config"
import * as NamedLosses from "@etude/core/NamedLosses"
import type { RegistryService } from "@etude/core/Registry"
import * as TrainConfig from "@etude/core/TrainConfig"
import * as ProgressBar from "@etude/reports/ProgressBar"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as BuiltIn from "./BuiltIn.ts"
import * as Plugins from "./Plugins.ts"

const text = (what: string) => Schema.String.check(Schema.isMinLength(1, { message: `expected ${what}` }))

export const backends = ["auto", "native", "wasm", "cpu"] as const
export const executors = ["auto", "native", "wasm", "graph", "eager"] as const

/** A config of an experiment with options of that type, decoded. */
export interface RunConfigOf<Options> {
  readonly $schema?: string
  readonly use: string
  readonly from?: string
  readonly optionsFrom?: string
  readonly options: Options
  readonly loss?: NamedLosses.Named
  readonly initialize?: Initialize.Initialize
  readonly train: TrainConfig.TrainConfig
  readonly backend: (typeof backends)[number]
  readonly executor: (typeof executors)[number]
  readonly threads?: number
  readonly runs: string
  readonly checkpoints: SavingConfig.SavingConfig
  readonly callbacks: BuiltIn.Callbacks
  readonly plugins: ReadonlyArray<Plugins.Entry>
  readonly console: ProgressBar.Config
}

/** The same as a file writes it: all that has a default may be left out. */
export interface RunConfigEncodedOf<Encoded> {
  readonly $schema?: string
  readonly use: string
  readonly from?: string
  readonly optionsFrom?: string
  readonly options?: Encoded
  readonly loss?: NamedLosses.Named
  readonly initialize?: Initialize.Initialize
  readonly train?: TrainConfig.TrainConfigEncoded
  readonly backend?: (typeof backends)[number]
  readonly executor?: (typeof executors)[number]
  readonly threads?: number
  readonly runs?: string
  readonly checkpoints?: SavingConfig.SavingConfigEncoded
  readonly callbacks?: BuiltIn.CallbacksInput
  readonly plugins?: ReadonlyArray<Plugins.EntryEncoded>
  readonly console?: ProgressBar.ConfigInput
}

/** The schema of a config whose experiment has these options, and whose plugins add what is in the registry. */
export const schemaFor = <Options, Encoded>(
  options: Schema.Codec<Options, Encoded>,
  registry: RegistryService = BuiltIn.registry
): Schema.Codec<RunConfigOf<Options>, RunConfigEncodedOf<Encoded>> =>
  Schema.Struct({
    $schema: Schema.optionalKey(Schema.String).annotate({
      description: "The JSON Schema of this file, for editors; it is not read"
    }),
    use: text("a package name, or a path that starts with ./").annotate({
      description: "The experiment: a package, or a module's path relative to this file, that exports `experiment`"
    }),
    from: Schema.optionalKey(text("a folder")).annotate({
      description: "The folder from which `use` is resolved, relative to this file. Default: this file's folder"
    }),
    optionsFrom: Schema.optionalKey(text("a folder")).annotate({
      description: "The folder that paths among the options are relative to, relative to this file. Default: `from`"
    }),
    options: Config.withDefault(options, {} as Encoded),
    loss: Schema.optionalKey(NamedLosses.schemaOf(registry.losses)).annotate({
      description:
        "The loss instead of the task's own: { _tag: Huber, delta: 2 }, or several by the names that the task gives them"
    }),
    initialize: Schema.optionalKey(Initialize.Initialize).annotate({
      description: "Stored weights that a new run begins with: a safetensors file or the folder of a run, or several"
    }),
    train: Config.withDefault(TrainConfig.of(registry), {}),
    backend: Config.withDefault(Schema.Literals(backends), "auto").annotate({
      description: "The backend: auto uses ETUDE_BACKEND, else the fastest one available"
    }),
    executor: Config.withDefault(Schema.Literals(executors), "auto").annotate({
      description:
        "How steps run: as native code, as WebAssembly, as a TensorFlow graph on the native backend, or operation by " +
        "operation; auto takes native code where there is a C compiler, else WebAssembly, and a graph with backend native"
    }),
    threads: Schema.optionalKey(Config.count("threads")).annotate({
      description:
        "Threads of operations and steps; default: as many as the machine has. The backend native has other bits with another number"
    }),
    runs: Config.withDefault(text("a folder"), "runs").annotate({
      description: "The parent folder of run folders, relative to the working folder"
    }),
    checkpoints: Config.withDefault(SavingConfig.SavingConfig, {}).annotate({
      description: "When to save checkpoints in the run folder, and which to keep"
    }),
    callbacks: Config.withDefault(CallbackEntry.schemaOf(registry.callbacks), {}).annotate({
      description: "Callbacks by name, each with its options"
    }),
    plugins: Config.withDefault(Schema.Array(Plugins.Entry), []).annotate({
      description: "Plugins of installed packages, each with its own options beside `use`"
    }),
    console: Config.withDefault(ProgressBar.Config, {}).annotate({ description: "How much to show during training" })
  })

/** A config with unchecked options: the form of every config, whatever its experiment. */
export interface RunConfig extends RunConfigOf<JsonRecord> {}
export interface RunConfigEncoded extends RunConfigEncodedOf<JsonRecord> {}
export const RunConfig: Schema.Codec<RunConfig, RunConfigEncoded> = schemaFor(Schema.Record(Schema.String, Schema.Json))
interface JsonRecord {
  readonly [name: string]: Schema.Json
}

/** The SHA-256 of what decides a run's outcome, in encoded form: the experiment, its options, the training config, plugins. */
export const hash = (
  { use, options, loss, initialize, train }: RunConfigEncoded,
  plugins: ReadonlyArray<Plugins.Configured>
): Effect.Effect<string> =>
  Config.hash(Schema.Unknown, { use, options, ...named({ loss, initialize }), train, ...Plugins.decisive(plugins) })

/** A config that names no loss and no weights has the hash that it had before. */
const named = ({
  loss,
  initialize
}: { readonly [name in "loss" | "initialize"]: RunConfigEncoded[name] | undefined }) => ({
  ...(loss === undefined ? {} : { loss }),
  ...(initialize === undefined ? {} : { initialize })
})

/**
 * What checkpoints keep of a config. What decides the outcome: the experiment, its decisive options and those of callbacks and
 * plugins. The rest is kept too, so that a resume can say all that differs. Training has its own place in a checkpoint; what
 * is shown, and where runs lie, does not matter.
 */
export const settingOf = (
  { use, options, loss, initialize, checkpoints }: RunConfigEncoded,
  decisiveOptions: unknown,
  configured: ReadonlyArray<Plugins.Configured>
): Setting => {
  const json = (value: unknown) => JSON.parse(JSON.stringify(value)) as Schema.Json
  const callbacks = configured.find(({ path }) => path === "callbacks")?.encoded ?? {}
  const plugins = Object.fromEntries(
    configured.filter(({ path }) => path !== "callbacks").map(({ key, encoded }) => [key, encoded])
  )
  return {
    decides: json({ use, options: decisiveOptions, ...named({ loss, initialize }), ...Plugins.decisive(configured) }),
    other: json({ options, callbacks, plugins, checkpoints })
  }
}
