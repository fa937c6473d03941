// The public interface of @etude/testing. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/testing
// Namespaces of modules: Close, CountingBackend, CpuBackend, CrashStorage, Drive, Events,
// MemoryCheckpoints, Plugins, Storages, GradientCheck, BackendLaw, CallbackLaws, CheckpointsLaw,
// ConfigLaw, CrashLaw, DatasetLaw, ExecutorLaw, FinalizerLaw, InterferenceLaw, KernelLaw, LossLaw,
// MetricLaw, MicrobatchLaw, ModelLaw, OptimizerLaw, PaperLaws, ReplayLaw, ResumeLaw, SamplerLaw,
// ScheduleLaw, StoreResumeLaw, TensorLaw, ValidationLaw, StateJson, CheckpointStates, Data,
// ExecutorRows, HostTensors, KernelRows, LayerRows, MetricSamples, StackRows, Subjects, Tiny,
// Trajectory
export { LawBroken } from "./laws/LawBroken.ts"
export type { Statement } from "./laws/Statement.ts"

// @etude/testing/Close
interface Tolerance {
  relative?: number
  absolute?: number
}
const difference: (found: ArrayLike<number>, expected: ArrayLike<number>, { relative, absolute }?: Tolerance) => string | undefined
const distance: (values: ArrayLike<number>, others: ArrayLike<number>) => number
const bitDifference: (found: ArrayLike<number>, expected: ArrayLike<number>) => string | undefined
const dataDifference: (found: TensorData | undefined, expected: TensorData | undefined, tolerance?: Tolerance) => string | undefined
const assertClose: (found: tf.Tensor, expected: ArrayLike<number>, tolerance?: Tolerance) => void

// @etude/testing/doubles/CountingBackend
class KernelFailed extends Error {
  readonly name = "KernelFailed"
}
interface Counting {
  layer: Layer<Backend | StepExecutor, BackendBusy | BackendUnavailable>
  calls: () => number
  byKernel: () => { [kernel: string]: number }
}
const make: ({ failAt }?: { failAt?: number }) => Counting

// @etude/testing/doubles/CpuBackend
const load: Effect<{
  MathBackendCPU: typeof MathBackendCPU
  version_cpu: "4.22.0"
  shared: typeof import("@tensorflow/tfjs-backend-cpu/dist/shared")
  default: typeof import("@tensorflow/tfjs-backend-cpu")
}>
const layer: Layer<Backend | StepExecutor, BackendBusy | BackendUnavailable>

// @etude/testing/doubles/CrashStorage
interface File {
  kind: "file"
  -readonly content: Uint8Array
  -readonly synced: Uint8Array
}
declare type Change = ReadonlyArray<readonly [name: string, node: Node | undefined]>
interface Folder {
  kind: "folder"
  entries: Map<string, Node>
  synced: Map<string, Node>
  -readonly changes: Array<Change>
}
declare type Node = File | Folder
interface Disk extends Folder {}
const emptyDisk: () => Disk
interface Operation {
  index: number
  kind: "makeFolder" | "create" | "write" | "syncFile" | "syncFolder" | "rename" | "remove"
  path: string
}
type Outcome = { _tag: "Done" } | { _tag: "Dropped" } | { _tag: "Fails"; reason: StorageError["reason"]; torn: boolean } | { _tag: "Ends"; torn: boolean }
const done: Outcome
class ProcessEnded extends Error {
  constructor()
}
interface CrashStorageOptions {
  disk: Disk
  process: string
  outcome?: (operation: Operation) => Outcome
}
const make: ({ disk, process, outcome }: CrashStorageOptions) => StorageService
interface Crashed {
  disk: Disk
  lost: number
  of: number
}
const crashes: (disk: Disk, limit: number, draw: () => number) => Generator<Crashed>
const copyOf: (disk: Disk) => Disk
const fingerprint: (disk: Disk, nameOf: (name: string) => string) => string

