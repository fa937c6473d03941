// The public interface of @etude/testing. Made by `npm run generate`.

// @etude/testing
export * as Close from "./Close.ts";
export * as CountingBackend from "./doubles/CountingBackend.ts";
export * as CpuBackend from "./doubles/CpuBackend.ts";
export * as CrashStorage from "./doubles/CrashStorage.ts";
export * as Drive from "./doubles/Drive.ts";
export * as Events from "./doubles/Events.ts";
export * as MemoryCheckpoints from "./doubles/MemoryCheckpoints.ts";
export * as Plugins from "./doubles/Plugins.ts";
export * as Storages from "./doubles/Storages.ts";
export * as GradientCheck from "./GradientCheck.ts";
export * as BackendLaw from "./laws/BackendLaw.ts";
export * as CallbackLaws from "./laws/CallbackLaws.ts";
export * as CheckpointsLaw from "./laws/CheckpointsLaw.ts";
export * as ConfigLaw from "./laws/ConfigLaw.ts";
export * as CrashLaw from "./laws/CrashLaw.ts";
export * as ExecutorLaw from "./laws/ExecutorLaw.ts";
export * as FinalizerLaw from "./laws/FinalizerLaw.ts";
export * as InterferenceLaw from "./laws/InterferenceLaw.ts";
export * as KernelLaw from "./laws/KernelLaw.ts";
export { LawBroken } from "./laws/LawBroken.ts";
export * as MetricLaw from "./laws/MetricLaw.ts";
export * as MicrobatchLaw from "./laws/MicrobatchLaw.ts";
export * as OptimizerLaw from "./laws/OptimizerLaw.ts";
export * as PaperLaws from "./laws/PaperLaws.ts";
export * as ReplayLaw from "./laws/ReplayLaw.ts";
export * as ResumeLaw from "./laws/ResumeLaw.ts";
export type { Statement } from "./laws/Statement.ts";
export * as StoreResumeLaw from "./laws/StoreResumeLaw.ts";
export * as TensorLaw from "./laws/TensorLaw.ts";
export * as ValidationLaw from "./laws/ValidationLaw.ts";
export * as StateJson from "./StateJson.ts";
export * as CheckpointStates from "./subjects/CheckpointStates.ts";
export * as Data from "./subjects/Data.ts";
export * as ExecutorRows from "./subjects/ExecutorRows.ts";
export * as KernelRows from "./subjects/KernelRows.ts";
export * as LayerRows from "./subjects/LayerRows.ts";
export * as MetricSamples from "./subjects/MetricSamples.ts";
export * as StackRows from "./subjects/StackRows.ts";
export * as Subjects from "./subjects/Subjects.ts";
export * as Tiny from "./subjects/Tiny.ts";
export * as Trajectory from "./subjects/Trajectory.ts";

// @etude/testing/Close
export interface Tolerance {
  readonly relative?: number;
  readonly absolute?: number;
}
export declare const difference: (found: ArrayLike<number>, expected: ArrayLike<number>, { relative, absolute }?: Tolerance) => string | undefined;
export declare const distance: (values: ArrayLike<number>, others: ArrayLike<number>) => number;
export declare const bitDifference: (found: ArrayLike<number>, expected: ArrayLike<number>) => string | undefined;
export declare const dataDifference: (found: TensorData | undefined, expected: TensorData | undefined, tolerance?: Tolerance) => string | undefined;
export declare const assertClose: (found: tf.Tensor, expected: ArrayLike<number>, tolerance?: Tolerance) => void;

// @etude/testing/doubles/CountingBackend
export declare class KernelFailed extends Error {
  readonly name = "KernelFailed";
}
export interface Counting {
  readonly layer: Layer.Layer<Backend.Backend | StepExecutor, BackendBusy | BackendUnavailable>;
  readonly calls: () => number;
  readonly byKernel: () => {
    readonly [kernel: string]: number;
  };
}
export declare const make: ({ failAt }?: {
  readonly failAt?: number;
}) => Counting;

