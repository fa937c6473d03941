// The public interface of @etude/study. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/study
// Namespaces of modules: Comparison, Database, Errors, Export, Importance, Objective,
// OptunaJournal, PostgresServer, Pruner, Pruners, Results, CurveFigure, Live, Markdown, Terminal,
// Searcher, Searchers, Settings, Simulation, Space, SpaceConfig, Static, Statistics, Study,
// StudyConfig, StudyPlugin, StudyRecord, StudyRegistry, StudyStore, Supervisor, Trial,
// TrialProtocol, TrialQueue, Worker

// @etude/study/Comparison
type BySeed = ReadonlyMap<number, number>
interface Comparison extends Statistics.Summary {
  seeds: ReadonlyArray<number>
  wilcoxon: number | null
  student: number | null
}
const wilcoxon: (differences: ReadonlyArray<number>) => number | null
const student: (differences: ReadonlyArray<number>) => number | null
const paired: (first: BySeed, second: BySeed, options?: Statistics.Options) => Comparison
const holm: (values: ReadonlyArray<number | null>) => ReadonlyArray<number | null>

// @etude/study/Database
type Unusable = NetworkFileSystem | Postgres.PostgresMissing | SqlError
const layer: (database: string) => Layer<SqlClient, Unusable>
const store: (database: string) => Layer<StudyStore | SqlClient, DatabaseNewer | Unusable>
const engine: (database: string, { lease, poll }: { lease: Duration; poll?: Duration }) => Layer<StudyStore | TrialQueue | SqlClient, DatabaseNewer | Unusable>

// @etude/study/Errors
class StudyUnknown extends Schema.TaggedError<{ study: Schema.String; known: Schema.$Array<Schema.String> }> {}
const Difference: Schema.Struct<{
  path: Schema.String
  stored: Schema.optionalKey<Schema.Codec<Schema.Json>>
  given: Schema.optionalKey<Schema.Codec<Schema.Json>>
}>
interface Difference {
  path: string
  stored?: Schema.Json
  given?: Schema.Json
}
class StudyDiffers extends Schema.TaggedError<{
  study: Schema.String
  differences: Schema.$Array<Schema.Struct<{
    path: Schema.String
    stored: Schema.optionalKey<Schema.Codec<Schema.Json>>
    given: Schema.optionalKey<Schema.Codec<Schema.Json>>
  }>>
}> {}
class DatabaseNewer extends Schema.TaggedError<{ found: Schema.Number; known: Schema.Number }> {}
class TrialTakenOver extends Schema.TaggedError<{ study: Schema.String; trial: Schema.Number; fence: Schema.Number }> {}
class DatabaseFailed extends Schema.TaggedError<{ reason: Schema.String; cause: Schema.Defect }> {}
class VersionsDiffer extends Schema.TaggedError<{
  study: Schema.String
  differences: Schema.$Array<Schema.Struct<{
    path: Schema.String
    stored: Schema.optionalKey<Schema.Codec<Schema.Json>>
    given: Schema.optionalKey<Schema.Codec<Schema.Json>>
  }>>
}> {}
class OptunaUnavailable extends Schema.TaggedError<{ python: Schema.String; problem: Schema.String }> {}

// @etude/study/Export
const trialsCsv: (study: Results.Study) => string
const reportsCsv: ({ trials }: Pick<Results.Study, "trials">) => string
const json: (study: Results.Study, results: Results) => string

// @etude/study/Importance
interface Options {
  quantile?: number
  region?: number
}
interface Tried {
  parameters: Parameters
  cost: number
}
interface Importance {
  key: string
  share: number
  divergence: number
}
const ofSettings: (space: Space, tried: ReadonlyArray<Tried>, { quantile, region }?: Options) => ReadonlyArray<Importance>
const of: (study: Study, options?: Options & { monitor?: string }) => ReadonlyArray<Importance>