// @etude/testing/doubles/Drive
declare type Directions = { [monitor: string]: "higher" | "lower" }
declare type Fields = { _tag: string } & { [field: string]: unknown }
interface DriveOptions extends Omit<Callback.DriveOptions, "monitors"> {
  monitors?: Directions
}
interface Driven<E> extends Omit<Callback.Driven<E>, "decisions" | "event"> {
  decisions: ReadonlyArray<readonly [callback: string, decision: Decision]>
  event: (fields: Fields | Event.Known) => void
  start: () => void
  resume: () => void
  epoch: (values: Event.Values) => Effect<void, E | CallbackFailed>
}
const drive: <Out, E, R>(layer: Layer<Out, E, R>, options?: DriveOptions) => Effect<Driven<Callback.ErrorOf<Out>>, E, Scope | Exclude<R, Callback.CallbackRegistry>>

// @etude/testing/doubles/Events
const recorder: () => { events: Array<Known>; layer: Layer<never> }

// @etude/testing/doubles/MemoryCheckpoints
interface MemoryOptions {
  fullAt?: number
  damaged?: ReadonlyArray<number>
}
const make: ({ fullAt, damaged }?: MemoryOptions) => CheckpointsService & { saved: ReadonlyArray<Saved> }
const layer: (options?: MemoryOptions) => Layer<Checkpoints>

// @etude/testing/doubles/Plugins
const impatient: (patience?: number, id?: string) => Callback.CallbackLayer
const meddler: (id?: string) => Callback.CallbackLayer
const averaging: (id?: string) => Callback.CallbackLayer
const noise: (id?: string) => Callback.CallbackLayer
const onlooker: () => Callback.CallbackLayer
const idleDrawer: () => Callback.CallbackLayer
declare type AtStep = (progress: Progress) => boolean
const interrupting: (when: AtStep) => Callback.CallbackLayer
const dying: (when: AtStep) => Callback.CallbackLayer
const cuts: readonly ["trainBegin", "epochBegin", "validationBegin", "validationEnd", "epochEnd"]
type Cut = (typeof cuts)[number]
const interruptingAt: (cut: Cut, step: number) => Callback.CallbackLayer
const cutting: () => { seen: { cut: Cut; step: number }[]; layer: Callback.CallbackLayer }
class Quit extends Schema.TaggedError<{ step: Schema.Natural }> {}
const quitting: (when: AtStep) => Callback.CallbackLayer<Quit>
const refusing: Callback.CallbackLayer

// @etude/testing/doubles/Storages
const memory: (disk?: CrashStorage.Disk, process?: string) => Layer<Storage>
const full: (byte: number, disk?: CrashStorage.Disk) => Layer<Storage>
const torn: (byte: number, disk?: CrashStorage.Disk) => Layer<Storage>
const forgotten: (disk: CrashStorage.Disk) => CrashStorage.Disk

// @etude/testing/GradientCheck
interface GradientCheckOptions {
  step?: number
  tolerance?: number
  elements?: number
  seed?: number
}
interface GradientMismatch {
  input: number
  element: number
  gradient: number
  difference: number
}
const gradientCheck: (f: (...xs: Array<tf.Tensor>) => tf.Tensor, xs: ReadonlyArray<tf.Tensor>, { step, tolerance, elements, seed }?: GradientCheckOptions) => ReadonlyArray<GradientMismatch>

// @etude/testing/laws/BackendLaw
declare type BackendLayer = Layer<Backend | StepExecutor, unknown>
interface BackendOptions extends Trajectory.Subject {
  backends: { [name: string]: BackendLayer }
  steps?: number
  tolerance?: Close.Tolerance
}
const check: (options: BackendOptions) => Effect<void, LawBroken | LawSkipped>

// @etude/testing/laws/CallbackLaws
interface CallbackOptions {
  name?: string
  subject?: Partial<Omit<Subject, "name" | "callbacks">>
}
const of: (layer: CallbackLayer, options?: CallbackOptions) => ReadonlyArray<Statement>