// @etude/testing/doubles/CpuBackend
export declare const load: Effect.Effect<{
  MathBackendCPU: typeof MathBackendCPU;
  version_cpu: "4.22.0";
  shared: typeof import("@tensorflow/tfjs-backend-cpu/dist/shared");
  default: typeof import("@tensorflow/tfjs-backend-cpu");
}, never, never>;
export declare const layer: Layer.Layer<Backend.Backend | StepExecutor, BackendBusy | BackendUnavailable>;

// @etude/testing/doubles/CrashStorage
export interface File {
  readonly kind: "file";
  content: Uint8Array;
  synced: Uint8Array;
}
type Change = ReadonlyArray<readonly [name: string, node: Node | undefined]>;
export interface Folder {
  readonly kind: "folder";
  readonly entries: Map<string, Node>;
  readonly synced: Map<string, Node>;
  changes: Array<Change>;
}
type Node = File | Folder;
export interface Disk extends Folder {
}
export declare const emptyDisk: () => Disk;
export interface Operation {
  readonly index: number;
  readonly kind: "makeFolder" | "create" | "write" | "syncFile" | "syncFolder" | "rename" | "remove";
  readonly path: string;
}
export type Outcome = {
  readonly _tag: "Done";
} | {
  readonly _tag: "Dropped";
} | {
  readonly _tag: "Fails";
  readonly reason: StorageError["reason"];
  readonly torn: boolean;
} | {
  readonly _tag: "Ends";
  readonly torn: boolean;
};
export declare const done: Outcome;
export declare class ProcessEnded extends Error {
  constructor();
}
export interface CrashStorageOptions {
  readonly disk: Disk;
  readonly process: string;
  readonly outcome?: (operation: Operation) => Outcome;
}
export declare const make: ({ disk, process, outcome }: CrashStorageOptions) => StorageService;
export interface Crashed {
  readonly disk: Disk;
  readonly lost: number;
  readonly of: number;
}
export declare const crashes: (disk: Disk, limit: number, draw: () => number) => Generator<Crashed>;
export declare const copyOf: (disk: Disk) => Disk;
export declare const fingerprint: (disk: Disk, nameOf: (name: string) => string) => string;

// @etude/testing/doubles/Drive
type Directions = {
  readonly [monitor: string]: "higher" | "lower";
};
type Fields = {
  readonly _tag: string;
} & {
  readonly [field: string]: unknown;
};
export declare const drive: <Out, E, R>(layer: Layer.Layer<Out, E, R>, options?: {
  readonly monitors?: Directions;
  readonly states?: {
    readonly [id: string]: Schema.Json;
  };
  readonly state?: () => TrainState;
}) => Effect.Effect<{
  callbacks: ReadonlyArray<Callback.Definition>;
  problems: ReadonlyArray<import("@etude/core/Errors").Problem>;
  move: (to: Partial<import("@etude/core/Progress").Progress>) => void;
  progress: () => import("@etude/core/Progress").Progress;
  report: (monitors: import("@etude/core/Monitors").Monitors) => void;
  call: <H extends Callback.HookName>(hook: H, fields?: Partial<Callback.HookFields<H>> | undefined) => Effect.Effect<{
    readonly skipBatch: boolean;
    readonly saveNow: boolean;
    readonly savers?: readonly string[];
    readonly stopEpoch: boolean;
    readonly stopRun: readonly string[];
    readonly stoppers?: readonly string[];
    readonly scaleLearningRate: readonly number[];
    readonly useParameters: readonly string[];
    readonly restoreBest: readonly string[];
  }, import("@etude/core/Errors").CallbackFailed | Callback.ErrorOf<Out>, never>;
  measure: (fields?: Partial<Callback.HookFields<"batchEnd">>) => {
    readonly [id: string]: Event.Values;
  };
  dropped: ReadonlyArray<string>;
  states: () => {
    readonly [id: string]: Schema.Json;
  };
  finalize: (exit?: import("effect/Exit").Exit<unknown, unknown>) => Effect.Effect<void>;
  decisions: (readonly [string, {
    readonly skipBatch: boolean;
    readonly saveNow: boolean;
    readonly savers?: readonly string[];
    readonly stopEpoch: boolean;
    readonly stopRun: readonly string[];
    readonly stoppers?: readonly string[];
    readonly scaleLearningRate: readonly number[];
    readonly useParameters: readonly string[];
    readonly restoreBest: readonly string[];
  }])[];
  event: (fields: Fields) => void;
  start: () => void;
  resume: () => void;
  epoch: (values: Event.Values) => Effect.Effect<void, import("@etude/core/Errors").CallbackFailed | Callback.ErrorOf<Out>, never>;
}, E, import("effect/Scope").Scope | Exclude<R, Callback.CallbackRegistry>>;

