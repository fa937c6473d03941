// The public interface of @etude/core. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/core
// Namespaces of modules: Backend, Callback, CallbackEntry, Checkpoints, Config, DataLoader,
// Dataset, Decision, Draw, Entry, Errors, Event, Experiment, Extent, Figure, Gradient,
// BatchNormalization, Bytes, LayerRates, LayersArtifacts, LayersFile, LayersModel, LearningRate,
// Lookup, Loss, Losses, Metric, MetricResults, Model, NamedLosses, Optimizer, Options,
// ParameterGroup, PathPattern, Plot, Plugin, RandomBits, Registry, Rng, Sampler, Scheduled, Step,
// StepExecutor, Storage, Surroundings, Svg, Task, Tensors, TrainConfig, Trainer, TrainState,
// Update, Updates, When

// @etude/core/Backend
interface BackendInfo {
  name: string
  version: string
  device: string
  threads: number
  reason: string
  bits?: string
}
const Threads: Context.Reference<number | undefined>
const bitsOfRun: (backend: BackendInfo, executor: StepExecutor["Service"]) => string
class Backend extends Context.ServiceClass<Backend, "@etude/core/Backend", BackendInfo> {}
const acquire: (tfjsName: string, info: BackendInfo) => Effect<BackendInfo, BackendBusy | BackendUnavailable, Scope>
const layer: <E, R>(make: Effect<BackendInfo, E, R>) => Layer<Backend | StepExecutor, E, Exclude<R, Scope>>

// @etude/core/Callback
export type { Answer, At, BatchHookName, Full, HookEvents, HookFields, HookName, Hooks, HooksError, Observed, Results, Scheduled, TimedPart } from "./Hooks.ts"
export { type Driven, type DrivenDecision, type DriveOptions, drive } from "./internal/loop/Drive.ts"
export type { Transform, TransformScene } from "./Transform.ts"
export { CallbackRegistry, type CallbackState, type Definition }
declare const callbackOf: unique symbol
interface CallbackOf<out E = never, out Monitor extends string = never> {
  [callbackOf]: { error: E; monitor: Monitor }
}
type CallbackLayer<E = never, Monitor extends string = never, LE = never, R = never> = Layer<CallbackOf<E, Monitor>, LE, CallbackRegistry | R>
declare interface Common<S, Monitor extends string> {
  id: string
  after?: ReadonlyArray<string>
  monitors?: ReadonlyArray<Monitor>
  state?: CallbackState<S>
  onEvent?: (event: Known) => void
  measures?: (event: HookEvents["batchEnd"]) => Values
  onTime?: (part: TimedPart, milliseconds: number) => void
  check?: Effect<ReadonlyArray<Problem>>
  finalizer?: (exit: Exit<unknown, unknown>) => Effect<void>
}
type ErrorOf<Out> = Out extends CallbackOf<infer E, any> ? E : never
type MonitorOf<Out> = Out extends CallbackOf<any, infer Monitor> ? Monitor : never
const observer: <S = undefined, const Monitor extends string = never, H extends Hooks<S, Observed<S>> = {}>(options: Common<S, Monitor> & { hooks: H & Hooks<S, Observed<S>> }) => CallbackLayer<HooksError<H>, Monitor>
declare type RuleOf<Monitor extends string> = Monitor | (Omit<Best.Rule, "monitor"> & { monitor: Monitor })
const controller: <S = undefined, const Monitor extends string = never, H extends Hooks<S, Answer<S>> = {}>(options: Common<S, Monitor> & {
  judges?: ReadonlyArray<RuleOf<Monitor>>
  follows?: ReadonlyArray<Best.RuleInput>
  keepBest?: ReadonlyArray<RuleOf<Monitor>>
  endWith?: RuleOf<Monitor>
  freezes?: ReadonlyArray<string>
  hooks: H & Hooks<S, Answer<S>>
}) => CallbackLayer<HooksError<H>, Monitor>
const transform: <S = undefined, const Monitor extends string = never, H extends Hooks<S, Answer<S>> = {}>(options: Common<S, Monitor> & {
  transform: Transform
  evaluates?: boolean
  endsWithAverage?: { batches?: number }
  hooks?: H & Hooks<S, Answer<S>>
}) => CallbackLayer<HooksError<H>, Monitor>
const unwrap: <E, Monitor extends string, LE, LR, E2, R2>(make: Effect<CallbackLayer<E, Monitor, LE, LR>, E2, R2>) => Layer<CallbackOf<E, Monitor>, E2 | LE, LR | CallbackRegistry | Exclude<R2, Scope>>
const optional: <Out, LE, R>(layer: Layer<Out, LE, R>) => CallbackLayer<never, MonitorOf<Out>, LE, Exclude<R, CallbackRegistry>>
const shared: <Out, LE, R>(layer: Layer<Out, LE, R>) => Effect<Layer<Out, never, CallbackRegistry>, LE, Exclude<R, CallbackRegistry> | Scope>
const everySteps: <S, A>(steps: number, run: (event: HookEvents["batchEnd"], state: S) => A) => { when: (progress: Progress) => boolean; run: (event: HookEvents["batchEnd"], state: S) => A }
const isDue: (every: Every, progress: Progress, epochEnded: boolean) => boolean

// @etude/core/Hooks
interface At {
  progress: Progress
  monitors: Monitors
  state: () => TrainState
}
type Results = { [metric: string]: unknown }
interface Full {
  results: Results
  figures?: () => ReadonlyArray<MetricFigure>
}
interface HookEvents {
  trainBegin: At & { description: RunDescription }
  resumed: At & { description: RunDescription; beyondEnd: boolean }
  epochBegin: At
  batchBegin: At & { samples: number }
  batchEnd: At & { samples: number; values: Values; learningRate: number }
  batchSkipped: At & { reason: "empty" | "controller" | "nonFinite" }
  validationBegin: At & { name: string }
  validationBatchBegin: At & { name: string; batch: number }
  validationBatchEnd: At & { name: string; batch: number; samples: number; values: Values }
  validationEnd: At & { name: string; values: Values } & Full
  epochEnd: At & { values: Values }
  checkpointSaved: At & { path: string }
  ended: At & { description: RunDescription; reason: string; savedHere: boolean }
  interrupted: At & { description: RunDescription }
  failed: At & { description: RunDescription; error: unknown }
  trainEnd: At & { reason: string }
  testBegin: At
  testBatchBegin: At & { batch: number }
  testBatchEnd: At & { batch: number; samples: number; values: Values }
  testEnd: At & { values: Values } & Full
  predictBegin: At
  predictBatchBegin: At & { batch: number }
  predictBatchEnd: At & { batch: number; samples: number; outputs: TensorOrRecord }
  predictEnd: At & { samples: number }
}
type HookName = keyof HookEvents
type HookFields<H extends HookName> = Omit<HookEvents[H], keyof At> & Partial<At>
type TimedPart = { phase: "data" | "step" | "validation" | "checkpoint" } | { callback: string; hook: HookName }
type BatchHookName = "batchBegin" | "batchEnd" | "batchSkipped" | "validationBatchBegin" | "validationBatchEnd" | "testBatchBegin" | "testBatchEnd" | "predictBatchBegin" | "predictBatchEnd"
type Observed<S> = void | readonly [state: S]
type Answer<S> = Observed<S> | Decision | readonly [state: S, decision: Decision]
interface Scheduled<H extends HookName, S, A> {
  when: (progress: Progress) => boolean
  run: (event: HookEvents[H], state: S) => A | Effect<A, any>
}
type Hooks<S, A> = {
  readonly [H in HookName]?: H extends "batchEnd" ? ((event: HookEvents[H], state: S) => A) | Scheduled<H, S, A> : H extends BatchHookName ? (event: HookEvents[H], state: S) => A : (event: HookEvents[H], state: S) => A | Effect<A, any>
}
declare type ResultError<Result> = Result extends Effect<any, infer E, any> ? E : never
type HooksError<H> = {
  readonly [K in keyof H]-?: NonNullable<H[K]> extends (...args: ReadonlyArray<never>) => infer Result ? ResultError<Result> : NonNullable<H[K]> extends { run: (...args: ReadonlyArray<never>) => infer Result } ? ResultError<Result> : never
}[keyof H]

// @etude/core/internal/loop/Drive
interface DriveOptions {
  monitors?: Monitors
  states?: { [id: string]: Schema.Json }
  state?: () => TrainState
}
interface DrivenDecision {
  callback: string
  decision: Decision
  progress: Progress
}
interface Driven<E> {
  callbacks: ReadonlyArray<Definition>
  problems: ReadonlyArray<Problem>
  move: (to: Partial<Progress>) => void
  progress: () => Progress
  report: (monitors: Monitors) => void
  call: <H extends HookName>(hook: H, fields?: Partial<HookFields<H>>) => Effect<Decision, E | CallbackFailed>
  event: (event: Known) => void
  measure: (fields?: Partial<HookFields<"batchEnd">>) => { [id: string]: Values }
  decisions: ReadonlyArray<DrivenDecision>
  dropped: ReadonlyArray<string>
  states: () => { [id: string]: Schema.Json }
  finalize: (exit?: Exit<unknown, unknown>) => Effect<void>
}
const drive: <Out, LE, R>(layer: Layer<Out, LE, R>, options?: DriveOptions) => Effect<Driven<ErrorOf<Out>>, LE, Exclude<R, CallbackRegistry> | Scope>

// @etude/core/Transform
interface TransformScene {
  random: StepRandom
  hyper: { [name: string]: tf.Tensor }
  gradient: (parameters: Tensors) => Tensors
  targets?: { [target: string]: TargetKind }
}
interface Transform {
  tensors?: (parameters: Tensors) => Tensors
  hyper?: (step: number, at: ValueAt) => { [name: string]: number }
  scheduled?: ChangingNumbers
  batch?: (batch: TensorBatch, scene: TransformScene) => TensorBatch
  gradients?: (gradients: Tensors, scene: TransformScene, parameters: Tensors) => Tensors
  updates?: (updates: Tensors, scene: TransformScene, parameters: Tensors) => Tensors
  parameters?: (parameters: Tensors, tensors: Tensors, scene: TransformScene) => { parameters?: Tensors; tensors?: Tensors }
  secondGradient?: boolean
  trainable?: (path: string) => boolean
}

// @etude/core/internal/loop/Definition
interface CallbackState<S> {
  schema: Schema.Codec<S, any>
  initial: S
  outside?: { read: () => S; restore: (state: S) => void }
}
interface Definition {
  id: string
  kind: "observer" | "controller" | "transform"
  after?: ReadonlyArray<string>
  monitors?: ReadonlyArray<string>
  judges?: ReadonlyArray<Best.RuleInput>
  follows?: ReadonlyArray<Best.RuleInput>
  keepBest?: ReadonlyArray<Best.RuleInput>
  endWith?: Best.RuleInput
  freezes?: ReadonlyArray<string>
  evaluates?: boolean
  endsWithAverage?: { batches?: number }
  state?: CallbackState<any>
  hooks?: { readonly [H in HookName]?: unknown }
  transform?: Transform
  onEvent?: (event: Known) => void
  measures?: (event: HookEvents["batchEnd"]) => Values
  onTime?: (part: TimedPart, milliseconds: number) => void
  optional?: boolean
  check?: Effect<ReadonlyArray<Problem>>
  finalizer?: (exit: Exit<unknown, unknown>) => Effect<void>
}
class CallbackRegistry extends Context.ServiceClass<CallbackRegistry, "@etude/core/CallbackRegistry", { register: (definition: Definition) => Effect<void> }> {}