// @etude/testing/laws/CheckpointsLaw
interface Opened {
  store: CheckpointsService
  reopen?: Effect<CheckpointsService, unknown, Scope>
  damage?: (id: string) => Effect<void, unknown>
}
interface StoreSubject {
  name: string
  open: Effect<Opened, unknown, Scope>
}
interface Law {
  statement: string
  check: (subject: StoreSubject) => Effect<void, LawBroken | LawSkipped>
}
const laws: ReadonlyArray<Law>

// @etude/testing/laws/ConfigLaw
interface ConfigOptions<T, E> {
  name: string
  schema: Schema.Codec<T, E>
  runs?: number
  seed?: number
}
const check: <T, E>(options: ConfigOptions<T, E>) => Effect<void, LawBroken>

// @etude/testing/laws/CrashLaw
interface CrashOptions {
  name: string
  folder: string
  open: (storage: StorageService) => Effect<CheckpointsService, unknown, Scope>
  outcomes?: number
  seed?: number
  dropSync?: number
  saves?: number
}
const check: (options: CrashOptions) => Effect<void, LawBroken>
const syncs: (options: CrashOptions) => Effect<number>

// @etude/testing/laws/DatasetLaw
interface DatasetOptions {
  name?: string
  samples?: number
}
const of: (make: Dataset | Effect<Dataset, unknown, Scope>, options?: DatasetOptions) => ReadonlyArray<Statement>

// @etude/testing/laws/ExecutorLaw
interface ExecutorOptions {
  row: Row
  tolerance?: Close.Tolerance
  toleranceAtEnd?: Close.Tolerance
}
const check: (options: ExecutorOptions) => Effect<void, LawBroken, Backend | StepExecutor>

// @etude/testing/laws/FinalizerLaw
interface FinalizerOptions extends Trajectory.Subject {
  train?: Trajectory.Train
}
const check: (options: FinalizerOptions) => Effect<void, LawBroken, Backend | StepExecutor>

// @etude/testing/laws/InterferenceLaw
interface InterferenceOptions extends Omit<Trajectory.Subject, "callbacks"> {
  callbacks?: { [id: string]: Trajectory.Plugins }
  bystanders?: { [id: string]: Trajectory.Plugins }
}
const check: (options: InterferenceOptions) => Effect<void, LawBroken, Backend | StepExecutor>

// @etude/testing/laws/KernelLaw
declare type BackendLayer = Layer<Backend | StepExecutor, unknown>
interface KernelOptions {
  name: string
  backend: BackendLayer
  row: Row
  reference?: BackendLayer
  tolerance?: Close.Tolerance
}
const check: (options: KernelOptions) => Effect<void, LawBroken>

// @etude/testing/laws/LawBroken
class LawBroken extends Schema.TaggedError<{ law: Schema.String; subject: Schema.String; found: Schema.String; reproduce: Schema.String }> {}

// @etude/testing/laws/LossLaw
interface LossOptions {
  name?: string
  outputs: Host.HostTensors
  targets?: Host.HostTensors
  gradient?: GradientCheck.GradientCheckOptions
}
declare type AnyLoss = Loss<any, any>
const of: (loss: AnyLoss, options: LossOptions) => ReadonlyArray<Statement>

// @etude/testing/laws/MetricLaw
export type { HostTensors }
interface MetricOptions {
  name: string
  metric: Metric<any, any, any, any>
  samples: {
    outputs: HostTensors
    targets: HostTensors
    inputs?: HostTensors
    weights?: HostValues
    mask?: HostValues
  }
  partitions?: number
  seed?: number
  exact?: boolean
  relative?: number
  absolute?: number
}
const difference: (a: unknown, b: unknown, near: { exact?: boolean; relative?: number; absolute?: number }, path?: string) => string | undefined
const check: (options: MetricOptions) => Effect<void, LawBroken | LawSkipped, Backend | StepExecutor>

