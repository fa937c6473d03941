// The public interface of @etude/checkpoint. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/checkpoint
// Namespaces of modules: AsyncSaving, AtomicFile, CheckpointId, FileStore, ForeignGenerator,
// GlobalRandom, Initialize, Keep, KernelLayout, Manifest, MemoryStore, NodeStorage, Renaming,
// Resume, Safetensors, SafetensorsFile, SaveWhen, Saving, SavingConfig, Store, WarmStart

// @etude/checkpoint/AsyncSaving
interface AsyncSavingOptions {
  capacity?: number
  retries?: Schedule<unknown, CheckpointError>
  onFailure?: "fail" | "warn"
}
const make: (options?: AsyncSavingOptions | undefined) => Effect<CheckpointsService, never, Scope | Store>
const layer: (options?: AsyncSavingOptions) => Layer<Checkpoints, never, Store>

// @etude/checkpoint/AtomicFile
const syncDirectory: (path: string) => Effect<void, PlatformError, FileSystem>
const writeSynced: (path: string, bytes: Uint8Array) => Effect<void, PlatformError, FileSystem>
const write: (path: string, bytes: Uint8Array) => Effect<void, PlatformError, FileSystem | Path>

// @etude/checkpoint/CheckpointId
interface Position {
  epoch: number
  batch: number
  step: number
  attempt: number
  copy: number
}
const positionOf: ({ progress: { epoch, batch, step }, attempt }: Plain) => Omit<Position, "copy">
const make: ({ epoch, batch, step, attempt, copy }: Position) => string
const parse: (id: string) => Position | undefined
const order: Order<Position>
const sorted: (names: ReadonlyArray<string>) => ReadonlyArray<string>
const free: (position: Omit<Position, "copy">, taken: ReadonlySet<string>) => string

// @etude/checkpoint/FileStore
interface FileStoreOptions {
  folder: string
  retries?: Schedule<unknown, CheckpointError>
  guard?: Effect<void, { message: string }>
  isExclusive?: boolean
}
const make: (args_0: FileStoreOptions) => Effect<Store.StoreService, CheckpointError, Scope | Storage>
const layerStorage: (options: FileStoreOptions) => Layer<Checkpoints | Store, CheckpointError, Storage>
const storagePath: (path: string, separator?: string) => string
const layer: (options: FileStoreOptions) => Layer<Checkpoints | Store, CheckpointError>

// @etude/checkpoint/ForeignGenerator
interface ForeignGenerator<S> {
  name: string
  state: Schema.Codec<S, any>
  read: () => S
  restore: (state: S) => void
}
const layer: <S>({ name, state, read, restore }: ForeignGenerator<S>) => Callback.CallbackLayer

// @etude/checkpoint/GlobalRandom
interface Captured {
  surroundings: Layer<never>
  plugin: Callback.CallbackLayer
}
const captured: (seed: number) => Captured
const layerForbidden: Layer<never>

// @etude/checkpoint/Initialize
interface Source extends WarmStart.Choice {
  from: string
}
const Source: Schema.Codec<Source>
type Initialize = Source | ReadonlyArray<Source>
const Initialize: Schema.Codec<Initialize>
class InitializeFailed extends Schema.TaggedError<{ sources: Schema.$Array<Schema.Struct<{ from: Schema.String; message: Schema.String }>> }> {}
class SourceUnavailable extends Schema.TaggedError<{
  from: Schema.String
  found: Schema.String
  advice: Schema.String
  cause: Schema.optionalKey<Schema.Defect>
}> {}
interface Located {
  path: string
  name?: string
}
type Locate = (address: string) => Effect<Located, SourceUnavailable>
const Sources: Context.Reference<{ [scheme: string]: Locate }>
const task: <T extends Task>(self: T, config: Initialize, folder: string) => Effect<{ task: T; loaded: ReadonlyArray<Event.LoadedFrom> }, InitializeFailed, FileSystem | Path>
const describe: (loaded: Event.LoadedFrom) => string

// @etude/checkpoint/Keep
type Keep = (saved: ReadonlyArray<Checkpoints.Saved>, monitors?: Monitors) => ReadonlySet<string>
const all: Keep
const last: (count: number) => Keep
const best: (count: number, monitor: string, direction?: "higher" | "lower") => Keep
const everyNthEpoch: (n: number) => Keep
const everyNthStep: (n: number) => Keep
const anyOf: (...rules: ReadonlyArray<Keep>) => Keep
const expired: (saved: ReadonlyArray<Checkpoints.Saved>, keep: Keep, protectedIds: ReadonlySet<string>, monitors?: Monitors) => ReadonlyArray<Checkpoints.Saved>
interface Saver {
  keep: Keep
  protectedIds: ReadonlySet<string>
}
const expiredOf: (id: string, saved: ReadonlyArray<Checkpoints.Saved>, savers: ReadonlyMap<string, Saver>, protectedIds: ReadonlySet<string>, monitors?: Monitors) => ReadonlyArray<Checkpoints.Saved>