// @etude/core/CallbackEntry
interface Place {
  folder: string
  classes?: ReadonlyArray<string> | undefined
  earlier?: ReadonlyArray<Event.Known> | undefined
}
type OptionsSchema<Options, Encoded> = Schema.Codec<Options, Encoded> & { fields: Schema.Struct.Fields }
interface CallbackEntry<Options = any, Encoded = any, Out = any, R = any> {
  description: string
  kind: Callback.Definition["kind"]
  config: OptionsSchema<Options, Encoded>
  several?: boolean
  evaluates?: boolean
  files?: (options: Options) => ReadonlyArray<string>
  layer: (options: Options, place: Place) => Layer<Out, ConfigInvalid, R>
}
type CallbackEntries = { [name: string]: CallbackEntry }
declare interface Around {
  onFailure: "fail" | "warn"
  when?: When.Config
}
declare type OneOrSeveral<A> = A | ReadonlyArray<A>
type Section<Entries extends CallbackEntries> = {
  readonly [name in keyof Entries]?: Entries[name] extends CallbackEntry<infer Options> ? OneOrSeveral<Options & Around> : never
}
type SectionInput<Entries extends CallbackEntries> = {
  readonly [name in keyof Entries]?: Entries[name] extends CallbackEntry<any, infer Encoded> ? OneOrSeveral<Encoded & Partial<Around>> : never
}
declare type OutOf<Entries extends CallbackEntries> = {
  readonly [name in keyof Entries]: Entries[name] extends CallbackEntry<any, any, infer Out> ? Out : never
}[keyof Entries]
declare type RequirementsOf<Entries extends CallbackEntries> = {
  readonly [name in keyof Entries]: Entries[name] extends CallbackEntry<any, any, any, infer R> ? R : never
}[keyof Entries]
const schemaOf: <Entries extends CallbackEntries>(entries: Entries) => Schema.Codec<Section<Entries>, SectionInput<Entries>>
declare type Written = { [name: string]: unknown }
const decisive: (entries: CallbackEntries, section: object) => Written
const evaluating: (entries: CallbackEntries, section: object) => Written
const filesOf: (entries: CallbackEntries, section: object) => ReadonlyArray<string>
const layerOf: <Entries extends CallbackEntries>(entries: Entries, section: Section<Entries>, place: Place) => Layer<OutOf<Entries>, ConfigInvalid, Callback.CallbackRegistry | RequirementsOf<Entries>>

// @etude/core/Checkpoints
interface Setting {
  decides: Schema.Json
  other: Schema.Json
}
const Setting: Schema.Codec<Setting>
interface TaskParts {
  losses: { [loss: string]: number }
  metrics: { [metric: string]: string }
  groups: Schema.Json
}
const TaskParts: Schema.Codec<TaskParts>
interface BackendUsed {
  name: string
  version: string
  device: string
  threads: number
}
const BackendUsed: Schema.Codec<BackendUsed>
interface RunDescription {
  task: string
  config: Schema.Json
  configHash: string
  backend: BackendUsed
  executor: string
  bits?: string
  eagerPrograms?: ReadonlyArray<string>
  topology: { [model: string]: Schema.Json }
  parts?: TaskParts
  data?: Fingerprint.OfData
  setting?: Setting
  followsValidation?: boolean
  watched?: ReadonlyArray<string>
}
const RunDescription: Schema.Codec<RunDescription>
interface Saved {
  id: string
  path: string
  epoch: number
  batch: number
  step: number
  attempt: number
  values: Values
  savers?: ReadonlyArray<string>
  bytes: number
}
const Saved: Schema.Codec<Saved>
interface Loaded {
  saved: Saved
  description: RunDescription
  data: TrainStateData
  passedOver: ReadonlyArray<CheckpointCorrupt>
}
interface CheckpointsService {
  save: (state: TrainState, description: RunDescription, savers?: ReadonlyArray<string>) => Effect<Saved, CheckpointError>
  load: (id: string) => Effect<Loaded, CheckpointCorrupt | CheckpointMissing | CheckpointError>
  latest: Effect<Option<Loaded>, CheckpointCorrupt | CheckpointError>
  best: (monitor: string, better: "higher" | "lower") => Effect<Option<Saved>, CheckpointError>
  list: Effect<ReadonlyArray<Saved>, CheckpointError>
  verify: (id: string) => Effect<Saved, CheckpointCorrupt | CheckpointMissing | CheckpointError>
  delete: (id: string) => Effect<void, CheckpointError>
  settled: Effect<void, CheckpointError>
}
class Checkpoints extends Context.ServiceClass<Checkpoints, "@etude/core/Checkpoints", CheckpointsService> {}

// @etude/core/Config
interface Defaulted<T, E = T> extends Schema.withDecodingDefaultKey<Schema.Codec<T, E>> {}
const withDefault: <T, E>(schema: Schema.Codec<T, E>, value: E, description?: string) => Defaulted<T, E>
const narrowed: <T, E = T>(schema: Schema.Top) => Schema.Codec<T, E>
const positive: Schema.Finite
const notNegative: Schema.Finite
const fraction: Schema.Finite
const count: (what: string) => Schema.Int
const documentSchema: <T, E>(schema: Schema.Codec<T, E>) => { [key: string]: unknown }
const jsonSchema: <T, E>(schema: Schema.Codec<T, E>) => { [key: string]: unknown }
const decode: <T, E>(schema: Schema.Codec<T, E>, input: unknown, source: string) => Effect<T, ConfigInvalid>
const canonical: (value: unknown) => string
const hash: <T, E>(schema: Schema.Codec<T, E>, config: T) => Effect<string>

// @etude/core/DataLoader
interface BatchSource {
  next: () => HostBatch | undefined | Effect<HostBatch | undefined, DataError>
}
interface DataLoaderService {
  open: (dataset: Dataset, batches: Iterable<Int32Array>, draw: Draw, reuses?: boolean) => Effect<BatchSource, DataError, Scope>
}
const direct: DataLoaderService
const DataLoader: Context.Reference<DataLoaderService>

// @etude/core/Dataset
type TypedArray = Float32Array | Int32Array | Uint8Array
interface FieldSpec {
  shape: ReadonlyArray<number>
  dtype: "float32" | "int32" | "bool"
  bytes?: Scaling
}
const zerosLike: (values: TypedArray, length: number) => TypedArray
type Fields<A> = A | { [name: string]: A }
const isTypedArray: (fields: Fields<TypedArray>) => fields is TypedArray
const isSpec: (fields: Fields<FieldSpec>) => fields is FieldSpec
interface DatasetSpec {
  inputs: Fields<FieldSpec>
  targets?: Fields<FieldSpec>
  weights?: FieldSpec
  mask?: FieldSpec
}
interface HostBatch {
  inputs: Fields<TypedArray>
  targets?: Fields<TypedArray>
  weights?: TypedArray
  mask?: TypedArray
}
type Room = (like: TypedArray, length: number) => TypedArray
interface Dataset {
  name: string
  length: number
  spec: DatasetSpec
  classes?: ReadonlyArray<string>
  isChecked?: boolean
  isSequential?: boolean
  ahead?: number
  read(indices: Int32Array, draw: Draw, room?: Room): HostBatch | Effect<HostBatch, DataError>
  readTargets?(indices: Int32Array): Fields<TypedArray>
}
type Changes = { readonly [key in keyof Dataset]?: Dataset[key] | undefined }
const derive: (dataset: Dataset, changes?: Changes) => Dataset

// @etude/core/Decision
interface Decision {
  skipBatch: boolean
  saveNow: boolean
  savers?: ReadonlyArray<string>
  stopEpoch: boolean
  stopRun: ReadonlyArray<string>
  stoppers?: ReadonlyArray<string>
  scaleLearningRate: ReadonlyArray<number>
  useParameters: ReadonlyArray<string>
  restoreBest: ReadonlyArray<string>
  thaw?: ReadonlyArray<string>
}
const Decision: Schema.Codec<Decision>
const proceed: Decision
const skipBatch: Decision
const saveNow: Decision
const stopEpoch: Decision
const stopRun: (reason: string) => Decision
const scaleLearningRate: (factor: number) => Decision
const useParameters: (name: string) => Decision
const restoreBest: (monitor: string) => Decision
const thaw: (...patterns: ReadonlyArray<string>) => Decision
const signed: (decision: Decision, id: string) => Decision
const join: (a: Decision, b: Decision) => Decision
const all: (...decisions: ReadonlyArray<Decision>) => Decision

// @etude/core/Draw
interface Draw {
  epoch: number
  training: boolean
  key: Rng.Key
  run?: Rng.Key
}
const ofEpoch: (seed: number, epoch: number) => Draw
const ofEvaluation: (seed: number) => Draw
const fixed: Draw
const named: (draw: Draw, name: string) => Draw
const ofSample: (draw: Draw, index: number) => Rng.Key

// @etude/core/Entry
interface Tagged {
  _tag: string
}
declare type AnySchema = Schema.Codec<any>
interface Entry<out Made, Options = any, Encoded = any> {
  tag: string
  schema: Schema.Codec<Options, Encoded> | ((variant: AnySchema, scheduled: Scheduled.SchemaOf) => Schema.Codec<Options, Encoded>)
  make(options: Options, other: (variant: Tagged) => Made): Made
}
const of: <Options extends Tagged, Encoded, Made>(entry: { tag: string; schema: Schema.Codec<Options, Encoded>; make: (options: Options) => Made }) => Entry<Made, Options, Encoded>
const around: <Options extends Tagged, Encoded, Made>(entry: {
  tag: string
  schema: (variant: Schema.Codec<Tagged, any>) => Schema.Codec<Options, Encoded>
  make: (options: Options, other: (variant: Tagged) => Made) => Made
}) => Entry<Made, Options, Encoded>
const scheduled: <Options extends Tagged, Encoded, Made>(entry: {
  tag: string
  schema: (scheduled: Scheduled.SchemaOf) => Schema.Codec<Options, Encoded>
  make: (options: Options) => Made
}) => Entry<Made, Options, Encoded>
declare type AnyEntry = Entry<unknown>
declare type OptionsOf<E> = E extends Entry<unknown, infer Options, any> ? Options : never
declare type EncodedOf<E> = E extends Entry<unknown, any, infer Encoded> ? Encoded : never
const union: <Entries extends ReadonlyArray<AnyEntry>>(entries: Entries, annotations?: { identifier?: string; description?: string; message?: string }, scheduled?: Scheduled.SchemaOf) => Schema.Codec<OptionsOf<Entries[number]>, EncodedOf<Entries[number]>>
const tagsOf: (entries: ReadonlyArray<{ tag: string }>) => string
const find: <E extends { tag: string }>(entries: ReadonlyArray<E>, { _tag }: Tagged) => E
const make: <Made extends object>(entries: ReadonlyArray<Entry<Made>>, variant: Tagged) => Made
const variantOf: (value: object) => Tagged | undefined

// @etude/core/Errors
interface Problem {
  path: string
  message: string
}
const Problem: Schema.Codec<Problem>
const reasonOf: (cause: unknown) => string
class ConfigInvalid extends Schema.TaggedError<{ source: Schema.String; problems: Schema.$Array<Schema.Codec<Problem>> }> {}
class PreflightFailed extends Schema.TaggedError<{ task: Schema.String; problems: Schema.$Array<Schema.Codec<Problem>> }> {}
class DataError extends Schema.TaggedError<{
  source: Schema.String
  offset: Schema.optionalKey<Schema.Natural>
  found: Schema.String
  expected: Schema.String
  advice: Schema.String
  cause: Schema.optionalKey<Schema.Defect>
}> {}
class DatasetInvalid extends Schema.TaggedError<{ dataset: Schema.String; problems: Schema.$Array<typeof DataError> }> {}
class BackendUnavailable extends Schema.TaggedError<{ backend: Schema.String; reason: Schema.String; advice: Schema.String }> {}
class BackendBusy extends Schema.TaggedError<{ wanted: Schema.String; holder: Schema.String }> {}
class KernelUnsupported extends Schema.TaggedError<{ kernel: Schema.String; backend: Schema.String; advice: Schema.String }> {}
class ModelUnsupported extends Schema.TaggedError<{ model: Schema.String; problems: Schema.$Array<Schema.Codec<Problem>> }> {}
class LayersFileUnreadable extends Schema.TaggedError<{ location: Schema.String; problems: Schema.$Array<Schema.Codec<Problem>> }> {}
class ModelNotEncoded extends Schema.TaggedError<{ format: Schema.String; reason: Schema.String }> {}
class NonFiniteFound extends Schema.TaggedError<{
  tensor: Schema.String
  found: Schema.String
  epoch: Schema.Natural
  batch: Schema.Natural
  step: Schema.Natural
  samples: Schema.$Array<Schema.Natural>
  data: Schema.optionalKey<Schema.Struct<{ field: Schema.String; found: Schema.String; samples: Schema.$Array<Schema.Natural> }>>
  policy: Schema.String
}> {}
class StepFailed extends Schema.TaggedError<{ during: Schema.String; epoch: Schema.Natural; batch: Schema.Natural; cause: Schema.Defect }> {}
class CallbackFailed extends Schema.TaggedError<{ id: Schema.String; hook: Schema.String; cause: Schema.Defect }> {}
class CheckpointError extends Schema.TaggedError<{
  path: Schema.String
  reason: Schema.String
  tried: Schema.optionalKey<Schema.Literals<readonly ["written", "read", "deleted"]>>
  cause: Schema.optionalKey<Schema.Defect>
}> {}
class CheckpointCorrupt extends Schema.TaggedError<{ id: Schema.String; path: Schema.String; file: Schema.String; reason: Schema.String }> {}
class CheckpointMissing extends Schema.TaggedError<{ id: Schema.String; known: Schema.$Array<Schema.String> }> {}
class LabelOutOfRange extends Schema.TaggedError<{
  metric: Schema.String
  expected: Schema.String
  weight: Schema.Number
  advice: Schema.optionalKey<Schema.String>
}> {}
class GlobalRandomUsed extends Schema.TaggedError<{ callSite: Schema.String }> {}