// @etude/study/Objective
interface Objective {
  monitor: string
  better?: "higher" | "lower"
  of: "best" | "last"
}
type ObjectiveEncoded = string | { monitor: string; better?: "higher" | "lower"; of?: "best" | "last" }
const Objective: Schema.Codec<Objective, Exclude<ObjectiveEncoded, string>>
const isOfTest: ({ monitor }: Pick<Objective, "monitor">) => boolean
const directionOf: (objective: Objective, monitors?: Monitors) => "higher" | "lower" | undefined
const resolve: (objectives: ReadonlyArray<Objective>, monitors: Monitors) => { objectives: ReadonlyArray<Objective>; problems: ReadonlyArray<Problem> }
const costOf: (objective: Objective, value: number) => number
const valueOf: (objective: Objective, cost: number) => number
const pointsOf: (objective: Objective, { reports }: Pick<Trial, "reports">) => ReadonlyArray<Point>
const reached: (objective: Objective, trial: Pick<Trial, "reports" | "test">) => number | undefined
const coursesOf: (trials: ReadonlyArray<Trial>, objectives: ReadonlyArray<Objective>) => ReadonlyArray<Course>
const observationsOf: (trials: ReadonlyArray<Trial>, objectives: ReadonlyArray<Objective>) => ReadonlyArray<Observation>

// @etude/study/OptunaJournal
interface Options {
  times?: (trial: Trial) => Times
}
const journal: (study: Results.Study, { times }?: Options) => string

// @etude/study/PostgresServer
class PostgresUnavailable extends Schema.TaggedError<{ reason: Schema.String }> {}
interface PostgresServer {
  url: string
  stop: (how: "fast" | "crash") => Effect<void>
  start: Effect<void, PostgresUnavailable>
}
interface ServerOptions {
  folder: string
  port?: number
  isDurable?: boolean
}
const programs: Effect<string | undefined>
const run: (options: ServerOptions) => Effect<PostgresServer, PostgresUnavailable, Scope>

// @etude/study/Pruner
interface Point {
  step: number
  epoch: number
  value: number
}
interface Course {
  number: number
  setting: number
  seed: number
  parameters: Parameters
  state: State
  points: ReadonlyArray<Point>
}
type Decision = { _tag: "Continue" } | { _tag: "Stop"; reason: string } | { _tag: "Pause"; reason: string }
const Decision: Schema.Codec<Decision>
type Promotion = { _tag: "Resume"; trial: number } | { _tag: "Exploit"; trial: number; donor: number; parameters: Parameters }
interface Pruner {
  decide: (trial: Course, all: ReadonlyArray<Course>) => Decision
  promote?: (all: ReadonlyArray<Course>, context: { space: Space; key: Rng.Key; settled: boolean }) => ReadonlyArray<Promotion>
}
type PrunerEntry = Entry<Pruner>
const proceed: Decision
const stop: (reason: string) => Decision
const pause: (reason: string) => Decision

// @etude/study/Pruners
export { asha } from "./pruners/Asha.ts"
export { type HalvingOptions, successiveHalving } from "./pruners/Halving.ts"
export { type HyperbandOptions, hyperband } from "./pruners/Hyperband.ts"
export { type MedianOptions, median } from "./pruners/Median.ts"
export { type PopulationOptions, population } from "./pruners/Population.ts"
const entries: ReadonlyArray<PrunerEntry>

// @etude/study/pruners/Asha
const asha: (options?: Halving.HalvingOptions) => Pruner

// @etude/study/pruners/Halving
interface HalvingOptions {
  first?: Rungs.Amount
  factor?: number
  until?: Rungs.Amount
  rungs?: { epochs: ReadonlyArray<number> } | { steps: ReadonlyArray<number> }
}
const successiveHalving: (options?: HalvingOptions) => Pruner

// @etude/study/pruners/Hyperband
interface HyperbandOptions {
  first: Rungs.Amount
  until: Rungs.Amount
  factor: number
}
const hyperband: (options: HyperbandOptions) => Pruner

// @etude/study/pruners/Median
interface MedianOptions {
  startup?: number
  warmup?: number
  interval?: number
  quantile?: number
}
const median: ({ startup, warmup, interval, quantile }?: MedianOptions) => Pruner

// @etude/study/pruners/Population
interface PopulationOptions {
  every: Rungs.Amount
  fraction: number
  resample: number
  factors: ReadonlyArray<number>
  vary: ReadonlyArray<string>
}
const population: (chosen?: Partial<PopulationOptions>) => Pruner