// @etude/testing/doubles/Events
export declare const recorder: () => {
  readonly events: Array<Known>;
  readonly layer: Layer.Layer<never>;
};

// @etude/testing/doubles/MemoryCheckpoints
export interface MemoryOptions {
  readonly fullAt?: number;
  readonly damaged?: ReadonlyArray<number>;
}
export declare const make: ({ fullAt, damaged }?: MemoryOptions) => CheckpointsService & {
  readonly saved: ReadonlyArray<Saved>;
};
export declare const layer: (options?: MemoryOptions) => Layer.Layer<Checkpoints>;

// @etude/testing/doubles/Plugins
export declare const impatient: (patience?: number, id?: string) => Callback.CallbackLayer<never, never, never, never>;
export declare const meddler: (id?: string) => Callback.CallbackLayer<never, never, never, never>;
export declare const averaging: (id?: string) => Callback.CallbackLayer<never, never, never, never>;
export declare const noise: (id?: string) => Callback.CallbackLayer<never, never, never, never>;
export declare const onlooker: () => Callback.CallbackLayer<never, never, never, never>;
export declare const idleDrawer: () => Callback.CallbackLayer<never, never, never, never>;
type AtStep = (progress: Progress) => boolean;
export declare const interrupting: (when: AtStep) => Callback.CallbackLayer<never, never, never, never>;
export declare const dying: (when: AtStep) => Callback.CallbackLayer<never, never, never, never>;
export declare const cuts: readonly ["trainBegin", "epochBegin", "validationBegin", "validationEnd", "epochEnd"];
export type Cut = (typeof cuts)[number];
export declare const interruptingAt: (cut: Cut, step: number) => Callback.CallbackLayer<never, never, never, never>;
export declare const cutting: () => {
  seen: {
    readonly cut: Cut;
    readonly step: number;
  }[];
  layer: Callback.CallbackLayer<never, never, never, never>;
};
declare const Quit_base: Schema.Class<Quit, Schema.TaggedStruct<"Quit", {
  readonly step: Schema.Natural;
}>, import("effect/Cause").YieldableError>;
export declare class Quit extends Quit_base {
  get message(): string;
}
export declare const quitting: (when: AtStep) => Callback.CallbackLayer<Quit, never, never, never>;
export declare const refusing: Callback.CallbackLayer<never, never, never, never>;

// @etude/testing/doubles/Storages
export declare const memory: (disk?: CrashStorage.Disk, process?: string) => Layer.Layer<Storage>;
export declare const full: (byte: number, disk?: CrashStorage.Disk) => Layer.Layer<Storage>;
export declare const torn: (byte: number, disk?: CrashStorage.Disk) => Layer.Layer<Storage>;
export declare const forgotten: (disk: CrashStorage.Disk) => CrashStorage.Disk;

// @etude/testing/GradientCheck
export interface GradientCheckOptions {
  readonly step?: number;
  readonly tolerance?: number;
  readonly elements?: number;
  readonly seed?: number;
}
export interface GradientMismatch {
  readonly input: number;
  readonly element: number;
  readonly gradient: number;
  readonly difference: number;
}
export declare const gradientCheck: (f: (...xs: Array<tf.Tensor>) => tf.Tensor, xs: ReadonlyArray<tf.Tensor>, { step, tolerance, elements, seed }?: GradientCheckOptions) => ReadonlyArray<GradientMismatch>;

