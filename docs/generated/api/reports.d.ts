// The public interface of @etude/reports. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/reports
// Namespaces of modules: Completion, ConsoleTable, Csv, Ending, EventSinks, EventsFile,
// FileObserver, GradientNorms, History, HtmlReport, ModelSummary, NodeTerminal, OutputFile,
// ProgressBar, Replay, Report, ReportsConfig, Resources, TensorBoard, Terminal, TestTerminal,
// Timeline, Timing, ValuesFile, WeightNorms

// @etude/reports/Completion
interface Completed {
  events: ReadonlyArray<Event.Known>
  added: ReadonlyArray<HistoryEntry>
}
const complete: (log: ReadonlyArray<Event.Known>, plain: Plain, monitors: Monitors) => Completed

// @etude/reports/ConsoleTable
const layer: () => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry | Terminal>

// @etude/reports/Csv
const Config: Schema.Struct<{ path: Schema.NonEmptyString; id: Schema.optionalKey<Schema.NonEmptyString> }>
type Config = typeof Config.Type
type ConfigInput = typeof Config.Encoded
const id = "csv"
const parse: (text: string) => ReadonlyArray<ReadonlyArray<string>>
const layer: (config: ConfigInput) => FileObserver

// @etude/reports/Ending
interface Ended {
  status: "ended" | "interrupted" | "failed" | "unfinished"
  reason: string
  config: Schema.Json
  counts: { epochs: number; steps: number; samples: number }
}
interface Ending {
  word: "finished" | "stopped" | "interrupted" | "failed" | "unfinished"
  detail: string
}
const of: (ended: Ended) => Ending
const sentence: (ended: Ended) => string

// @etude/reports/EventSinks
const combine: <const Layers extends ReadonlyArray<Layer<never, any, any>>>(...layers: Layers) => Layer<never, Layer.Error<Layers[number]>, Layer.Services<Layers[number]>>
const memory: (events: Array<Event.Known>) => Layer<never>

// @etude/reports/EventsFile
class EventsFileError extends Schema.TaggedError<{
  path: Schema.String
  reason: Schema.Literals<readonly ["missing", "unreadable", "corrupt", "unwritable"]>
  problems: Schema.$Array<Schema.String>
  cause: Schema.optionalKey<Schema.Defect>
}> {}
interface Read {
  events: ReadonlyArray<Event>
  torn: string | undefined
}
const parse: (text: string, path: string) => Effect<Read, EventsFileError>
interface Recovered {
  events: ReadonlyArray<Event>
  problems: ReadonlyArray<string>
}
const recover: (text: string) => Recovered
const readDamaged: (path: string) => Effect<Recovered, never, FileSystem>
const textOf: (events: ReadonlyArray<Event.Known>) => string
const read: (path: string) => Effect<Read, EventsFileError, FileSystem>
interface Options {
  path: string
  capacity?: number
  guard?: Effect<void, { message: string }>
}
const layer: ({ path, capacity, guard }: Options) => Layer<never, EventsFileError, FileSystem>

// @etude/reports/FileObserver
type FileObserver = Layer<Callback.CallbackOf<OutputFileError>, ConfigInvalid, Callback.CallbackRegistry | FileSystem>
const path: Schema.NonEmptyString
const flushEverySteps: Defaulted<number>

// @etude/reports/GradientNorms
declare const fields: { each: CoreConfig.Defaulted<boolean>; id: Schema.optionalKey<Schema.NonEmptyString> }
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const id = "gradientNorms"
const norms: (gradients: Tensors, each: boolean) => Tensors
const layer: (config?: ConfigInput) => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>

// @etude/reports/History
declare interface Position {
  epoch: number
  step: number
  samples: number
}
interface EpochRow extends Position {
  learningRate: number
  seconds: number
  values: Event.Values
}
const EpochRow: Schema.Codec<EpochRow>
interface Row extends EpochRow {
  midEpoch?: boolean
}
const Row: Schema.Codec<Row>
interface ValidationRow extends Position {
  name: string
  seconds: number
  values: Event.Values
}
const ValidationRow: Schema.Codec<ValidationRow>
interface StepRow extends Position {
  learningRate: number
  samplesPerSecond: number
  values: Event.Values
  measured?: { [callback: string]: Event.Values }
  scheduled?: Event.Values
}
const StepRow: Schema.Codec<StepRow>
interface History {
  epochs: ReadonlyArray<EpochRow>
  validations: ReadonlyArray<ValidationRow>
  steps: ReadonlyArray<StepRow>
}
const fold: (events: Iterable<Event>) => History
const rows: (events: Iterable<Event>) => ReadonlyArray<Row>
const observer: () => {
  layer: Layer<Callback.CallbackOf, never, Callback.CallbackRegistry>
  current: () => History
}