// @etude/testing/laws/MicrobatchLaw
interface MicrobatchOptions extends Trajectory.Subject {
  sizes?: ReadonlyArray<number>
  tolerance?: Close.Tolerance
}
const check: (options: MicrobatchOptions) => Effect<void, LawBroken | LawSkipped, Backend | StepExecutor>

// @etude/testing/laws/ModelLaw
type ModelInput = HostValues | ReadonlyArray<number>
interface ModelOptions {
  name?: string
  inputs: ModelInput | { [name: string]: ModelInput }
  draws?: boolean
  tolerance?: Close.Tolerance
}
declare type AnyModel = Model<any, any>
const of: (model: AnyModel, options: ModelOptions) => ReadonlyArray<Statement>

// @etude/testing/laws/OptimizerLaw
interface OptimizerOptions {
  name?: string
  learningRate?: number
  learnsWithin?: number
}
const of: (optimizer: Update, options?: OptimizerOptions) => ReadonlyArray<Statement>

// @etude/testing/laws/PaperLaws
type Paper = Setup | Effect<Setup, unknown, Backend | Scope>
interface PaperOptions {
  name?: string
  config?: TrainConfigInput
  learnsWithin?: number
}
const of: (paper: Paper, options?: PaperOptions) => ReadonlyArray<Statement>
const ofExperiment: <Options, Encoded>(experiment: Experiment<Options, Encoded>, options: Options, more?: PaperOptions) => ReadonlyArray<Statement>

// @etude/testing/laws/ReplayLaw
interface ReplayOptions {
  name: string
  fold: (events: ReadonlyArray<Event>) => unknown
  subject?: Trajectory.Subject
}
const check: ({ name, fold, subject }: ReplayOptions) => Effect<void, LawBroken | LawSkipped, Backend | StepExecutor>

// @etude/testing/laws/ResumeLaw
const check: (subject: Trajectory.Subject) => Effect<void, LawBroken | LawSkipped, Backend | StepExecutor>

// @etude/testing/laws/SamplerLaw
interface SamplerOptions {
  name?: string
  distinct?: boolean
  lengths?: ReadonlyArray<number>
  data?: Dataset
}
const of: (subject: Sampler | Sampler.DataSampler, options?: SamplerOptions) => ReadonlyArray<Statement>

// @etude/testing/laws/ScheduleLaw
interface ScheduleOptions {
  name?: string
  stepsPerEpoch?: number
  staysAfter?: number
  steps?: number
}
const of: (entry: LearningRate.ScheduleEntry, written: object, options?: ScheduleOptions) => ReadonlyArray<Statement<never>>

// @etude/testing/laws/Statement
interface Statement<R = Backend | StepExecutor> {
  statement: string
  check: Effect<void, LawBroken | LawSkipped, R>
}

// @etude/testing/laws/StoreResumeLaw
interface StoreResumeOptions extends Trajectory.Subject {
  store: CheckpointsService
}
const check: ({ store, ...subject }: StoreResumeOptions) => Effect<void, LawBroken, Backend | StepExecutor>

// @etude/testing/laws/TensorLaw
const check: (subject: Trajectory.Subject) => Effect<void, LawBroken, Backend | StepExecutor>

// @etude/testing/laws/ValidationLaw
const check: (subject: Trajectory.Subject) => Effect<void, LawBroken | LawSkipped, Backend | StepExecutor>

// @etude/testing/StateJson
const encode: ({ plain, tensors }: TrainStateData) => string
const decode: (text: string) => TrainStateData

// @etude/testing/subjects/CheckpointStates
interface At {
  epoch: number
  batch?: number
  step?: number
  attempt?: number
  history?: ReadonlyArray<Values>
  mark?: number
}
const stateAt: (at: At) => TrainState
const description: RunDescription
const jsonDifference: (a: unknown, b: unknown, path: string) => string | undefined
const difference: (found: TrainState.TrainStateData, expected: TrainState.TrainStateData) => string | undefined