// @etude/testing/laws/BackendLaw
type BackendLayer = Layer.Layer<Backend | StepExecutor, unknown>;
export interface BackendOptions extends Trajectory.Subject {
  readonly backends: {
    readonly [name: string]: BackendLayer;
  };
  readonly steps?: number;
  readonly tolerance?: Close.Tolerance;
}
export declare const check: (options: BackendOptions) => Effect.Effect<void, LawBroken | LawSkipped>;

// @etude/testing/laws/CallbackLaws
export interface CallbackOptions {
  readonly name?: string;
  readonly subject?: Partial<Omit<Subject, "name" | "callbacks">>;
}
export declare const of: (layer: CallbackLayer, options?: CallbackOptions) => ReadonlyArray<Statement>;

// @etude/testing/laws/CheckpointsLaw
export interface Opened {
  readonly store: CheckpointsService;
  readonly reopen?: Effect.Effect<CheckpointsService, unknown, Scope.Scope>;
  readonly damage?: (id: string) => Effect.Effect<void, unknown>;
}
export interface StoreSubject {
  readonly name: string;
  readonly open: Effect.Effect<Opened, unknown, Scope.Scope>;
}
export interface Law {
  readonly statement: string;
  readonly check: (subject: StoreSubject) => Effect.Effect<void, LawBroken | LawSkipped>;
}
export declare const laws: ReadonlyArray<Law>;

// @etude/testing/laws/ConfigLaw
export interface ConfigOptions<T, E> {
  readonly name: string;
  readonly schema: Schema.Codec<T, E>;
  readonly runs?: number;
  readonly seed?: number;
}
export declare const check: <T, E>(options: ConfigOptions<T, E>) => Effect.Effect<void, LawBroken>;

// @etude/testing/laws/CrashLaw
export interface CrashOptions {
  readonly name: string;
  readonly folder: string;
  readonly open: (storage: StorageService) => Effect.Effect<CheckpointsService, unknown, Scope.Scope>;
  readonly outcomes?: number;
  readonly seed?: number;
  readonly dropSync?: number;
  readonly saves?: number;
}
export declare const check: (options: CrashOptions) => Effect.Effect<void, LawBroken>;
export declare const syncs: (options: CrashOptions) => Effect.Effect<number>;

// @etude/testing/laws/ExecutorLaw
export interface ExecutorOptions {
  readonly row: Row;
  readonly tolerance?: Close.Tolerance;
  readonly toleranceAtEnd?: Close.Tolerance;
}
export declare const check: (options: ExecutorOptions) => Effect.Effect<void, LawBroken, Backend | StepExecutor>;

// @etude/testing/laws/FinalizerLaw
export interface FinalizerOptions extends Trajectory.Subject {
  readonly train?: Trajectory.Train;
}
export declare const check: (options: FinalizerOptions) => Effect.Effect<void, LawBroken, Backend | StepExecutor>;

// @etude/testing/laws/InterferenceLaw
export interface InterferenceOptions extends Omit<Trajectory.Subject, "callbacks"> {
  readonly callbacks?: {
    readonly [id: string]: Trajectory.Plugins;
  };
  readonly bystanders?: {
    readonly [id: string]: Trajectory.Plugins;
  };
}
export declare const check: (options: InterferenceOptions) => Effect.Effect<void, LawBroken, Backend | StepExecutor>;

// @etude/testing/laws/KernelLaw
type BackendLayer = Layer.Layer<Backend | StepExecutor, unknown>;
export interface KernelOptions {
  readonly name: string;
  readonly backend: BackendLayer;
  readonly row: Row;
  readonly reference?: BackendLayer;
  readonly tolerance?: Close.Tolerance;
}
export declare const check: (options: KernelOptions) => Effect.Effect<void, LawBroken>;