// @etude/reports/HtmlReport
const Config: Schema.Struct<{
  path: Schema.NonEmptyString
  classes: CoreConfig.Defaulted<readonly string[]>
  id: Schema.optionalKey<Schema.NonEmptyString>
}>
type Config = typeof Config.Type
type ConfigInput = typeof Config.Encoded
const id = "htmlReport"
interface RenderOptions {
  full?: { [set: string]: Callback.Full }
  test?: Callback.Full
  classes?: ReadonlyArray<string>
}
const render: (events: Iterable<Event>, options?: RenderOptions) => Option<string>
interface Earlier {
  earlier?: ReadonlyArray<Event.Known>
}
const layer: (config: ConfigInput, { earlier }?: Earlier) => FileObserver

// @etude/reports/ModelSummary
const id = "modelSummary"
const summary: (parameters: Tensors, statistics?: Tensors) => ReadonlyArray<string>
const layer: () => Layer<Callback.CallbackOf, never, Callback.CallbackRegistry | Terminal>

// @etude/reports/NodeTerminal
interface OutputStream {
  isTTY?: boolean | undefined
  columns?: number | undefined
  write: (text: string) => boolean
  on: (event: "error", listener: (error: Error) => void) => unknown
  off: (event: "error", listener: (error: Error) => void) => unknown
}
const hasColors: (stream: { isTTY?: boolean | undefined }, env?: { [name: string]: string | undefined }) => boolean
const layerOf: (stream: OutputStream) => Layer<Terminal>
const layer: Layer<Terminal>

// @etude/reports/OutputFile
class OutputFileError extends Schema.TaggedError<{
  callback: Schema.String
  path: Schema.String
  reason: Schema.String
  cause: Schema.optionalKey<Schema.Defect>
}> {}
interface Written {
  bytes: number
  waitedSeconds: number
}
interface OutputFile {
  begin: (path: string, rewrite?: (text: string) => string) => void
  write: (data: string | Uint8Array) => void
  flush: Effect<void, OutputFileError>
  close: Effect<void>
  check: (path: string) => Effect<ReadonlyArray<Problem>>
  written: () => Written
}
const folderOf: (path: string) => string
const make: (callback: string) => Effect<OutputFile, never, FileSystem | Scope>
const flushing: (file: OutputFile, everySteps: number) => {
  trainBegin: () => Effect<void, OutputFileError>
  validationEnd: () => Effect<void, OutputFileError>
  epochEnd: () => Effect<void, OutputFileError>
  checkpointSaved: () => Effect<void, OutputFileError>
  trainEnd: () => Effect<void, OutputFileError>
  testEnd: () => Effect<void, OutputFileError>
  batchEnd: {
    when: ({ step }: Progress) => boolean
    run: (_event: HookEvents["batchEnd"]) => Effect<void, OutputFileError>
  }
}