// @etude/study/Results
interface Study {
  name: string
  exact: boolean
  seeds: ReadonlyArray<number>
  settings: number
  space: Space
  objectives: ReadonlyArray<Objective>
  trials: ReadonlyArray<Trial>
}
const studyOf: ({ name, trials }: Pick<StudyRecord, "name" | "trials">, definition: Pick<StudyConfig, "exact" | "seeds" | "settings" | "space" | "objective">) => Study
interface Column {
  monitor: string
  better: "higher" | "lower" | undefined
  of: "best" | "last" | "chosen"
  isObjective: boolean
}
interface Value extends Statistics.Summary {
  notFinite: ReadonlyArray<number>
}
type Counts = { readonly [state in State]: number }
interface Row {
  setting: number
  parameters: Parameters
  counts: Counts
  missing: ReadonlyArray<number>
  values: { [monitor: string]: Value }
  isBest: boolean
}
interface Results {
  study: Pick<Study, "name" | "exact" | "seeds">
  parameters: ReadonlyArray<string>
  columns: ReadonlyArray<Column>
  intervals: Required<Pick<Statistics.Options, "confidence" | "method">>
  rows: ReadonlyArray<Row>
  counts: Counts
  failures: ReadonlyArray<Failure>
}
interface Failure {
  reason: string
  trials: ReadonlyArray<number>
}
const countsOf: (trials: ReadonlyArray<Pick<Trial, "state">>) => Counts
const presentStates: (counts: Counts) => ReadonlyArray<readonly [state: State, count: number]>
const columnsOf: (study: Study) => ReadonlyArray<Column>
const valueOf: (study: Study, column: Column, trial: Trial) => number | undefined
const bySeed: (study: Study, column: Column, setting: number) => ReadonlyMap<number, number>
interface Options extends Statistics.Options {
  isBrief?: boolean
}
const of: (study: Study, options?: Options) => Results
interface Compared extends Comparison {
  setting: number
  against: number
  adjusted: { wilcoxon: number | null; student: number | null }
}
const compare: (study: Study, results: Results, options?: Statistics.Options & { monitor?: string; against?: number }) => ReadonlyArray<Compared>

// @etude/study/render/CurveFigure
interface Options {
  monitor?: string
  band?: "deviation" | "interval" | "range"
  scale?: "linear" | "log"
  most?: number
  width?: number
}
const figure: (study: Results.Study, options?: Options) => Figure

// @etude/study/render/Live
interface Options {
  columns?: number
  rows?: number
  palette?: Palette
}
declare type Paint = (text: string) => string
interface Palette {
  heading: Paint
  soft: Paint
  good: Paint
  warning: Paint
  bad: Paint
}
interface Times {
  created: number
  now: number
}
const lines: (study: Results.Study, times: Times, options?: Options) => ReadonlyArray<string>

// @etude/study/render/Markdown
const table: (results: Results, options?: { rows?: number }) => string
const comparisons: (compared: ReadonlyArray<Results.Compared>, monitor: string) => string
const importances: (all: ReadonlyArray<Importance>) => string

// @etude/study/render/Terminal
interface Options {
  columns?: number
  rows?: number
  palette?: Palette
}
interface Palette {
  heading: (text: string) => string
  soft: (text: string) => string
}
const table: (results: Results, options?: Options) => string
const comparisons: (compared: ReadonlyArray<Results.Compared>, monitor: string, options?: Options) => string
const importances: (all: ReadonlyArray<Importance>, options?: Options) => string

// @etude/study/Searcher
interface Observation {
  setting: number
  parameters: Parameters
  state: "running" | "complete" | "pruned" | "failed"
  objectives: ReadonlyArray<number> | null
  epoch: number
}
interface Searcher {
  suggest: (space: Space, tried: ReadonlyArray<Observation>, setting: number, key: Rng.Key) => Parameters | undefined
  isSequential?: boolean
  count?: (space: Space) => number
  problem?: (space: Space) => string | undefined
}
type SearcherEntry = Entry<Searcher>

// @etude/study/Searchers
export { grid } from "./searchers/Grid.ts"
export { halton } from "./searchers/Halton.ts"
export { type OptunaOptions, optuna } from "./searchers/Optuna.ts"
export { drawn, random } from "./searchers/Random.ts"
export { sobol } from "./searchers/Sobol.ts"
export { type TpeOptions, tpe } from "./searchers/Tpe.ts"
const entries: ReadonlyArray<SearcherEntry>

// @etude/study/searchers/Grid
const grid: Searcher

// @etude/study/searchers/Halton
const halton: Searcher

// @etude/study/searchers/Optuna
interface OptunaOptions {
  sampler: string
  options: { [name: string]: Schema.Json }
  python: string
}
const optuna: (options: OptunaOptions) => Searcher