// @etude/core/Event
interface Values {
  [name: string]: number
}
const Values: Schema.Codec<Values>
interface EventOf<Tag extends string> {
  version: 1
  _tag: Tag
  progress: Progress
}
interface BackendChosen {
  name: string
  version: string
  device: string
  reason: string
}
const BackendChosen: Schema.Codec<BackendChosen>
interface RunSetting {
  task: string
  seed: number
  config: Schema.Json
  parameters: number
  trainSamples: number
  batchesPerEpoch: number
  monitors: Monitors
  backend: BackendChosen
  executor: string
  stepsRunAs?: string
}
interface RunStarted extends EventOf<"RunStarted">, RunSetting {}
const RunStarted: Schema.Codec<RunStarted>
interface Resumed extends EventOf<"Resumed">, RunSetting {
  attempt: number
  beyondEnd?: boolean
}
const Resumed: Schema.Codec<Resumed>
interface EpochStarted extends EventOf<"EpochStarted"> {}
const EpochStarted: Schema.Codec<EpochStarted>
declare interface Rates {
  learningRate: number
  learningRates?: Values
  scheduled?: Values
}
interface StepLogged extends EventOf<"StepLogged">, Rates {
  values: Values
  measured?: { [callback: string]: Values }
  samplesPerSecond: number
}
const StepLogged: Schema.Codec<StepLogged>
interface BatchSkipped extends EventOf<"BatchSkipped"> {
  reason: "empty" | "controller" | "nonFinite"
  detail: string
}
const BatchSkipped: Schema.Codec<BatchSkipped>
interface RolledBack extends EventOf<"RolledBack"> {
  toStep: number
  detail: string
}
const RolledBack: Schema.Codec<RolledBack>
interface ValidationStarted extends EventOf<"ValidationStarted"> {
  name: string
  batches: number
}
const ValidationStarted: Schema.Codec<ValidationStarted>
interface ValidationEnded extends EventOf<"ValidationEnded"> {
  name: string
  samples: number
  learningRate?: number
  values: Values
  seconds: number
}
const ValidationEnded: Schema.Codec<ValidationEnded>
interface EpochEnded extends EventOf<"EpochEnded">, Rates {
  values: Values
  seconds: number
}
const EpochEnded: Schema.Codec<EpochEnded>
interface DecisionTaken extends EventOf<"DecisionTaken"> {
  callback: string
  decision: Schema.Json
}
const DecisionTaken: Schema.Codec<DecisionTaken>
interface CheckpointSaved extends EventOf<"CheckpointSaved"> {
  path: string
}
const CheckpointSaved: Schema.Codec<CheckpointSaved>
interface Warned extends EventOf<"Warned"> {
  message: string
}
const Warned: Schema.Codec<Warned>
interface Tested extends EventOf<"Tested"> {
  samples: number
  values: Values
  seconds: number
  results?: { [metric: string]: Schema.Json }
  figures?: ReadonlyArray<MetricFigure>
}
const Tested: Schema.Codec<Tested>
interface TensorKind {
  shape: ReadonlyArray<number>
  dtype: string
}
interface WeightsAccount {
  loaded: ReadonlyArray<string>
  missing: ReadonlyArray<string>
  unused: ReadonlyArray<string>
  mismatched: ReadonlyArray<{ path: string; found: TensorKind; expected: TensorKind }>
  renamed?: ReadonlyArray<{ from: string; to: string }>
  transposed?: ReadonlyArray<string>
  ignored?: ReadonlyArray<string>
}
const WeightsAccount: Schema.Codec<WeightsAccount>
interface LoadedFrom extends WeightsAccount {
  file: string
  sha256: string
}
const LoadedFrom: Schema.Codec<LoadedFrom>
interface WeightsLoaded extends EventOf<"WeightsLoaded">, LoadedFrom {}
const WeightsLoaded: Schema.Codec<WeightsLoaded>
interface Interrupted extends EventOf<"Interrupted"> {}
const Interrupted: Schema.Codec<Interrupted>
interface Failed extends EventOf<"Failed"> {
  error: string
  message: string
}
const Failed: Schema.Codec<Failed>
interface RunEnded extends EventOf<"RunEnded"> {
  reason: string
  values: Values
  partial?: { values: Values; learningRate: number; seconds: number }
  best?: EndedWith
}
const RunEnded: Schema.Codec<RunEnded>
interface Unknown {
  _tag: "Unknown"
  event: Schema.Json
}
const Unknown: Schema.Codec<Unknown>
type Known = RunStarted | WeightsLoaded | Resumed | EpochStarted | StepLogged | BatchSkipped | RolledBack | ValidationStarted | ValidationEnded | EpochEnded | DecisionTaken | CheckpointSaved | Warned | Tested | Interrupted | Failed | RunEnded
const Known: Schema.Codec<Known>
type Event = Known | Unknown
const encode: (event: Known) => unknown
const decode: (data: Schema.Json) => Event
interface EventsService {
  publish: (event: Known) => Effect<void>
}
const Events: Context.Reference<EventsService>

// @etude/core/Experiment
interface Setup {
  task: Task
  data: { train: Dataset; validation?: Dataset | { [name: string]: Dataset }; test?: Dataset }
}
interface Experiment<Options, Encoded = unknown, E = unknown> {
  name: string
  options: Schema.Codec<Options, Encoded>
  decisive?: (options: Encoded) => { [key: string]: unknown }
  make: (options: Options, seed: number, folder: string) => Effect<Setup, E, Backend | Scope>
}
const make: <Options, Encoded, E>(experiment: Experiment<Options, Encoded, E>) => Experiment<Options, Encoded, E>

// @etude/core/Extent
interface Until {
  epochs?: number
  steps?: number
  samples?: number
  minutes?: number
}
const Until: Schema.Codec<Until>
declare type Units = { [unit: string]: Schema.Codec<number> | Schema.Codec<ReadonlyArray<number>> }
declare type AmountOf<U extends Units> = { [Unit in keyof U]: { readonly [_ in Unit]: U[Unit]["Type"] } }[keyof U]
const amount: <const U extends Units>(units: U) => Schema.Codec<AmountOf<U>>
type Every = { epochs: number } | { steps: number } | { minutes: number }
const Every: Schema.Codec<Every>
type Patience = { evaluations: number } | { epochs: number } | { steps: number }
const Patience: Schema.Codec<Patience>
type Position = { epochs: number } | { steps: number }
const Position: Schema.Codec<Position>
const reached: (until: Until, progress: Progress) => keyof Until | undefined
interface LastDue {
  step: number
  elapsedSeconds: number
}
const due: (every: Every, progress: Progress, epochEnded: boolean, last: LastDue) => boolean

// @etude/core/Figure
declare const fields: { title: Schema.String; description: Schema.optionalKey<Schema.String>; svg: Schema.String }
interface FigureSchema extends Schema.Struct<typeof fields> {}
const Figure: FigureSchema
interface Figure extends Schema.Type<FigureSchema> {}
interface MetricFigure extends Figure {
  metric: string
}
const MetricFigure: Schema.Codec<MetricFigure>

// @etude/core/Gradient
type Clip = { _tag: "GlobalNorm"; maximum: number } | { _tag: "Norm"; maximum: number } | { _tag: "Value"; limit: number }
const Clip: Schema.Codec<Clip>
const norm: (tensor: tf.Tensor) => tf.Tensor
const globalNorm: (tensors: Tensors) => tf.Tensor
const clipByGlobalNorm: (maximum: number) => (gradients: Tensors) => Tensors
const clipByNorm: (maximum: number) => (gradients: Tensors) => Tensors
const clipByValue: (limit: number) => (gradients: Tensors) => Tensors
const fromConfig: (clip: Clip) => (gradients: Tensors) => Tensors

// @etude/core/kernels/BatchNormalization
const kernelName = "BatchNormTraining"
interface BatchNormInputs {
  x: tf.TensorInfo
  scale: tf.TensorInfo
  offset: tf.TensorInfo
}
interface BatchNormAttributes {
  epsilon: number
}
interface BatchNormOptions {
  scale?: tf.Tensor | null
  offset?: tf.Tensor | null
  epsilon?: number
}
interface NormalizedBatch {
  outputs: tf.Tensor
  mean: tf.Tensor
  variance: tf.Tensor
}
const normalizeBatch: (x: tf.Tensor, options?: BatchNormOptions) => NormalizedBatch

// @etude/core/kernels/Bytes
interface Scaling {
  scale: number
  offset: number
}
const unscaled: Scaling
const uploadName = "UploadBytes"
interface UploadAttributes {
  values: Uint8Array
  shape: ReadonlyArray<number>
}
const scaleName = "ScaleBytes"
interface ScaleInputs {
  bytes: tf.TensorInfo
}
const widen: (values: Uint8Array, { scale, offset }?: Scaling) => Float32Array
const upload: (values: Uint8Array, shape: ReadonlyArray<number>, scaling?: Scaling) => tf.Tensor
const scaled: (tensor: tf.Tensor, scaling?: Scaling) => tf.Tensor

// @etude/core/LayerRates
interface LayerRates {
  decay: number
  layers: ReadonlyArray<string>
}
const LayerRates: Schema.Codec<LayerRates>
const factors: (paths: ReadonlyArray<string>, rates: LayerRates) => ReadonlyMap<string, number>
const unmatched: (paths: ReadonlyArray<string>, { layers }: LayerRates) => { path: string; match: string }[]
const split: (groups: ReadonlyArray<ResolvedGroup>, rates: LayerRates) => ReadonlyArray<ResolvedGroup>

// @etude/core/LayersArtifacts
interface Artifacts {
  modelTopology: {}
  weightSpecs: ReadonlyArray<tf.io.WeightsManifestEntry>
  weightData: Uint8Array<ArrayBuffer>
}
const encode: (topology: unknown, weights: { [path: string]: TensorData }) => Effect<Artifacts, ModelNotEncoded, Backend>

// @etude/core/LayersFile
const readWith: <E, R>(location: string, file: string, read: (path: string) => Effect<Uint8Array, E, R>) => Effect<tfl.LayersModel, LayersFileUnreadable, R | Backend | Scope>
const read: (path: string) => Effect<tfl.LayersModel, LayersFileUnreadable, Backend | FileSystem | Scope>
const fetch: (url: string) => Effect<tfl.LayersModel, LayersFileUnreadable, Backend | Scope>

// @etude/core/LayersModel
interface AdaptOptions {
  weights?: "draw" | "keep" | ((path: string) => "draw" | "keep")
}
const adapt: <In extends TensorOrRecord = tf.Tensor, Out extends TensorOrRecord = tf.Tensor>(build: () => tfl.LayersModel, options?: AdaptOptions) => Effect<Model<In, Out>, ModelUnsupported, Backend>

// @etude/core/LearningRate
export { Span } from "./schedules/fields.ts"
export { type Course, type Measured, make, type RateFrom, type ScheduleEntry } from "./schedules/ScheduleEntry.ts"
const entries: ReadonlyArray<ScheduleEntry>
declare type Simple = typeof Constant.schema | typeof Step.schema | typeof MultiStep.schema | typeof Exponential.schema | typeof Cosine.schema | typeof CosineRestarts.schema | typeof Polynomial.schema | typeof OneCycle.schema | typeof OneCycleMomentum.schema | typeof Ramp.schema
interface Warmup {
  _tag: "Warmup"
  over: Span
  from: number
  then: Schedule
}
interface Sequence {
  _tag: "Sequence"
  parts: ReadonlyArray<{ for: Span; use: Schedule }>
  last: Schedule
}
type Schedule = Simple["Type"] | Warmup | Sequence
type ScheduleEncoded = number | Simple["Encoded"] | { _tag: "Warmup"; over: Span; from?: number; then: ScheduleEncoded } | {
  _tag: "Sequence"
  parts: ReadonlyArray<{ for: Span; use: ScheduleEncoded }>
  last: ScheduleEncoded
}
type RateAt = (step: number) => number
type Custom = RateAt | { name: string; at: (course: Course) => RateFrom }
const isCustom: (value: unknown) => value is Custom
type ScheduleInput = Custom | ScheduleEncoded | { _tag: "Warmup"; over: Span; from?: number; then: ScheduleInput } | { _tag: "Sequence"; parts: ReadonlyArray<{ for: Span; use: ScheduleInput }>; last: ScheduleInput }
const listed: (all: ReadonlyArray<ScheduleEntry>) => string
declare type AnySchedule = Schema.Codec<Schedule, ScheduleEncoded>
const variantsOf: (all: ReadonlyArray<ScheduleEntry>, nested: () => AnySchedule) => ReadonlyArray<AnySchedule>
const schemaOf: (all: ReadonlyArray<ScheduleEntry>) => AnySchedule
const Schedule: Schema.Codec<Schedule, ScheduleEncoded>
const resolve: (schedule: Schedule | Entry.Tagged | Custom, stepsPerEpoch: number, pace?: Pace, all?: ReadonlyArray<ScheduleEntry>) => RateAt
type Resolved = (stepsPerEpoch: number, pace?: Pace) => RateAt
const resolver: (schedule: Entry.Tagged | Custom, all: ReadonlyArray<ScheduleEntry>) => Resolved

