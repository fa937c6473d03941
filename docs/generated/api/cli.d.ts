// The public interface of @etude/cli. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/cli
// Namespaces of modules: ConfigFile, ExitCode, Load, RunConfig, RunFolder, SavedModel

// @etude/cli/ConfigFile
const parse: (text: string, source: string) => Effect<unknown, ConfigInvalid>
const read: (path: string) => Effect<unknown, ConfigInvalid | FileUnreadable>
interface Override {
  path: ReadonlyArray<string>
  value: unknown
  problem?: Problem
}
const overridesOf: (assignments: ReadonlyArray<string>) => ReadonlyArray<Override>
const problemsOf: (overrides: ReadonlyArray<Override>) => ReadonlyArray<Problem>
const override: (document: unknown, overrides: ReadonlyArray<Override>) => unknown
const toYaml: (value: unknown) => string

// @etude/cli/ExitCode
const meanings: {
  0: "success"
  1: "a run failed after it had started, or a defect"
  2: "the command, config, experiment or a path is unusable; nothing started"
  3: "the data is unreadable or unusable"
  4: "the backend is unavailable"
  5: "another process has taken the run over; this one wrote nothing more"
  75: "asked to stop (SIGTERM); saved, and the same command resumes it"
  130: "interrupted (Ctrl-C)"
}
type ExitCode = keyof typeof meanings
const of: (error: unknown) => ExitCode

// @etude/cli/Load
interface Loaded {
  experiment: ExperimentModule.AnyExperiment
  config: RunConfig.RunConfigOf<any>
  encoded: RunConfig.RunConfigEncoded
  plugins: ReadonlyArray<Plugins.Configured>
  registry: RegistryService
  from: string
  optionsFrom: string
  hash: string
  setting: Setting
}
const schemaOfFile: (file: string, use: string | undefined) => Effect<Schema.Codec<any>, ConfigInvalid | ExperimentNotLoaded | FileUnreadable>
const fromDocument: (document: unknown, source: string, folder: string) => Effect<Loaded, ConfigInvalid | ExperimentNotLoaded>
const fromFile: (file: string, overrides: ReadonlyArray<ConfigFile.Override>) => Effect<Loaded, ConfigInvalid | ExperimentNotLoaded | FileUnreadable>

// @etude/cli/RunConfig
const backends: readonly ["auto", "native", "wasm", "cpu"]
const executors: readonly ["auto", "native", "wasm", "graph", "eager"]
interface RunConfigOf<Options> {
  $schema?: string
  use: string
  from?: string
  optionsFrom?: string
  options: Options
  loss?: NamedLosses.Named
  initialize?: Initialize
  train: TrainConfig
  backend: (typeof backends)[number]
  executor: (typeof executors)[number]
  threads?: number
  runs: string
  checkpoints: SavingConfig
  callbacks: BuiltIn.Callbacks
  plugins: ReadonlyArray<Plugins.Entry>
  console: ProgressBar.Config
}
interface RunConfigEncodedOf<Encoded> {
  $schema?: string
  use: string
  from?: string
  optionsFrom?: string
  options?: Encoded
  loss?: NamedLosses.Named
  initialize?: Initialize
  train?: TrainConfig.TrainConfigEncoded
  backend?: (typeof backends)[number]
  executor?: (typeof executors)[number]
  threads?: number
  runs?: string
  checkpoints?: SavingConfig.SavingConfigEncoded
  callbacks?: BuiltIn.CallbacksInput
  plugins?: ReadonlyArray<Plugins.EntryEncoded>
  console?: ProgressBar.ConfigInput
}
const schemaFor: <Options, Encoded>(options: Schema.Codec<Options, Encoded>, registry?: RegistryService) => Schema.Codec<RunConfigOf<Options>, RunConfigEncodedOf<Encoded>>
interface RunConfig extends RunConfigOf<JsonRecord> {}
interface RunConfigEncoded extends RunConfigEncodedOf<JsonRecord> {}
const RunConfig: Schema.Codec<RunConfig, RunConfigEncoded>
declare interface JsonRecord {
  [name: string]: Schema.Json
}
const hash: ({ use, options, loss, initialize, train }: RunConfigEncoded, plugins: ReadonlyArray<Plugins.Configured>) => Effect<string>
const settingOf: ({ use, options, loss, initialize, checkpoints }: RunConfigEncoded, decisiveOptions: unknown, configured: ReadonlyArray<Plugins.Configured>) => Setting

// @etude/cli/RunFolder
interface RunFolder {
  path: string
  remove: Effect<void>
}
const configFile: (folder: string) => string
const schemaFile: (folder: string) => string
const eventsFile: (folder: string) => string
const reportFile: (folder: string) => string
const pausedFolder: (folder: string) => string
const checkpointsFolder: (folder: string) => string
const figureFile: (folder: string, metric: string) => string
const startedFromFile: (folder: string) => string
const modelFile: (folder: string) => string
const weightsFile: (folder: string, weights: "best" | "last") => string
const files: ReadonlyArray<string>
const nameOf: (experiment: string, time: Date, hash: string) => string
const byTime: (a: string, b: string) => number
const make: (runs: string, name: string) => Effect<RunFolder, RunNotWritten>
const makeAt: (folder: string) => Effect<RunFolder & { isNew: boolean }, RunNotWritten>
const isSpecial: (file: string) => boolean
const Writer: Context.Reference<{ check: Effect<void, { message: string }>; token: string | undefined }>
const write: (file: string, content: string | Uint8Array) => Effect<void, RunNotWritten>
const remove: (file: string) => Effect<void, RunNotWritten>
const writeJson: (file: string, value: unknown) => Effect<void, RunNotWritten>
const copyFolder: (from: string, to: string) => Effect<void, RunNotWritten>
const setAside: (file: string) => Effect<string, RunNotWritten>

// @etude/cli/SavedModel
type Weights = "best" | "last"
interface Description {
  experiment: string
  configHash: string
}
const write: (folder: string, state: TrainState, { experiment, configHash }: Description) => Effect<void, RunNotWritten>
const describe: ({ plain: { endedWith, progress } }: TrainState) => string
const read: (folder: string, task: Task, seed: number, weights?: Weights) => Effect<TrainState, RunUnusable, Scope>