// @etude/testing/subjects/Data
interface Field {
  shape: ReadonlyArray<number>
  dtype?: FieldSpec["dtype"]
  values: ArrayLike<number>
}
interface ArraysOptions {
  name?: string
  inputs: Fields<Field>
  targets?: Fields<Field>
  weights?: Field
  mask?: Field
}
const arrays: ({ name, inputs, targets, weights, mask }: ArraysOptions) => Dataset
const delayed: (dataset: Dataset, delay: Duration.Input) => Dataset
const asynchronous: (dataset: Dataset) => Dataset
const unreadable: (dataset: Dataset, sample: number) => DataError
const failing: (dataset: Dataset, sample: number, throws?: boolean) => Dataset
const failingAt: (dataset: Dataset, sample: number) => Dataset
const held: (dataset: Dataset) => { dataset: Dataset; open: Effect<void>; close: Effect<void>; reads: () => number }
const spoiled: (dataset: Dataset, sample: number) => Dataset
const without: (dataset: Dataset, isMissing: (sample: number) => boolean) => Dataset
const weighted: (dataset: Dataset, weightOf: (sample: number) => number) => Dataset
const masked: (dataset: Dataset, shape: ReadonlyArray<number>, counts: (sample: number, element: number) => boolean) => Dataset
const watched: (dataset: Dataset) => { dataset: Dataset; reads: Array<ReadonlyArray<number>> }

// @etude/testing/subjects/ExecutorRows
interface Row {
  name: string
  subject: Effect<Omit<Subject, "name">, unknown, Backend>
  tolerance?: Close.Tolerance
}
const config: TrainConfigInput
const row: (name: string, { config: changes, ...rest }?: Partial<Omit<Subject, "name">>, tolerance?: Close.Tolerance) => Row
const optimizers: ReadonlyArray<Row>
const schedules: ReadonlyArray<Row>
const clips: ReadonlyArray<Row>
const losses: ReadonlyArray<Row>
const transforms: ReadonlyArray<Row>
const settings: ReadonlyArray<Row>
const layers: ReadonlyArray<Row>
const all: ReadonlyArray<Row>

// @etude/testing/subjects/HostTensors
type HostTensors = HostValues | { [name: string]: HostValues }
const isValues: (tensors: HostTensors) => tensors is HostValues
const asRecord: (tensors: HostTensors) => { [name: string]: HostValues }
const samplesOf: (tensors: HostTensors) => number
const dtypeOf: (tensor: HostValues) => "float32" | "int32"
const specOf: (tensor: HostValues) => TensorSpec
const take: (tensor: HostValues, positions: ReadonlyArray<number>) => tf.Tensor
const takeAll: (tensors: HostTensors, positions: ReadonlyArray<number>) => tf.Tensor | Tensors

// @etude/testing/subjects/KernelRows
interface Row {
  name: string
  f: (...xs: Array<tf.Tensor>) => tf.Tensor
  inputs: () => Array<tf.Tensor>
}
const all: ReadonlyArray<Row>

// @etude/testing/subjects/LayerRows
interface Kind {
  name: string
  subject: Effect<Omit<Subject, "name">, unknown, Backend>
}
const untrainable: { [className: string]: string }
const kinds: ReadonlyArray<Kind>

// @etude/testing/subjects/MetricSamples
declare type Samples = MetricOptions["samples"]
const classes: Samples
const binary: Samples
const values: Samples
const sequences: Samples

// @etude/testing/subjects/StackRows
const draw: (seed: number) => Row
const drawn: (count: number, first?: number) => ReadonlyArray<Row>

// @etude/testing/subjects/Subjects
const everything: Subject
const undecided: Subject
const plain: Subject
const images: Subject
const dropout: Subject