// @etude/core/schedules/fields
type Span = { epochs: number } | { steps: number }
const Span: Schema.Codec<Span>

// @etude/core/schedules/ScheduleEntry
type RateFrom = (step: number, begin: number) => number
interface Measured {
  length: number
  elapsed: (step: number, begin: number) => number
  end: (begin: number) => number
}
interface Course {
  measure: (span: Span) => Measured
  follow: (schedule: Tagged) => RateFrom
}
declare type AnySchema = Schema.Codec<any>
interface ScheduleEntry<Options = any, Encoded = any> {
  tag: string
  schema: Schema.Codec<Options, Encoded> | ((schedule: AnySchema) => Schema.Codec<Options, Encoded>)
  at: (schedule: Options, course: Course) => RateFrom | number
}
const make: <Options extends Tagged, Encoded>(entry: ScheduleEntry<Options, Encoded>) => ScheduleEntry<Options, Encoded>

// @etude/core/Lookup
const element: <A>(values: ArrayLike<A>, index: number) => A
const entry: <A>(entries: { [key: string]: A }, key: string) => A
const mapEntry: <Key, A>(entries: ReadonlyMap<Key, A>, key: Key) => A

// @etude/core/Loss
export { asFloat, perSample } from "./losses/Differentiable.ts"
export { checkSame, wrongValues } from "./losses/Fit.ts"
interface HostValues {
  values: Float32Array | Int32Array | Uint8Array
  shape: ReadonlyArray<number>
  indices?: Int32Array
}
type TargetKind = "classes" | "elements" | "values"
interface Loss<in Out extends TensorOrRecord = tf.Tensor, in Target extends TensorOrRecord = tf.Tensor> {
  name: string
  targets?: TargetKind
  applies?: "softmax" | "sigmoid"
  crossSample?: boolean
  fields?: { outputs?: ReadonlyArray<string>; targets?: ReadonlyArray<string> }
  values: (outputs: Out, targets: Target) => tf.Tensor
  weights?: (targets: Target) => tf.Tensor
  check?: (outputs: TensorSpec, targets: TensorSpec) => ReadonlyArray<string>
  checkFields?: (outputs: { [name: string]: TensorSpec }, targets: { [name: string]: TensorSpec }) => ReadonlyArray<string>
  checkTargets?: (targets: HostValues, outputs: TensorSpec) => ReadonlyArray<string>
}

// @etude/core/losses/Differentiable
const perSample: (values: tf.Tensor) => tf.Tensor
const asFloat: (tensor: tf.Tensor) => tf.Tensor

// @etude/core/losses/Fit
const wrongValues: ({ values, shape, indices }: HostValues, right: (value: number) => boolean, sentence: (value: number, where: string) => string) => ReadonlyArray<string>
const checkSame: (name: string) => (outputs: TensorSpec, targets: TensorSpec) => ReadonlyArray<string>

// @etude/core/Losses
export * from "./losses/BinaryCrossEntropy.ts"
export * from "./losses/OverTime.ts"
export * from "./losses/Regression.ts"
export * from "./losses/Softmax.ts"

// @etude/core/losses/BinaryCrossEntropy
interface BinaryCrossEntropyOptions {
  positiveWeight?: number
}
const binaryCrossEntropy: ({ positiveWeight }?: BinaryCrossEntropyOptions) => Loss

// @etude/core/losses/OverTime
const overTime: (loss: Loss) => Loss

// @etude/core/losses/Regression
const meanSquaredError: Loss
const meanAbsoluteError: Loss
const huber: (delta?: number) => Loss
const hinge: Loss

// @etude/core/losses/Softmax
interface SoftmaxCrossEntropyOptions {
  labelSmoothing?: number
  classWeights?: ReadonlyArray<number>
}
const softmaxCrossEntropy: (options?: SoftmaxCrossEntropyOptions) => Loss
const klDivergence: Loss

// @etude/core/Metric
interface Scored<Out extends TensorOrRecord, Target extends TensorOrRecord> {
  outputs: Out
  targets: Target
  inputs?: TensorOrRecord
  weights?: tf.Tensor
  mask?: tf.Tensor
}
type Measured = { [name: string]: ArrayLike<number> }
type ValuesOf<Given> = { readonly [name in keyof Given]: ArrayLike<number> }
type Better = "higher" | "lower" | "neither"
interface Metric<in Out extends TensorOrRecord = tf.Tensor, in Target extends TensorOrRecord = tf.Tensor, in out State = any, out Value = unknown> {
  name: string
  better: Better
  state: Schema.Codec<State, any>
  empty: State
  measure: (scored: Scored<Out, Target>) => Tensors
  ofBatch: (measured: Measured) => State
  combine: (earlier: State, later: State) => State
  result: (state: State) => Option<Value>
  toNumber?(value: Value): number
  toJson?(value: Value): Schema.Json
  toFigure?(value: Value): Figure
  toText?(value: Value, columns: number): string
  ordered?: boolean
}
const measuring: <Out extends TensorOrRecord, Target extends TensorOrRecord, Given extends object, State>(measure: (scored: Scored<Out, Target>) => Given & Tensors, ofBatch: (measured: ValuesOf<Given>) => State) => Pick<Metric<Out, Target, State>, "measure" | "ofBatch">
const measuredBy: (metrics: { [name: string]: Metric<any, any, any, any> }, name: string) => string
const sharedBy: (metrics: { [name: string]: Metric<any, any, any, any> }, name: string) => string
const of: <State, Value>(metric: Metric<any, any, State, Value>, part: { output?: string; target?: string }) => Metric<TensorOrRecord, TensorOrRecord, State, Value>
const make: <State, Value, Name extends string, Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor>(metric: Omit<Metric<Out, Target, State, Value>, "measure" | "ofBatch"> & {
  measure: (scored: Scored<Out, Target>) => { readonly [name in Name]: tf.Tensor }
  ofBatch: (measured: { readonly [name in Name]: ArrayLike<number> }) => State
}) => Metric<Out, Target, State, Value>
const elementWeights: (like: tf.Tensor, { weights, mask }: { weights?: tf.Tensor; mask?: tf.Tensor }) => tf.Tensor | undefined
const handedOut: <Given extends object>(scored: Scored<any, any>, tensors: Given & Tensors) => Given & Tensors
const WeightedSum: Schema.Struct<{ sum: Schema.Number; weight: Schema.Number }>
type WeightedSum = typeof WeightedSum.Type
interface WeightedValues<Numbers> {
  values: Numbers
  weights?: Numbers
}
const weightedSum: {
  empty: WeightedSum
  measure: (scored: Scored<any, any>, values: tf.Tensor, weights?: tf.Tensor | undefined) => WeightedValues<tf.Tensor> & Tensors
  ofBatch: ({ values, weights }: WeightedValues<ArrayLike<number>>) => WeightedSum
  combine: (a: WeightedSum, b: WeightedSum) => WeightedSum
  mean: ({ sum, weight }: WeightedSum) => Option<number>
}
const mean: <Out extends TensorOrRecord, Target extends TensorOrRecord>(options: { name: string; better: Better; values: (outputs: Out, targets: Target) => tf.Tensor }) => Metric<Out, Target, WeightedSum, number>
const accuracy: Metric<tf.Tensor, tf.Tensor, WeightedSum, number>

// @etude/core/MetricResults
const isNumeric: ({ toNumber, toJson }: Metric<any, any, any, any>) => boolean
declare type Named = { [name: string]: Metric<any, any, any, any> }
declare type Results = { [name: string]: unknown }
const jsonOf: (metrics: Named, results: Results) => { [name: string]: Schema.Json }
const figuresOf: (metrics: Named, results: Results) => ReadonlyArray<MetricFigure>
const textsOf: (metrics: Named, results: Results, columns: number) => ReadonlyArray<readonly [name: string, text: string]>
const numberOf: <State, Value>(metric: Metric<any, any, State, Value>, state: State) => number

// @etude/core/Model
interface Variables {
  parameters: Tensors
  statistics: Tensors
}
interface ForwardContext {
  training: boolean
  random: RandomBits.StepRandom
  scheduled?: Tensors
}
interface Forward<Out extends TensorOrRecord> {
  outputs: Out
  statistics?: Tensors
  penalty?: tf.Tensor
}
interface Model<In extends TensorOrRecord, Out extends TensorOrRecord> {
  name: string
  init: (key: Key) => Variables
  apply: (variables: Variables, inputs: In, context: ForwardContext) => Forward<Out>
  trainable?: (path: string) => boolean
  constraints?: { [path: string]: (parameter: tf.Tensor) => tf.Tensor }
  crossSample?: boolean
  scheduled?: ChangingNumbers
  topology?: unknown
  refuses?: (variables: Variables) => ReadonlyArray<string>
}
const make: <P extends Tensors, In extends TensorOrRecord, Out extends TensorOrRecord>(options: {
  name: string
  init: (key: Key) => P
  apply: (parameters: P, inputs: In, context: ForwardContext) => Out
  scheduled?: ChangingNumbers
}) => Model<In, Out>
const predict: <In extends TensorOrRecord, Out extends TensorOrRecord>(self: Model<In, Out>, variables: Variables, inputs: In, options?: { key?: Key }) => Out

// @etude/core/NamedLosses
type LossEntry = Entry<Loss<any, any>>
const entries: ReadonlyArray<LossEntry>
interface Variant extends Entry.Tagged {
  [option: string]: unknown
}
type Named = Variant | { [loss: string]: Variant }
const schemaOf: (all: ReadonlyArray<LossEntry>) => Schema.Codec<Named>
const make: (all: ReadonlyArray<LossEntry>, losses: Named) => { [loss: string]: Loss<any, any> }

// @etude/core/Optimizer
type Optimizer<Number_ extends string = any, Slot extends string = any> = Update<Number_, Slot>
declare type Options<C extends Entry.Tagged, Numbers> = {
  readonly [name in Exclude<keyof C, "_tag">]?: Scheduled.Decoded extends C[name] ? Numbers : C[name]
}
declare type OptionsOf<C extends Entry.Tagged> = Options<C, Scheduled.Input>
declare type Written<C extends Entry.Tagged> = Pick<C, "_tag"> & Options<C, Scheduled.Encoded>
declare type InCode<C extends Entry.Tagged> = Pick<C, "_tag"> & OptionsOf<C>
interface Sgd {
  _tag: "Sgd"
  momentum: Scheduled.Decoded
  nesterov: boolean
  dampening: number
  weightDecay: Scheduled.Decoded
}
declare interface AdamNumbers {
  beta1: Scheduled.Decoded
  beta2: Scheduled.Decoded
  epsilon: number
  weightDecay: Scheduled.Decoded
}
interface Adam extends AdamNumbers {
  _tag: "Adam"
}
interface AdamW extends AdamNumbers {
  _tag: "AdamW"
}
interface RmsProp {
  _tag: "RmsProp"
  alpha: number
  epsilon: number
  momentum: Scheduled.Decoded
  centered: boolean
  weightDecay: Scheduled.Decoded
}
interface Adagrad {
  _tag: "Adagrad"
  learningRateDecay: number
  initialAccumulator: number
  epsilon: number
  weightDecay: Scheduled.Decoded
}
type Config = Sgd | Adam | AdamW | RmsProp | Adagrad
type ConfigInput = Written<Sgd> | Written<Adam> | Written<AdamW> | Written<RmsProp> | Written<Adagrad>
type ConfigInCode = InCode<Sgd> | InCode<Adam> | InCode<AdamW> | InCode<RmsProp> | InCode<Adagrad>
const entries: ReadonlyArray<Entry<Optimizer>>
const schemaOf: (all: ReadonlyArray<Entry<Optimizer>>, schedules?: ReadonlyArray<LearningRate.ScheduleEntry>) => Schema.Codec<Config, ConfigInput>
const Config: Schema.Codec<Config, ConfigInput>
const fromConfig: (config: Config) => Optimizer
const sgd: (options?: OptionsOf<Sgd>) => Optimizer
const adam: (options?: OptionsOf<Adam>) => Optimizer
const adamW: (options?: OptionsOf<AdamW>) => Optimizer
const rmsProp: (options?: OptionsOf<RmsProp>) => Optimizer
const adagrad: (options?: OptionsOf<Adagrad>) => Optimizer