// @etude/testing/laws/LawBroken
declare const LawBroken_base: Schema.Class<LawBroken, Schema.TaggedStruct<"LawBroken", {
  readonly law: Schema.String;
  readonly subject: Schema.String;
  readonly found: Schema.String;
  readonly reproduce: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class LawBroken extends LawBroken_base {
  get message(): string;
}

// @etude/testing/laws/MetricLaw
export type HostTensors = HostValues | {
  readonly [name: string]: HostValues;
};
export interface MetricOptions {
  readonly name: string;
  readonly metric: Metric<any, any, any, any>;
  readonly samples: {
    readonly outputs: HostTensors;
    readonly targets: HostTensors;
    readonly inputs?: HostTensors;
    readonly weights?: HostValues;
    readonly mask?: HostValues;
  };
  readonly partitions?: number;
  readonly seed?: number;
  readonly exact?: boolean;
  readonly relative?: number;
  readonly absolute?: number;
}
export declare const difference: (a: unknown, b: unknown, near: {
  readonly exact?: boolean;
  readonly relative?: number;
  readonly absolute?: number;
}, path?: string) => string | undefined;
export declare const check: (options: MetricOptions) => Effect.Effect<void, LawBroken | LawSkipped, Backend | StepExecutor>;

// @etude/testing/laws/MicrobatchLaw
export interface MicrobatchOptions extends Trajectory.Subject {
  readonly sizes?: ReadonlyArray<number>;
  readonly tolerance?: Close.Tolerance;
}
export declare const check: (options: MicrobatchOptions) => Effect.Effect<void, LawBroken | LawSkipped, Backend | StepExecutor>;

// @etude/testing/laws/OptimizerLaw
export interface OptimizerOptions {
  readonly name?: string;
  readonly learningRate?: number;
  readonly learnsWithin?: number;
}
export declare const of: (optimizer: Update.Update, options?: OptimizerOptions) => ReadonlyArray<Statement>;

// @etude/testing/laws/PaperLaws
export type Paper = Setup | Effect.Effect<Setup, unknown, Backend | Scope.Scope>;
export interface PaperOptions {
  readonly name?: string;
  readonly config?: TrainConfigInput;
  readonly learnsWithin?: number;
}
export declare const of: (paper: Paper, options?: PaperOptions) => ReadonlyArray<Statement>;
export declare const ofExperiment: <Options, Encoded>(experiment: Experiment<Options, Encoded>, options: Options, more?: PaperOptions) => ReadonlyArray<Statement>;

// @etude/testing/laws/ReplayLaw
export interface ReplayOptions {
  readonly name: string;
  readonly fold: (events: ReadonlyArray<Event.Event>) => unknown;
  readonly subject?: Trajectory.Subject;
}
export declare const check: ({ name, fold, subject }: ReplayOptions) => Effect.Effect<void, LawBroken | LawSkipped, Backend | StepExecutor>;

// @etude/testing/laws/ResumeLaw
export declare const check: (subject: Trajectory.Subject) => Effect.Effect<void, LawBroken | LawSkipped, Backend | StepExecutor>;

// @etude/testing/laws/Statement
export interface Statement<R = Backend | StepExecutor> {
  readonly statement: string;
  readonly check: Effect.Effect<void, LawBroken | LawSkipped, R>;
}

// @etude/testing/laws/StoreResumeLaw
export interface StoreResumeOptions extends Trajectory.Subject {
  readonly store: CheckpointsService;
}
export declare const check: ({ store, ...subject }: StoreResumeOptions) => Effect.Effect<void, LawBroken, Backend | StepExecutor>;

// @etude/testing/laws/TensorLaw
export declare const check: (subject: Trajectory.Subject) => Effect.Effect<void, LawBroken, Backend | StepExecutor>;

// @etude/testing/laws/ValidationLaw
export declare const check: (subject: Trajectory.Subject) => Effect.Effect<void, LawBroken | LawSkipped, Backend | StepExecutor>;

// @etude/testing/StateJson
export declare const encode: ({ plain, tensors }: TrainStateData) => string;
export declare const decode: (text: string) => TrainStateData;

// @etude/testing/subjects/CheckpointStates
export interface At {
  readonly epoch: number;
  readonly batch?: number;
  readonly step?: number;
  readonly attempt?: number;
  readonly history?: ReadonlyArray<Values>;
  readonly mark?: number;
}
export declare const stateAt: (at: At) => TrainState.TrainState;
export declare const description: RunDescription;
export declare const jsonDifference: (a: unknown, b: unknown, path: string) => string | undefined;
export declare const difference: (found: TrainState.TrainStateData, expected: TrainState.TrainStateData) => string | undefined;

// @etude/testing/subjects/Data
export interface Field {
  readonly shape: ReadonlyArray<number>;
  readonly dtype?: FieldSpec["dtype"];
  readonly values: ArrayLike<number>;
}
export interface ArraysOptions {
  readonly name?: string;
  readonly inputs: Fields<Field>;
  readonly targets?: Fields<Field>;
  readonly weights?: Field;
  readonly mask?: Field;
}
export declare const arrays: ({ name, inputs, targets, weights, mask }: ArraysOptions) => Dataset;
export declare const delayed: (dataset: Dataset, delay: Duration.Input) => Dataset;
export declare const asynchronous: (dataset: Dataset) => Dataset;
export declare const unreadable: (dataset: Dataset, sample: number) => DataError;
export declare const failing: (dataset: Dataset, sample: number, throws?: boolean) => Dataset;
export declare const failingAt: (dataset: Dataset, sample: number) => Dataset;
export declare const held: (dataset: Dataset) => {
  readonly dataset: Dataset;
  readonly open: Effect.Effect<void>;
  readonly close: Effect.Effect<void>;
  readonly reads: () => number;
};
export declare const spoiled: (dataset: Dataset, sample: number) => Dataset;
export declare const without: (dataset: Dataset, isMissing: (sample: number) => boolean) => Dataset;
export declare const weighted: (dataset: Dataset, weightOf: (sample: number) => number) => Dataset;
export declare const masked: (dataset: Dataset, shape: ReadonlyArray<number>, counts: (sample: number, element: number) => boolean) => Dataset;
export declare const watched: (dataset: Dataset) => {
  readonly dataset: Dataset;
  readonly reads: Array<ReadonlyArray<number>>;
};

// @etude/testing/subjects/ExecutorRows
export interface Row {
  readonly name: string;
  readonly subject: Effect.Effect<Omit<Subject, "name">, unknown, Backend>;
  readonly tolerance?: Close.Tolerance;
}
export declare const config: TrainConfigInput;
export declare const row: (name: string, { config: changes, ...rest }?: Partial<Omit<Subject, "name">>, tolerance?: Close.Tolerance) => Row;
export declare const optimizers: ReadonlyArray<Row>;
export declare const schedules: ReadonlyArray<Row>;
export declare const clips: ReadonlyArray<Row>;
export declare const losses: ReadonlyArray<Row>;
export declare const transforms: ReadonlyArray<Row>;
export declare const settings: ReadonlyArray<Row>;
export declare const layers: ReadonlyArray<Row>;
export declare const all: ReadonlyArray<Row>;

// @etude/testing/subjects/KernelRows
export interface Row {
  readonly name: string;
  readonly f: (...xs: Array<tf.Tensor>) => tf.Tensor;
  readonly inputs: () => Array<tf.Tensor>;
}
export declare const all: ReadonlyArray<Row>;

// @etude/testing/subjects/LayerRows
export interface Kind {
  readonly name: string;
  readonly subject: Effect.Effect<Omit<Subject, "name">, unknown, Backend>;
}
export declare const untrainable: {
  readonly [className: string]: string;
};
export declare const kinds: ReadonlyArray<Kind>;

// @etude/testing/subjects/MetricSamples
type Samples = MetricOptions["samples"];
export declare const classes: Samples;
export declare const binary: Samples;
export declare const values: Samples;
export declare const sequences: Samples;

// @etude/testing/subjects/StackRows
export declare const draw: (seed: number) => Row;
export declare const drawn: (count: number, first?: number) => ReadonlyArray<Row>;

// @etude/testing/subjects/Subjects
export declare const everything: Subject;
export declare const undecided: Subject;
export declare const plain: Subject;
export declare const images: Subject;
export declare const dropout: Subject;

// @etude/testing/subjects/Tiny
export declare const regression: (features?: number) => Task.Task<tf.Tensor, tf.Tensor, tf.Tensor, "absoluteError">;
export declare const regressionData: (weights?: ReadonlyArray<number>, bias?: number) => Dataset;
export declare const xor: () => Task.Task<tf.Tensor, tf.Tensor, tf.Tensor, "right">;
export declare const xorData: () => Dataset;
export declare const moonsData: (samples?: number, noise?: number, seed?: number) => Dataset;
export declare const leastSquares: (inputs: ReadonlyArray<ReadonlyArray<number>>, targets: ReadonlyArray<number>) => {
  readonly weights: ReadonlyArray<number>;
  readonly bias: number;
};
export declare const convolution: () => Task.Task<tf.Tensor, tf.Tensor, tf.Tensor, "accuracy">;
export declare const images: (samples?: number, seed?: number) => Dataset;
export declare const vectors: (samples?: number, seed?: number) => Dataset;
export interface PerceptronOptions {
  readonly dropout?: number;
  readonly centred?: "running" | "batch";
  readonly loss?: Parameters<typeof Losses.softmaxCrossEntropy>[0];
}
export declare const perceptron: ({ dropout, centred, loss }?: PerceptronOptions) => Task.Task<tf.Tensor, tf.Tensor, tf.Tensor, "accuracy">;
export declare const tagger: (loss?: PerceptronOptions["loss"]) => Task.Task<tf.Tensor, tf.Tensor, tf.Tensor, "accuracy">;
export declare const sequences: (samples?: number, seed?: number) => Dataset;

// @etude/testing/subjects/Trajectory
export type Plugins = Layer.Layer<any, any, Callback.CallbackRegistry | Backend | StepExecutor>;
export declare const none: Plugins;
export interface Subject {
  readonly name: string;
  readonly task: Task<any, any, any, any>;
  readonly config?: TrainConfigInput;
  readonly data: {
    readonly train: Dataset;
    readonly validation?: Trainer.ValidationData<string>;
  };
  readonly callbacks?: Plugins;
}
export interface Place {
  readonly epoch: number;
  readonly batch: number;
  readonly step: number;
}
export interface BatchTrace extends Place {
  readonly what: string;
  readonly samples: number;
  readonly learningRate: number;
  readonly values: Values;
}
export interface Trajectory {
  readonly reason: string;
  readonly batches: ReadonlyArray<BatchTrace>;
  readonly reads: ReadonlyArray<ReadonlyArray<number>>;
  readonly decisions: ReadonlyArray<string>;
  readonly state: TrainState.TrainStateData;
}
export interface RecordOptions {
  readonly state?: TrainState.TrainStateData | undefined;
  readonly config?: TrainConfigInput;
  readonly data?: Partial<Subject["data"]>;
  readonly callbacks?: Plugins | undefined;
}
export type Train = (task: Task<any, any, any, any>, options: object) => Effect.Effect<Trainer.TrainResult, unknown, any>;
export declare const train: Train;
export declare const run: ({ task, config, data, callbacks }: Subject, options?: RecordOptions, using?: Train) => Effect.Effect<Trainer.TrainResult, unknown, Backend | StepExecutor | Scope.Scope>;
export declare const record: (subject: Subject, options?: RecordOptions | undefined) => Effect.Effect<Trajectory, unknown, Backend | StepExecutor>;
export declare const throughJson: (state: TrainState.TrainStateData) => TrainState.TrainStateData;
export declare const joined: (first: Trajectory, second: Trajectory) => Trajectory;
export interface CompareOptions {
  readonly tolerance?: Close.Tolerance;
  readonly ignoring?: ReadonlyArray<string>;
  readonly trainingOnly?: boolean;
  readonly moved?: ReadonlyArray<Trajectory>;
}
export declare const difference: (found: Trajectory, expected: Trajectory, options?: CompareOptions) => string | undefined;

// @etude/testing/Laws
export type BackendLayer = Layer.Layer<Backend | StepExecutor, unknown>;
interface On {
  readonly backend?: BackendLayer;
}
export declare const callback: <Out, E>(layer: Layer.Layer<Out, E, CallbackRegistry | Backend | StepExecutor>, { backend, ...options }?: CallbackLaws.CallbackOptions & On) => void;
export interface MetricOptions extends Partial<Omit<MetricLaw.MetricOptions, "metric">>, On {
}
export declare const metric: (metric: Metric<any, any, any, any>, { backend, ...options }?: MetricOptions) => void;
export declare const optimizer: (optimizer: Optimizer, { backend, ...options }?: OptimizerLaw.OptimizerOptions & On) => void;
export interface CheckpointsOptions extends On {
  readonly name?: string;
  readonly crash?: {
    readonly layer: Layer.Layer<Checkpoints, unknown, Storage>;
    readonly folder: string;
  };
}
export declare const checkpoints: (store: Layer.Layer<Checkpoints, unknown> | CheckpointsLaw.StoreSubject["open"], { name, crash, backend }?: CheckpointsOptions) => void;
export interface BackendOptions {
  readonly name?: string;
  readonly reference?: BackendLayer;
  readonly rows?: ReadonlyArray<KernelRows.Row>;
}
export declare const backend: (layer: BackendLayer, { name, reference, rows }?: BackendOptions) => void;
export interface ExecutorOptions extends Omit<ExecutorLaw.ExecutorOptions, "row">, On {
  readonly name?: string;
  readonly rows?: ReadonlyArray<ExecutorRows.Row>;
}
export declare const executor: (layer?: Layer.Layer<StepExecutor, unknown, Backend>, { backend: below, name, rows, ...options }?: ExecutorOptions) => void;
export declare const paper: (task: PaperLaws.Paper, { backend, ...options }?: PaperLaws.PaperOptions & On) => void;
export declare const experiment: <Options, Encoded>(experiment: Experiment<Options, Encoded>, options: NoInfer<Options>, { backend, ...more }?: PaperLaws.PaperOptions & On) => void;
export declare const replay: ({ backend, ...options }: ReplayLaw.ReplayOptions & On) => void;

// @etude/testing/Matchers
interface Result {
  readonly pass: boolean;
  readonly message: () => string;
}
type Expected = tf.Tensor | ArrayLike<number>;
export declare const matchers: {
  toBeCloseToTensor: (found: unknown, expected: Expected, tolerance?: Close.Tolerance) => Result;
  toEqualTensor: (found: unknown, expected: Expected) => Result;
  toHaveShape: (found: unknown, shape: ReadonlyArray<number>) => Result;
};
interface TensorMatchers<R = unknown> {
  toBeCloseToTensor: (expected: Expected, tolerance?: Close.Tolerance) => R;
  toEqualTensor: (expected: Expected) => R;
  toHaveShape: (shape: ReadonlyArray<number>) => R;
}
declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends TensorMatchers<R> {
  }
}

// @etude/testing/Suites
export declare const timeout = 120000;
export interface On {
  readonly backend: Layer.Layer<Backend | StepExecutor, unknown>;
}
export declare const orSkip: <E, R>(test: {
  readonly skip: (reason: string) => never;
}, check: Effect.Effect<void, E | LawSkipped, R>) => Effect.Effect<void, E, R>;
export declare const resume: (options: Subject & On) => void;
export declare const interference: (options: InterferenceLaw.InterferenceOptions & On) => void;
export declare const metric: (options: MetricLaw.MetricOptions & On) => void;
export declare const tensors: (options: Subject & On) => void;
export declare const finalizers: (options: FinalizerLaw.FinalizerOptions & On) => void;
export declare const validation: (options: Subject & On) => void;
export declare const microbatches: (options: MicrobatchLaw.MicrobatchOptions & On) => void;
export declare const backends: (options: BackendLaw.BackendOptions) => void;
export declare const config: <T, E>(options: ConfigLaw.ConfigOptions<T, E>) => void;