// @etude/testing/subjects/Tiny
const regression: (features?: number) => Task<tf.Tensor, tf.Tensor, tf.Tensor, "absoluteError">
const regressionData: (weights?: ReadonlyArray<number>, bias?: number) => Dataset
const xor: () => Task<tf.Tensor, tf.Tensor, tf.Tensor, "right">
const xorData: () => Dataset
const moonsData: (samples?: number, noise?: number, seed?: number) => Dataset
const leastSquares: (inputs: ReadonlyArray<ReadonlyArray<number>>, targets: ReadonlyArray<number>) => { weights: ReadonlyArray<number>; bias: number }
const convolution: () => Task<tf.Tensor, tf.Tensor, tf.Tensor, "accuracy">
const images: (samples?: number, seed?: number) => Dataset
const vectors: (samples?: number, seed?: number) => Dataset
interface PerceptronOptions {
  dropout?: number
  centred?: "running" | "batch"
  loss?: Parameters<typeof Losses.softmaxCrossEntropy>[0]
}
const perceptron: ({ dropout, centred, loss }?: PerceptronOptions) => Task<tf.Tensor, tf.Tensor, tf.Tensor, "accuracy">
const tagger: (loss?: PerceptronOptions["loss"]) => Task<tf.Tensor, tf.Tensor, tf.Tensor, "accuracy">
const sequences: (samples?: number, seed?: number) => Dataset

// @etude/testing/subjects/Trajectory
type Plugins = Layer<any, any, Callback.CallbackRegistry | Backend | StepExecutor>
const none: Plugins
interface Subject {
  name: string
  task: Task<any, any, any, any>
  config?: TrainConfigInput
  data: { train: Dataset; validation?: Trainer.ValidationData<string> }
  callbacks?: Plugins
}
interface Place {
  epoch: number
  batch: number
  step: number
}
interface BatchTrace extends Place {
  what: string
  samples: number
  learningRate: number
  values: Values
}
interface Trajectory {
  reason: string
  batches: ReadonlyArray<BatchTrace>
  reads: ReadonlyArray<ReadonlyArray<number>>
  decisions: ReadonlyArray<string>
  state: TrainState.TrainStateData
}
interface RecordOptions {
  state?: TrainState.TrainStateData | undefined
  config?: TrainConfigInput
  data?: Partial<Subject["data"]>
  callbacks?: Plugins | undefined
}
type Train = (task: Task<any, any, any, any>, options: object) => Effect<Trainer.TrainResult, unknown, any>
const train: Train
const run: ({ task, config, data, callbacks }: Subject, options?: RecordOptions, using?: Train) => Effect<Trainer.TrainResult, unknown, Backend | StepExecutor | Scope>
const record: (subject: Subject, options?: RecordOptions | undefined) => Effect<Trajectory, unknown, Backend | StepExecutor>
const throughJson: (state: TrainState.TrainStateData) => TrainState.TrainStateData
const joined: (first: Trajectory, second: Trajectory) => Trajectory
interface CompareOptions {
  tolerance?: Close.Tolerance
  ignoring?: ReadonlyArray<string>
  trainingOnly?: boolean
  moved?: ReadonlyArray<Trajectory>
}
const difference: (found: Trajectory, expected: Trajectory, options?: CompareOptions) => string | undefined