// @etude/core/Options
export { count, fraction, notNegative, positive, withDefault } from "./Config.ts"
const Better: Schema.Literals<readonly ["higher", "lower"]>
type Better = typeof Better.Type
const id: (byDefault: string) => Schema.optionalKey<Schema.NonEmptyString>
const Patterns: Schema.Union<readonly [Schema.String, Schema.$Array<Schema.String>]>

// @etude/core/ParameterGroup
interface GroupConfig {
  name: string
  match: string | ReadonlyArray<string>
  optimizer?: Optimizer.Config
  learningRate?: LearningRate.Schedule
  frozen?: boolean
  everySteps?: number
}
interface GroupEncoded extends Omit<GroupConfig, "optimizer" | "learningRate"> {
  optimizer?: Optimizer.ConfigInput
  learningRate?: LearningRate.ScheduleEncoded
}
const schemaOf: ({ optimizers, schedules }: RegistryService) => Schema.Codec<GroupConfig, GroupEncoded>
interface GroupInput extends Omit<GroupEncoded, "optimizer" | "learningRate"> {
  optimizer?: Optimizer.ConfigInCode | Optimizer
  learningRate?: LearningRate.ScheduleInput
}
interface ParameterGroup extends GroupInput {
  losses?: ReadonlyArray<string>
}
interface DecodedGroup extends Pick<GroupConfig, "name" | "match" | "frozen" | "everySteps"> {
  optimizer?: Optimizer
  learningRate?: LearningRate.Resolved
  losses?: ReadonlyArray<string>
}
const build: ({ optimizer, learningRate, ...group }: GroupConfig, { optimizers, schedules }: RegistryService) => DecodedGroup
const decode: (args_0: ParameterGroup) => Effect<DecodedGroup, ConfigInvalid>
interface ResolvedGroup {
  name: string
  paths: ReadonlyArray<string>
  optimizer: Optimizer
  learningRate: LearningRate.Resolved
  losses: ReadonlyArray<string>
}
interface GroupDefaults {
  optimizer: Optimizer
  learningRate: LearningRate.Resolved
  losses: ReadonlyArray<string>
}
const resolve: (trainable: ReadonlyArray<string>, groups: ReadonlyArray<DecodedGroup>, defaults: GroupDefaults) => { groups: ReadonlyArray<ResolvedGroup>; unmatched: ReadonlyArray<DecodedGroup> }

// @etude/core/PathPattern
const matcher: (pattern: string) => ((path: string) => boolean)
const matcherOfAny: (patterns: string | ReadonlyArray<string>) => ((path: string) => boolean)

// @etude/core/Plot
interface Frame {
  left: number
  top: number
  width: number
  height: number
}
const xOf: ({ left, width }: Frame, fraction: number) => number
const yOf: ({ top, height }: Frame, fraction: number) => number
interface Tick {
  at: number
  text: string
}
interface Axis {
  name: string
  ticks: ReadonlyArray<Tick>
}
const axes: (frame: Frame, { x, y }: { x: Axis; y: Axis }) => string
const roundNumbers: (low: number, high: number, count: number) => ReadonlyArray<number>
declare type Point = readonly [x: number, y: number]
const needed: (points: ReadonlyArray<Point>, tolerance: number) => ReadonlyArray<number>

// @etude/core/Plugin
export type { Place } from "./CallbackEntry.ts"
declare type Place = CallbackEntry.Place
type Provided = CallbackRegistry | Backend | StepExecutor | FileSystem
interface Plugin<Options, Encoded = unknown, Out = unknown, E = unknown, R = Provided> extends Contribution {
  name: string
  config: Schema.Codec<Options, Encoded>
  layer: (options: Options, place: Place) => Layer<Out, E, R>
  decisive?: (options: Encoded) => { [key: string]: unknown }
  evaluating?: (options: Options) => Options
  files?: (options: Options) => ReadonlyArray<string>
}
interface Additions<Entries extends CallbackEntry.CallbackEntries = CallbackEntry.CallbackEntries> extends Contribution {
  name: string
  callbacks?: Entries
}
interface PluginOf<Entries extends CallbackEntry.CallbackEntries> extends Plugin<CallbackEntry.Section<Entries>, CallbackEntry.SectionInput<Entries>, any, ConfigInvalid, any> {
  callbacks: Entries
}
interface CallbackPlugin<Options, Encoded, Out, R> extends PluginOf<{ [name: string]: CallbackEntry<Options, Encoded, Out, R> }> {}
function make<Options, Encoded, Out, E, R>(plugin: Plugin<Options, Encoded, Out, E, R>): Plugin<Options, Encoded, Out, E, R>
function make<Entries extends CallbackEntry.CallbackEntries = {}>(additions: Additions<Entries>): PluginOf<Entries>
interface CallbackOptions<Options, Encoded, Out, R> extends Omit<CallbackEntry<Options, Encoded, Out, R>, "layer"> {
  name: string
  title?: string
  make: (options: Options, place: Place) => Layer<Out, ConfigInvalid, R>
}
type LayerOf<Encoded, Out, R> = Encoded extends { monitor: string } ? <const Monitor extends string>(config: Omit<Encoded, "monitor"> & { monitor: Monitor }, place?: Place) => Layer<CallbackOf<ErrorOf<Out>, Monitor>, ConfigInvalid, R> : "monitors" extends keyof Encoded ? <const Monitor extends string = never>(config?: Omit<Encoded, "monitors"> & { monitors?: ReadonlyArray<Monitor> }, place?: Place) => Layer<CallbackOf<ErrorOf<Out>, Monitor>, ConfigInvalid, R> : {} extends Encoded ? (config?: Encoded, place?: Place) => Layer<Out, ConfigInvalid, R> : (config: Encoded, place?: Place) => Layer<Out, ConfigInvalid, R>
interface NamedCallback<Options, Encoded, Out, R> {
  layer: LayerOf<Encoded, Out, R>
  entry: CallbackEntry<Options, Encoded, Out, R>
  plugin: CallbackPlugin<Options, Encoded, Out, R>
}
const callback: <Options, Encoded, Out, R>({ name, title, make: layerOf, ...described }: CallbackOptions<Options, Encoded, Out, R>) => NamedCallback<Options, Encoded, Out, R>

// @etude/core/RandomBits
const kernelName = "RandomBits"
type RandomBitsInputs = { key: tf.TensorInfo }
type RandomBitsAttributes = { shape: Array<number> }
const randomBits: (key: tf.Tensor, shape: ReadonlyArray<number>) => tf.Tensor
interface StepRandom {
  bits: (path: string, shape: ReadonlyArray<number>) => tf.Tensor
}
interface StepRandomOptions {
  key: tf.Tensor
  samples?: tf.Tensor | undefined
  batchSize: number
}
const make: ({ key, samples, batchSize }: StepRandomOptions) => StepRandom
const within: (random: StepRandom, prefix: string) => StepRandom
const uniform: (random: StepRandom, path: string, shape: ReadonlyArray<number>) => tf.Tensor
const normal: (random: StepRandom, path: string, shape: ReadonlyArray<number>) => tf.Tensor
const keepMask: (random: StepRandom, path: string, shape: ReadonlyArray<number>, rate: number | tf.Tensor) => tf.Tensor
const dropout: (random: StepRandom, path: string, x: tf.Tensor, rate: number | tf.Tensor) => tf.Tensor

// @etude/core/Registry
interface RegistryService {
  callbacks: CallbackEntries
  optimizers: ReadonlyArray<Entry<Optimizer>>
  schedules: ReadonlyArray<LearningRate.ScheduleEntry>
  losses: ReadonlyArray<NamedLosses.LossEntry>
  links: ReadonlyArray<Entry<Update>>
  samplers: ReadonlyArray<Sampler.SamplerEntry>
}
const core: RegistryService
const Registry: Context.Reference<RegistryService>
type Contribution = Partial<RegistryService>
const extend: (registry: RegistryService, ...added: ReadonlyArray<Contribution>) => RegistryService
declare type Named = ReadonlyArray<{ tag: string }>
const taken: (what: string, known: Named, added: Named) => ReadonlyArray<string>
const conflicts: (registry: RegistryService, added: Contribution) => ReadonlyArray<string>

// @etude/core/Rng
interface Key {
  hi: number
  lo: number
}
const philox: (c0: number, c1: number, c2: number, c3: number, k0: number, k1: number) => readonly [number, number, number, number]
const key: (seed: number) => Key
const fold: (parent: Key, part: number) => Key
const named: (parent: Key, name: string) => Key
const bits: (stream: Key, position: number) => number
const uniform: (stream: Key, position: number) => number
const normal: (stream: Key, position: number) => number
const uniforms: (stream: Key, count: number, low?: number, high?: number) => Float32Array
const normals: (stream: Key, count: number, mean?: number, deviation?: number) => Float32Array
const truncatedNormals: (stream: Key, count: number, mean?: number, deviation?: number) => Float32Array
const permutation: (stream: Key, length: number) => ((position: number) => number)
const fillStateless: (stream: Key, out: Int32Array) => Int32Array

// @etude/core/Sampler
interface Sampler {
  order: (key: Rng.Key, length: number) => (position: number) => number
  samples?: (length: number) => number
  length?: number
}
interface DataSampler {
  ofData: (dataset: Dataset) => Effect<Sampler, DataError>
}
const sequential: Sampler
const shuffled: Sampler
export { balanced } from "./samplers/Balanced.ts"
export { byLength } from "./samplers/ByLength.ts"
export { weighted } from "./samplers/Weighted.ts"
type SamplerEntry = Entry<Sampler | DataSampler>
const entries: ReadonlyArray<SamplerEntry>
interface Config extends Entry.Tagged {
  [option: string]: Schema.Json
}
const schemaOf: (all: ReadonlyArray<SamplerEntry>) => Schema.Codec<Config>
const samplesOf: ({ samples }: Sampler, length: number) => number
const ofData: (sampler: Sampler | DataSampler, dataset: Dataset) => Effect<Sampler, DataError>

// @etude/core/samplers/Balanced
const balanced: (labels: ArrayLike<number>, options?: { samples?: number | undefined }) => Sampler

// @etude/core/samplers/ByLength
interface ByLengthOptions {
  batchSize: number
  pool?: number | undefined
}
const byLength: (lengths: ArrayLike<number>, options: ByLengthOptions) => Sampler

// @etude/core/samplers/Weighted
interface WeightedOptions {
  replacement?: boolean | undefined
  samples?: number | undefined
}
const weighted: (weights: ArrayLike<number>, options?: WeightedOptions) => Sampler

// @etude/core/Scheduled
declare interface ByTag extends Entry.Tagged {
  [option: string]: unknown
}
type Scheduled = number | LearningRate.ScheduleInput | Entry.Tagged | ByTag
type Decoded = number | LearningRate.Schedule
type Encoded = number | LearningRate.ScheduleEncoded
type Input = number | LearningRate.ScheduleInput
type ValueAt = (value: Scheduled) => number
interface Range {
  expected: string
  has: (value: number) => boolean
}
const fraction: Range
const notNegative: Range
interface Changing {
  schedule: Exclude<Scheduled, number>
  range: Range
}
interface ChangingNumbers {
  [name: string]: Changing
}
const changing: (values: { [name: string]: Scheduled }, range: Range) => ChangingNumbers
const factor: (value: Scheduled, scalars: Tensors | undefined, name: string) => number | tf.Tensor
declare type Resolve = (schedule: Exclude<Scheduled, number>) => LearningRate.RateAt
const resolver: (schedules: ReadonlyArray<LearningRate.ScheduleEntry>, stepsPerEpoch: number, pace?: Parameters<LearningRate.Resolved>[1]) => Resolve
const values: (resolve: Resolve) => ((value: Scheduled, step: number) => number)
const valueAt: (step: number, stepsPerEpoch?: number) => ValueAt
type SchemaOf = (fixed: Schema.Codec<number>) => Schema.Codec<Decoded, Encoded>
const schemaOf: (schedules: ReadonlyArray<LearningRate.ScheduleEntry>) => SchemaOf
const of: (fixed: Schema.Codec<number>) => Schema.Codec<Decoded, Encoded>