// @etude/reports/ProgressBar
declare const fields: {
  verbosity: CoreConfig.Defaulted<"minimal" | "standard" | "verbose">
  everySteps: CoreConfig.Defaulted<number>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const id = "progress"
const layer: (config?: ConfigInput) => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry | Terminal>

// @etude/reports/Replay
class ReplayIncomplete extends Schema.TaggedError<{ callbacks: Schema.$Array<Schema.String>; after: ProgressSchema }> {}
interface Decided {
  callback: string
  decision: Decision
  epoch: number
  batch: number
  step: number
}
interface Replayed {
  decisions: ReadonlyArray<Decided>
  recorded: ReadonlyArray<Decided>
  report: Option<Report>
}
const run: <Out, LE, R>(events: Iterable<Event>, callbacks: Layer<Out, LE, R>) => Effect<Replayed, ReplayIncomplete | PreflightFailed | LE | Callback.ErrorOf<Out> | CallbackFailed, Exclude<Exclude<R, Callback.CallbackRegistry>, Scope>>

// @etude/reports/Report
interface TestReport {
  step: number
  samples: number
  values: Event.Values
  results?: { [metric: string]: Schema.Json }
  seconds: number
}
interface Counts {
  epochs: number
  steps: number
  samples: number
  skipped: { empty: number; controller: number; nonFinite: number }
  rollbacks: number
}
declare type Setting = "task" | "seed" | "config" | "backend" | "executor" | "parameters" | "trainSamples" | "batchesPerEpoch"
interface Report extends Pick<Event.RunSetting, Setting | "monitors"> {
  version: 1
  status: "ended" | "interrupted" | "failed" | "unfinished"
  reason: string
  error?: string
  attempts: number
  counts: Counts
  history: ReadonlyArray<History.Row>
  best: { [monitor: string]: Best }
  endedWith?: Core.EndedWith
  initialized?: ReadonlyArray<Event.LoadedFrom>
  test?: TestReport
  warnings: ReadonlyArray<string>
  checkpoints: ReadonlyArray<string>
  seconds: { total: number; epochs: number; validation: number; test: number }
}
interface ReportEncoded extends Omit<Report, "monitors"> {
  monitors?: Monitors
}
const Report: Schema.Codec<Report, ReportEncoded>
const encode: (report: Report) => string
const decode: (text: unknown) => Effect<Report, Schema.SchemaError>
const fold: (all: Iterable<Event>) => Option<Report>

// @etude/reports/ReportsConfig
declare type WithoutFile<Config, Input, R = never> = CallbackEntry<Config, Input, CallbackOf, CallbackRegistry | R>
declare type WithFile<Config, Input> = CallbackEntry<Config, Partial<Input>, CallbackOf<OutputFileError>, CallbackRegistry | FileSystem>
type Entries = {
  csv: WithFile<Csv.Config, Csv.ConfigInput>
  valuesFile: WithFile<ValuesFile.Config, ValuesFile.ConfigInput>
  tensorBoard: WithFile<TensorBoard.Config, TensorBoard.ConfigInput>
  htmlReport: WithFile<HtmlReport.Config, HtmlReport.ConfigInput>
  gradientNorms: WithoutFile<GradientNorms.Config, GradientNorms.ConfigInput>
  weightNorms: WithoutFile<WeightNorms.Config, WeightNorms.ConfigInput>
  memory: WithoutFile<{}, {}>
  throughput: WithoutFile<{}, {}>
  learningRate: WithoutFile<{}, {}>
  modelSummary: WithoutFile<{}, {}, Terminal>
  timing: WithoutFile<{}, {}, Terminal>
}
const entries: Entries
interface ReportsConfig extends CallbackEntry.Section<Entries> {}
interface ReportsInput extends CallbackEntry.SectionInput<Entries> {}
const ReportsConfig: Schema.Codec<ReportsConfig, ReportsInput>
const filesOf: (config: ReportsConfig) => ReadonlyArray<string>
const layerOf: (config: ReportsConfig, place: Plugin.Place) => Layer<CallbackOf<OutputFileError>, ConfigInvalid, CallbackRegistry | FileSystem | Terminal>
const plugin: Plugin.PluginOf<Entries>

// @etude/reports/Resources
declare type Observer = Layer<Callback.CallbackOf, never, Callback.CallbackRegistry>
const memory: () => Observer
const throughput: () => Observer
const learningRate: () => Observer

// @etude/reports/TensorBoard
const Config: Schema.Struct<{
  directory: Schema.NonEmptyString
  flushEverySteps: CoreConfig.Defaulted<number>
  id: Schema.optionalKey<Schema.NonEmptyString>
}>
type Config = typeof Config.Type
type ConfigInput = typeof Config.Encoded
const id = "tensorBoard"
declare type Summary = { scalars?: Values; texts?: { [tag: string]: string } }
const encode: (point: { step: number; wallTime: number }, content: Summary | { fileVersion: string } | { sessionStart: true }) => Uint8Array
const layer: (config: ConfigInput) => FileObserver

// @etude/reports/Terminal
interface TerminalService {
  write: (text: string) => void
  columns: () => number
  isTerminal: boolean
  colors?: boolean
}
class Terminal extends Context.ServiceClass<Terminal, "@etude/reports/Terminal", TerminalService> {}

// @etude/reports/TestTerminal
interface TestTerminal {
  layer: Layer<Terminal>
  writes: ReadonlyArray<string>
  screen: () => ReadonlyArray<string>
  isCursorVisible: () => boolean
  cursorColumn: () => number
  wraps: () => number
  resize: (columns: number) => void
}
const make: (options?: { columns?: number; isTerminal?: boolean; colors?: boolean }) => TestTerminal

// @etude/reports/Timeline
const effective: (events: Iterable<Event>) => ReadonlyArray<Event>
const until: (events: Iterable<Event>, position: Progress) => ReadonlyArray<Event>

// @etude/reports/Timing
const id = "timing"
interface Share {
  part: string
  times: number
  seconds: number
}
const makeSum: () => {
  add: (part: Callback.TimedPart, milliseconds: number) => void
  shares: () => ReadonlyArray<Share>
}
const lines: (shares: ReadonlyArray<Share>, wholeSeconds: number) => ReadonlyArray<string>
const layer: () => Layer<Callback.CallbackOf, never, Callback.CallbackRegistry | Terminal>

// @etude/reports/ValuesFile
const Config: Schema.Struct<{
  path: Schema.NonEmptyString
  flushEverySteps: CoreConfig.Defaulted<number>
  id: Schema.optionalKey<Schema.NonEmptyString>
}>
type Config = typeof Config.Type
type ConfigInput = typeof Config.Encoded
const id = "valuesFile"
interface Row extends Progress {
  kind: "step" | "validation" | "epoch" | "test"
  learningRate?: number
  values: Values
  measured?: { [callback: string]: Values }
  scheduled?: Values
}
const Row: Schema.Codec<Row>
const parse: (text: string) => ReadonlyArray<Row>
const layer: (config: ConfigInput) => FileObserver

// @etude/reports/WeightNorms
declare const fields: {
  each: CoreConfig.Defaulted<boolean>
  match: CoreConfig.Defaulted<string | readonly string[]>
  id: Schema.optionalKey<Schema.NonEmptyString>
}
interface Config extends Schema.Struct.Type<typeof fields> {}
interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
const Config: OptionsSchema<Config, ConfigInput>
const id = "weightNorms"
const norms: (tensors: Tensors, each?: boolean) => { [path: string]: number }
const layer: (config?: ConfigInput) => Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry>