// @etude/study/searchers/Random
const drawn: (range: Space.Range, key: Rng.Key) => Schema.Json
const random: Searcher

// @etude/study/searchers/Sobol
const sobol: Searcher

// @etude/study/searchers/Tpe
interface TpeOptions {
  startup: number
  candidates: number
  constantLiar: boolean
  multivariate?: boolean
}
const tpe: (chosen?: Partial<TpeOptions>) => Searcher

// @etude/study/Settings
interface Definition {
  space: Space
  settings: number
  seeds: ReadonlyArray<number>
  seed: number
}
interface Planned {
  number: number
  setting: number
  seed: number
  parameters: Parameters
}
const keyOf: (seed: number) => Rng.Key
const suggest: ({ space, settings, seed }: Pick<Definition, "space" | "settings" | "seed">, searcher: Searcher, tried: ReadonlyArray<Observation>, setting: number) => Parameters | undefined
const trialsOf: ({ seeds }: Pick<Definition, "seeds">, setting: number, parameters: Parameters) => ReadonlyArray<Planned>
const trialAt: (study: Definition, searcher: Searcher, number: number) => Planned | undefined
const all: (study: Definition, searcher: Searcher, most?: number) => ReadonlyArray<Planned>
const folderOf: (number: number) => string

// @etude/study/Simulation
interface Learner<State> {
  begin: (seed: number) => State
  train: (state: State, parameters: Parameters) => readonly [state: State, value: number]
}
const curve: (at: (parameters: Parameters, epoch: number, seed: number) => number) => Learner<{ seed: number; epoch: number }>
interface SimulationOptions<State> {
  space: Space
  searcher: Searcher
  pruner?: Pruner
  learner: Learner<State>
  settings: number
  seeds?: ReadonlyArray<number>
  seed?: number
  epochs: number
  workers?: number
  secondsOf?: (trial: number, epoch: number) => number
}
interface Simulated {
  trials: ReadonlyArray<Trial>
  epochs: number
  seconds: number
  progress: ReadonlyArray<{ epochs: number; seconds: number; value: number }>
}
const simulate: <State>(options: SimulationOptions<State>) => Simulated

// @etude/study/Space
interface Float {
  _tag: "Float"
  low: number
  high: number
  log: boolean
}
interface Int {
  _tag: "Int"
  low: number
  high: number
  log: boolean
}
interface Choice {
  _tag: "Choice"
  values: ReadonlyArray<Schema.Json>
}
type Range = Float | Int | Choice
interface Parameter {
  key: string
  range: Range
  when?: { key: string; values: ReadonlyArray<Schema.Json> }
}
interface Space {
  parameters: ReadonlyArray<Parameter>
}
const isSame: (one: Schema.Json, other: Schema.Json) => boolean
const isActive: ({ when }: Parameter, chosen: Parameters) => boolean
const fill: (space: Space, choose: (parameter: Parameter, index: number) => Schema.Json) => Parameters
const includes: (range: Range, value: Schema.Json) => boolean
const problems: (space: Space, parameters: Parameters) => ReadonlyArray<string>
const isFinite: ({ parameters }: Space) => boolean

// @etude/study/SpaceConfig
declare type Pair = readonly [low: number, high: number]
interface RangeEncoded {
  log?: Pair | boolean
  from?: number
  to?: number
  int?: Pair
  choice?: ReadonlyArray<Schema.Json>
  when?: { [key: string]: ReadonlyArray<Schema.Json> }
}
interface SpaceEncoded {
  [key: string]: RangeEncoded
}
const problemOfKey: (key: string) => string | undefined
const SpaceConfig: Schema.Codec<Space, SpaceEncoded>

// @etude/study/Static
class NotStatic extends Schema.TaggedError<{ study: Schema.String; reasons: Schema.$Array<Schema.String> }> {}
class TrialUnknown extends Schema.TaggedError<{ study: Schema.String; number: Schema.Number; trials: Schema.Natural }> {}
class TrialFileUnusable extends Schema.TaggedError<{ file: Schema.String; reason: Schema.String }> {}
const reasonsOf: ({ config, searcher }: Study) => ReadonlyArray<string>
interface StaticOptions extends Place {
  command: Supervisor.TrialCommand
  number: number
  grace?: Duration
}
const planned: (study: Study, number: number) => Effect<Settings.Planned, NotStatic | TrialUnknown>
const run: (options: StaticOptions) => Effect<Trial, NotStatic | TrialFileUnusable | TrialUnknown>
const same: ({ name, definition }: Study, stored: Schema.Json) => Effect<void, StudyDiffers>
const gather: (study: Study, folder: string, args_2: { versions: Versions; created: number }) => Effect<{
  name: string
  definition: Schema.Json
  created: number
  trials: Trial[]
  decisions: never[]
  versions: Versions
}, NotStatic | TrialFileUnusable>