// @etude/testing/Laws
type BackendLayer = Layer<Backend | StepExecutor, unknown>
declare interface On {
  backend?: BackendLayer
}
const callback: <Out, E>(layer: Layer<Out, E, CallbackRegistry | Backend | StepExecutor>, { backend, ...options }?: CallbackLaws.CallbackOptions & On) => void
interface MetricOptions extends Partial<Omit<MetricLaw.MetricOptions, "metric">>, On {}
const metric: (metric: Metric<any, any, any, any>, { backend, ...options }?: MetricOptions) => void
const optimizer: (optimizer: Optimizer, { backend, ...options }?: OptimizerLaw.OptimizerOptions & On) => void
const sampler: (sampler: Sampler | DataSampler, { backend, ...options }?: SamplerLaw.SamplerOptions & On) => void
const loss: (loss: Loss<any, any>, { backend, ...options }: LossLaw.LossOptions & On) => void
const model: (model: Model<any, any>, { backend, ...options }: ModelLaw.ModelOptions & On) => void
const schedule: (entry: ScheduleEntry, written: object, options?: ScheduleLaw.ScheduleOptions) => void
const dataset: (dataset: Dataset | Effect<Dataset, unknown, Scope>, options?: DatasetLaw.DatasetOptions) => void
interface CheckpointsOptions extends On {
  name?: string
  crash?: { layer: Layer<Checkpoints, unknown, Storage>; folder: string }
}
const checkpoints: (store: Layer<Checkpoints, unknown> | CheckpointsLaw.StoreSubject["open"], { name, crash, backend }?: CheckpointsOptions) => void
interface BackendOptions {
  name?: string
  reference?: BackendLayer
  rows?: ReadonlyArray<KernelRows.Row>
}
const backend: (layer: BackendLayer, { name, reference, rows }?: BackendOptions) => void
interface ExecutorOptions extends Omit<ExecutorLaw.ExecutorOptions, "row">, On {
  name?: string
  rows?: ReadonlyArray<ExecutorRows.Row>
}
const executor: (layer?: Layer<StepExecutor, unknown, Backend>, { backend: below, name, rows, ...options }?: ExecutorOptions) => void
const paper: (task: PaperLaws.Paper, { backend, ...options }?: PaperLaws.PaperOptions & On) => void
const experiment: <Options, Encoded>(experiment: Experiment<Options, Encoded>, options: NoInfer<Options>, { backend, ...more }?: PaperLaws.PaperOptions & On) => void
const replay: ({ backend, ...options }: ReplayLaw.ReplayOptions & On) => void

// @etude/testing/Matchers
declare interface Result {
  pass: boolean
  message: () => string
}
declare type Expected = tf.Tensor | ArrayLike<number>
const matchers: {
  toBeCloseToTensor: (found: unknown, expected: Expected, tolerance?: Close.Tolerance) => Result
  toEqualTensor: (found: unknown, expected: Expected) => Result
  toHaveShape: (found: unknown, shape: ReadonlyArray<number>) => Result
}
declare interface TensorMatchers<R = unknown> {
  -readonly toBeCloseToTensor: (expected: Expected, tolerance?: Close.Tolerance) => R
  -readonly toEqualTensor: (expected: Expected) => R
  -readonly toHaveShape: (shape: ReadonlyArray<number>) => R
}
module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends TensorMatchers<R> {}
}

// @etude/testing/Suites
const timeout = 120000
interface On {
  backend: Layer<Backend | StepExecutor, unknown>
}
const orSkip: <E, R>(test: { skip: (reason: string) => never }, check: Effect<void, E | LawSkipped, R>) => Effect<void, E, R>
const resume: (options: Subject & On) => void
const interference: (options: InterferenceLaw.InterferenceOptions & On) => void
const metric: (options: MetricLaw.MetricOptions & On) => void
const tensors: (options: Subject & On) => void
const finalizers: (options: FinalizerLaw.FinalizerOptions & On) => void
const validation: (options: Subject & On) => void
const microbatches: (options: MicrobatchLaw.MicrobatchOptions & On) => void
const backends: (options: BackendLaw.BackendOptions) => void
const config: <T, E>(options: ConfigLaw.ConfigOptions<T, E>) => void

// @etude/testing/Svg
interface Element {
  name: string
  attributes: Readonly<Record<string, string>>
  children: Array<Element>
  -readonly text: string
}
const parse: (source: string) => Element
const all: (element: Element, name: string) => ReadonlyArray<Element>
const texts: (element: Element) => ReadonlyArray<string>
const misplaced: (document: Element) => ReadonlyArray<string>