// @etude/core/Step
interface State {
  parameters: Tensors
  statistics: Tensors
  slots: Tensors.Owned
  step: number
}
interface Step {
  init: (seed?: number) => State
  step: (state: State, batch: TensorBatch) => { state: State; values: Values }
}
const make: (task: Task, config?: TrainConfig.TrainConfigInput, batchesPerEpoch?: number) => Step
const dispose: ({ parameters, statistics, slots }: State) => void

// @etude/core/StepExecutor
type TensorProgram<In extends TensorTree, Out extends TensorTree> = (inputs: In) => Out
interface StepMemory {
  tensor: (values: TypedArray, shape: ReadonlyArray<number>, dtype: "float32" | "int32" | "bool" | "uint8") => tf.Tensor
  write: (tensor: tf.Tensor, values: TypedArray) => boolean
  values: (tensor: tf.Tensor) => TypedArray | undefined
}
class StepExecutor extends Context.ServiceClass<StepExecutor, "@etude/core/StepExecutor", {
  name: string
  bits?: string
  description?: string
  compile: <In extends TensorTree, Out extends TensorTree>(name: string, program: TensorProgram<In, Out>, perturbed?: <A>(inputs: In, use: (others: In) => A) => A) => TensorProgram<In, Out>
  memory?: StepMemory
  eagerPrograms?: () => ReadonlyArray<string>
  takeNotes?: () => ReadonlyArray<string>
}> {}
const eager: StepExecutor["Service"]
const layerEager: Layer<StepExecutor>

// @etude/core/Storage
class StorageError extends Schema.TaggedError<{
  path: Schema.String
  operation: Schema.Literals<readonly ["makeFolder", "create", "write", "sync", "rename", "read", "list", "remove"]>
  reason: Schema.Literals<readonly ["missing", "exists", "full", "denied", "damaged", "other"]>
  detail: Schema.String
}> {}
interface StorageFile {
  write: (bytes: Uint8Array) => Effect<void, StorageError>
  sync: Effect<void, StorageError>
}
interface StorageService {
  makeFolder: (path: string) => Effect<boolean, StorageError>
  create: (path: string) => Effect<StorageFile, StorageError, Scope>
  syncFolder: (path: string) => Effect<void, StorageError>
  rename: (from: string, to: string) => Effect<void, StorageError>
  read: (path: string) => Effect<Uint8Array<ArrayBuffer>, StorageError>
  list: (path: string) => Effect<ReadonlyArray<string>, StorageError>
  remove: (path: string) => Effect<void, StorageError>
  process: string
  isWriting: (process: string, path: string) => Effect<boolean>
}
class Storage extends Context.ServiceClass<Storage, "@etude/core/Storage", StorageService> {}

// @etude/core/Surroundings
interface SurroundingsService {
  around: <A>(body: () => A) => A
}
const Surroundings: Context.Reference<SurroundingsService>

// @etude/core/Svg
type Attributes = { [name: string]: string | number | undefined }
const rounded: (value: number) => number
const element: (name: string, attributes: Attributes, ...content: ReadonlyArray<string>) => string
const text: (x: number, y: number, content: string, attributes?: Attributes) => string
const tooltip: (content: string) => string
const path: (d: string, attributes: Attributes) => string
const polyline: (points: ReadonlyArray<readonly [x: number, y: number]>) => string
declare interface Theme {
  paper: string
  ink: string
  soft: string
  line: string
  on: string
  middle: string
  right: string
  wrong: string
  series: ReadonlyArray<string>
}
const palettes: { light: Theme; dark: Theme }
const seriesColours: number
interface Document {
  width: number
  height: number
  title: string
  description: string
}
const figure: ({ width, height, title, description }: Document, ...content: ReadonlyArray<string>) => Required<Figure>

// @etude/core/Task
interface TensorBatch<In extends TensorOrRecord = TensorOrRecord, Target extends TensorOrRecord = TensorOrRecord> {
  inputs: In
  targets: Target
  weights?: tf.Tensor
  mask?: tf.Tensor
}
type ModelFunction<M> = 0 extends M & 1 ? (inputs: any) => any : M extends Model<infer In, infer Out> ? (inputs: In) => Out : never
interface Scene<In extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor, Models = any> {
  batch: TensorBatch<In, Target>
  training: boolean
  random: StepRandom
  models: { readonly [name in keyof Models]: ModelFunction<Models[name]> }
  parameters: Tensors
}
interface Objective<in In extends TensorOrRecord = any, in Target extends TensorOrRecord = any, in Out extends TensorOrRecord = any, Models = any> {
  coefficient?: number
  values: (outputs: Out, batch: TensorBatch<In, Target>, scene: Scene<In, Target, Models>) => tf.Tensor
  weights?: (batch: TensorBatch<In, Target>) => tf.Tensor
  targets?: { [target: string]: TargetKind }
  applies?: { [output: string]: "softmax" | "sigmoid" }
  crossSample?: boolean
  check?: (outputs: SpecOf, targets: SpecOf) => ReadonlyArray<string>
  checkTargets?: (targets: HostValuesOf, outputs: SpecOf) => ReadonlyArray<string>
  withLoss?: (loss: Loss<any, any>) => Objective
}
type SpecOf = { [name: string]: TensorSpec }
type HostValuesOf = { [name: string]: HostValues }
interface Task<in In extends TensorOrRecord = any, in Target extends TensorOrRecord = any, Out extends TensorOrRecord = any, MetricName extends string = string, EvaluationName extends string = never> {
  name: string
  models: { [name: string]: Model<any, any> }
  forward: (scene: Scene<In, Target, any>) => Out
  objectives: { [name: string]: Objective<In, Target, Out> }
  metrics: { readonly [name in MetricName]: Metric<any, any, any, any> }
  evaluationMetrics: { readonly [name in EvaluationName]: Metric<any, any, any, any> }
  groups: ReadonlyArray<ParameterGroup>
}
declare const lossNames: unique symbol
interface LossNames<out Name extends string> {
  [lossNames]?: Name
}
declare type Known<Name extends string> = string extends Name ? never : Exclude<Name, keyof Loss<any, any>>
type MonitorKey<MetricName extends string, ValidationName extends string = "validation", EvaluationName extends string = never> = `${"train" | ValidationName}/${MetricName | "loss"}` | `${ValidationName}/${EvaluationName}`
const targetKinds: (task: Task) => { [target: string]: TargetKind }
const refusals: ({ models }: Pick<Task, "models">, { parameters, statistics }: Variables) => ReadonlyArray<string>
const whenEvaluated: (task: Task) => Task
const withLosses: (task: Task, losses: { [name: string]: Loss<any, any> }) => Task | ReadonlyArray<{ path: string; message: string }>
interface NamedLoss {
  loss: Loss<any, any>
  output?: string
  target?: string
  coefficient?: number
}
interface NamedMetric {
  metric: Metric<any, any, any, any>
  output?: string
  target?: string
}
declare type AnyMetric = Metric<any, any, any, any> | NamedMetric
const make: <const Models extends { [name: string]: Model<any, any> }, Out extends TensorOrRecord, In extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor, Metrics extends { [name: string]: AnyMetric } = {}, EvaluationMetrics extends { [name: string]: AnyMetric } = {}, const LossName extends string = never>(options: {
  name: string
  models: Models
  forward: (scene: Scene<In, Target, Models>) => Out
  objectives: { readonly [name in LossName]: Objective<In, Target, Out, Models> } & { [name: string]: Objective<In, Target, Out, Models> }
  metrics?: Metrics
  evaluationMetrics?: EvaluationMetrics
  groups?: ReadonlyArray<ParameterGroup>
}) => Task<In, Target, Out, keyof Metrics & string, keyof EvaluationMetrics & string> & LossNames<Known<LossName>>
const supervised: <In extends TensorOrRecord, Out extends TensorOrRecord, Target extends TensorOrRecord = tf.Tensor, Metrics extends { [name: string]: AnyMetric } = {}, EvaluationMetrics extends { [name: string]: AnyMetric } = {}, const LossName extends string = never>(options: {
  name: string
  model: Model<In, Out>
  loss: Loss<Out & tf.Tensor, Target & tf.Tensor> | { readonly [name in LossName]: NamedLoss }
  metrics?: Metrics
  evaluationMetrics?: EvaluationMetrics
  groups?: ReadonlyArray<ParameterGroup>
}) => Task<In, Target, Out, keyof Metrics & string, keyof EvaluationMetrics & string> & LossNames<Known<LossName>>

// @etude/core/Tensors
type Tensors = { [path: string]: tf.Tensor }
type Owned = { [owner: string]: Tensors }
type TensorOrRecord = tf.Tensor | Tensors
type TensorTree = tf.Tensor | { [key: string]: TensorTree | undefined }
interface TensorSpec {
  shape: ReadonlyArray<number | null>
  dtype: tf.DataType
}
const zip: (first: Tensors, second: Tensors) => ReadonlyArray<readonly [path: string, tf.Tensor, tf.Tensor]>
const get: (tensors: Tensors, path: string) => tf.Tensor
const sizeOf: (shape: ReadonlyArray<number>) => number
const sideOf: (shape: ReadonlyArray<number>, axis: number) => number
const total: (tensors: ReadonlyArray<tf.Tensor>) => tf.Tensor
const map: (tensors: Tensors, f: (tensor: tf.Tensor, path: string) => tf.Tensor) => Tensors
const filter: (tensors: Tensors, keep: (path: string) => boolean) => Tensors
const mapOwned: (owned: Owned, f: (tensors: Tensors, owner: string) => Tensors) => Owned
const retain: (tensors: Tensors) => Tensors
const dispose: (tensors: Tensors) => void
const ofOwner: (owned: Owned, owner: string) => Tensors
const read: (scalar: tf.Tensor) => number
const ofValues: (values: TypedArray, shape: ReadonlyArray<number>, dtype: FieldSpec["dtype"]) => tf.Tensor
const scalars: (numbers: { [name: string]: number }) => Tensors
const scalar: (value: number) => tf.Tensor
const scalarTree: (numbers: NumberTree) => { [name: string]: TensorTree }
interface NumberTree {
  [name: string]: number | NumberTree
}
const leaves: (tree: TensorTree | undefined) => Array<tf.Tensor>
const retainTree: <Tree extends TensorTree>(tree: Tree) => Tree
const disposeTree: (tree: TensorTree) => void
const cast: (tensor: tf.Tensor, dtype: tf.DataType) => tf.Tensor
const isTensor: (value: TensorTree) => value is tf.Tensor
const asRecord: (value: TensorOrRecord) => Tensors
const tidy: <A>(body: () => A) => A
const tidying: <In, Out>(compute: (inputs: In) => Out) => ((inputs: In) => Out)
const tidied: <A extends TensorOrRecord>(compute: () => A) => A

// @etude/core/TrainConfig
type NonFinite = { _tag: "Fail" } | { _tag: "Skip"; maximum: number } | { _tag: "Rollback"; steps: number; maximum: number }
const NonFinite: Schema.Codec<NonFinite>
interface Validation {
  every: Extent.Every
  batchSize?: number
  limitBatches?: number
  sanityBatches: number
}
const Validation: Schema.Codec<Validation, Partial<Validation>>
declare const schemaOf: (registry: Registry.RegistryService) => Schema.Struct<{
  seed: Config.Defaulted<number>
  until: Config.Defaulted<Extent.Until>
  batchSize: Config.Defaulted<number>
  microbatchSize: Schema.optionalKey<Schema.Int>
  shuffle: Config.Defaulted<boolean>
  sampler: Schema.optionalKey<Schema.Codec<Sampler.Config>>
  dropLastBatch: Config.Defaulted<boolean>
  optimizer: Config.Defaulted<Optimizer.Config, Optimizer.ConfigInput>
  learningRate: Config.Defaulted<LearningRate.Schedule, LearningRate.ScheduleEncoded>
  groups: Config.Defaulted<readonly ParameterGroup.GroupConfig[], readonly ParameterGroup.GroupEncoded[]>
  layerRates: Schema.optionalKey<Schema.Codec<LayerRates>>
  gradients: Schema.optionalKey<Schema.$Array<Schema.Codec<Links.Link, Links.LinkInput>>>
  clip: Schema.optionalKey<Schema.Codec<Gradient.Clip>>
  nonFinite: Config.Defaulted<NonFinite>
  validation: Config.Defaulted<Validation, Partial<Validation>>
  endWith: Schema.optionalKey<Schema.Codec<Best.EndWith>>
  limitTrainBatches: Schema.optionalKey<Schema.Int>
  overfitBatches: Schema.optionalKey<Schema.Int>
  fastDevRun: Config.Defaulted<boolean>
  logEverySteps: Config.Defaulted<number>
}>
declare type Schemas = ReturnType<typeof schemaOf>
interface TrainConfig extends Schema.Type<Schemas> {}
interface TrainConfigEncoded extends Schema.Codec.Encoded<Schemas> {}
interface TrainConfigInput extends Omit<TrainConfigEncoded, "optimizer" | "learningRate" | "groups"> {
  optimizer?: Optimizer.ConfigInCode | Optimizer
  learningRate?: LearningRate.ScheduleInput
  groups?: ReadonlyArray<ParameterGroup.GroupInput>
}
const of: (registry: Registry.RegistryService) => Schema.Codec<TrainConfig, TrainConfigEncoded>
const TrainConfig: Schema.Codec<TrainConfig, TrainConfigEncoded>
interface Understood {
  config: TrainConfig
  registry: Registry.RegistryService
}
const read: (input: TrainConfigInput) => Effect<Understood, ConfigInvalid>