// @etude/study/Statistics
interface Interval {
  low: number
  high: number
}
interface Options {
  confidence?: number
  method?: "bca" | "percentile" | "student"
  key?: Rng.Key
  resamples?: number
}
interface Summary {
  n: number
  mean: number | null
  deviation: number | null
  interval: Interval | null
}
const mean: (values: ReadonlyArray<number>) => number
const standardDeviation: (values: ReadonlyArray<number>) => number
const bootstrap: (values: ReadonlyArray<number>, options?: Options) => Interval | null
const intervalOf: (values: ReadonlyArray<number>, options?: Options) => Interval | null
const summarize: (values: ReadonlyArray<number>, options?: Options) => Summary

// @etude/study/Study
interface Study {
  name: string
  config: StudyConfig
  definition: Schema.Json
  searcher: Searcher
  pruner: Pruner | undefined
}
const make: (name: string, config: StudyConfig, registry?: StudyRegistry) => Study
const load: (name: string, registry?: StudyRegistry | undefined) => Effect<Study, ConfigInvalid | SqlError | StudyUnknown, StudyStore>
const open: (study: Study, versions: Versions) => Effect<void, PersistedQueueError | SqlError | StudyDiffers | StudyUnknown, StudyStore | TrialQueue>
const report: (args_0: Study, lease: Lease, reported: Report) => Effect<Decision, SqlError | TrialTakenOver, StudyStore>
const began: (study: Study, lease: Lease, bits: string) => Effect<void, PersistedQueueError | SqlError | TrialTakenOver, StudyStore | TrialQueue>
const advance: (study: Study) => Effect<boolean, OptunaUnavailable | PersistedQueueError | SqlError | StudyUnknown, StudyStore | TrialQueue>
const settle: (study: Study, lease: Lease, settlement: Settlement, delay?: Duration.Input | undefined) => Effect<void, OptunaUnavailable | PersistedQueueError | SqlError | StudyUnknown | TrialTakenOver, StudyStore | TrialQueue>

// @etude/study/StudyConfig
interface Variant extends Entry.Tagged {
  [option: string]: Schema.Json
}
interface PluginUse {
  use: string
}
interface StudyConfig {
  $schema?: string
  name?: string
  config: string
  set: Parameters
  seeds: ReadonlyArray<number>
  space: Space
  search: Variant
  settings: number
  objective: ReadonlyArray<Objective>
  pruner?: Variant
  plugins: ReadonlyArray<PluginUse>
  seed: number
  exact: boolean
  threads: number
  attempts: number
  lease: Duration
  trialsPerProcess: number
}
interface StudyConfigEncoded {
  $schema?: string
  name?: string
  config: string
  set?: Parameters
  seeds?: number | ReadonlyArray<number>
  space?: SpaceEncoded
  search?: Variant
  settings?: number
  objective?: ObjectiveEncoded | ReadonlyArray<ObjectiveEncoded>
  pruner?: Variant
  plugins?: ReadonlyArray<PluginUse>
  seed?: number
  exact?: boolean
  threads?: number
  attempts?: number
  lease?: string
  trialsPerProcess?: number
}
const of: (registry?: StudyRegistry) => Schema.Codec<StudyConfig, StudyConfigEncoded>
const decode: (document: unknown, source: string, registry?: StudyRegistry) => Effect<StudyConfig, ConfigInvalid>
const encode: (study: StudyConfig, registry?: StudyRegistry) => StudyConfigEncoded
const jsonSchema: (registry?: StudyRegistry) => { [key: string]: unknown }