// @etude/checkpoint/KernelLayout
const fromPyTorch: (kernel: TensorData) => TensorData

// @etude/checkpoint/Manifest
const fileName = "manifest.json"
const formatVersion = 1
interface File {
  bytes: number
  sha256: string
}
const File: Schema.Codec<File>
interface Manifest extends Omit<Saved, "path" | "bytes"> {
  version: typeof formatVersion
  savedAt: string
  task: string
  configHash: string
  executor: string
  eagerPrograms?: ReadonlyArray<string>
  backend: BackendUsed
  libraries: { [library: string]: string }
  platform: string
  files: { [name: string]: File }
}
const Manifest: Schema.Codec<Manifest>
const encode: (manifest: Manifest) => Uint8Array<ArrayBuffer>
const decode: (bytes: Uint8Array) => Result<Manifest, string>

// @etude/checkpoint/MemoryStore
const make: Effect<Store.StoreService>
const layer: Layer<Checkpoints | Store>

// @etude/checkpoint/NodeStorage
const renameBy: (system: {
  platform: string
  rename: (from: string, to: string) => Promise<void>
  exists: (path: string) => Promise<boolean>
}) => StorageService["rename"]
const make: StorageService
const layer: Layer<Storage>

// @etude/checkpoint/Renaming
interface Rule {
  from: string
  to: string
}
const Rule: Schema.Codec<Rule>
interface Renamed {
  name: string
  by: ReadonlyArray<number>
}
const renamer: (rules: ReadonlyArray<Rule>) => ((name: string) => Renamed)

// @etude/checkpoint/Resume
type Consequence = "safe" | "alters" | "incompatible"
const Consequence: Schema.Codec<Consequence>
interface Difference {
  path: string
  stored: Schema.Json
  current: Schema.Json
  consequence: Consequence
}
const Difference: Schema.Codec<Difference>
class ResumeRefused extends Schema.TaggedError<{ checkpoint: Schema.String; differences: Schema.$Array<Schema.Codec<Difference>> }> {}
class NothingToResume extends Schema.TaggedError<{ task: Schema.String }> {}
const differ: (stored: Schema.Json | undefined, current: Schema.Json | undefined, path: string) => ReadonlyArray<Difference>
const compare: (stored: Checkpoints.RunDescription, current: Checkpoints.RunDescription) => ReadonlyArray<Difference>
interface ResumeOptions {
  allowAlterations?: boolean
  data?: Trainer.DescribeOptions["data"]
  setting?: Checkpoints.Setting
  differences?: ReadonlyArray<Difference>
}
interface ResumePoint {
  state: TrainState
  saved: Checkpoints.Saved
  differences: ReadonlyArray<Difference>
  passedOver: ReadonlyArray<Errors.CheckpointCorrupt>
}
type ResumeError = NothingToResume | ResumeRefused | Errors.CheckpointCorrupt | Errors.CheckpointError | Errors.ConfigInvalid
const point: (task: Task, config: TrainConfig.TrainConfigInput, options?: ResumeOptions | undefined) => Effect<ResumePoint, ResumeError, Backend | Checkpoints | Scope | StepExecutor>

// @etude/checkpoint/Safetensors
interface Contents {
  tensors: { [name: string]: TensorData }
  metadata: { [key: string]: string }
}
declare const kinds: readonly ["missing", "unreadable", "truncated", "header", "dtype", "shape", "offsets", "values"]
interface Problem {
  kind: (typeof kinds)[number]
  tensor?: string
  message: string
}
const Problem: Schema.Codec<Problem>
class SafetensorsUnreadable extends Schema.TaggedError<{ path: Schema.String; problems: Schema.$Array<Schema.Codec<Problem>> }> {}
type TensorSpec = Pick<TensorData, "dtype" | "shape">
type TensorSpecs = { [name: string]: TensorSpec }
interface Layout {
  header: Uint8Array<ArrayBuffer>
  order: ReadonlyArray<{ name: string; bytes: number }>
  bytes: number
}
const layout: (tensors: TensorSpecs, metadata?: { [key: string]: string }, floats?: Encodings.Floats) => Layout
const bytesOf: (name: string, { dtype, shape, values }: TensorData) => Uint8Array
const encode: (tensors: { [name: string]: TensorData }, metadata?: { [key: string]: string }) => Uint8Array
class FloatsOverflow extends Schema.TaggedError<{
  floats: Schema.Literals<readonly ["F16", "BF16"]>
  overflows: Schema.$Array<Schema.Struct<{ tensor: Schema.String; index: Schema.Natural; value: Schema.Number }>>
}> {}
const encodeAs: (floats: Encodings.Floats, tensors: { [name: string]: TensorData }, metadata?: { [key: string]: string }) => Result<Uint8Array, FloatsOverflow>
const decode: (bytes: Uint8Array, path: string) => Result<Contents, SafetensorsUnreadable>