// @etude/core/Trainer
export { type DescribeOptions, describe } from "./internal/loop/Description.ts"
export { type Evaluated, type EvaluateOptions, predict, test, validate } from "./internal/loop/Passes.ts"
export { predictBatch } from "./internal/loop/PredictBatch.ts"
export { initialWeights } from "./internal/loop/RunSetup.ts"
export type { ValidationData } from "./internal/preflight/RunData.ts"
type Watches<Out, Monitor extends string> = [MonitorOf<Out>] extends [Monitor] ? unknown : { "this run does not report": Exclude<MonitorOf<Out>, Monitor> }
declare type ReportedAs<ValidationName extends string> = [keyof Dataset] extends [ValidationName] ? "validation" : ValidationName
interface TrainOptions<MetricName extends string, ValidationName extends string, Out, LE, LR, EvaluationName extends string = never> {
  config?: TrainConfig.TrainConfigInput
  data: { train: Dataset; validation?: ValidationData<ValidationName> }
  callbacks?: Layer<Out, LE, LR> & Watches<Out, MonitorKey<MetricName, ReportedAs<ValidationName>, EvaluationName>>
  state?: TrainState
  beyondEnd?: boolean
  setting?: Setting
}
interface TrainResult {
  reason: string
  state: TrainState
  history: ReadonlyArray<TrainState.HistoryEntry>
  best: { [monitor: string]: TrainState.Best }
  endedWith: TrainState.Plain["endedWith"]
  counts: { epochs: number; steps: number; samples: number; skipped: TrainState.Plain["skipped"] }
  elapsedSeconds: number
  paths: ReadonlyArray<string>
}
type TrainError = ConfigInvalid | PreflightFailed | NonFiniteFound | CheckpointError | Evaluation.PassError
const train: <In extends tf.Tensor | Tensors, Target extends tf.Tensor | Tensors, TaskOut extends tf.Tensor | Tensors, MetricName extends string, ValidationName extends string = "validation", Out = never, LE = never, LR = never, EvaluationName extends string = never, LossName extends string = never>(task: Task<In, Target, TaskOut, MetricName, EvaluationName> & LossNames<LossName>, options: TrainOptions<MetricName | LossName, ValidationName, Out, LE, LR, EvaluationName>) => Effect<TrainResult, TrainError | LE | ErrorOf<Out>, Backend | StepExecutor | Scope | Exclude<LR, CallbackRegistry>>

// @etude/core/internal/loop/Description
interface DescribeOptions {
  data?: { train: Dataset; validation?: ValidationData<string> } | undefined
  setting?: Setting | undefined
}
const describe: (task: Task, config?: TrainConfig.TrainConfigInput, { data, setting }?: DescribeOptions) => Effect<RunDescription, ConfigInvalid, Backend | StepExecutor>

// @etude/core/internal/loop/Passes
interface EvaluateOptions<Out, LE, LR> {
  state: TrainState
  data: Dataset
  batchSize?: number
  limitBatches?: number
  callbacks?: Layer<Out, LE, LR>
}
interface Evaluated {
  samples: number
  values: Event.Values
  batches: ReadonlyArray<Evaluation.BatchResult>
  results: { [metric: string]: unknown }
  figures: ReadonlyArray<MetricFigure>
}
declare type EvaluateEffect<A, Out, LE, LR> = Effect<A, PreflightFailed | Evaluation.PassError | LE | ErrorOf<Out>, Backend | StepExecutor | Exclude<LR, CallbackRegistry>>
const validate: <MetricName extends string, Out = never, LE = never, LR = never>(task: Task<any, any, any, MetricName>, options: EvaluateOptions<Out, LE, LR>) => EvaluateEffect<Evaluated, Out, LE, LR>
const test: <MetricName extends string, Out = never, LE = never, LR = never>(task: Task<any, any, any, MetricName>, options: EvaluateOptions<Out, LE, LR>) => EvaluateEffect<Evaluated, Out, LE, LR>
const predict: <TaskOut extends tf.Tensor | Tensors, A, Out = never, LE = never, LR = never>(task: Task<any, any, TaskOut, any>, options: EvaluateOptions<Out, LE, LR> & { use: (outputs: TaskOut, batch: number, samples: number) => A }) => EvaluateEffect<ReadonlyArray<A>, Out, LE, LR>

// @etude/core/internal/loop/PredictBatch
const predictBatch: <In extends TensorOrRecord, Out extends TensorOrRecord>(task: Task<In, any, Out, any, any>, variables: Variables, inputs: In, options?: { key?: Rng.Key }) => Out

// @etude/core/internal/loop/RunSetup
const initialWeights: (task: Task, seed: number) => Evaluation.Weights

// @etude/core/internal/preflight/RunData
type ValidationData<Name extends string> = Dataset | { readonly [name in Name]: Dataset }

// @etude/core/TrainState
interface HistoryEntry {
  epoch: number
  step: number
  samples: number
  learningRate: number
  values: Values
}
const HistoryEntry: Schema.Codec<HistoryEntry>
export { Best }
interface Ended {
  reason: string
  by: ReadonlyArray<string>
}
const Ended: Schema.Codec<Ended>
declare interface LastBatch {
  samples: number
  values: Values
  learningRate: number
}
interface Plain {
  version: 1
  seed: number
  attempt: number
  progress: Progress
  course: Course | null
  pace: Pace
  ended: Ended | null
  learningRateScale: number
  thawed?: ReadonlyArray<string>
  metrics: { [metric: string]: Schema.Json }
  history: ReadonlyArray<HistoryEntry>
  best: { [monitor: string]: Best }
  kept: { [rule: string]: Best }
  measured: Values
  endedWith: EndedWith | null
  callbacks: { [id: string]: Schema.Json }
  validated: { step: number; elapsedSeconds: number }
  skipped: { empty: number; controller: number; nonFinite: number; nonFiniteInARow: number }
  rollback: { step: number; times: number }
  boundary: { decision: Decision; last: LastBatch | null } | null
}
declare type Later = "course" | "pace" | "ended" | "kept" | "measured" | "endedWith"
declare type PlainEncoded = Omit<Plain, Later> & Partial<Pick<Plain, Later>>
const Plain: Schema.Codec<Plain, PlainEncoded>
type BestWeights = { parameters: Tensors; statistics: Tensors; callbacks: Tensors.Owned }
type RollbackTensors = BestWeights & { slots: Tensors.Owned }
interface TrainState {
  plain: Plain
  parameters: Tensors
  statistics: Tensors
  slots: Tensors.Owned
  callbacks: Tensors.Owned
  best: { [rule: string]: BestWeights }
  rollback: Partial<RollbackTensors>
  last: Partial<BestWeights>
}
const tensorGroups: readonly ["parameters", "statistics", "slots", "callbacks", "best", "rollback", "last"]
type TensorGroup = (typeof tensorGroups)[number]
const initialPlain: (seed: number) => Plain
const retain: ({ plain, ...tensors }: TrainState) => TrainState
const dispose: (state: TrainState) => void
interface TensorData {
  dtype: "float32" | "int32" | "bool"
  shape: ReadonlyArray<number>
  values: Float32Array | Int32Array | Uint8Array
}
interface TrainStateData {
  plain: Schema.Json
  tensors: { [path: string]: TensorData }
}
const encodePlain: (plain: Plain) => Schema.Json
const decodePlain: (plain: unknown) => Plain
const averages: ({ callbacks, parameters }: Pick<TrainState, "callbacks" | "parameters">) => Tensors.Owned
const withAverages: ({ callbacks, parameters }: Pick<TrainState, "callbacks" | "parameters">, ids: ReadonlyArray<string>) => Tensors
type Evaluable = Pick<TrainState, "parameters" | "slots" | "callbacks" | "last">
const evaluated: (state: Evaluable, ids?: ReadonlyArray<string>) => Tensors
const named: (state: TrainState, group: TensorGroup) => Tensors
const toData: (state: TrainState) => TrainStateData
const fromData: (data: TrainStateData) => TrainState

// @etude/core/Best
interface Best {
  value: number
  epoch: number
  step: number
}
const Best: Schema.Codec<Best>
interface EndedWith extends Best {
  monitor: string
}
const EndedWith: Schema.Codec<EndedWith>
type Start = { epochs: number } | { steps: number }
const Start: Schema.Codec<Start>
interface Rule {
  monitor: string
  better?: "higher" | "lower"
  start?: Start
  baseline?: number
  minimumDelta?: number
}
const Rule: Schema.Codec<Rule>
type RuleInput = string | Rule
const RuleInput: Schema.Codec<RuleInput>
type EndWith = "last" | { best: RuleInput }
const EndWith: Schema.Codec<EndWith>
const ruleOf: (rule: RuleInput) => Rule
const keyOf: (rule: RuleInput) => string
const isBetter: (value: number, best: number | undefined, better: "higher" | "lower", minimumDelta?: number) => boolean
const hasBegun: (start: Start | undefined, { epoch, step }: Pick<Progress, "epoch" | "step">) => boolean
const directionOf: (rule: Rule, monitors: Monitors) => "higher" | "lower" | undefined
const improves: (rule: Rule, better: "higher" | "lower", best: Pick<Best, "value"> | undefined, value: number, position: Pick<Progress, "epoch" | "step">) => boolean
const record: (best: { [monitor: string]: Best }, monitors: Monitors, values: { [monitor: string]: number }, { epoch, step }: Pick<Best, "epoch" | "step">) => { [monitor: string]: Best }
const contradiction: (path: string, rule: RuleInput, monitors: Monitors) => ReadonlyArray<Problem>
const problem: (path: string, input: RuleInput, monitors: Monitors) => ReadonlyArray<Problem>

// @etude/core/Update
interface Scene<Number_ extends string = any, Slot extends string = any> {
  parameters: Tensors
  slots: { readonly [slot in Slot]: Tensors }
  numbers: { readonly [name in Number_]: tf.Tensor }
  random: RandomBits.StepRandom
  gradient: (parameters: Tensors) => Tensors
}
interface Update<Number_ extends string = any, Slot extends string = any> {
  name: string
  elementwise: boolean
  slots: ReadonlyArray<Slot>
  init: (parameters: Tensors) => { readonly [slot in Slot]: Tensors }
  numbers: (step: number, learningRate: number, at: Scheduled.ValueAt) => Tensors.NumberTree
  scheduled?: Scheduled.ChangingNumbers
  update: (updates: Tensors, scene: Scene<Number_, Slot>) => readonly [updates: Tensors, slots: { readonly [slot in Slot]: Tensors }]
  apply?: (updates: Tensors, scene: Scene<Number_, Slot>) => readonly [parameters: Tensors, slots: { readonly [slot in Slot]: Tensors }] | undefined
  additive?: boolean
  secondGradient?: boolean
  fuse?: (next: ReadonlyArray<Update>) => ReadonlyArray<Update> | undefined
  links?: ReadonlyArray<Update>
}
const ahead = "ahead"
interface TensorScene<Number_ extends string = any, Factor extends string = any> {
  parameter: tf.Tensor
  numbers: { readonly [name in Number_]: tf.Tensor }
  factors: { readonly [name in Factor]: number | tf.Tensor }
  random: RandomBits.StepRandom
}
interface TensorRule<Number_ extends string, Slot extends string, Factor extends string = never> {
  name: string
  elementwise?: boolean
  slots?: ReadonlyArray<Slot>
  initial?: number | ((parameter: tf.Tensor) => tf.Tensor)
  numbers?: (step: number, learningRate: number, at: Scheduled.ValueAt) => { readonly [name in Number_]: number }
  factors?: { readonly [name in Factor]: Scheduled }
  range?: Scheduled.Range
  scheduled?: Scheduled.ChangingNumbers
  update: (update: tf.Tensor, slots: { readonly [slot in Slot]: tf.Tensor }, scene: TensorScene<Number_, Factor>) => readonly [update: tf.Tensor, slots: { readonly [slot in Slot]: tf.Tensor }]
}
const each: <Number_ extends string = never, Slot extends string = never, Factor extends string = never>(rule: TensorRule<Number_, Slot, Factor>) => Update<Number_, Slot>
const stateless: <Number_ extends string = never>(name: string, update: (updates: Tensors, scene: Scene<Number_, never>) => Tensors, options?: Partial<Pick<Update, "elementwise" | "additive" | "secondGradient" | "scheduled">> & {
  numbers?: (step: number, learningRate: number, at: Scheduled.ValueAt) => { readonly [name in Number_]: number }
}) => Update<Number_, never>
const scheduledIn: (links: ReadonlyArray<Update>) => Pick<Update, "scheduled">
const chain: (...parts: ReadonlyArray<Update>) => Update
const named: (name: string, update: Update) => Update
const masked: (match: (path: string) => boolean, inner: Update) => Update
interface StepOptions {
  parameters: Tensors
  gradients: Tensors
  slots?: Tensors.Owned
  step?: number
  learningRate: number
  stepsPerEpoch?: number
  key?: tf.Tensor
  gradient?: (parameters: Tensors) => Tensors
  fused?: boolean
}
const step: (update: Update, options: StepOptions) => { parameters: Tensors; slots: Tensors.Owned }