// @etude/study/StudyPlugin
interface Additions<Entries extends CallbackEntries = {}> extends Plugin.Additions<Entries>, StudyRegistry.Contribution {}
interface StudyPlugin<Entries extends CallbackEntries = {}> extends Plugin.PluginOf<Entries>, StudyRegistry {}
const make: <Entries extends CallbackEntries = {}>({ searchers, pruners, ...additions }: Additions<Entries>) => StudyPlugin<Entries>
interface Named {
  path: string
  plugin: { name: string } & StudyRegistry.Contribution
}
const registryOf: (plugins: ReadonlyArray<Named>) => { registry: StudyRegistry; problems: ReadonlyArray<Problem> }

// @etude/study/StudyRecord
interface DecisionRecord {
  trial: number
  step: number
  decision: Decision
  basis: { reports: number }
}
interface Versions {
  [name: string]: string
}
interface Times {
  begun?: number
  ended?: number
}
interface StudyRecord {
  name: string
  definition: Schema.Json
  created: number
  trials: ReadonlyArray<Trial>
  times?: ReadonlyMap<number, Times>
  decisions: ReadonlyArray<DecisionRecord>
  versions: Versions
}

// @etude/study/StudyRegistry
interface StudyRegistry {
  searchers: ReadonlyArray<SearcherEntry>
  pruners: ReadonlyArray<PrunerEntry>
}
type Contribution = Partial<StudyRegistry>
const own: StudyRegistry
const extend: (registry: StudyRegistry, ...added: ReadonlyArray<Contribution>) => StudyRegistry
const conflicts: (registry: StudyRegistry, added: Contribution) => ReadonlyArray<string>

// @etude/study/StudyStore
interface Lease {
  study: string
  trial: number
  fence: number
}
interface Taken {
  lease: Lease
  setting: number
  seed: number
  parameters: Parameters
  folder: string
  startFrom: string | null
  bits: string | null
  failures: number
}
interface Settlement {
  state: Exclude<State, "running">
  reason: string | null
  seconds: number
  test?: { [metric: string]: number } | null
  sha256?: string | null
  counts?: "failure" | "preemption"
}
interface Stored {
  name: string
  definition: Schema.Json
  versions: Versions
  created: number
  settings: number
  isExhausted: boolean
}
type Counts = { readonly [state in State]: number }
class StudyStore extends Context.ServiceClass<StudyStore, "@etude/study/StudyStore", {
  names: Effect<ReadonlyArray<string>, SqlError>
  find: (study: string) => Effect<Stored, StudyUnknown | SqlError>
  trials: (study: string) => Effect<ReadonlyArray<Trial>, SqlError>
  counts: (study: string) => Effect<Counts, SqlError>
  record: (study: string) => Effect<StudyRecord, StudyUnknown | SqlError>
  exclusively: <A, E, R>(study: string, effect: Effect<A, E, R>) => Effect<A, E | SqlError, R>
  create: (study: Pick<Stored, "name" | "definition" | "versions">) => Effect<boolean, SqlError>
  redefine: (study: string, definition: Schema.Json) => Effect<void, SqlError>
  add: (study: string, trials: ReadonlyArray<Planned>, asked: { settings: number; isExhausted: boolean }) => Effect<void, SqlError>
  take: (study: string, turn: Turn, who: { holder: string; worker: string }) => Effect<Taken | undefined, SqlError>
  began: (lease: Lease, bits: string) => Effect<void, TrialTakenOver | SqlError>
  check: (lease: Lease) => Effect<void, TrialTakenOver | SqlError>
  report: (lease: Lease, report: Report, decide?: (trials: ReadonlyArray<Trial>) => Decision) => Effect<Decision, TrialTakenOver | SqlError>
  settle: (lease: Lease, settlement: Settlement) => Effect<Turn, TrialTakenOver | SqlError>
  promote: (study: string, trial: number) => Effect<Turn | undefined, SqlError>
  exploit: (study: string, trial: number, donor: number, parameters: Parameters) => Effect<Turn | undefined, SqlError>
  withhold: (study: string, trial: number) => Effect<void, SqlError>
  release: (study: string) => Effect<ReadonlyArray<Turn>, SqlError>
  prunePaused: (study: string, reason: string) => Effect<void, SqlError>
}> {}
const layer: Layer<StudyStore, DatabaseNewer | SqlError, SqlClient>