// @etude/checkpoint/SafetensorsFile
const write: (path: string, tensors: { [name: string]: TensorData }, metadata?: { [key: string]: string }, { floats }?: { floats?: Encodings.Floats }) => Effect<void, CheckpointError, FileSystem | Path>
const read: (path: string) => Effect<Safetensors.Contents, Safetensors.SafetensorsUnreadable, FileSystem>

// @etude/checkpoint/SaveWhen
interface Moment {
  progress: TrainState.Plain["progress"]
  epochEnded: boolean
  values: Event.Values
  best: TrainState.Plain["best"]
  last: { step: number; elapsedSeconds: number }
}
type SaveWhen = (moment: Moment) => boolean
const everySteps: (steps: number) => SaveWhen
const everyEpochs: (epochs: number) => SaveWhen
const everyMinutes: (minutes: number) => SaveWhen
const onImprovement: (monitor: string) => SaveWhen
const anyOf: (...rules: ReadonlyArray<SaveWhen>) => SaveWhen
const allOf: (...rules: ReadonlyArray<SaveWhen>) => SaveWhen

// @etude/checkpoint/Saving
interface SavingOptions {
  id?: string
  when?: SaveWhen
  keep?: Keep
  follows?: ReadonlyArray<Best.RuleInput>
  onInterruption?: boolean
  onFailure?: boolean
  onEnd?: boolean
  resumedFrom?: string
}
const layer: (options?: SavingOptions) => Callback.CallbackLayer<Errors.CheckpointError, never, never, Checkpoints>

// @etude/checkpoint/SavingConfig
declare const schema: Schema.Struct<{
  every: Schema.withDecodingDefaultKey<Schema.Codec<Extent.Every>>
  onImprovement: Schema.optionalKey<Schema.String>
  keepLast: Schema.withDecodingDefaultKey<Schema.Codec<number>>
  keepBest: Schema.optionalKey<Schema.Struct<{
    monitor: Schema.String
    better: Schema.optionalKey<Schema.Literals<readonly ["higher", "lower"]>>
    count: Defaulted<number>
  }>>
  asynchronous: Schema.withDecodingDefaultKey<Schema.Codec<boolean>>
  onFailedWrite: Schema.withDecodingDefaultKey<Schema.Codec<"fail" | "warn">>
}>
interface SavingConfig extends Schema.Type<typeof schema> {}
interface SavingConfigEncoded extends Schema.Codec.Encoded<typeof schema> {}
const SavingConfig: Schema.Codec<SavingConfig, SavingConfigEncoded>
const rulesOf: ({ every, onImprovement, keepLast, keepBest }: SavingConfig) => Required<Pick<SavingOptions, "when" | "keep" | "follows">>

// @etude/checkpoint/Store
interface Prepared {
  saved: Saved
  write: Effect<Saved, CheckpointError>
}
interface StoreService extends Omit<CheckpointsService, "save" | "settled"> {
  prepare: (state: TrainState, description: RunDescription, savers?: ReadonlyArray<string>) => Effect<Prepared, CheckpointError>
}
class Store extends Context.ServiceClass<Store, "@etude/checkpoint/Store", StoreService> {}
const checkpoints: ({ prepare, ...store }: StoreService) => CheckpointsService
const layer: <E, R>(make: Effect<StoreService, E, R>) => Layer<Checkpoints | Store, E, Exclude<R, Scope>>
const valuesOf: ({ measured }: Plain) => Values
const best: (saved: ReadonlyArray<Saved>, monitor: string, better: "higher" | "lower") => Option<Saved>
const latest: (ids: ReadonlyArray<string>, load: (id: string) => Effect<Loaded, CheckpointCorrupt | CheckpointMissing | CheckpointError>) => Effect<Option<Loaded>, CheckpointCorrupt | CheckpointError>

// @etude/checkpoint/WarmStart
type Account = Event.WeightsAccount
const Account: Schema.Codec<Account>
class WeightsUnfit extends Schema.TaggedError<{
  model: Schema.String
  account: Schema.Codec<Event.WeightsAccount>
  problems: Schema.optionalKey<Schema.$Array<Schema.String>>
}> {}
declare type Patterns = string | ReadonlyArray<string>
interface Choice {
  match?: Patterns
  rename?: ReadonlyArray<Renaming.Rule>
  ignore?: Patterns
  layout?: "pytorch"
  kernels?: Patterns
  strict?: boolean
}
interface WarmStartOptions extends Choice {
  weights: { [path: string]: TrainState.TensorData }
}
const model: <In extends Tensors.TensorOrRecord, Out extends Tensors.TensorOrRecord>(self: Model<In, Out>, options: WarmStartOptions) => Effect<{ model: Model<In, Out>; account: Account }, WeightsUnfit>
const task: <T extends Task>(self: T, options: WarmStartOptions) => Effect<{ task: T; account: Account }, WeightsUnfit>