// @etude/core/Updates
export * from "./updates/AdaptiveClip.ts"
export * from "./updates/AddDecayedWeights.ts"
export * from "./updates/AddNoise.ts"
export * from "./updates/Clip.ts"
export * from "./updates/EverySteps.ts"
export * from "./updates/Lookahead.ts"
export * from "./updates/ScaleByAdagrad.ts"
export * from "./updates/ScaleByAdam.ts"
export * from "./updates/ScaleByLearningRate.ts"
export * from "./updates/ScaleByRms.ts"
export * from "./updates/SharpnessAware.ts"
export * from "./updates/Trace.ts"

// @etude/core/updates/AdaptiveClip
interface AdaptiveClipOptions {
  clipping?: number
  epsilon?: number
  except?: string | ReadonlyArray<string>
}
const clipUnits: (update: tf.Tensor, parameter: tf.Tensor, { clipping, epsilon }: Required<Pick<AdaptiveClipOptions, "clipping" | "epsilon">>) => tf.Tensor
const adaptiveClip: (options?: AdaptiveClipOptions) => Update<never, never>

// @etude/core/updates/AddDecayedWeights
interface AddDecayedWeights extends Update<never, never> {
  weightDecay: Scheduled
}
const addDecayedWeights: (weightDecay: Scheduled) => AddDecayedWeights
const isDecay: (link: Update) => link is AddDecayedWeights
const decayScaledByRate: (weightDecay: Scheduled) => Update

// @etude/core/updates/AddNoise
interface NoiseOptions {
  eta?: number
  gamma?: number
}
const withNoise: (updates: Tensors, random: RandomBits.StepRandom, deviation: number | tf.Tensor) => Tensors
const addNoise: ({ eta, gamma }?: NoiseOptions) => Update<"deviation", never>

// @etude/core/updates/Clip
const clipByGlobalNorm: (maximum: number) => Update<never, never>
const clipByNorm: (maximum: number) => Update<never, never>
const clipByValue: (limit: number) => Update<never, never>
const clip: (config: Gradient.Clip) => Update<never, never>

// @etude/core/updates/EverySteps
const everySteps: (every: number, inner: Update) => Update

// @etude/core/updates/Lookahead
interface LookaheadOptions {
  every?: number
  fraction?: number
}
const lookahead: ({ every, fraction }?: LookaheadOptions) => Update<"meets", "slow">

// @etude/core/updates/ScaleByAdagrad
interface AdagradOptions {
  initialAccumulator?: number
  epsilon?: number
}
const scaleByAdagrad: ({ initialAccumulator, epsilon }?: AdagradOptions) => Update<never, "sum">

// @etude/core/updates/ScaleByAdam
interface AdamOptions {
  beta1?: Scheduled
  beta2?: Scheduled
  epsilon?: number
}
const scaleByAdam: (options?: AdamOptions) => Update

// @etude/core/updates/ScaleByLearningRate
const scaleByLearningRate: ({ decay }?: { decay?: number }) => Update<"scale", never>
const isRate: (link: Update) => boolean

// @etude/core/updates/ScaleByRms
interface RmsOptions {
  alpha?: number
  epsilon?: number
}
const scaleByRms: ({ alpha, epsilon }?: RmsOptions) => Update<never, "square">
const scaleByDeviation: ({ alpha, epsilon }?: RmsOptions) => Update<never, "square" | "mean">

// @etude/core/updates/SharpnessAware
const sharpnessAware: (rho?: number) => Update<never, never>

// @etude/core/updates/Trace
interface TraceOptions {
  momentum: Scheduled
  nesterov?: boolean
  dampening?: number
}
const trace: ({ momentum, nesterov, dampening }: TraceOptions) => Update<"gradientWeight", "momentum">

// @etude/core/When
type Rule = (progress: Progress) => boolean
type Amount = { epochs: number } | { steps: number } | { samples: number }
const every: (amount: { epochs: number } | { steps: number }) => Rule
const onceAt: (amount: { epochs: number } | { steps: number }) => Rule
const before: (amount: Amount) => Rule
const after: (amount: Amount) => Rule
const all: (...rules: ReadonlyArray<Rule>) => Rule
const any: (...rules: ReadonlyArray<Rule>) => Rule
const not: (rule: Rule) => Rule
const Config: Schema.Struct<{
  every: Schema.optionalKey<Schema.Codec<{ epochs: number } | { steps: number }>>
  onceAt: Schema.optionalKey<Schema.Codec<Extent.Position>>
  before: Schema.optionalKey<Schema.Codec<{ epochs: number } | { samples: number } | { steps: number }>>
  after: Schema.optionalKey<Schema.Codec<{ epochs: number } | { samples: number } | { steps: number }>>
}>
type Config = typeof Config.Type
const ruleOf: (config: Config) => Rule
const calls: <E extends At, S, A>(rule: Rule, handler: (event: E, state: S) => A) => (event: E, state: S) => A | undefined
const batchEnd: <E extends At, S, A>(rule: Rule, run: (event: E, state: S) => A) => { when: Rule; run: (event: E, state: S) => A }
const layer: <Out, LE, R>(rule: Rule, callbacks: Layer<Out, LE, R>, hooks?: ReadonlyArray<HookName>) => Layer<Out, LE, R | CallbackRegistry>

// @etude/core/ClassLabels
const noPrediction: number
const predicted: (scores: tf.Tensor) => tf.Tensor
const ofOneHot: (targets: tf.Tensor) => tf.Tensor
const isClass: (label: number, classes: number) => boolean

// @etude/core/Monitors
const trainingSet = "train"
const Better: Schema.Literals<readonly ["higher", "lower", "neither"]>
type Better = typeof Better.Type
interface Monitored {
  set: string
  metric: string
  better: Better
}
const Monitored: Schema.Codec<Monitored>
interface Monitors {
  [monitor: string]: Monitored
}
const Monitors: Schema.Codec<Monitors>
const keyOf: (set: string, metric: string) => string
const keyed: (set: string, values: { [name: string]: number }) => { [monitor: string]: number }
const find: (monitors: Monitors, monitor: string) => Monitored | undefined
const isOfTraining: (monitors: Monitors, monitor: string) => boolean
const namesOf: (task: Task) => ReadonlyArray<readonly [name: string, better: Better]>
const of: (task: Task, validations: ReadonlyArray<string>) => Monitors
const problems: (task: Task, validations: ReadonlyArray<string>) => ReadonlyArray<Problem>

// @etude/core/Monotonic
const milliseconds: (clock: Clock) => number

// @etude/core/Printable
const printable: (text: string) => string

// @etude/core/Progress
declare const fields: {
  epoch: Schema.Natural
  batch: Schema.Natural
  step: Schema.Natural
  samples: Schema.Natural
  elapsedSeconds: Schema.Finite
}
interface ProgressSchema extends Schema.Struct<typeof fields> {}
const Progress: ProgressSchema
interface Progress extends Schema.Type<ProgressSchema> {}
const start: Progress
const batchAfter: ({ epoch, batch }: Pick<Progress, "epoch" | "batch">) => string

// @etude/core/SystemReason
const systemReason: (error: unknown) => string | undefined

// @etude/core/TensorNames
declare type Node = TensorTree
const groupOf: (name: string) => TensorGroup | undefined
const callbackOf: (name: string) => string | undefined
const flatten: (group: TensorGroup, node: Node) => Tensors
const tree: (tensors: ReadonlyArray<readonly [name: string, tensor: tf.Tensor]>) => Omit<TrainState, "plain">

// @etude/core/kernels/AdamStep
const kernelName = "AdamStep"
interface AdamStepInputs {
  parameter: tf.TensorInfo
  m: tf.TensorInfo
  v: tf.TensorInfo
  gradient: tf.TensorInfo
  rate: tf.TensorInfo
  beta1: tf.TensorInfo
  beta2: tf.TensorInfo
  epsilon: tf.TensorInfo
}
const adamStep: (inputs: { readonly [name in keyof AdamStepInputs]: tf.Tensor }) => readonly [parameter: tf.Tensor, m: tf.Tensor, v: tf.Tensor] | undefined

// @etude/core/kernels/CrossEntropy
const kernelName = "SparseSoftmaxCrossEntropy"
interface CrossEntropyInputs {
  logits: tf.TensorInfo
  labels: tf.TensorInfo
}
interface CrossEntropyAttributes {
  smoothing: number
}
const logSoftmax: (logits: tf.Tensor) => tf.Tensor
interface CrossEntropy {
  values: tf.Tensor
  keep: Array<tf.Tensor>
  gradient: (saved: ReadonlyArray<tf.Tensor>) => tf.Tensor
}
const crossEntropy: (logits: tf.Tensor, labels: tf.Tensor, smoothing: number) => CrossEntropy

// @etude/core/kernels/TfjsNode
interface TensorMetadata {
  id: number
  shape: Array<number>
  dtype: number
}
interface OperationAttribute {
  name: string
  type: number
  value: unknown
}
interface Binding {
  createTensor(shape: ReadonlyArray<number>, dtype: number, values: tf.backend_util.BackendValues): number
  deleteTensor(tensor: number): void
  tensorDataSync(tensor: number): Float32Array | Int32Array | Uint8Array
  executeOp(name: string, attributes: ReadonlyArray<OperationAttribute>, inputs: ReadonlyArray<number>, outputs: number): Array<TensorMetadata>
  loadSavedModel(directory: string, tags: string): number
  deleteSavedModel(model: number): void
  runSavedModel(model: number, inputs: ReadonlyArray<number>, inputNames: string, outputNames: string): Array<TensorMetadata>
  getNumOfSavedModels(): number
  getNumOfTensors(): number
  isUsingGpuDevice(): boolean
  TF_FLOAT: number
  TF_INT32: number
  TF_INT64: number
  TF_BOOL: number
  TF_COMPLEX64: number
  TF_STRING: number
  TF_RESOURCE: number
  TF_UINT8: number
  TF_ATTR_STRING: number
  TF_ATTR_INT: number
  TF_ATTR_FLOAT: number
  TF_ATTR_BOOL: number
  TF_ATTR_TYPE: number
  TF_ATTR_SHAPE: number
  TF_ATTR_RESOURCE: number
  TF_Version: string
}
interface TensorData {
  shape: Array<number>
  dtype: number
  id: number
  values: tf.backend_util.BackendValues | null
  refCount: number
}
interface NativeBackend extends tf.KernelBackend {
  -readonly binding: Binding
  tensorMap: tf.DataStorage<TensorData>
  getInputTensorIds(tensors: ReadonlyArray<tf.TensorInfo>): Array<number>
  createOutputTensor(metadata: TensorMetadata): tf.Tensor
  executeSingleInput(name: string, input: tf.TensorInfo): tf.Tensor
  executeSingleOutput(name: string, attributes: ReadonlyArray<OperationAttribute>, inputs: ReadonlyArray<tf.TensorInfo>): tf.Tensor
  executeMultipleOutputs(name: string, attributes: ReadonlyArray<OperationAttribute>, inputs: ReadonlyArray<tf.TensorInfo>, outputs: number): Array<tf.Tensor>
}

// @etude/core/nearest
const nearest: (name: string, known: ReadonlyArray<string>) => string | undefined