// @etude/study/Supervisor
interface TrialCommand {
  module: string
  args: ReadonlyArray<string>
  nodeArgs?: ReadonlyArray<string>
  env?: { [name: string]: string }
}
interface SupervisorOptions {
  command: TrialCommand
  trialsPerProcess: number
  grace?: Duration
}
type Ending = Finished | {
  _tag: "Exited"
  code: number | null
  signal: NodeJS.Signals | null
  wasAsked: boolean
  output: string
}
interface Listener<E, R> {
  began: (message: Began) => Effect<void, E, R>
  reported: (message: Reported) => Effect<Decision, E, R>
}
interface Supervisor {
  run: <E, R>(begin: Begin, listener: Listener<E, R>) => Effect<Ending, E, R>
  leave: Effect<void>
}
const make: ({ command, trialsPerProcess, grace }: SupervisorOptions) => Effect<Supervisor, never, Scope>

// @etude/study/Trial
interface Parameters {
  [key: string]: Schema.Json
}
interface Report {
  step: number
  epoch: number
  values: { [monitor: string]: number }
}
type State = "waiting" | "running" | "paused" | "complete" | "pruned" | "failed"
const hasEnded: (state: State) => boolean
interface Trial {
  number: number
  setting: number
  parameters: Parameters
  seed: number
  state: State
  reports: ReadonlyArray<Report>
  test: { [metric: string]: number } | null
  reason: string | null
  attempts: number
  preemptions: number
  failures: number
  seconds: number
  folder: string
}

// @etude/study/TrialProtocol
const returnedCode = 75
interface Override {
  path: ReadonlyArray<string>
  value: Schema.Json
}
const Override: Schema.Codec<Override>
interface Begin {
  _tag: "Begin"
  folder: string
  config: string
  overrides: ReadonlyArray<Override>
  seed: number
  fence: number
  threads: number | null
  allowAlterations?: boolean
  startFrom?: string
}
const Begin: Schema.Codec<Begin>
interface Decided {
  _tag: "Decided"
  step: number
  decision: Decision
}
const Decided: Schema.Codec<Decided>
interface End {
  _tag: "End"
}
const End: Schema.Codec<End>
type ToTrial = Begin | Decided | End
const ToTrial: Schema.Codec<ToTrial>
interface Began {
  _tag: "Began"
  step: number
  epoch: number
  bits: string
}
const Began: Schema.Codec<Began>
interface Reported {
  _tag: "Reported"
  step: number
  epoch: number
  values: Values
}
const Reported: Schema.Codec<Reported>
type Outcome = "complete" | "stopped" | "paused" | "returned" | "failed" | "refused" | "superseded"
const Outcome: Schema.Codec<Outcome>
interface Finished {
  _tag: "Finished"
  outcome: Outcome
  reason: string | null
  step: number
  epoch: number
  test: Values | null
  seconds: number
  sha256: string | null
  isHopeless?: boolean
}
const Finished: Schema.Codec<Finished>
type FromTrial = Began | Reported | Finished
const FromTrial: Schema.Codec<FromTrial>
const encodeToTrial: (message: ToTrial) => Schema.Json
const encodeFromTrial: (message: FromTrial) => Schema.Json
const decodeToTrial: (message: unknown) => Result<ToTrial, Schema.SchemaError>
const decodeFromTrial: (message: unknown) => Result<FromTrial, Schema.SchemaError>

// @etude/study/TrialQueue
interface Turn {
  trial: number
  turn: number
}
class TrialQueue extends Context.ServiceClass<TrialQueue, "@etude/study/TrialQueue", {
  offer: (study: string, turn: Turn, options?: { delay?: Duration.Input }) => Effect<void, PersistedQueue.PersistedQueueError>
  take: <A, E, R>(study: string, f: (turn: Turn) => Effect<A, E, R>) => Effect<A, E | PersistedQueue.PersistedQueueError, R>
}> {}
interface QueueOptions {
  lease: Duration
  poll?: Duration
}
const layer: ({ lease, poll }: QueueOptions) => Layer<TrialQueue, SqlError, SqlClient>

// @etude/study/Worker
interface WorkerOptions {
  study: Study
  folder: string
  config: string
  command: Supervisor.TrialCommand
  versions: Versions
  once?: boolean
  grace?: Duration
  changed?: (trial: number) => Effect<void>
}
const run: (options: WorkerOptions) => Effect<void, DatabaseFailed | OptunaUnavailable | StudyUnknown | VersionsDiffer, StudyStore | TrialQueue>

// @etude/study/Laws
const searcher: (searcher: Searcher, options?: SearcherLaw.SearcherOptions) => void
const pruner: (pruner: Pruner, options?: PrunerLaw.PrunerOptions) => void
