// The public interface of @etude/core. Made by `npm run generate`.

// @etude/core
export * as Backend from "./Backend.ts";
export * as Callback from "./Callback.ts";
export * as CallbackEntry from "./CallbackEntry.ts";
export * as Checkpoints from "./Checkpoints.ts";
export * as Config from "./Config.ts";
export * as DataLoader from "./DataLoader.ts";
export * as Dataset from "./Dataset.ts";
export * as Decision from "./Decision.ts";
export * as Draw from "./Draw.ts";
export * as Entry from "./Entry.ts";
export * as Errors from "./Errors.ts";
export * as Event from "./Event.ts";
export * as Experiment from "./Experiment.ts";
export * as Extent from "./Extent.ts";
export * as Figure from "./Figure.ts";
export * as Gradient from "./Gradient.ts";
export * as BatchNormalization from "./kernels/BatchNormalization.ts";
export * as Bytes from "./kernels/Bytes.ts";
export * as LayersArtifacts from "./LayersArtifacts.ts";
export * as LayersFile from "./LayersFile.ts";
export * as LayersModel from "./LayersModel.ts";
export * as LearningRate from "./LearningRate.ts";
export * as Lookup from "./Lookup.ts";
export * as Loss from "./Loss.ts";
export * as Losses from "./Losses.ts";
export * as Metric from "./Metric.ts";
export * as MetricResults from "./MetricResults.ts";
export * as Model from "./Model.ts";
export * as NamedLosses from "./NamedLosses.ts";
export * as Optimizer from "./Optimizer.ts";
export * as Options from "./Options.ts";
export * as ParameterGroup from "./ParameterGroup.ts";
export * as PathPattern from "./PathPattern.ts";
export * as Plugin from "./Plugin.ts";
export * as RandomBits from "./RandomBits.ts";
export * as Registry from "./Registry.ts";
export * as Rng from "./Rng.ts";
export * as Sampler from "./Sampler.ts";
export * as Step from "./Step.ts";
export * as StepExecutor from "./StepExecutor.ts";
export * as Storage from "./Storage.ts";
export * as Surroundings from "./Surroundings.ts";
export * as Task from "./Task.ts";
export * as Tensors from "./Tensors.ts";
export * as TrainConfig from "./TrainConfig.ts";
export * as Trainer from "./Trainer.ts";
export * as TrainState from "./TrainState.ts";
export * as Update from "./Update.ts";
export * as Updates from "./Updates.ts";
export * as When from "./When.ts";

// @etude/core/Backend
export interface BackendInfo {
  readonly name: string;
  readonly version: string;
  readonly device: string;
  readonly threads: number;
  readonly reason: string;
}
declare const Backend_base: Context.ServiceClass<Backend, "@etude/core/Backend", BackendInfo>;
export declare class Backend extends Backend_base {
}
export declare const acquire: (tfjsName: string, info: BackendInfo) => Effect.Effect<BackendInfo, BackendBusy | BackendUnavailable, Scope.Scope>;
export declare const layer: <E, R>(make: Effect.Effect<BackendInfo, E, R>) => Layer.Layer<Backend | StepExecutor.StepExecutor, E, Exclude<R, Scope.Scope>>;

// @etude/core/Callback
export type { Answer, At, BatchHookName, Full, HookEvents, HookFields, HookName, Hooks, HooksError, Observed, Results, Scheduled, TimedPart } from "./Hooks.ts";
export { type Driven, type DrivenDecision, type DriveOptions, drive } from "./internal/loop/Drive.ts";
export type { Transform, TransformScene } from "./Transform.ts";
export { CallbackRegistry, type CallbackState, type Definition };
declare const callbackOf: unique symbol;
export interface CallbackOf<out E = never, out Monitor extends string = never> {
  readonly [callbackOf]: {
    readonly error: E;
    readonly monitor: Monitor;
  };
}
export type CallbackLayer<E = never, Monitor extends string = never, LE = never, R = never> = Layer.Layer<CallbackOf<E, Monitor>, LE, CallbackRegistry | R>;
interface Common<S, Monitor extends string> {
  readonly id: string;
  readonly after?: ReadonlyArray<string>;
  readonly monitors?: ReadonlyArray<Monitor>;
  readonly state?: CallbackState<S>;
  readonly onEvent?: (event: Known) => void;
  readonly measures?: (event: HookEvents["batchEnd"]) => Values;
  readonly onTime?: (part: TimedPart, milliseconds: number) => void;
  readonly check?: Effect.Effect<ReadonlyArray<Problem>>;
  readonly finalizer?: (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>;
}
export type ErrorOf<Out> = Out extends CallbackOf<infer E, any> ? E : never;
export type MonitorOf<Out> = Out extends CallbackOf<any, infer Monitor> ? Monitor : never;
export declare const observer: <S = undefined, const Monitor extends string = never, H extends Hooks<S, Observed<S>> = {}>(options: Common<S, Monitor> & {
  readonly hooks: H & Hooks<S, Observed<S>>;
}) => CallbackLayer<HooksError<H>, Monitor>;
type RuleOf<Monitor extends string> = Monitor | (Omit<Best.Rule, "monitor"> & {
  readonly monitor: Monitor;
});
export declare const controller: <S = undefined, const Monitor extends string = never, H extends Hooks<S, Answer<S>> = {}>(options: Common<S, Monitor> & {
  readonly judges?: ReadonlyArray<RuleOf<Monitor>>;
  readonly follows?: ReadonlyArray<Best.RuleInput>;
  readonly keepBest?: ReadonlyArray<RuleOf<Monitor>>;
  readonly endWith?: RuleOf<Monitor>;
  readonly hooks: H & Hooks<S, Answer<S>>;
}) => CallbackLayer<HooksError<H>, Monitor>;
export declare const transform: <S = undefined, const Monitor extends string = never, H extends Hooks<S, Answer<S>> = {}>(options: Common<S, Monitor> & {
  readonly transform: Transform;
  readonly evaluates?: boolean;
  readonly hooks?: H & Hooks<S, Answer<S>>;
}) => CallbackLayer<HooksError<H>, Monitor>;
export declare const unwrap: <E, Monitor extends string, LE, LR, E2, R2>(make: Effect.Effect<CallbackLayer<E, Monitor, LE, LR>, E2, R2>) => Layer.Layer<CallbackOf<E, Monitor>, E2 | LE, LR | CallbackRegistry | Exclude<R2, Scope.Scope>>;
export declare const optional: <Out, LE, R>(layer: Layer.Layer<Out, LE, R>) => CallbackLayer<never, MonitorOf<Out>, LE, Exclude<R, CallbackRegistry>>;
export declare const shared: <Out, LE, R>(layer: Layer.Layer<Out, LE, R>) => Effect.Effect<Layer.Layer<Out, never, CallbackRegistry>, LE, Exclude<R, CallbackRegistry> | Scope.Scope>;
export declare const everySteps: <S, A>(steps: number, run: (event: HookEvents["batchEnd"], state: S) => A) => {
  readonly when: (progress: Progress) => boolean;
  readonly run: (event: HookEvents["batchEnd"], state: S) => A;
};
export declare const isDue: (every: Every, progress: Progress, epochEnded: boolean) => boolean;

// @etude/core/Hooks
export interface At {
  readonly progress: Progress;
  readonly monitors: Monitors;
  readonly state: () => TrainState;
}
export type Results = {
  readonly [metric: string]: unknown;
};
export interface Full {
  readonly results: Results;
  readonly figures?: () => ReadonlyArray<MetricFigure>;
}
export interface HookEvents {
  readonly trainBegin: At & {
    readonly description: RunDescription;
  };
  readonly resumed: At & {
    readonly description: RunDescription;
    readonly beyondEnd: boolean;
  };
  readonly epochBegin: At;
  readonly batchBegin: At & {
    readonly samples: number;
  };
  readonly batchEnd: At & {
    readonly samples: number;
    readonly values: Values;
    readonly learningRate: number;
  };
  readonly batchSkipped: At & {
    readonly reason: "empty" | "controller" | "nonFinite";
  };
  readonly validationBegin: At & {
    readonly name: string;
  };
  readonly validationBatchBegin: At & {
    readonly name: string;
    readonly batch: number;
  };
  readonly validationBatchEnd: At & {
    readonly name: string;
    readonly batch: number;
    readonly samples: number;
    readonly values: Values;
  };
  readonly validationEnd: At & {
    readonly name: string;
    readonly values: Values;
  } & Full;
  readonly epochEnd: At & {
    readonly values: Values;
  };
  readonly checkpointSaved: At & {
    readonly path: string;
  };
  readonly ended: At & {
    readonly description: RunDescription;
    readonly reason: string;
    readonly savedHere: boolean;
  };
  readonly interrupted: At & {
    readonly description: RunDescription;
  };
  readonly failed: At & {
    readonly description: RunDescription;
    readonly error: unknown;
  };
  readonly trainEnd: At & {
    readonly reason: string;
  };
  readonly testBegin: At;
  readonly testBatchBegin: At & {
    readonly batch: number;
  };
  readonly testBatchEnd: At & {
    readonly batch: number;
    readonly samples: number;
    readonly values: Values;
  };
  readonly testEnd: At & {
    readonly values: Values;
  } & Full;
  readonly predictBegin: At;
  readonly predictBatchBegin: At & {
    readonly batch: number;
  };
  readonly predictBatchEnd: At & {
    readonly batch: number;
    readonly samples: number;
    readonly outputs: TensorOrRecord;
  };
  readonly predictEnd: At & {
    readonly samples: number;
  };
}
export type HookName = keyof HookEvents;
export type HookFields<H extends HookName> = Omit<HookEvents[H], keyof At> & Partial<At>;
export type TimedPart = {
  readonly phase: "data" | "step" | "validation" | "checkpoint";
} | {
  readonly callback: string;
  readonly hook: HookName;
};
export type BatchHookName = "batchBegin" | "batchEnd" | "batchSkipped" | "validationBatchBegin" | "validationBatchEnd" | "testBatchBegin" | "testBatchEnd" | "predictBatchBegin" | "predictBatchEnd";
export type Observed<S> = void | readonly [state: S];
export type Answer<S> = Observed<S> | Decision | readonly [state: S, decision: Decision];
export interface Scheduled<H extends HookName, S, A> {
  readonly when: (progress: Progress) => boolean;
  readonly run: (event: HookEvents[H], state: S) => A | Effect.Effect<A, any>;
}
export type Hooks<S, A> = {
  readonly [H in HookName]?: H extends "batchEnd" ? ((event: HookEvents[H], state: S) => A) | Scheduled<H, S, A> : H extends BatchHookName ? (event: HookEvents[H], state: S) => A : (event: HookEvents[H], state: S) => A | Effect.Effect<A, any>;
};
type ResultError<Result> = Result extends Effect.Effect<any, infer E, any> ? E : never;
export type HooksError<H> = {
  readonly [K in keyof H]-?: NonNullable<H[K]> extends (...args: ReadonlyArray<never>) => infer Result ? ResultError<Result> : NonNullable<H[K]> extends {
    readonly run: (...args: ReadonlyArray<never>) => infer Result;
  } ? ResultError<Result> : never;
}[keyof H];

// @etude/core/internal/loop/Drive
export interface DriveOptions {
  readonly monitors?: Monitors;
  readonly states?: {
    readonly [id: string]: Schema.Json;
  };
  readonly state?: () => TrainState;
}
export interface DrivenDecision {
  readonly callback: string;
  readonly decision: Decision.Decision;
  readonly progress: Progress.Progress;
}
export interface Driven<E> {
  readonly callbacks: ReadonlyArray<Definition>;
  readonly problems: ReadonlyArray<Problem>;
  readonly move: (to: Partial<Progress.Progress>) => void;
  readonly progress: () => Progress.Progress;
  readonly report: (monitors: Monitors) => void;
  readonly call: <H extends HookName>(hook: H, fields?: Partial<HookFields<H>>) => Effect.Effect<Decision.Decision, E | CallbackFailed>;
  readonly event: (event: Known) => void;
  readonly measure: (fields?: Partial<HookFields<"batchEnd">>) => {
    readonly [id: string]: Values;
  };
  readonly decisions: ReadonlyArray<DrivenDecision>;
  readonly dropped: ReadonlyArray<string>;
  readonly states: () => {
    readonly [id: string]: Schema.Json;
  };
  readonly finalize: (exit?: Exit.Exit<unknown, unknown>) => Effect.Effect<void>;
}
export declare const drive: <Out, LE, R>(layer: Layer.Layer<Out, LE, R>, options?: DriveOptions) => Effect.Effect<Driven<ErrorOf<Out>>, LE, Exclude<R, CallbackRegistry> | Scope.Scope>;

// @etude/core/Transform
export interface TransformScene {
  readonly random: StepRandom;
  readonly hyper: {
    readonly [name: string]: tf.Tensor;
  };
  readonly gradient: (parameters: Tensors) => Tensors;
  readonly targets?: {
    readonly [target: string]: TargetKind;
  };
}
export interface Transform {
  readonly tensors?: (parameters: Tensors) => Tensors;
  readonly hyper?: (step: number) => {
    readonly [name: string]: number;
  };
  readonly batch?: (batch: TensorBatch, scene: TransformScene) => TensorBatch;
  readonly gradients?: (gradients: Tensors, scene: TransformScene, parameters: Tensors) => Tensors;
  readonly updates?: (updates: Tensors, scene: TransformScene, parameters: Tensors) => Tensors;
  readonly parameters?: (parameters: Tensors, tensors: Tensors, scene: TransformScene) => {
    readonly parameters?: Tensors;
    readonly tensors?: Tensors;
  };
  readonly secondGradient?: boolean;
  readonly trainable?: (path: string) => boolean;
}

// @etude/core/internal/loop/Definition
export interface CallbackState<S> {
  readonly schema: Schema.Codec<S, any>;
  readonly initial: S;
  readonly outside?: {
    readonly read: () => S;
    readonly restore: (state: S) => void;
  };
}
export interface Definition {
  readonly id: string;
  readonly kind: "observer" | "controller" | "transform";
  readonly after?: ReadonlyArray<string>;
  readonly monitors?: ReadonlyArray<string>;
  readonly judges?: ReadonlyArray<Best.RuleInput>;
  readonly follows?: ReadonlyArray<Best.RuleInput>;
  readonly keepBest?: ReadonlyArray<Best.RuleInput>;
  readonly endWith?: Best.RuleInput;
  readonly evaluates?: boolean;
  readonly state?: CallbackState<any>;
  readonly hooks?: {
    readonly [H in HookName]?: unknown;
  };
  readonly transform?: Transform;
  readonly onEvent?: (event: Known) => void;
  readonly measures?: (event: HookEvents["batchEnd"]) => Values;
  readonly onTime?: (part: TimedPart, milliseconds: number) => void;
  readonly optional?: boolean;
  readonly check?: Effect.Effect<ReadonlyArray<Problem>>;
  readonly finalizer?: (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>;
}
declare const CallbackRegistry_base: Context.ServiceClass<CallbackRegistry, "@etude/core/CallbackRegistry", {
  readonly register: (definition: Definition) => Effect.Effect<void>;
}>;
export declare class CallbackRegistry extends CallbackRegistry_base {
}

// @etude/core/CallbackEntry
export interface Place {
  readonly folder: string;
  readonly classes?: ReadonlyArray<string> | undefined;
  readonly earlier?: ReadonlyArray<Event.Known> | undefined;
}
export type OptionsSchema<Options, Encoded> = Schema.Codec<Options, Encoded> & {
  readonly fields: Schema.Struct.Fields;
};
export interface CallbackEntry<Options = any, Encoded = any, Out = any, R = any> {
  readonly description: string;
  readonly kind: Callback.Definition["kind"];
  readonly config: OptionsSchema<Options, Encoded>;
  readonly several?: boolean;
  readonly evaluates?: boolean;
  readonly files?: (options: Options) => ReadonlyArray<string>;
  readonly layer: (options: Options, place: Place) => Layer.Layer<Out, ConfigInvalid, R>;
}
export type CallbackEntries = {
  readonly [name: string]: CallbackEntry;
};
interface Around {
  readonly onFailure: "fail" | "warn";
  readonly when?: When.Config;
}
type OneOrSeveral<A> = A | ReadonlyArray<A>;
export type Section<Entries extends CallbackEntries> = {
  readonly [name in keyof Entries]?: Entries[name] extends CallbackEntry<infer Options> ? OneOrSeveral<Options & Around> : never;
};
export type SectionInput<Entries extends CallbackEntries> = {
  readonly [name in keyof Entries]?: Entries[name] extends CallbackEntry<any, infer Encoded> ? OneOrSeveral<Encoded & Partial<Around>> : never;
};
type OutOf<Entries extends CallbackEntries> = {
  readonly [name in keyof Entries]: Entries[name] extends CallbackEntry<any, any, infer Out> ? Out : never;
}[keyof Entries];
type RequirementsOf<Entries extends CallbackEntries> = {
  readonly [name in keyof Entries]: Entries[name] extends CallbackEntry<any, any, any, infer R> ? R : never;
}[keyof Entries];
export declare const schemaOf: <Entries extends CallbackEntries>(entries: Entries) => Schema.Codec<Section<Entries>, SectionInput<Entries>>;
type Written = {
  readonly [name: string]: unknown;
};
export declare const decisive: (entries: CallbackEntries, section: object) => Written;
export declare const evaluating: (entries: CallbackEntries, section: object) => Written;
export declare const filesOf: (entries: CallbackEntries, section: object) => ReadonlyArray<string>;
export declare const layerOf: <Entries extends CallbackEntries>(entries: Entries, section: Section<Entries>, place: Place) => Layer.Layer<OutOf<Entries>, ConfigInvalid, Callback.CallbackRegistry | RequirementsOf<Entries>>;

// @etude/core/Checkpoints
export declare const Setting: Schema.Struct<{
  readonly decides: Schema.Codec<Schema.Json, Schema.Json, never, never>;
  readonly other: Schema.Codec<Schema.Json, Schema.Json, never, never>;
}>;
export type Setting = typeof Setting.Type;
export declare const TaskParts: Schema.Struct<{
  readonly losses: Schema.$Record<Schema.String, Schema.Number>;
  readonly metrics: Schema.$Record<Schema.String, Schema.String>;
  readonly groups: Schema.Codec<Schema.Json, Schema.Json, never, never>;
}>;
export type TaskParts = typeof TaskParts.Type;
export declare const RunDescription: Schema.Struct<{
  readonly task: Schema.String;
  readonly config: Schema.Codec<Schema.Json, Schema.Json, never, never>;
  readonly configHash: Schema.String;
  readonly backend: Schema.Struct<{
    readonly name: Schema.String;
    readonly version: Schema.String;
    readonly device: Schema.String;
    readonly threads: Schema.Natural;
  }>;
  readonly executor: Schema.String;
  readonly eagerPrograms: Schema.optionalKey<Schema.$Array<Schema.String>>;
  readonly topology: Schema.$Record<Schema.String, Schema.Codec<Schema.Json, Schema.Json, never, never>>;
  readonly parts: Schema.optionalKey<Schema.Struct<{
    readonly losses: Schema.$Record<Schema.String, Schema.Number>;
    readonly metrics: Schema.$Record<Schema.String, Schema.String>;
    readonly groups: Schema.Codec<Schema.Json, Schema.Json, never, never>;
  }>>;
  readonly data: Schema.optionalKey<Schema.Struct<{
    readonly train: Schema.Struct<{
      readonly length: Schema.Natural;
      readonly spec: Schema.Codec<Schema.Json, Schema.Json, never, never>;
      readonly rows: Schema.NullOr<Schema.String>;
    }>;
    readonly validation: Schema.$Record<Schema.String, Schema.Struct<{
      readonly length: Schema.Natural;
      readonly spec: Schema.Codec<Schema.Json, Schema.Json, never, never>;
      readonly rows: Schema.NullOr<Schema.String>;
    }>>;
  }>>;
  readonly setting: Schema.optionalKey<Schema.Struct<{
    readonly decides: Schema.Codec<Schema.Json, Schema.Json, never, never>;
    readonly other: Schema.Codec<Schema.Json, Schema.Json, never, never>;
  }>>;
  readonly followsValidation: Schema.optionalKey<Schema.Boolean>;
  readonly watched: Schema.optionalKey<Schema.$Array<Schema.String>>;
}>;
export type RunDescription = typeof RunDescription.Type;
export declare const Saved: Schema.Struct<{
  readonly id: Schema.String;
  readonly path: Schema.String;
  readonly epoch: Schema.Natural;
  readonly batch: Schema.Natural;
  readonly step: Schema.Natural;
  readonly attempt: Schema.Natural;
  readonly values: Schema.$Record<Schema.String, Schema.Number>;
  readonly savers: Schema.optionalKey<Schema.$Array<Schema.String>>;
  readonly bytes: Schema.Natural;
}>;
export type Saved = typeof Saved.Type;
export interface Loaded {
  readonly saved: Saved;
  readonly description: RunDescription;
  readonly data: TrainStateData;
  readonly passedOver: ReadonlyArray<CheckpointCorrupt>;
}
export interface CheckpointsService {
  readonly save: (state: TrainState, description: RunDescription, savers?: ReadonlyArray<string>) => Effect.Effect<Saved, CheckpointError>;
  readonly load: (id: string) => Effect.Effect<Loaded, CheckpointCorrupt | CheckpointMissing | CheckpointError>;
  readonly latest: Effect.Effect<Option.Option<Loaded>, CheckpointCorrupt | CheckpointError>;
  readonly best: (monitor: string, better: "higher" | "lower") => Effect.Effect<Option.Option<Saved>, CheckpointError>;
  readonly list: Effect.Effect<ReadonlyArray<Saved>, CheckpointError>;
  readonly verify: (id: string) => Effect.Effect<Saved, CheckpointCorrupt | CheckpointMissing | CheckpointError>;
  readonly delete: (id: string) => Effect.Effect<void, CheckpointError>;
  readonly settled: Effect.Effect<void, CheckpointError>;
}
declare const Checkpoints_base: Context.ServiceClass<Checkpoints, "@etude/core/Checkpoints", CheckpointsService>;
export declare class Checkpoints extends Checkpoints_base {
}

// @etude/core/Config
export declare const withDefault: <T, E>(schema: Schema.Codec<T, E>, value: E, description?: string) => Schema.withDecodingDefaultKey<Schema.Codec<T, E, never, never>, never>;
export declare const narrowed: <T, E = T>(schema: Schema.Top) => Schema.Codec<T, E>;
export declare const positive: Schema.Finite;
export declare const notNegative: Schema.Finite;
export declare const fraction: Schema.Finite;
export declare const count: (what: string) => Schema.Int;
export declare const documentSchema: <T, E>(schema: Schema.Codec<T, E>) => {
  readonly [key: string]: unknown;
};
export declare const jsonSchema: <T, E>(schema: Schema.Codec<T, E>) => {
  readonly [key: string]: unknown;
};
export declare const decode: <T, E>(schema: Schema.Codec<T, E>, input: unknown, source: string) => Effect.Effect<T, ConfigInvalid>;
export declare const canonical: (value: unknown) => string;
export declare const hash: <T, E>(schema: Schema.Codec<T, E>, config: T) => Effect.Effect<string>;

// @etude/core/DataLoader
export interface BatchSource {
  readonly next: () => HostBatch | undefined | Effect.Effect<HostBatch | undefined, DataError>;
}
export interface DataLoaderService {
  readonly open: (dataset: Dataset, batches: Iterable<Int32Array>, draw: Draw, reuses?: boolean) => Effect.Effect<BatchSource, DataError, Scope.Scope>;
}
export declare const direct: DataLoaderService;
export declare const DataLoader: Context.Reference<DataLoaderService>;

// @etude/core/Dataset
export type TypedArray = Float32Array | Int32Array | Uint8Array;
export interface FieldSpec {
  readonly shape: ReadonlyArray<number>;
  readonly dtype: "float32" | "int32" | "bool";
  readonly bytes?: Scaling;
}
export declare const zerosLike: (values: TypedArray, length: number) => TypedArray;
export type Fields<A> = A | {
  readonly [name: string]: A;
};
export declare const isTypedArray: (fields: Fields<TypedArray>) => fields is TypedArray;
export declare const isSpec: (fields: Fields<FieldSpec>) => fields is FieldSpec;
export interface DatasetSpec {
  readonly inputs: Fields<FieldSpec>;
  readonly targets?: Fields<FieldSpec>;
  readonly weights?: FieldSpec;
  readonly mask?: FieldSpec;
}
export interface HostBatch {
  readonly inputs: Fields<TypedArray>;
  readonly targets?: Fields<TypedArray>;
  readonly weights?: TypedArray;
  readonly mask?: TypedArray;
}
export type Room = (like: TypedArray, length: number) => TypedArray;
export interface Dataset {
  readonly name: string;
  readonly length: number;
  readonly spec: DatasetSpec;
  readonly classes?: ReadonlyArray<string>;
  readonly isChecked?: boolean;
  read(indices: Int32Array, draw: Draw, room?: Room): HostBatch | Effect.Effect<HostBatch, DataError>;
  readTargets?(indices: Int32Array): Fields<TypedArray>;
}
export type Changes = {
  readonly [key in keyof Dataset]?: Dataset[key] | undefined;
};
export declare const derive: (dataset: Dataset, changes?: Changes) => Dataset;

// @etude/core/Decision
export declare const Decision: Schema.Struct<{
  readonly skipBatch: Schema.Boolean;
  readonly saveNow: Schema.Boolean;
  readonly savers: Schema.optionalKey<Schema.$Array<Schema.String>>;
  readonly stopEpoch: Schema.Boolean;
  readonly stopRun: Schema.$Array<Schema.String>;
  readonly stoppers: Schema.optionalKey<Schema.$Array<Schema.String>>;
  readonly scaleLearningRate: Schema.$Array<Schema.Number>;
  readonly useParameters: Schema.$Array<Schema.String>;
  readonly restoreBest: Schema.$Array<Schema.String>;
}>;
export type Decision = typeof Decision.Type;
export declare const proceed: Decision;
export declare const skipBatch: Decision;
export declare const saveNow: Decision;
export declare const stopEpoch: Decision;
export declare const stopRun: (reason: string) => Decision;
export declare const scaleLearningRate: (factor: number) => Decision;
export declare const useParameters: (name: string) => Decision;
export declare const restoreBest: (monitor: string) => Decision;
export declare const signed: (decision: Decision, id: string) => Decision;
export declare const join: (a: Decision, b: Decision) => Decision;
export declare const all: (...decisions: ReadonlyArray<Decision>) => Decision;

// @etude/core/Draw
export interface Draw {
  readonly epoch: number;
  readonly training: boolean;
  readonly key: Rng.Key;
}
export declare const ofEpoch: (seed: number, epoch: number) => Draw;
export declare const ofEvaluation: (seed: number) => Draw;
export declare const fixed: Draw;
export declare const named: (draw: Draw, name: string) => Draw;
export declare const ofSample: (draw: Draw, index: number) => Rng.Key;

// @etude/core/Entry
export interface Tagged {
  readonly _tag: string;
}
export interface Entry<out Made, Options = any, Encoded = any> {
  readonly tag: string;
  readonly schema: Schema.Codec<Options, Encoded>;
  readonly make: (options: Options) => Made;
}
export declare const of: <Options extends Tagged, Encoded, Made>(entry: Entry<Made, Options, Encoded>) => Entry<Made, Options, Encoded>;
type AnyEntry = Entry<unknown>;
type OptionsOf<E> = E extends Entry<unknown, infer Options, any> ? Options : never;
type EncodedOf<E> = E extends Entry<unknown, any, infer Encoded> ? Encoded : never;
export declare const union: <Entries extends ReadonlyArray<AnyEntry>>(entries: Entries) => Schema.Codec<OptionsOf<Entries[number]>, EncodedOf<Entries[number]>>;
export declare const tagsOf: (entries: ReadonlyArray<{
  readonly tag: string;
}>) => string;
export declare const find: <E extends {
  readonly tag: string;
}>(entries: ReadonlyArray<E>, { _tag }: Tagged) => E;
export declare const make: <Made extends object>(entries: ReadonlyArray<Entry<Made>>, variant: Tagged) => Made;
export declare const variantOf: (value: object) => Tagged | undefined;

// @etude/core/Errors
export declare const Problem: Schema.Struct<{
  readonly path: Schema.String;
  readonly message: Schema.String;
}>;
export type Problem = typeof Problem.Type;
export declare const reasonOf: (cause: unknown) => string;
declare const ConfigInvalid_base: Schema.Class<ConfigInvalid, Schema.TaggedStruct<"ConfigInvalid", {
  readonly source: Schema.String;
  readonly problems: Schema.$Array<Schema.Struct<{
    readonly path: Schema.String;
    readonly message: Schema.String;
  }>>;
}>, import("effect/Cause").YieldableError>;
export declare class ConfigInvalid extends ConfigInvalid_base {
  get message(): string;
}
declare const PreflightFailed_base: Schema.Class<PreflightFailed, Schema.TaggedStruct<"PreflightFailed", {
  readonly task: Schema.String;
  readonly problems: Schema.$Array<Schema.Struct<{
    readonly path: Schema.String;
    readonly message: Schema.String;
  }>>;
}>, import("effect/Cause").YieldableError>;
export declare class PreflightFailed extends PreflightFailed_base {
  get message(): string;
}
declare const DataError_base: Schema.Class<DataError, Schema.TaggedStruct<"DataError", {
  readonly source: Schema.String;
  readonly offset: Schema.optionalKey<Schema.Natural>;
  readonly found: Schema.String;
  readonly expected: Schema.String;
  readonly advice: Schema.String;
  readonly cause: Schema.optionalKey<Schema.Defect>;
}>, import("effect/Cause").YieldableError>;
export declare class DataError extends DataError_base {
  get message(): string;
}
declare const DatasetInvalid_base: Schema.Class<DatasetInvalid, Schema.TaggedStruct<"DatasetInvalid", {
  readonly dataset: Schema.String;
  readonly problems: Schema.$Array<typeof DataError>;
}>, import("effect/Cause").YieldableError>;
export declare class DatasetInvalid extends DatasetInvalid_base {
  get message(): string;
}
declare const BackendUnavailable_base: Schema.Class<BackendUnavailable, Schema.TaggedStruct<"BackendUnavailable", {
  readonly backend: Schema.String;
  readonly reason: Schema.String;
  readonly advice: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class BackendUnavailable extends BackendUnavailable_base {
  get message(): string;
}
declare const BackendBusy_base: Schema.Class<BackendBusy, Schema.TaggedStruct<"BackendBusy", {
  readonly wanted: Schema.String;
  readonly holder: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class BackendBusy extends BackendBusy_base {
  get message(): string;
}
declare const KernelUnsupported_base: Schema.Class<KernelUnsupported, Schema.TaggedStruct<"KernelUnsupported", {
  readonly kernel: Schema.String;
  readonly backend: Schema.String;
  readonly advice: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class KernelUnsupported extends KernelUnsupported_base {
  get message(): string;
}
declare const ModelUnsupported_base: Schema.Class<ModelUnsupported, Schema.TaggedStruct<"ModelUnsupported", {
  readonly model: Schema.String;
  readonly problems: Schema.$Array<Schema.Struct<{
    readonly path: Schema.String;
    readonly message: Schema.String;
  }>>;
}>, import("effect/Cause").YieldableError>;
export declare class ModelUnsupported extends ModelUnsupported_base {
  get message(): string;
}
declare const LayersFileUnreadable_base: Schema.Class<LayersFileUnreadable, Schema.TaggedStruct<"LayersFileUnreadable", {
  readonly location: Schema.String;
  readonly problems: Schema.$Array<Schema.Struct<{
    readonly path: Schema.String;
    readonly message: Schema.String;
  }>>;
}>, import("effect/Cause").YieldableError>;
export declare class LayersFileUnreadable extends LayersFileUnreadable_base {
  get message(): string;
}
declare const ModelNotEncoded_base: Schema.Class<ModelNotEncoded, Schema.TaggedStruct<"ModelNotEncoded", {
  readonly format: Schema.String;
  readonly reason: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class ModelNotEncoded extends ModelNotEncoded_base {
  get message(): string;
}
declare const NonFiniteFound_base: Schema.Class<NonFiniteFound, Schema.TaggedStruct<"NonFiniteFound", {
  readonly tensor: Schema.String;
  readonly found: Schema.String;
  readonly epoch: Schema.Natural;
  readonly batch: Schema.Natural;
  readonly step: Schema.Natural;
  readonly samples: Schema.$Array<Schema.Natural>;
  readonly data: Schema.optionalKey<Schema.Struct<{
    readonly field: Schema.String;
    readonly found: Schema.String;
    readonly samples: Schema.$Array<Schema.Natural>;
  }>>;
  readonly policy: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class NonFiniteFound extends NonFiniteFound_base {
  get message(): string;
}
declare const StepFailed_base: Schema.Class<StepFailed, Schema.TaggedStruct<"StepFailed", {
  readonly during: Schema.String;
  readonly epoch: Schema.Natural;
  readonly batch: Schema.Natural;
  readonly cause: Schema.Defect;
}>, import("effect/Cause").YieldableError>;
export declare class StepFailed extends StepFailed_base {
  get message(): string;
}
declare const CallbackFailed_base: Schema.Class<CallbackFailed, Schema.TaggedStruct<"CallbackFailed", {
  readonly id: Schema.String;
  readonly hook: Schema.String;
  readonly cause: Schema.Defect;
}>, import("effect/Cause").YieldableError>;
export declare class CallbackFailed extends CallbackFailed_base {
  get message(): string;
}
declare const CheckpointError_base: Schema.Class<CheckpointError, Schema.TaggedStruct<"CheckpointError", {
  readonly path: Schema.String;
  readonly reason: Schema.String;
  readonly tried: Schema.optionalKey<Schema.Literals<readonly ["written", "read", "deleted"]>>;
  readonly cause: Schema.optionalKey<Schema.Defect>;
}>, import("effect/Cause").YieldableError>;
export declare class CheckpointError extends CheckpointError_base {
  get message(): string;
}
declare const CheckpointCorrupt_base: Schema.Class<CheckpointCorrupt, Schema.TaggedStruct<"CheckpointCorrupt", {
  readonly id: Schema.String;
  readonly path: Schema.String;
  readonly file: Schema.String;
  readonly reason: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class CheckpointCorrupt extends CheckpointCorrupt_base {
  get message(): string;
}
declare const CheckpointMissing_base: Schema.Class<CheckpointMissing, Schema.TaggedStruct<"CheckpointMissing", {
  readonly id: Schema.String;
  readonly known: Schema.$Array<Schema.String>;
}>, import("effect/Cause").YieldableError>;
export declare class CheckpointMissing extends CheckpointMissing_base {
  get message(): string;
}
declare const LabelOutOfRange_base: Schema.Class<LabelOutOfRange, Schema.TaggedStruct<"LabelOutOfRange", {
  readonly metric: Schema.String;
  readonly expected: Schema.String;
  readonly weight: Schema.Number;
  readonly advice: Schema.optionalKey<Schema.String>;
}>, import("effect/Cause").YieldableError>;
export declare class LabelOutOfRange extends LabelOutOfRange_base {
  get message(): string;
}
declare const GlobalRandomUsed_base: Schema.Class<GlobalRandomUsed, Schema.TaggedStruct<"GlobalRandomUsed", {
  readonly callSite: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class GlobalRandomUsed extends GlobalRandomUsed_base {
  get message(): string;
}

// @etude/core/Event
export declare const Values: Schema.$Record<Schema.String, Schema.Number>;
export type Values = typeof Values.Type;
export declare const RunStarted: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"RunStarted">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  task: Schema.String;
  seed: Schema.Int;
  config: Schema.Codec<Schema.Json, Schema.Json, never, never>;
  parameters: Schema.Natural;
  trainSamples: Schema.Natural;
  batchesPerEpoch: Schema.Natural;
  monitors: Schema.Codec<Monitors, Monitors, never, never>;
  backend: Schema.Struct<{
    readonly name: Schema.String;
    readonly version: Schema.String;
    readonly device: Schema.String;
    readonly reason: Schema.String;
  }>;
  executor: Schema.String;
  stepsRunAs: Schema.optionalKey<Schema.String>;
}>;
export declare const Resumed: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"Resumed">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  readonly task: Schema.String;
  readonly seed: Schema.Int;
  readonly config: Schema.Codec<Schema.Json, Schema.Json, never, never>;
  readonly parameters: Schema.Natural;
  readonly trainSamples: Schema.Natural;
  readonly batchesPerEpoch: Schema.Natural;
  readonly monitors: Schema.Codec<Monitors, Monitors, never, never>;
  readonly backend: Schema.Struct<{
    readonly name: Schema.String;
    readonly version: Schema.String;
    readonly device: Schema.String;
    readonly reason: Schema.String;
  }>;
  readonly executor: Schema.String;
  readonly stepsRunAs: Schema.optionalKey<Schema.String>;
  readonly attempt: Schema.Natural;
  readonly beyondEnd: Schema.optionalKey<Schema.Boolean>;
}>;
export declare const EpochStarted: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"EpochStarted">;
  readonly progress: import("./Progress.ts").ProgressSchema;
}>;
export declare const StepLogged: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"StepLogged">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  readonly values: Schema.$Record<Schema.String, Schema.Number>;
  readonly measured: Schema.optionalKey<Schema.$Record<Schema.String, Schema.$Record<Schema.String, Schema.Number>>>;
  readonly learningRate: Schema.Number;
  readonly learningRates: Schema.optionalKey<Schema.$Record<Schema.String, Schema.Number>>;
  readonly samplesPerSecond: Schema.Number;
}>;
export declare const BatchSkipped: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"BatchSkipped">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  readonly reason: Schema.Literals<readonly ["empty", "controller", "nonFinite"]>;
  readonly detail: Schema.String;
}>;
export declare const RolledBack: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"RolledBack">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  readonly toStep: Schema.Natural;
  readonly detail: Schema.String;
}>;
export declare const ValidationStarted: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"ValidationStarted">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  readonly name: Schema.String;
  readonly batches: Schema.Natural;
}>;
export declare const ValidationEnded: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"ValidationEnded">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  readonly name: Schema.String;
  readonly samples: Schema.Natural;
  readonly learningRate: Schema.optionalKey<Schema.Number>;
  readonly values: Schema.$Record<Schema.String, Schema.Number>;
  readonly seconds: Schema.Number;
}>;
export declare const EpochEnded: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"EpochEnded">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  readonly values: Schema.$Record<Schema.String, Schema.Number>;
  readonly learningRate: Schema.Number;
  readonly learningRates: Schema.optionalKey<Schema.$Record<Schema.String, Schema.Number>>;
  readonly seconds: Schema.Number;
}>;
export declare const DecisionTaken: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"DecisionTaken">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  readonly callback: Schema.String;
  readonly decision: Schema.Codec<Schema.Json, Schema.Json, never, never>;
}>;
export declare const CheckpointSaved: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"CheckpointSaved">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  readonly path: Schema.String;
}>;
export declare const Warned: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"Warned">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  readonly message: Schema.String;
}>;
export declare const Tested: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"Tested">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  readonly samples: Schema.Natural;
  readonly values: Schema.$Record<Schema.String, Schema.Number>;
  readonly seconds: Schema.Number;
  readonly results: Schema.optionalKey<Schema.$Record<Schema.String, Schema.Codec<Schema.Json, Schema.Json, never, never>>>;
  readonly figures: Schema.optionalKey<Schema.$Array<Schema.Codec<MetricFigure, MetricFigure, never, never>>>;
}>;
export declare const Interrupted: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"Interrupted">;
  readonly progress: import("./Progress.ts").ProgressSchema;
}>;
export declare const Failed: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"Failed">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  readonly error: Schema.String;
  readonly message: Schema.String;
}>;
export declare const RunEnded: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly _tag: Schema.Literal<"RunEnded">;
  readonly progress: import("./Progress.ts").ProgressSchema;
} & {
  readonly reason: Schema.String;
  readonly values: Schema.$Record<Schema.String, Schema.Number>;
  readonly partial: Schema.optionalKey<Schema.Struct<{
    readonly values: Schema.$Record<Schema.String, Schema.Number>;
    readonly learningRate: Schema.Number;
    readonly seconds: Schema.Number;
  }>>;
  readonly best: Schema.optionalKey<Schema.Codec<EndedWith, EndedWith, never, never>>;
}>;
export declare const Unknown: Schema.Struct<{
  readonly _tag: Schema.Literal<"Unknown">;
  readonly event: Schema.Codec<Schema.Json, Schema.Json, never, never>;
}>;
export type Known = typeof RunStarted.Type | typeof Resumed.Type | typeof EpochStarted.Type | typeof StepLogged.Type | typeof BatchSkipped.Type | typeof RolledBack.Type | typeof ValidationStarted.Type | typeof ValidationEnded.Type | typeof EpochEnded.Type | typeof DecisionTaken.Type | typeof CheckpointSaved.Type | typeof Warned.Type | typeof Tested.Type | typeof Interrupted.Type | typeof Failed.Type | typeof RunEnded.Type;
export declare const Known: Schema.Codec<Known>;
export type Event = Known | typeof Unknown.Type;
export declare const encode: (event: Known) => unknown;
export declare const decode: (data: Schema.Json) => Event;
export interface EventsService {
  readonly publish: (event: Known) => Effect.Effect<void>;
}
export declare const Events: Context.Reference<EventsService>;

// @etude/core/Experiment
export interface Setup {
  readonly task: Task;
  readonly data: {
    readonly train: Dataset;
    readonly validation?: Dataset | {
      readonly [name: string]: Dataset;
    };
    readonly test?: Dataset;
  };
}
export interface Experiment<Options, Encoded = unknown, E = unknown> {
  readonly name: string;
  readonly options: Schema.Codec<Options, Encoded>;
  readonly decisive?: (options: Encoded) => {
    readonly [key: string]: unknown;
  };
  readonly make: (options: Options, seed: number, folder: string) => Effect.Effect<Setup, E, Backend | Scope.Scope>;
}
export declare const make: <Options, Encoded, E>(experiment: Experiment<Options, Encoded, E>) => Experiment<Options, Encoded, E>;

// @etude/core/Extent
export declare const Until: Schema.Struct<{
  readonly epochs: Schema.optionalKey<Schema.Int>;
  readonly steps: Schema.optionalKey<Schema.Int>;
  readonly samples: Schema.optionalKey<Schema.Int>;
  readonly minutes: Schema.optionalKey<Schema.Finite>;
}>;
export type Until = typeof Until.Type;
type Units = {
  readonly [unit: string]: Schema.Codec<number>;
};
type AmountOf<U extends Units> = {
  [Unit in keyof U]: {
    readonly [_ in Unit]: number;
  };
}[keyof U];
export declare const amount: <const U extends Units>(units: U) => Schema.Codec<AmountOf<U>>;
export type Every = {
  readonly epochs: number;
} | {
  readonly steps: number;
} | {
  readonly minutes: number;
};
export declare const Every: Schema.Codec<Every>;
export type Patience = {
  readonly evaluations: number;
} | {
  readonly epochs: number;
} | {
  readonly steps: number;
};
export declare const Patience: Schema.Codec<Patience>;
export type Position = {
  readonly epochs: number;
} | {
  readonly steps: number;
};
export declare const Position: Schema.Codec<Position>;
export declare const reached: (until: Until, progress: Progress) => keyof Until | undefined;
export interface LastDue {
  readonly step: number;
  readonly elapsedSeconds: number;
}
export declare const due: (every: Every, progress: Progress, epochEnded: boolean, last: LastDue) => boolean;

// @etude/core/Figure
declare const fields: {
  title: Schema.String;
  description: Schema.optionalKey<Schema.String>;
  svg: Schema.String;
};
export interface FigureSchema extends Schema.Struct<typeof fields> {
}
export declare const Figure: FigureSchema;
export interface Figure extends Schema.Schema.Type<FigureSchema> {
}
export interface MetricFigure extends Figure {
  readonly metric: string;
}
export declare const MetricFigure: Schema.Codec<MetricFigure>;

// @etude/core/Gradient
export declare const Clip: Schema.TaggedUnion<{
  readonly GlobalNorm: Schema.TaggedStruct<"GlobalNorm", {
    readonly maximum: Schema.Finite;
  }>;
  readonly Norm: Schema.TaggedStruct<"Norm", {
    readonly maximum: Schema.Finite;
  }>;
  readonly Value: Schema.TaggedStruct<"Value", {
    readonly limit: Schema.Finite;
  }>;
}>;
export type Clip = typeof Clip.Type;
export declare const norm: (tensor: tf.Tensor) => tf.Tensor;
export declare const globalNorm: (tensors: Tensors.Tensors) => tf.Tensor;
export declare const clipByGlobalNorm: (maximum: number) => (gradients: Tensors.Tensors) => Tensors.Tensors;
export declare const clipByNorm: (maximum: number) => (gradients: Tensors.Tensors) => Tensors.Tensors;
export declare const clipByValue: (limit: number) => (gradients: Tensors.Tensors) => Tensors.Tensors;
export declare const fromConfig: (clip: Clip) => (gradients: Tensors.Tensors) => Tensors.Tensors;

// @etude/core/kernels/BatchNormalization
export declare const kernelName = "BatchNormTraining";
export interface BatchNormInputs {
  readonly x: tf.TensorInfo;
  readonly scale: tf.TensorInfo;
  readonly offset: tf.TensorInfo;
}
export interface BatchNormAttributes {
  readonly epsilon: number;
}
export interface BatchNormOptions {
  readonly scale?: tf.Tensor | null;
  readonly offset?: tf.Tensor | null;
  readonly epsilon?: number;
}
export interface NormalizedBatch {
  readonly outputs: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}
export declare const normalizeBatch: (x: tf.Tensor, options?: BatchNormOptions) => NormalizedBatch;

// @etude/core/kernels/Bytes
export interface Scaling {
  readonly scale: number;
  readonly offset: number;
}
export declare const unscaled: Scaling;
export declare const uploadName = "UploadBytes";
export interface UploadAttributes {
  readonly values: Uint8Array;
  readonly shape: ReadonlyArray<number>;
}
export declare const scaleName = "ScaleBytes";
export interface ScaleInputs {
  readonly bytes: tf.TensorInfo;
}
export declare const widen: (values: Uint8Array, { scale, offset }?: Scaling) => Float32Array;
export declare const upload: (values: Uint8Array, shape: ReadonlyArray<number>, scaling?: Scaling) => tf.Tensor;
export declare const scaled: (tensor: tf.Tensor, scaling?: Scaling) => tf.Tensor;

// @etude/core/LayersArtifacts
export interface Artifacts {
  readonly modelTopology: {};
  readonly weightSpecs: ReadonlyArray<tf.io.WeightsManifestEntry>;
  readonly weightData: Uint8Array<ArrayBuffer>;
}
export declare const encode: (topology: unknown, weights: {
  readonly [path: string]: TensorData;
}) => Effect.Effect<Artifacts, ModelNotEncoded, Backend>;

// @etude/core/LayersFile
export declare const readWith: <E, R>(location: string, file: string, read: (path: string) => Effect.Effect<Uint8Array, E, R>) => Effect.Effect<tfl.LayersModel, LayersFileUnreadable, R | Backend | Scope.Scope>;
export declare const read: (path: string) => Effect.Effect<tfl.LayersModel, LayersFileUnreadable, Backend | FileSystem.FileSystem | Scope.Scope>;
export declare const fetch: (url: string) => Effect.Effect<tfl.LayersModel, LayersFileUnreadable, Backend | Scope.Scope>;

// @etude/core/LayersModel
export interface AdaptOptions {
  readonly weights?: "draw" | "keep" | ((path: string) => "draw" | "keep");
}
export declare const adapt: <In extends TensorOrRecord = tf.Tensor, Out extends TensorOrRecord = tf.Tensor>(build: () => tfl.LayersModel, options?: AdaptOptions) => Effect.Effect<Model<In, Out>, ModelUnsupported, Backend>;

// @etude/core/LearningRate
export { Span } from "./schedules/fields.ts";
export { type Course, type Measured, make, type RateFrom, type ScheduleEntry } from "./schedules/ScheduleEntry.ts";
export declare const entries: ReadonlyArray<ScheduleEntry>;
type Simple = typeof Constant.schema | typeof Step.schema | typeof MultiStep.schema | typeof Exponential.schema | typeof Cosine.schema | typeof CosineRestarts.schema | typeof Polynomial.schema | typeof OneCycle.schema;
export interface Warmup {
  readonly _tag: "Warmup";
  readonly over: Span;
  readonly from: number;
  readonly then: Schedule;
}
export interface Sequence {
  readonly _tag: "Sequence";
  readonly parts: ReadonlyArray<{
    readonly for: Span;
    readonly use: Schedule;
  }>;
  readonly last: Schedule;
}
export type Schedule = Simple["Type"] | Warmup | Sequence;
export type ScheduleEncoded = number | Simple["Encoded"] | {
  readonly _tag: "Warmup";
  readonly over: Span;
  readonly from?: number;
  readonly then: ScheduleEncoded;
} | {
  readonly _tag: "Sequence";
  readonly parts: ReadonlyArray<{
    readonly for: Span;
    readonly use: ScheduleEncoded;
  }>;
  readonly last: ScheduleEncoded;
};
export type RateAt = (step: number) => number;
export type Custom = RateAt | {
  readonly name: string;
  readonly at: (course: Course) => RateFrom;
};
export type ScheduleInput = Custom | ScheduleEncoded | {
  readonly _tag: "Warmup";
  readonly over: Span;
  readonly from?: number;
  readonly then: ScheduleInput;
} | {
  readonly _tag: "Sequence";
  readonly parts: ReadonlyArray<{
    readonly for: Span;
    readonly use: ScheduleInput;
  }>;
  readonly last: ScheduleInput;
};
export declare const schemaOf: (all: ReadonlyArray<ScheduleEntry>) => Schema.Codec<Schedule, ScheduleEncoded>;
export declare const Schedule: Schema.Codec<Schedule, ScheduleEncoded>;
export declare const resolve: (schedule: Schedule | Entry.Tagged, stepsPerEpoch: number, pace?: Pace.Pace, all?: ReadonlyArray<ScheduleEntry>) => RateAt;
export type Resolved = (stepsPerEpoch: number, pace?: Pace.Pace) => RateAt;
export declare const resolver: (schedule: Entry.Tagged, all: ReadonlyArray<ScheduleEntry>) => Resolved;

// @etude/core/schedules/fields
export declare const rate: Schema.Finite;
export declare const atLeastOne: Schema.Finite;
export declare const fraction: Schema.Finite;
export type Span = {
  readonly epochs: number;
} | {
  readonly steps: number;
};
export declare const Span: Schema.Codec<Span, Span, never, never>;
export declare const minimum: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
export declare const falls: import("effect/SchemaAST").Filter<{
  readonly rate: number;
  readonly minimum: number;
}>;
export declare const halfCosine: (from: number, to: number, progress: number) => number;

// @etude/core/schedules/ScheduleEntry
export type RateFrom = (step: number, begin: number) => number;
export interface Measured {
  readonly length: number;
  readonly elapsed: (step: number, begin: number) => number;
  readonly end: (begin: number) => number;
}
export interface Course {
  readonly measure: (span: Span) => Measured;
  readonly follow: (schedule: Tagged) => RateFrom;
}
type AnySchema = Schema.Codec<any, any>;
export interface ScheduleEntry<Options = any, Encoded = any> {
  readonly tag: string;
  readonly schema: Schema.Codec<Options, Encoded> | ((schedule: AnySchema) => Schema.Codec<Options, Encoded>);
  readonly at: (schedule: Options, course: Course) => RateFrom;
}
export declare const make: <Options extends Tagged, Encoded>(entry: ScheduleEntry<Options, Encoded>) => ScheduleEntry<Options, Encoded>;

// @etude/core/Lookup
export declare const element: <A>(values: ArrayLike<A>, index: number) => A;
export declare const entry: <A>(entries: {
  readonly [key: string]: A;
}, key: string) => A;
export declare const mapEntry: <Key, A>(entries: ReadonlyMap<Key, A>, key: Key) => A;

// @etude/core/Loss
export interface HostValues {
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly shape: ReadonlyArray<number>;
  readonly indices?: Int32Array;
}
export type TargetKind = "classes" | "elements" | "values";
export interface Loss<in Out extends TensorOrRecord = tf.Tensor, in Target extends TensorOrRecord = tf.Tensor> {
  readonly name: string;
  readonly targets?: TargetKind;
  readonly applies?: "softmax" | "sigmoid";
  readonly values: (outputs: Out, targets: Target) => tf.Tensor;
  readonly weights?: (targets: Target) => tf.Tensor;
  readonly check?: (outputs: TensorSpec, targets: TensorSpec) => ReadonlyArray<string>;
  readonly checkTargets?: (targets: HostValues, outputs: TensorSpec) => ReadonlyArray<string>;
}

// @etude/core/Losses
export * from "./losses/BinaryCrossEntropy.ts";
export * from "./losses/OverTime.ts";
export * from "./losses/Regression.ts";
export * from "./losses/Softmax.ts";

// @etude/core/losses/BinaryCrossEntropy
export interface BinaryCrossEntropyOptions {
  readonly positiveWeight?: number;
}
export declare const binaryCrossEntropy: ({ positiveWeight }?: BinaryCrossEntropyOptions) => Loss<tf.Tensor, tf.Tensor>;

// @etude/core/losses/OverTime
export declare const overTime: (loss: Loss<tf.Tensor, tf.Tensor>) => Loss<tf.Tensor, tf.Tensor>;

// @etude/core/losses/Regression
export declare const meanSquaredError: Loss<tf.Tensor, tf.Tensor>;
export declare const meanAbsoluteError: Loss<tf.Tensor, tf.Tensor>;
export declare const huber: (delta?: number) => Loss<tf.Tensor, tf.Tensor>;
export declare const hinge: Loss<tf.Tensor, tf.Tensor>;

// @etude/core/losses/Softmax
export interface SoftmaxCrossEntropyOptions {
  readonly labelSmoothing?: number;
  readonly classWeights?: ReadonlyArray<number>;
}
export declare const softmaxCrossEntropy: (options?: SoftmaxCrossEntropyOptions) => Loss<tf.Tensor, tf.Tensor>;
export declare const klDivergence: Loss<tf.Tensor, tf.Tensor>;

// @etude/core/Metric
export interface Scored<Out extends TensorOrRecord, Target extends TensorOrRecord> {
  readonly outputs: Out;
  readonly targets: Target;
  readonly inputs?: TensorOrRecord;
  readonly weights?: tf.Tensor;
  readonly mask?: tf.Tensor;
}
export type Measured = {
  readonly [name: string]: ArrayLike<number>;
};
export type ValuesOf<Given> = {
  readonly [name in keyof Given]: ArrayLike<number>;
};
export type Better = "higher" | "lower" | "neither";
export interface Metric<in Out extends TensorOrRecord = tf.Tensor, in Target extends TensorOrRecord = tf.Tensor, in out State = any, out Value = unknown> {
  readonly name: string;
  readonly better: Better;
  readonly state: Schema.Codec<State, any>;
  readonly empty: State;
  readonly measure: (scored: Scored<Out, Target>) => Tensors;
  readonly ofBatch: (measured: Measured) => State;
  readonly combine: (earlier: State, later: State) => State;
  readonly result: (state: State) => Option.Option<Value>;
  toNumber?(value: Value): number;
  toJson?(value: Value): Schema.Json;
  toFigure?(value: Value): Figure;
  toText?(value: Value, columns: number): string;
  readonly ordered?: boolean;
}
export declare const measuring: <Out extends TensorOrRecord, Target extends TensorOrRecord, Given extends object, State>(measure: (scored: Scored<Out, Target>) => Given & Tensors, ofBatch: (measured: ValuesOf<Given>) => State) => Pick<Metric<Out, Target, State>, "measure" | "ofBatch">;
export declare const measuredBy: (metrics: {
  readonly [name: string]: Metric<any, any, any, any>;
}, name: string) => string;
export declare const sharedBy: (metrics: {
  readonly [name: string]: Metric<any, any, any, any>;
}, name: string) => string;
export declare const of: <State, Value>(metric: Metric<any, any, State, Value>, part: {
  readonly output?: string;
  readonly target?: string;
}) => Metric<TensorOrRecord, TensorOrRecord, State, Value>;
export declare const make: <State, Value, Name extends string, Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor>(metric: Omit<Metric<Out, Target, State, Value>, "measure" | "ofBatch"> & {
  readonly measure: (scored: Scored<Out, Target>) => { readonly [name in Name]: tf.Tensor; };
  readonly ofBatch: (measured: { readonly [name in Name]: ArrayLike<number>; }) => State;
}) => Metric<Out, Target, State, Value>;
export declare const elementWeights: (like: tf.Tensor, { weights, mask }: {
  readonly weights?: tf.Tensor;
  readonly mask?: tf.Tensor;
}) => tf.Tensor | undefined;
export declare const handedOut: <Given extends object>(scored: Scored<any, any>, tensors: Given & Tensors) => Given & Tensors;
export declare const WeightedSum: Schema.Struct<{
  readonly sum: Schema.Number;
  readonly weight: Schema.Number;
}>;
export type WeightedSum = typeof WeightedSum.Type;
export interface WeightedValues<Numbers> {
  readonly values: Numbers;
  readonly weights?: Numbers;
}
export declare const weightedSum: {
  empty: WeightedSum;
  measure: (scored: Scored<any, any>, values: tf.Tensor, weights?: tf.Tensor | undefined) => WeightedValues<tf.Tensor> & Tensors;
  ofBatch: ({ values, weights }: WeightedValues<ArrayLike<number>>) => WeightedSum;
  combine: (a: WeightedSum, b: WeightedSum) => WeightedSum;
  mean: ({ sum, weight }: WeightedSum) => Option.Option<number>;
};
export declare const mean: <Out extends TensorOrRecord, Target extends TensorOrRecord>(options: {
  readonly name: string;
  readonly better: Better;
  readonly values: (outputs: Out, targets: Target) => tf.Tensor;
}) => Metric<Out, Target, WeightedSum, number>;
export declare const accuracy: Metric<tf.Tensor, tf.Tensor, WeightedSum, number>;

// @etude/core/MetricResults
export declare const isNumeric: ({ toNumber, toJson }: Metric<any, any, any, any>) => boolean;
type Named = {
  readonly [name: string]: Metric<any, any, any, any>;
};
type Results = {
  readonly [name: string]: unknown;
};
export declare const jsonOf: (metrics: Named, results: Results) => {
  readonly [name: string]: Schema.Json;
};
export declare const figuresOf: (metrics: Named, results: Results) => ReadonlyArray<MetricFigure>;
export declare const textsOf: (metrics: Named, results: Results, columns: number) => ReadonlyArray<readonly [name: string, text: string]>;
export declare const numberOf: <State, Value>(metric: Metric<any, any, State, Value>, state: State) => number;

// @etude/core/Model
export interface Variables {
  readonly parameters: Tensors;
  readonly statistics: Tensors;
}
export interface ForwardContext {
  readonly training: boolean;
  readonly random: RandomBits.StepRandom;
}
export interface Forward<Out extends TensorOrRecord> {
  readonly outputs: Out;
  readonly statistics?: Tensors;
  readonly penalty?: tf.Tensor;
}
export interface Model<In extends TensorOrRecord, Out extends TensorOrRecord> {
  readonly name: string;
  readonly init: (key: Key) => Variables;
  readonly apply: (variables: Variables, inputs: In, context: ForwardContext) => Forward<Out>;
  readonly trainable?: (path: string) => boolean;
  readonly constraints?: {
    readonly [path: string]: (parameter: tf.Tensor) => tf.Tensor;
  };
  readonly crossSample?: boolean;
  readonly topology?: unknown;
}
export declare const make: <P extends Tensors, In extends TensorOrRecord, Out extends TensorOrRecord>(options: {
  readonly name: string;
  readonly init: (key: Key) => P;
  readonly apply: (parameters: P, inputs: In, context: ForwardContext) => Out;
}) => Model<In, Out>;
export declare const predict: <In extends TensorOrRecord, Out extends TensorOrRecord>(self: Model<In, Out>, variables: Variables, inputs: In, options?: {
  readonly key?: Key;
}) => Out;

// @etude/core/NamedLosses
export type LossEntry = Entry.Entry<Loss<any, any>>;
export declare const entries: ReadonlyArray<LossEntry>;
export interface Variant extends Entry.Tagged {
  readonly [option: string]: unknown;
}
export type Named = Variant | {
  readonly [loss: string]: Variant;
};
export declare const schemaOf: (all: ReadonlyArray<LossEntry>) => Schema.Codec<Named, Named>;
export declare const make: (all: ReadonlyArray<LossEntry>, losses: Named) => {
  readonly [loss: string]: Loss<any, any>;
};

// @etude/core/Optimizer
export type Optimizer<Number_ extends string = any, Slot extends string = any> = Update.Update<Number_, Slot>;
declare const Sgd: Schema.Struct<{
  readonly _tag: Schema.tag<"Sgd">;
  readonly momentum: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly nesterov: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  readonly dampening: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly weightDecay: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
}>;
declare const Adam: Schema.TaggedStruct<"Adam", {
  readonly beta1: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly beta2: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly epsilon: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly weightDecay: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
}>;
declare const AdamW: Schema.TaggedStruct<"AdamW", {
  readonly beta1: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly beta2: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly epsilon: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly weightDecay: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
}>;
declare const RmsProp: Schema.TaggedStruct<"RmsProp", {
  readonly alpha: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly epsilon: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly momentum: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly centered: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  readonly weightDecay: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
}>;
declare const Adagrad: Schema.TaggedStruct<"Adagrad", {
  readonly learningRateDecay: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly initialAccumulator: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly epsilon: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly weightDecay: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
}>;
export type Config = typeof Sgd.Type | typeof Adam.Type | typeof AdamW.Type | typeof RmsProp.Type | typeof Adagrad.Type;
export type ConfigInput = typeof Sgd.Encoded | typeof Adam.Encoded | typeof AdamW.Encoded | typeof RmsProp.Encoded | typeof Adagrad.Encoded;
type ConfigOf<Tag extends Config["_tag"]> = Extract<Config, {
  readonly _tag: Tag;
}>;
type OptionsOf<Tag extends Config["_tag"]> = Partial<Omit<ConfigOf<Tag>, "_tag">>;
export declare const entries: ReadonlyArray<Entry.Entry<Optimizer>>;
export declare const schemaOf: (all: ReadonlyArray<Entry.Entry<Optimizer>>) => Schema.Codec<Config, ConfigInput>;
export declare const Config: Schema.Codec<Config, ConfigInput>;
export declare const fromConfig: (config: Config) => Optimizer;
export declare const sgd: (options?: OptionsOf<"Sgd">) => Optimizer;
export declare const adam: (options?: OptionsOf<"Adam">) => Optimizer;
export declare const adamW: (options?: OptionsOf<"AdamW">) => Optimizer;
export declare const rmsProp: (options?: OptionsOf<"RmsProp">) => Optimizer;
export declare const adagrad: (options?: OptionsOf<"Adagrad">) => Optimizer;

// @etude/core/Options
export { count, fraction, notNegative, positive, withDefault } from "./Config.ts";
export declare const Better: Schema.Literals<readonly ["higher", "lower"]>;
export type Better = typeof Better.Type;
export declare const id: (byDefault: string) => Schema.optionalKey<Schema.NonEmptyString>;
export declare const Patterns: Schema.Union<readonly [Schema.String, Schema.$Array<Schema.String>]>;

// @etude/core/ParameterGroup
export declare const schemaOf: ({ optimizers, schedules }: RegistryService) => Schema.Struct<{
  readonly name: Schema.String;
  readonly match: Schema.Union<readonly [Schema.String, Schema.$Array<Schema.String>]>;
  readonly optimizer: Schema.optionalKey<Schema.Codec<Optimizer.Config, Optimizer.ConfigInput, never, never>>;
  readonly learningRate: Schema.optionalKey<Schema.Codec<LearningRate.Schedule, LearningRate.ScheduleEncoded, never, never>>;
  readonly frozen: Schema.optionalKey<Schema.Boolean>;
}>;
type Schemas = ReturnType<typeof schemaOf>;
export interface GroupConfig extends Schema.Schema.Type<Schemas> {
}
export interface GroupEncoded extends Schema.Codec.Encoded<Schemas> {
}
export interface GroupInput extends Omit<GroupEncoded, "optimizer" | "learningRate"> {
  readonly optimizer?: Optimizer.ConfigInput | Optimizer.Optimizer;
  readonly learningRate?: LearningRate.ScheduleInput;
}
export interface ParameterGroup extends GroupInput {
  readonly losses?: ReadonlyArray<string>;
}
export interface DecodedGroup extends Pick<GroupConfig, "name" | "match" | "frozen"> {
  readonly optimizer?: Optimizer.Optimizer;
  readonly learningRate?: LearningRate.Resolved;
  readonly losses?: ReadonlyArray<string>;
}
export declare const build: ({ optimizer, learningRate, ...group }: GroupConfig, { optimizers, schedules }: RegistryService) => DecodedGroup;
export declare const decode: (args_0: ParameterGroup) => Effect.Effect<DecodedGroup, ConfigInvalid, never>;
export interface ResolvedGroup {
  readonly name: string;
  readonly paths: ReadonlyArray<string>;
  readonly optimizer: Optimizer.Optimizer;
  readonly learningRate: LearningRate.Resolved;
  readonly losses: ReadonlyArray<string>;
}
export interface GroupDefaults {
  readonly optimizer: Optimizer.Optimizer;
  readonly learningRate: LearningRate.Resolved;
  readonly losses: ReadonlyArray<string>;
}
export declare const resolve: (trainable: ReadonlyArray<string>, groups: ReadonlyArray<DecodedGroup>, defaults: GroupDefaults) => {
  readonly groups: ReadonlyArray<ResolvedGroup>;
  readonly unmatched: ReadonlyArray<DecodedGroup>;
};

// @etude/core/PathPattern
export declare const matcher: (pattern: string) => ((path: string) => boolean);
export declare const matcherOfAny: (patterns: string | ReadonlyArray<string>) => ((path: string) => boolean);

// @etude/core/Plugin
export type { Place } from "./CallbackEntry.ts";
type Place = CallbackEntry.Place;
export type Provided = CallbackRegistry | Backend | StepExecutor | FileSystem.FileSystem;
export interface Plugin<Options, Encoded = unknown, Out = unknown, E = unknown, R = Provided> extends Contribution {
  readonly name: string;
  readonly config: Schema.Codec<Options, Encoded>;
  readonly layer: (options: Options, place: Place) => Layer.Layer<Out, E, R>;
  readonly decisive?: (options: Encoded) => {
    readonly [key: string]: unknown;
  };
  readonly evaluating?: (options: Options) => Options;
  readonly files?: (options: Options) => ReadonlyArray<string>;
}
export interface Additions<Entries extends CallbackEntry.CallbackEntries = CallbackEntry.CallbackEntries> extends Contribution {
  readonly name: string;
  readonly callbacks?: Entries;
}
export interface PluginOf<Entries extends CallbackEntry.CallbackEntries> extends Plugin<CallbackEntry.Section<Entries>, CallbackEntry.SectionInput<Entries>, any, ConfigInvalid, any> {
  readonly callbacks: Entries;
}
export declare function make<Options, Encoded, Out, E, R>(plugin: Plugin<Options, Encoded, Out, E, R>): Plugin<Options, Encoded, Out, E, R>;
export declare function make<Entries extends CallbackEntry.CallbackEntries = {}>(additions: Additions<Entries>): PluginOf<Entries>;
export interface CallbackOptions<Options, Encoded, Out, R> extends Omit<CallbackEntry.CallbackEntry<Options, Encoded, Out, R>, "layer"> {
  readonly name: string;
  readonly title?: string;
  readonly make: (options: Options, place: Place) => Layer.Layer<Out, ConfigInvalid, R>;
}
export type LayerOf<Encoded, Out, R> = Encoded extends {
  readonly monitor: string;
} ? <const Monitor extends string>(config: Omit<Encoded, "monitor"> & {
  readonly monitor: Monitor;
}, place?: Place) => Layer.Layer<CallbackOf<ErrorOf<Out>, Monitor>, ConfigInvalid, R> : "monitors" extends keyof Encoded ? <const Monitor extends string = never>(config?: Omit<Encoded, "monitors"> & {
  readonly monitors?: ReadonlyArray<Monitor>;
}, place?: Place) => Layer.Layer<CallbackOf<ErrorOf<Out>, Monitor>, ConfigInvalid, R> : {} extends Encoded ? (config?: Encoded, place?: Place) => Layer.Layer<Out, ConfigInvalid, R> : (config: Encoded, place?: Place) => Layer.Layer<Out, ConfigInvalid, R>;
export interface NamedCallback<Options, Encoded, Out, R> {
  readonly layer: LayerOf<Encoded, Out, R>;
  readonly entry: CallbackEntry.CallbackEntry<Options, Encoded, Out, R>;
  readonly plugin: PluginOf<{
    readonly [name: string]: CallbackEntry.CallbackEntry<Options, Encoded, Out, R>;
  }>;
}
export declare const callback: <Options, Encoded, Out, R>({ name, title, make: layerOf, ...described }: CallbackOptions<Options, Encoded, Out, R>) => NamedCallback<Options, Encoded, Out, R>;

// @etude/core/RandomBits
export declare const kernelName = "RandomBits";
export type RandomBitsInputs = {
  readonly key: tf.TensorInfo;
};
export type RandomBitsAttributes = {
  readonly shape: Array<number>;
};
export declare const randomBits: (key: tf.Tensor, shape: ReadonlyArray<number>) => tf.Tensor;
export interface StepRandom {
  readonly bits: (path: string, shape: ReadonlyArray<number>) => tf.Tensor;
}
export interface StepRandomOptions {
  readonly key: tf.Tensor;
  readonly samples?: tf.Tensor | undefined;
  readonly batchSize: number;
}
export declare const make: ({ key, samples, batchSize }: StepRandomOptions) => StepRandom;
export declare const uniform: (random: StepRandom, path: string, shape: ReadonlyArray<number>) => tf.Tensor;
export declare const normal: (random: StepRandom, path: string, shape: ReadonlyArray<number>) => tf.Tensor;
export declare const keepMask: (random: StepRandom, path: string, shape: ReadonlyArray<number>, rate: number) => tf.Tensor;
export declare const dropout: (random: StepRandom, path: string, x: tf.Tensor, rate: number) => tf.Tensor;

// @etude/core/Registry
export interface RegistryService {
  readonly callbacks: CallbackEntries;
  readonly optimizers: ReadonlyArray<Entry<Optimizer.Optimizer>>;
  readonly schedules: ReadonlyArray<LearningRate.ScheduleEntry>;
  readonly losses: ReadonlyArray<NamedLosses.LossEntry>;
  readonly links: ReadonlyArray<Entry<Update>>;
  readonly samplers: ReadonlyArray<Sampler.SamplerEntry>;
}
export declare const core: RegistryService;
export declare const Registry: Context.Reference<RegistryService>;
export type Contribution = Partial<RegistryService>;
export declare const extend: (registry: RegistryService, ...added: ReadonlyArray<Contribution>) => RegistryService;
export declare const conflicts: (registry: RegistryService, added: Contribution) => ReadonlyArray<string>;

// @etude/core/Rng
export interface Key {
  readonly hi: number;
  readonly lo: number;
}
export declare const philox: (c0: number, c1: number, c2: number, c3: number, k0: number, k1: number) => readonly [number, number, number, number];
export declare const key: (seed: number) => Key;
export declare const fold: (parent: Key, part: number) => Key;
export declare const named: (parent: Key, name: string) => Key;
export declare const bits: (stream: Key, position: number) => number;
export declare const uniform: (stream: Key, position: number) => number;
export declare const normal: (stream: Key, position: number) => number;
export declare const uniforms: (stream: Key, count: number, low?: number, high?: number) => Float32Array;
export declare const normals: (stream: Key, count: number, mean?: number, deviation?: number) => Float32Array;
export declare const truncatedNormals: (stream: Key, count: number, mean?: number, deviation?: number) => Float32Array;
export declare const permutation: (stream: Key, length: number) => ((position: number) => number);
export declare const fillStateless: (stream: Key, out: Int32Array) => Int32Array;

// @etude/core/Sampler
export interface Sampler {
  readonly order: (key: Rng.Key, length: number) => (position: number) => number;
  readonly samples?: (length: number) => number;
}
export declare const sequential: Sampler;
export declare const shuffled: Sampler;
export type SamplerEntry = Entry.Entry<Sampler>;
export declare const entries: ReadonlyArray<SamplerEntry>;
export interface Config extends Entry.Tagged {
  readonly [option: string]: Schema.Json;
}
export declare const schemaOf: (all: ReadonlyArray<SamplerEntry>) => Schema.Codec<Config, Config>;
export declare const samplesOf: ({ samples }: Sampler, length: number) => number;

// @etude/core/Step
export interface State {
  readonly parameters: Tensors.Tensors;
  readonly statistics: Tensors.Tensors;
  readonly slots: Tensors.Owned;
  readonly step: number;
}
export interface Step {
  readonly init: (seed?: number) => State;
  readonly step: (state: State, batch: TensorBatch) => {
    readonly state: State;
    readonly values: Values;
  };
}
export declare const make: (task: Task, config?: TrainConfig.TrainConfigInput, batchesPerEpoch?: number) => Step;
export declare const dispose: ({ parameters, statistics, slots }: State) => void;

// @etude/core/StepExecutor
export type TensorProgram<In extends TensorTree, Out extends TensorTree> = (inputs: In) => Out;
export interface StepMemory {
  readonly tensor: (values: TypedArray, shape: ReadonlyArray<number>, dtype: "float32" | "int32" | "bool" | "uint8") => tf.Tensor;
  readonly write: (tensor: tf.Tensor, values: TypedArray) => boolean;
  readonly values: (tensor: tf.Tensor) => TypedArray | undefined;
}
declare const StepExecutor_base: Context.ServiceClass<StepExecutor, "@etude/core/StepExecutor", {
  readonly name: string;
  readonly description?: string;
  readonly compile: <In extends TensorTree, Out extends TensorTree>(name: string, program: TensorProgram<In, Out>, perturbed?: <A>(inputs: In, use: (others: In) => A) => A) => TensorProgram<In, Out>;
  readonly memory?: StepMemory;
  readonly eagerPrograms?: () => ReadonlyArray<string>;
  readonly takeNotes?: () => ReadonlyArray<string>;
}>;
export declare class StepExecutor extends StepExecutor_base {
}
export declare const eager: StepExecutor["Service"];
export declare const layerEager: Layer.Layer<StepExecutor>;

// @etude/core/Storage
declare const StorageError_base: Schema.Class<StorageError, Schema.TaggedStruct<"StorageError", {
  readonly path: Schema.String;
  readonly operation: Schema.Literals<readonly ["makeFolder", "create", "write", "sync", "rename", "read", "list", "remove"]>;
  readonly reason: Schema.Literals<readonly ["missing", "exists", "full", "denied", "damaged", "other"]>;
  readonly detail: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class StorageError extends StorageError_base {
  get message(): string;
}
export interface StorageFile {
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, StorageError>;
  readonly sync: Effect.Effect<void, StorageError>;
}
export interface StorageService {
  readonly makeFolder: (path: string) => Effect.Effect<boolean, StorageError>;
  readonly create: (path: string) => Effect.Effect<StorageFile, StorageError, Scope.Scope>;
  readonly syncFolder: (path: string) => Effect.Effect<void, StorageError>;
  readonly rename: (from: string, to: string) => Effect.Effect<void, StorageError>;
  readonly read: (path: string) => Effect.Effect<Uint8Array<ArrayBuffer>, StorageError>;
  readonly list: (path: string) => Effect.Effect<ReadonlyArray<string>, StorageError>;
  readonly remove: (path: string) => Effect.Effect<void, StorageError>;
  readonly process: string;
  readonly isWriting: (process: string, path: string) => Effect.Effect<boolean>;
}
declare const Storage_base: Context.ServiceClass<Storage, "@etude/core/Storage", StorageService>;
export declare class Storage extends Storage_base {
}

// @etude/core/Surroundings
export interface SurroundingsService {
  readonly around: <A>(body: () => A) => A;
}
export declare const Surroundings: Context.Reference<SurroundingsService>;

// @etude/core/Task
export interface TensorBatch<In extends TensorOrRecord = TensorOrRecord, Target extends TensorOrRecord = TensorOrRecord> {
  readonly inputs: In;
  readonly targets: Target;
  readonly weights?: tf.Tensor;
  readonly mask?: tf.Tensor;
}
export type ModelFunction<M> = 0 extends M & 1 ? (inputs: any) => any : M extends Model<infer In, infer Out> ? (inputs: In) => Out : never;
export interface Scene<In extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor, Models = any> {
  readonly batch: TensorBatch<In, Target>;
  readonly training: boolean;
  readonly random: StepRandom;
  readonly models: {
    readonly [name in keyof Models]: ModelFunction<Models[name]>;
  };
  readonly parameters: Tensors;
}
export interface Objective<in In extends TensorOrRecord = any, in Target extends TensorOrRecord = any, in Out extends TensorOrRecord = any, Models = any> {
  readonly coefficient?: number;
  readonly values: (outputs: Out, batch: TensorBatch<In, Target>, scene: Scene<In, Target, Models>) => tf.Tensor;
  readonly weights?: (batch: TensorBatch<In, Target>) => tf.Tensor;
  readonly targets?: {
    readonly [target: string]: TargetKind;
  };
  readonly applies?: {
    readonly [output: string]: "softmax" | "sigmoid";
  };
  readonly check?: (outputs: SpecOf, targets: SpecOf) => ReadonlyArray<string>;
  readonly checkTargets?: (targets: HostValuesOf, outputs: SpecOf) => ReadonlyArray<string>;
  readonly withLoss?: (loss: Loss<any, any>) => Objective;
}
export type SpecOf = {
  readonly [name: string]: TensorSpec;
};
export type HostValuesOf = {
  readonly [name: string]: HostValues;
};
export interface Task<in In extends TensorOrRecord = any, in Target extends TensorOrRecord = any, Out extends TensorOrRecord = any, MetricName extends string = string, EvaluationName extends string = never> {
  readonly name: string;
  readonly models: {
    readonly [name: string]: Model<any, any>;
  };
  readonly forward: (scene: Scene<In, Target, any>) => Out;
  readonly objectives: {
    readonly [name: string]: Objective<In, Target, Out, any>;
  };
  readonly metrics: {
    readonly [name in MetricName]: Metric<any, any, any, any>;
  };
  readonly evaluationMetrics: {
    readonly [name in EvaluationName]: Metric<any, any, any, any>;
  };
  readonly groups: ReadonlyArray<ParameterGroup>;
}
declare const lossNames: unique symbol;
export interface LossNames<out Name extends string> {
  readonly [lossNames]?: Name;
}
type Known<Name extends string> = string extends Name ? never : Exclude<Name, keyof Loss<any, any>>;
export type MonitorKey<MetricName extends string, ValidationName extends string = "validation", EvaluationName extends string = never> = `${"train" | ValidationName}/${MetricName | "loss"}` | `${ValidationName}/${EvaluationName}`;
export declare const targetKinds: (task: Task) => {
  readonly [target: string]: TargetKind;
};
export declare const whenEvaluated: (task: Task) => Task;
export declare const withLosses: (task: Task, losses: {
  readonly [name: string]: Loss<any, any>;
}) => Task | ReadonlyArray<{
  readonly path: string;
  readonly message: string;
}>;
export interface NamedLoss {
  readonly loss: Loss<any, any>;
  readonly output?: string;
  readonly target?: string;
  readonly coefficient?: number;
}
export interface NamedMetric {
  readonly metric: Metric<any, any, any, any>;
  readonly output?: string;
  readonly target?: string;
}
type AnyMetric = Metric<any, any, any, any> | NamedMetric;
export declare const make: <const Models extends {
  readonly [name: string]: Model<any, any>;
}, Out extends TensorOrRecord, In extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor, Metrics extends {
  readonly [name: string]: AnyMetric;
} = {}, EvaluationMetrics extends {
  readonly [name: string]: AnyMetric;
} = {}, const LossName extends string = never>(options: {
  readonly name: string;
  readonly models: Models;
  readonly forward: (scene: Scene<In, Target, Models>) => Out;
  readonly objectives: { readonly [name in LossName]: Objective<In, Target, Out, Models>; } & {
    readonly [name: string]: Objective<In, Target, Out, Models>;
  };
  readonly metrics?: Metrics;
  readonly evaluationMetrics?: EvaluationMetrics;
  readonly groups?: ReadonlyArray<ParameterGroup>;
}) => Task<In, Target, Out, keyof Metrics & string, keyof EvaluationMetrics & string> & LossNames<Known<LossName>>;
export declare const supervised: <In extends TensorOrRecord, Out extends TensorOrRecord, Target extends TensorOrRecord = tf.Tensor, Metrics extends {
  readonly [name: string]: AnyMetric;
} = {}, EvaluationMetrics extends {
  readonly [name: string]: AnyMetric;
} = {}, const LossName extends string = never>(options: {
  readonly name: string;
  readonly model: Model<In, Out>;
  readonly loss: Loss<Out & tf.Tensor, Target & tf.Tensor> | { readonly [name in LossName]: NamedLoss; };
  readonly metrics?: Metrics;
  readonly evaluationMetrics?: EvaluationMetrics;
  readonly groups?: ReadonlyArray<ParameterGroup>;
}) => Task<In, Target, Out, keyof Metrics & string, keyof EvaluationMetrics & string> & LossNames<Known<LossName>>;

// @etude/core/Tensors
export type Tensors = {
  readonly [path: string]: tf.Tensor;
};
export type Owned = {
  readonly [owner: string]: Tensors;
};
export type TensorOrRecord = tf.Tensor | Tensors;
export type TensorTree = tf.Tensor | {
  readonly [key: string]: TensorTree | undefined;
};
export interface TensorSpec {
  readonly shape: ReadonlyArray<number | null>;
  readonly dtype: tf.DataType;
}
export declare const zip: (first: Tensors, second: Tensors) => ReadonlyArray<readonly [path: string, tf.Tensor, tf.Tensor]>;
export declare const get: (tensors: Tensors, path: string) => tf.Tensor;
export declare const sizeOf: (shape: ReadonlyArray<number>) => number;
export declare const sideOf: (shape: ReadonlyArray<number>, axis: number) => number;
export declare const total: (tensors: ReadonlyArray<tf.Tensor>) => tf.Tensor;
export declare const map: (tensors: Tensors, f: (tensor: tf.Tensor, path: string) => tf.Tensor) => Tensors;
export declare const filter: (tensors: Tensors, keep: (path: string) => boolean) => Tensors;
export declare const mapOwned: (owned: Owned, f: (tensors: Tensors, owner: string) => Tensors) => Owned;
export declare const retain: (tensors: Tensors) => Tensors;
export declare const dispose: (tensors: Tensors) => void;
export declare const ofOwner: (owned: Owned, owner: string) => Tensors;
export declare const read: (scalar: tf.Tensor) => number;
export declare const ofValues: (values: Float32Array | Int32Array | Uint8Array, shape: ReadonlyArray<number>, dtype: "float32" | "int32" | "bool") => tf.Tensor;
export declare const scalars: (numbers: {
  readonly [name: string]: number;
}) => Tensors;
export declare const scalar: (value: number) => tf.Tensor;
export declare const scalarTree: (numbers: NumberTree) => {
  readonly [name: string]: TensorTree;
};
export interface NumberTree {
  readonly [name: string]: number | NumberTree;
}
export declare const leaves: (tree: TensorTree | undefined) => Array<tf.Tensor>;
export declare const retainTree: <Tree extends TensorTree>(tree: Tree) => Tree;
export declare const disposeTree: (tree: TensorTree) => void;
export declare const cast: (tensor: tf.Tensor, dtype: tf.DataType) => tf.Tensor;
export declare const isTensor: (value: TensorTree) => value is tf.Tensor;
export declare const asRecord: (value: TensorOrRecord) => Tensors;
export declare const tidy: <A>(body: () => A) => A;
export declare const tidied: <A extends TensorOrRecord>(compute: () => A) => A;

// @etude/core/TrainConfig
export declare const NonFinite: Schema.TaggedUnion<{
  readonly Fail: Schema.TaggedStruct<"Fail", {}>;
  readonly Rollback: Schema.TaggedStruct<"Rollback", {
    readonly steps: Schema.Int;
    readonly maximum: Schema.Int;
  }>;
  readonly Skip: Schema.TaggedStruct<"Skip", {
    readonly maximum: Schema.Int;
  }>;
}>;
export type NonFinite = typeof NonFinite.Type;
export declare const Validation: Schema.Struct<{
  readonly every: Schema.withDecodingDefaultKey<Schema.Codec<Extent.Every, Extent.Every, never, never>, never>;
  readonly batchSize: Schema.optionalKey<Schema.Int>;
  readonly limitBatches: Schema.optionalKey<Schema.Int>;
  readonly sanityBatches: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
}>;
declare const schemaOf: (registry: Registry.RegistryService) => Schema.Struct<{
  readonly seed: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly until: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly epochs?: number;
    readonly steps?: number;
    readonly samples?: number;
    readonly minutes?: number;
  }, {
    readonly epochs?: number;
    readonly steps?: number;
    readonly samples?: number;
    readonly minutes?: number;
  }, never, never>, never>;
  readonly batchSize: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly microbatchSize: Schema.optionalKey<Schema.Int>;
  readonly shuffle: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  readonly sampler: Schema.optionalKey<Schema.Codec<Sampler.Config, Sampler.Config, never, never>>;
  readonly dropLastBatch: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  readonly optimizer: Schema.withDecodingDefaultKey<Schema.Codec<Optimizer.Config, Optimizer.ConfigInput, never, never>, never>;
  readonly learningRate: Schema.withDecodingDefaultKey<Schema.Codec<LearningRate.Schedule, LearningRate.ScheduleEncoded, never, never>, never>;
  readonly groups: Schema.withDecodingDefaultKey<Schema.Codec<readonly {
    readonly name: string;
    readonly match: string | readonly string[];
    readonly optimizer?: Optimizer.Config;
    readonly learningRate?: LearningRate.Schedule;
    readonly frozen?: boolean;
  }[], readonly {
    readonly name: string;
    readonly match: string | readonly string[];
    readonly optimizer?: Optimizer.ConfigInput;
    readonly learningRate?: LearningRate.ScheduleEncoded;
    readonly frozen?: boolean;
  }[], never, never>, never>;
  readonly gradients: Schema.optionalKey<Schema.$Array<Schema.Codec<Links.Link, Links.LinkInput, never, never>>>;
  readonly clip: Schema.optionalKey<Schema.TaggedUnion<{
    readonly GlobalNorm: Schema.TaggedStruct<"GlobalNorm", {
      readonly maximum: Schema.Finite;
    }>;
    readonly Norm: Schema.TaggedStruct<"Norm", {
      readonly maximum: Schema.Finite;
    }>;
    readonly Value: Schema.TaggedStruct<"Value", {
      readonly limit: Schema.Finite;
    }>;
  }>>;
  readonly nonFinite: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly _tag: "Fail";
  } | {
    readonly _tag: "Rollback";
    readonly steps: number;
    readonly maximum: number;
  } | {
    readonly _tag: "Skip";
    readonly maximum: number;
  }, {
    readonly _tag: "Fail";
  } | {
    readonly _tag: "Rollback";
    readonly steps: number;
    readonly maximum: number;
  } | {
    readonly _tag: "Skip";
    readonly maximum: number;
  }, never, never>, never>;
  readonly validation: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly every: Extent.Every;
    readonly batchSize?: number;
    readonly limitBatches?: number;
    readonly sanityBatches: number;
  }, {
    readonly every?: Extent.Every;
    readonly batchSize?: number;
    readonly limitBatches?: number;
    readonly sanityBatches?: number;
  }, never, never>, never>;
  readonly endWith: Schema.optionalKey<Schema.Union<readonly [Schema.Literal<"last">, Schema.Struct<{
    readonly best: Schema.Union<readonly [Schema.String, Schema.Struct<{
      readonly monitor: Schema.String;
      readonly better: Schema.optionalKey<Schema.Literals<readonly ["higher", "lower"]>>;
      readonly start: Schema.optionalKey<Schema.Union<readonly [Schema.Struct<{
        readonly epochs: Schema.Natural;
      }>, Schema.Struct<{
        readonly steps: Schema.Natural;
      }>]>>;
      readonly baseline: Schema.optionalKey<Schema.Finite>;
      readonly minimumDelta: Schema.optionalKey<Schema.Finite>;
    }>]>;
  }>]>>;
  readonly limitTrainBatches: Schema.optionalKey<Schema.Int>;
  readonly overfitBatches: Schema.optionalKey<Schema.Int>;
  readonly fastDevRun: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  readonly logEverySteps: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
}>;
type Schemas = ReturnType<typeof schemaOf>;
export interface TrainConfig extends Schema.Schema.Type<Schemas> {
}
export interface TrainConfigEncoded extends Schema.Codec.Encoded<Schemas> {
}
export interface TrainConfigInput extends Omit<TrainConfigEncoded, "optimizer" | "learningRate" | "groups"> {
  readonly optimizer?: Optimizer.ConfigInput | Optimizer.Optimizer;
  readonly learningRate?: LearningRate.ScheduleInput;
  readonly groups?: ReadonlyArray<ParameterGroup.GroupInput>;
}
export declare const of: (registry: Registry.RegistryService) => Schema.Codec<TrainConfig, TrainConfigEncoded>;
export declare const TrainConfig: Schema.Codec<TrainConfig, TrainConfigEncoded>;
export interface Understood {
  readonly config: TrainConfig;
  readonly registry: Registry.RegistryService;
}
export declare const read: (input: TrainConfigInput) => Effect.Effect<Understood, ConfigInvalid, never>;

// @etude/core/Trainer
export { type DescribeOptions, describe } from "./internal/loop/Description.ts";
export { type Evaluated, type EvaluateOptions, predict, test, validate } from "./internal/loop/Passes.ts";
export { predictBatch } from "./internal/loop/PredictBatch.ts";
export { initialWeights } from "./internal/loop/RunSetup.ts";
export type { ValidationData } from "./internal/preflight/RunData.ts";
export type Watches<Out, Monitor extends string> = [MonitorOf<Out>] extends [Monitor] ? unknown : {
  readonly "this run does not report": Exclude<MonitorOf<Out>, Monitor>;
};
type ReportedAs<ValidationName extends string> = [keyof Dataset] extends [ValidationName] ? "validation" : ValidationName;
export interface TrainOptions<MetricName extends string, ValidationName extends string, Out, LE, LR, EvaluationName extends string = never> {
  readonly config?: TrainConfig.TrainConfigInput;
  readonly data: {
    readonly train: Dataset;
    readonly validation?: ValidationData<ValidationName>;
  };
  readonly callbacks?: Layer.Layer<Out, LE, LR> & Watches<Out, MonitorKey<MetricName, ReportedAs<ValidationName>, EvaluationName>>;
  readonly state?: TrainState.TrainState;
  readonly beyondEnd?: boolean;
  readonly setting?: Setting;
}
export interface TrainResult {
  readonly reason: string;
  readonly state: TrainState.TrainState;
  readonly history: ReadonlyArray<TrainState.HistoryEntry>;
  readonly best: {
    readonly [monitor: string]: TrainState.Best;
  };
  readonly endedWith: TrainState.Plain["endedWith"];
  readonly counts: {
    readonly epochs: number;
    readonly steps: number;
    readonly samples: number;
    readonly skipped: TrainState.Plain["skipped"];
  };
  readonly elapsedSeconds: number;
  readonly paths: ReadonlyArray<string>;
}
export type TrainError = ConfigInvalid | PreflightFailed | NonFiniteFound | CheckpointError | Evaluation.PassError;
export declare const train: <In extends tf.Tensor | Tensors.Tensors, Target extends tf.Tensor | Tensors.Tensors, TaskOut extends tf.Tensor | Tensors.Tensors, MetricName extends string, ValidationName extends string = "validation", Out = never, LE = never, LR = never, EvaluationName extends string = never, LossName extends string = never>(task: Task<In, Target, TaskOut, MetricName, EvaluationName> & LossNames<LossName>, options: TrainOptions<MetricName | LossName, ValidationName, Out, LE, LR, EvaluationName>) => Effect.Effect<TrainResult, TrainError | LE | ErrorOf<Out>, Backend | StepExecutor | Scope.Scope | Exclude<LR, CallbackRegistry>>;

// @etude/core/internal/loop/Description
export interface Belongings {
  readonly data?: OfData;
  readonly setting?: Setting;
  readonly followsValidation?: boolean;
  readonly watched?: ReadonlyArray<string>;
}
export declare const describeRun: (task: Task<any, any, any, string, never>, config: TrainConfig.TrainConfig, args_2: BackendInfo, executor: string, belongings?: Belongings | undefined) => Effect.Effect<{
  readonly task: string;
  readonly config: Schema.Json;
  readonly configHash: string;
  readonly backend: {
    readonly name: string;
    readonly version: string;
    readonly device: string;
    readonly threads: number;
  };
  readonly executor: string;
  readonly eagerPrograms?: readonly string[];
  readonly topology: {
    readonly [x: string]: Schema.Json;
  };
  readonly parts?: {
    readonly losses: {
      readonly [x: string]: number;
    };
    readonly metrics: {
      readonly [x: string]: string;
    };
    readonly groups: Schema.Json;
  };
  readonly data?: {
    readonly train: {
      readonly length: number;
      readonly spec: Schema.Json;
      readonly rows: string | null;
    };
    readonly validation: {
      readonly [x: string]: {
        readonly length: number;
        readonly spec: Schema.Json;
        readonly rows: string | null;
      };
    };
  };
  readonly setting?: {
    readonly decides: Schema.Json;
    readonly other: Schema.Json;
  };
  readonly followsValidation?: boolean;
  readonly watched?: readonly string[];
}, never, never>;
export declare const fingerprintOf: ({ train, validations }: RunData.RunData) => Effect.Effect<OfData>;
export interface DescribeOptions {
  readonly data?: {
    readonly train: Dataset;
    readonly validation?: ValidationData<string>;
  } | undefined;
  readonly setting?: Setting | undefined;
}
export declare const describe: (task: Task, config?: TrainConfig.TrainConfigInput, { data, setting }?: DescribeOptions) => Effect.Effect<RunDescription, ConfigInvalid, Backend | StepExecutor>;
export declare const watchedBy: (callbacks: ReadonlyArray<Definition>) => ReadonlyArray<string>;
export declare const followsValidation: (callbacks: ReadonlyArray<Definition>, endWith: EndWith | undefined, monitors: Monitors.Monitors) => boolean;

// @etude/core/internal/loop/Passes
export interface EvaluateOptions<Out, LE, LR> {
  readonly state: TrainState;
  readonly data: Dataset;
  readonly batchSize?: number;
  readonly limitBatches?: number;
  readonly callbacks?: Layer.Layer<Out, LE, LR>;
}
export interface Evaluated {
  readonly samples: number;
  readonly values: Event.Values;
  readonly batches: ReadonlyArray<Evaluation.BatchResult>;
  readonly results: {
    readonly [metric: string]: unknown;
  };
  readonly figures: ReadonlyArray<MetricFigure>;
}
type EvaluateEffect<A, Out, LE, LR> = Effect.Effect<A, PreflightFailed | Evaluation.PassError | LE | ErrorOf<Out>, Backend | StepExecutor | Exclude<LR, CallbackRegistry>>;
export declare const validate: <MetricName extends string, Out = never, LE = never, LR = never>(task: Task<any, any, any, MetricName>, options: EvaluateOptions<Out, LE, LR>) => EvaluateEffect<Evaluated, Out, LE, LR>;
export declare const test: <MetricName extends string, Out = never, LE = never, LR = never>(task: Task<any, any, any, MetricName>, options: EvaluateOptions<Out, LE, LR>) => EvaluateEffect<Evaluated, Out, LE, LR>;
export declare const predict: <TaskOut extends tf.Tensor | Tensors.Tensors, A, Out = never, LE = never, LR = never>(task: Task<any, any, TaskOut, any>, options: EvaluateOptions<Out, LE, LR> & {
  readonly use: (outputs: TaskOut, batch: number, samples: number) => A;
}) => EvaluateEffect<ReadonlyArray<A>, Out, LE, LR>;

// @etude/core/internal/loop/PredictBatch
export declare const predictBatch: <In extends TensorOrRecord, Out extends TensorOrRecord>(task: Task<In, any, Out, any, any>, variables: Variables, inputs: In, options?: {
  readonly key?: Rng.Key;
}) => Out;

// @etude/core/internal/loop/RunSetup
export declare const initialWeights: (task: Task, seed: number) => Evaluation.Weights;
export declare const planOf: (task: Task, understood: TrainConfig.Understood, taskGroups: ReadonlyArray<ParameterGroup.DecodedGroup>, callbacks: ReadonlyArray<Definition>, parameters: Tensors.Tensors) => {
  plan: StepPlan;
  trainable: string[];
  unmatched: readonly ParameterGroup.DecodedGroup[];
};
export interface Prepared {
  readonly plan: StepPlan;
  readonly batchPlan: BatchPlan.BatchPlan;
  readonly warnings: ReadonlyArray<string>;
  readonly outputs: SpecOf;
  readonly changes: ReadonlyArray<string>;
  readonly state: TrainState.TrainState;
}
export declare const prepare: (task: Task<any, any, any, string, never>, config: TrainConfig.TrainConfig, data: RunData.RunData, built: {
  readonly callbacks: ReadonlyArray<Definition>;
  readonly problems: ReadonlyArray<Problem>;
}, resumed: TrainState.TrainState | undefined) => Effect.Effect<{
  plan: StepPlan;
  batchPlan: BatchPlan.BatchPlan;
  outputs: SpecOf;
  problems: {
    readonly path: string;
    readonly message: string;
  }[];
  warnings: string[];
  changes: readonly string[];
  state: TrainState.TrainState;
}, import("../../Errors.ts").ConfigInvalid | PreflightFailed, never>;
export declare const warningsOf: (task: Task, config: TrainConfig.TrainConfig) => ReadonlyArray<string>;

// @etude/core/internal/preflight/RunData
export type ValidationData<Name extends string> = Dataset | {
  readonly [name in Name]: Dataset;
};
export interface RunData {
  readonly train: Dataset;
  readonly validations: {
    readonly [name: string]: Dataset;
  };
}
export declare const of: (config: TrainConfig, data: unknown) => RunData | {
  readonly problems: ReadonlyArray<Problem>;
};
export declare const orFail: (task: Task, config: TrainConfig, input: unknown, others: ReadonlyArray<Problem>) => Effect.Effect<RunData, PreflightFailed>;

// @etude/core/TrainState
export declare const HistoryEntry: Schema.Struct<{
  readonly epoch: Schema.Natural;
  readonly step: Schema.Natural;
  readonly samples: Schema.Natural;
  readonly learningRate: Schema.Number;
  readonly values: Schema.$Record<Schema.String, Schema.Number>;
}>;
export type HistoryEntry = typeof HistoryEntry.Type;
export { Best };
export declare const Ended: Schema.Struct<{
  readonly reason: Schema.String;
  readonly by: Schema.$Array<Schema.String>;
}>;
export type Ended = typeof Ended.Type;
export declare const Plain: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly seed: Schema.Int;
  readonly attempt: Schema.Natural;
  readonly progress: Progress.ProgressSchema;
  readonly course: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly seed: number;
    readonly shuffled: boolean;
    readonly length: number;
    readonly sampler?: {
      readonly [x: string]: Schema.Json;
    };
    readonly batchSize: number;
    readonly altered: {
      readonly epoch: number;
      readonly order: {
        readonly seed: number;
        readonly shuffled: boolean;
        readonly length: number;
        readonly sampler?: {
          readonly [x: string]: Schema.Json;
        };
      };
      readonly parts: readonly {
        readonly batch: number;
        readonly batchSize: number;
        readonly length: number;
      }[];
    } | null;
  } | null, {
    readonly seed: number;
    readonly shuffled: boolean;
    readonly length: number;
    readonly sampler?: {
      readonly [x: string]: Schema.Json;
    };
    readonly batchSize: number;
    readonly altered: {
      readonly epoch: number;
      readonly order: {
        readonly seed: number;
        readonly shuffled: boolean;
        readonly length: number;
        readonly sampler?: {
          readonly [x: string]: Schema.Json;
        };
      };
      readonly parts: readonly {
        readonly batch: number;
        readonly batchSize: number;
        readonly length: number;
      }[];
    } | null;
  } | null, never, never>, never>;
  readonly pace: Schema.withDecodingDefaultKey<Schema.Codec<readonly {
    readonly step: number;
    readonly epochs: number;
    readonly stepsPerEpoch: number;
  }[], readonly {
    readonly step: number;
    readonly epochs: number;
    readonly stepsPerEpoch: number;
  }[], never, never>, never>;
  readonly ended: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly reason: string;
    readonly by: readonly string[];
  } | null, {
    readonly reason: string;
    readonly by: readonly string[];
  } | null, never, never>, never>;
  readonly learningRateScale: Schema.Number;
  readonly metrics: Schema.$Record<Schema.String, Schema.Codec<Schema.Json, Schema.Json, never, never>>;
  readonly history: Schema.$Array<Schema.Struct<{
    readonly epoch: Schema.Natural;
    readonly step: Schema.Natural;
    readonly samples: Schema.Natural;
    readonly learningRate: Schema.Number;
    readonly values: Schema.$Record<Schema.String, Schema.Number>;
  }>>;
  readonly best: Schema.$Record<Schema.String, Schema.Codec<Best, Best, never, never>>;
  readonly kept: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly [x: string]: Best;
  }, {
    readonly [x: string]: Best;
  }, never, never>, never>;
  readonly measured: Schema.withDecodingDefaultKey<Schema.Codec<{
    readonly [x: string]: number;
  }, {
    readonly [x: string]: number;
  }, never, never>, never>;
  readonly endedWith: Schema.withDecodingDefaultKey<Schema.Codec<EndedWith | null, EndedWith | null, never, never>, never>;
  readonly callbacks: Schema.$Record<Schema.String, Schema.Codec<Schema.Json, Schema.Json, never, never>>;
  readonly validated: Schema.Struct<{
    readonly step: Schema.Natural;
    readonly elapsedSeconds: Schema.Finite;
  }>;
  readonly skipped: Schema.Struct<{
    readonly empty: Schema.Natural;
    readonly controller: Schema.Natural;
    readonly nonFinite: Schema.Natural;
    readonly nonFiniteInARow: Schema.Natural;
  }>;
  readonly rollback: Schema.Struct<{
    readonly step: Schema.Natural;
    readonly times: Schema.Natural;
  }>;
  readonly boundary: Schema.NullOr<Schema.Struct<{
    readonly decision: Schema.Struct<{
      readonly skipBatch: Schema.Boolean;
      readonly saveNow: Schema.Boolean;
      readonly savers: Schema.optionalKey<Schema.$Array<Schema.String>>;
      readonly stopEpoch: Schema.Boolean;
      readonly stopRun: Schema.$Array<Schema.String>;
      readonly stoppers: Schema.optionalKey<Schema.$Array<Schema.String>>;
      readonly scaleLearningRate: Schema.$Array<Schema.Number>;
      readonly useParameters: Schema.$Array<Schema.String>;
      readonly restoreBest: Schema.$Array<Schema.String>;
    }>;
    readonly last: Schema.NullOr<Schema.Struct<{
      readonly samples: Schema.Natural;
      readonly values: Schema.$Record<Schema.String, Schema.Number>;
      readonly learningRate: Schema.Number;
    }>>;
  }>>;
}>;
export type Plain = typeof Plain.Type;
export type BestWeights = {
  readonly parameters: Tensors.Tensors;
  readonly statistics: Tensors.Tensors;
  readonly callbacks: Tensors.Owned;
};
export type RollbackTensors = BestWeights & {
  readonly slots: Tensors.Owned;
};
export interface TrainState {
  readonly plain: Plain;
  readonly parameters: Tensors.Tensors;
  readonly statistics: Tensors.Tensors;
  readonly slots: Tensors.Owned;
  readonly callbacks: Tensors.Owned;
  readonly best: {
    readonly [rule: string]: BestWeights;
  };
  readonly rollback: Partial<RollbackTensors>;
  readonly last: Partial<BestWeights>;
}
export declare const tensorGroups: readonly ["parameters", "statistics", "slots", "callbacks", "best", "rollback", "last"];
export type TensorGroup = (typeof tensorGroups)[number];
export declare const initialPlain: (seed: number) => Plain;
export declare const retain: ({ plain, ...tensors }: TrainState) => TrainState;
export declare const dispose: (state: TrainState) => void;
export interface TensorData {
  readonly dtype: "float32" | "int32" | "bool";
  readonly shape: ReadonlyArray<number>;
  readonly values: Float32Array | Int32Array | Uint8Array;
}
export interface TrainStateData {
  readonly plain: Schema.Json;
  readonly tensors: {
    readonly [path: string]: TensorData;
  };
}
export declare const encodePlain: (plain: Plain) => Schema.Json;
export declare const decodePlain: (plain: unknown) => Plain;
export declare const averages: ({ callbacks, parameters }: Pick<TrainState, "callbacks" | "parameters">) => Tensors.Owned;
export declare const withAverages: ({ callbacks, parameters }: Pick<TrainState, "callbacks" | "parameters">, ids: ReadonlyArray<string>) => Tensors.Tensors;
export declare const named: (state: TrainState, group: TensorGroup) => Tensors.Tensors;
export declare const toData: (state: TrainState) => TrainStateData;
export declare const fromData: (data: TrainStateData) => TrainState;

// @etude/core/Best
export interface Best {
  readonly value: number;
  readonly epoch: number;
  readonly step: number;
}
export declare const Best: Schema.Codec<Best>;
export interface EndedWith extends Best {
  readonly monitor: string;
}
export declare const EndedWith: Schema.Codec<EndedWith>;
export declare const Start: Schema.Union<readonly [Schema.Struct<{
  readonly epochs: Schema.Natural;
}>, Schema.Struct<{
  readonly steps: Schema.Natural;
}>]>;
export type Start = typeof Start.Type;
export declare const Rule: Schema.Struct<{
  readonly monitor: Schema.String;
  readonly better: Schema.optionalKey<Schema.Literals<readonly ["higher", "lower"]>>;
  readonly start: Schema.optionalKey<Schema.Union<readonly [Schema.Struct<{
    readonly epochs: Schema.Natural;
  }>, Schema.Struct<{
    readonly steps: Schema.Natural;
  }>]>>;
  readonly baseline: Schema.optionalKey<Schema.Finite>;
  readonly minimumDelta: Schema.optionalKey<Schema.Finite>;
}>;
export type Rule = typeof Rule.Type;
export declare const RuleInput: Schema.Union<readonly [Schema.String, Schema.Struct<{
  readonly monitor: Schema.String;
  readonly better: Schema.optionalKey<Schema.Literals<readonly ["higher", "lower"]>>;
  readonly start: Schema.optionalKey<Schema.Union<readonly [Schema.Struct<{
    readonly epochs: Schema.Natural;
  }>, Schema.Struct<{
    readonly steps: Schema.Natural;
  }>]>>;
  readonly baseline: Schema.optionalKey<Schema.Finite>;
  readonly minimumDelta: Schema.optionalKey<Schema.Finite>;
}>]>;
export type RuleInput = typeof RuleInput.Type;
export declare const EndWith: Schema.Union<readonly [Schema.Literal<"last">, Schema.Struct<{
  readonly best: Schema.Union<readonly [Schema.String, Schema.Struct<{
    readonly monitor: Schema.String;
    readonly better: Schema.optionalKey<Schema.Literals<readonly ["higher", "lower"]>>;
    readonly start: Schema.optionalKey<Schema.Union<readonly [Schema.Struct<{
      readonly epochs: Schema.Natural;
    }>, Schema.Struct<{
      readonly steps: Schema.Natural;
    }>]>>;
    readonly baseline: Schema.optionalKey<Schema.Finite>;
    readonly minimumDelta: Schema.optionalKey<Schema.Finite>;
  }>]>;
}>]>;
export type EndWith = typeof EndWith.Type;
export declare const ruleOf: (rule: RuleInput) => Rule;
export declare const keyOf: (rule: RuleInput) => string;
export declare const isBetter: (value: number, best: number | undefined, better: "higher" | "lower", minimumDelta?: number) => boolean;
export declare const hasBegun: (start: Start | undefined, { epoch, step }: Pick<Progress, "epoch" | "step">) => boolean;
export declare const directionOf: (rule: Rule, monitors: Monitors.Monitors) => "higher" | "lower" | undefined;
export declare const improves: (rule: Rule, better: "higher" | "lower", best: Pick<Best, "value"> | undefined, value: number, position: Pick<Progress, "epoch" | "step">) => boolean;
export declare const record: (best: {
  readonly [monitor: string]: Best;
}, monitors: Monitors.Monitors, values: {
  readonly [monitor: string]: number;
}, { epoch, step }: Pick<Best, "epoch" | "step">) => {
  readonly [monitor: string]: Best;
};
export declare const contradiction: (path: string, rule: RuleInput, monitors: Monitors.Monitors) => ReadonlyArray<Problem>;
export declare const problem: (path: string, input: RuleInput, monitors: Monitors.Monitors) => ReadonlyArray<Problem>;

// @etude/core/Update
export interface Scene<Number_ extends string = any, Slot extends string = any> {
  readonly parameters: Tensors.Tensors;
  readonly slots: {
    readonly [slot in Slot]: Tensors.Tensors;
  };
  readonly numbers: {
    readonly [name in Number_]: tf.Tensor;
  };
  readonly random: RandomBits.StepRandom;
  readonly gradient: (parameters: Tensors.Tensors) => Tensors.Tensors;
}
export interface Update<Number_ extends string = any, Slot extends string = any> {
  readonly name: string;
  readonly elementwise: boolean;
  readonly slots: ReadonlyArray<Slot>;
  readonly init: (parameters: Tensors.Tensors) => {
    readonly [slot in Slot]: Tensors.Tensors;
  };
  readonly numbers: (step: number, learningRate: number) => Tensors.NumberTree;
  readonly update: (updates: Tensors.Tensors, scene: Scene<Number_, Slot>) => readonly [updates: Tensors.Tensors, slots: {
    readonly [slot in Slot]: Tensors.Tensors;
  }];
  readonly apply?: (updates: Tensors.Tensors, scene: Scene<Number_, Slot>) => readonly [parameters: Tensors.Tensors, slots: {
    readonly [slot in Slot]: Tensors.Tensors;
  }] | undefined;
  readonly additive?: boolean;
  readonly secondGradient?: boolean;
  readonly fuse?: (next: ReadonlyArray<Update>) => ReadonlyArray<Update> | undefined;
  readonly links?: ReadonlyArray<Update>;
}
export interface TensorScene<Number_ extends string = any> {
  readonly parameter: tf.Tensor;
  readonly numbers: {
    readonly [name in Number_]: tf.Tensor;
  };
  readonly random: RandomBits.StepRandom;
}
export interface TensorRule<Number_ extends string, Slot extends string> {
  readonly name: string;
  readonly elementwise?: boolean;
  readonly slots?: ReadonlyArray<Slot>;
  readonly initial?: number;
  readonly numbers?: (step: number, learningRate: number) => {
    readonly [name in Number_]: number;
  };
  readonly update: (update: tf.Tensor, slots: {
    readonly [slot in Slot]: tf.Tensor;
  }, scene: TensorScene<Number_>) => readonly [update: tf.Tensor, slots: {
    readonly [slot in Slot]: tf.Tensor;
  }];
}
export declare const each: <Number_ extends string = never, Slot extends string = never>(rule: TensorRule<Number_, Slot>) => Update<Number_, Slot>;
export declare const stateless: <Number_ extends string = never>(name: string, update: (updates: Tensors.Tensors, scene: Scene<Number_, never>) => Tensors.Tensors, options?: Partial<Pick<Update, "elementwise" | "additive" | "secondGradient">> & {
  readonly numbers?: (step: number, learningRate: number) => { readonly [name in Number_]: number; };
}) => Update<Number_, never>;
export declare const chain: (...parts: ReadonlyArray<Update>) => Update;
export declare const named: (name: string, update: Update) => Update;
export declare const masked: (match: (path: string) => boolean, inner: Update) => Update;
export interface StepOptions {
  readonly parameters: Tensors.Tensors;
  readonly gradients: Tensors.Tensors;
  readonly slots?: Tensors.Owned;
  readonly step?: number;
  readonly learningRate: number;
  readonly key?: tf.Tensor;
  readonly gradient?: (parameters: Tensors.Tensors) => Tensors.Tensors;
  readonly fused?: boolean;
}
export declare const step: (update: Update, options: StepOptions) => {
  readonly parameters: Tensors.Tensors;
  readonly slots: Tensors.Owned;
};

// @etude/core/Updates
export * from "./updates/AdaptiveClip.ts";
export * from "./updates/AddDecayedWeights.ts";
export * from "./updates/AddNoise.ts";
export * from "./updates/Clip.ts";
export * from "./updates/Lookahead.ts";
export * from "./updates/ScaleByAdagrad.ts";
export * from "./updates/ScaleByAdam.ts";
export * from "./updates/ScaleByLearningRate.ts";
export * from "./updates/ScaleByRms.ts";
export * from "./updates/SharpnessAware.ts";
export * from "./updates/Trace.ts";

// @etude/core/updates/AdaptiveClip
export interface AdaptiveClipOptions {
  readonly clipping?: number;
  readonly epsilon?: number;
  readonly except?: string | ReadonlyArray<string>;
}
export declare const clipUnits: (update: tf.Tensor, parameter: tf.Tensor, { clipping, epsilon }: Required<Pick<AdaptiveClipOptions, "clipping" | "epsilon">>) => tf.Tensor;
export declare const adaptiveClip: (options?: AdaptiveClipOptions) => Update.Update<never, never>;

// @etude/core/updates/AddDecayedWeights
export interface AddDecayedWeights extends Update.Update<never, never> {
  readonly weightDecay: number;
}
export declare const addDecayedWeights: (weightDecay: number) => AddDecayedWeights;
export declare const isDecay: (link: Update.Update) => link is AddDecayedWeights;
export declare const decayScaledByRate: (weightDecay: number) => Update.Update;

// @etude/core/updates/AddNoise
export interface NoiseOptions {
  readonly eta?: number;
  readonly gamma?: number;
}
export declare const withNoise: (updates: Tensors.Tensors, random: RandomBits.StepRandom, deviation: number | tf.Tensor) => Tensors.Tensors;
export declare const addNoise: ({ eta, gamma }?: NoiseOptions) => Update.Update<"deviation", never>;

// @etude/core/updates/Clip
export declare const clipByGlobalNorm: (maximum: number) => Update.Update<never, never>;
export declare const clipByNorm: (maximum: number) => Update.Update<never, never>;
export declare const clipByValue: (limit: number) => Update.Update<never, never>;
export declare const clip: (config: Gradient.Clip) => Update.Update<never, never>;

// @etude/core/updates/Lookahead
export interface LookaheadOptions {
  readonly every?: number;
  readonly fraction?: number;
}
export declare const lookahead: ({ every, fraction }?: LookaheadOptions) => Update.Update<"meets", "slow">;

// @etude/core/updates/ScaleByAdagrad
export interface AdagradOptions {
  readonly initialAccumulator?: number;
  readonly epsilon?: number;
}
export declare const scaleByAdagrad: ({ initialAccumulator, epsilon }?: AdagradOptions) => Update.Update<never, "sum">;

// @etude/core/updates/ScaleByAdam
export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}
export declare const scaleByAdam: (options?: AdamOptions) => Update.Update;

// @etude/core/updates/ScaleByLearningRate
export declare const scaleByLearningRate: ({ decay }?: {
  readonly decay?: number;
}) => Update.Update<"scale", never>;
export declare const isRate: (link: Update.Update) => boolean;

// @etude/core/updates/ScaleByRms
export interface RmsOptions {
  readonly alpha?: number;
  readonly epsilon?: number;
}
export declare const scaleByRms: ({ alpha, epsilon }?: RmsOptions) => Update.Update<never, "square">;
export declare const scaleByDeviation: ({ alpha, epsilon }?: RmsOptions) => Update.Update<never, "square" | "mean">;

// @etude/core/updates/SharpnessAware
export declare const sharpnessAware: (rho?: number) => Update.Update<never, never>;

// @etude/core/updates/Trace
export interface TraceOptions {
  readonly momentum: number;
  readonly nesterov?: boolean;
  readonly dampening?: number;
}
export declare const trace: ({ momentum, nesterov, dampening }: TraceOptions) => Update.Update<"gradientWeight", "momentum">;

// @etude/core/When
export type Rule = (progress: Progress) => boolean;
export type Amount = {
  readonly epochs: number;
} | {
  readonly steps: number;
} | {
  readonly samples: number;
};
export declare const every: (amount: {
  readonly epochs: number;
} | {
  readonly steps: number;
}) => Rule;
export declare const onceAt: (amount: {
  readonly epochs: number;
} | {
  readonly steps: number;
}) => Rule;
export declare const before: (amount: Amount) => Rule;
export declare const after: (amount: Amount) => Rule;
export declare const all: (...rules: ReadonlyArray<Rule>) => Rule;
export declare const any: (...rules: ReadonlyArray<Rule>) => Rule;
export declare const not: (rule: Rule) => Rule;
export declare const Config: Schema.Struct<{
  readonly every: Schema.optionalKey<Schema.Codec<{
    readonly epochs: number;
  } | {
    readonly steps: number;
  }, {
    readonly epochs: number;
  } | {
    readonly steps: number;
  }, never, never>>;
  readonly onceAt: Schema.optionalKey<Schema.Codec<Extent.Position, Extent.Position, never, never>>;
  readonly before: Schema.optionalKey<Schema.Codec<{
    readonly epochs: number;
  } | {
    readonly samples: number;
  } | {
    readonly steps: number;
  }, {
    readonly epochs: number;
  } | {
    readonly samples: number;
  } | {
    readonly steps: number;
  }, never, never>>;
  readonly after: Schema.optionalKey<Schema.Codec<{
    readonly epochs: number;
  } | {
    readonly samples: number;
  } | {
    readonly steps: number;
  }, {
    readonly epochs: number;
  } | {
    readonly samples: number;
  } | {
    readonly steps: number;
  }, never, never>>;
}>;
export type Config = typeof Config.Type;
export declare const ruleOf: (config: Config) => Rule;
export declare const calls: <E extends At, S, A>(rule: Rule, handler: (event: E, state: S) => A) => (event: E, state: S) => A | undefined;
export declare const batchEnd: <E extends At, S, A>(rule: Rule, run: (event: E, state: S) => A) => {
  readonly when: Rule;
  readonly run: (event: E, state: S) => A;
};
export declare const layer: <Out, LE, R>(rule: Rule, callbacks: Layer.Layer<Out, LE, R>, hooks?: ReadonlyArray<HookName>) => Layer.Layer<Out, LE, R | CallbackRegistry>;

// @etude/core/ClassLabels
export declare const noPrediction: number;
export declare const predicted: (scores: tf.Tensor) => tf.Tensor;
export declare const ofOneHot: (targets: tf.Tensor) => tf.Tensor;
export declare const isClass: (label: number, classes: number) => boolean;

// @etude/core/Monitors
export declare const trainingSet = "train";
export declare const Better: Schema.Literals<readonly ["higher", "lower", "neither"]>;
export type Better = typeof Better.Type;
export interface Monitored {
  readonly set: string;
  readonly metric: string;
  readonly better: Better;
}
export declare const Monitored: Schema.Codec<Monitored>;
export interface Monitors {
  readonly [monitor: string]: Monitored;
}
export declare const Monitors: Schema.Codec<Monitors>;
export declare const keyOf: (set: string, metric: string) => string;
export declare const keyed: (set: string, values: {
  readonly [name: string]: number;
}) => {
  readonly [monitor: string]: number;
};
export declare const find: (monitors: Monitors, monitor: string) => Monitored | undefined;
export declare const isOfTraining: (monitors: Monitors, monitor: string) => boolean;
export declare const namesOf: (task: Task) => ReadonlyArray<readonly [name: string, better: Better]>;
export declare const of: (task: Task, validations: ReadonlyArray<string>) => Monitors;
export declare const problems: (task: Task, validations: ReadonlyArray<string>) => ReadonlyArray<Problem>;

// @etude/core/Monotonic
export declare const milliseconds: (clock: Clock.Clock) => number;

// @etude/core/Printable
export declare const printable: (text: string) => string;

// @etude/core/Progress
declare const fields: {
  epoch: Schema.Natural;
  batch: Schema.Natural;
  step: Schema.Natural;
  samples: Schema.Natural;
  elapsedSeconds: Schema.Finite;
};
export interface ProgressSchema extends Schema.Struct<typeof fields> {
}
export declare const Progress: ProgressSchema;
export interface Progress extends Schema.Schema.Type<ProgressSchema> {
}
export declare const start: Progress;
export declare const batchAfter: ({ epoch, batch }: Pick<Progress, "epoch" | "batch">) => string;

// @etude/core/SystemReason
export declare const systemReason: (error: unknown) => string | undefined;

// @etude/core/TensorNames
type Node = TensorTree;
export declare const groupOf: (name: string) => TensorGroup | undefined;
export declare const callbackOf: (name: string) => string | undefined;
export declare const flatten: (group: TensorGroup, node: Node) => Tensors;
export declare const tree: (tensors: ReadonlyArray<readonly [name: string, tensor: tf.Tensor]>) => Omit<TrainState, "plain">;

// @etude/core/kernels/AdamStep
export declare const kernelName = "AdamStep";
export interface AdamStepInputs {
  readonly parameter: tf.TensorInfo;
  readonly m: tf.TensorInfo;
  readonly v: tf.TensorInfo;
  readonly gradient: tf.TensorInfo;
  readonly rate: tf.TensorInfo;
  readonly beta1: tf.TensorInfo;
  readonly beta2: tf.TensorInfo;
  readonly epsilon: tf.TensorInfo;
}
export declare const adamStep: (inputs: { readonly [name in keyof AdamStepInputs]: tf.Tensor; }) => readonly [parameter: tf.Tensor, m: tf.Tensor, v: tf.Tensor] | undefined;

// @etude/core/kernels/CrossEntropy
export declare const kernelName = "SparseSoftmaxCrossEntropy";
export interface CrossEntropyInputs {
  readonly logits: tf.TensorInfo;
  readonly labels: tf.TensorInfo;
}
export interface CrossEntropyAttributes {
  readonly smoothing: number;
}
export declare const logSoftmax: (logits: tf.Tensor) => tf.Tensor;
export interface CrossEntropy {
  readonly values: tf.Tensor;
  readonly keep: Array<tf.Tensor>;
  readonly gradient: (saved: ReadonlyArray<tf.Tensor>) => tf.Tensor;
}
export declare const crossEntropy: (logits: tf.Tensor, labels: tf.Tensor, smoothing: number) => CrossEntropy;

// @etude/core/kernels/TfjsNode
export interface TensorMetadata {
  readonly id: number;
  readonly shape: Array<number>;
  readonly dtype: number;
}
export interface OperationAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}
export interface Binding {
  createTensor(shape: ReadonlyArray<number>, dtype: number, values: tf.backend_util.BackendValues): number;
  deleteTensor(tensor: number): void;
  tensorDataSync(tensor: number): Float32Array | Int32Array | Uint8Array;
  executeOp(name: string, attributes: ReadonlyArray<OperationAttribute>, inputs: ReadonlyArray<number>, outputs: number): Array<TensorMetadata>;
  loadSavedModel(directory: string, tags: string): number;
  deleteSavedModel(model: number): void;
  runSavedModel(model: number, inputs: ReadonlyArray<number>, inputNames: string, outputNames: string): Array<TensorMetadata>;
  getNumOfSavedModels(): number;
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  readonly TF_BOOL: number;
  readonly TF_COMPLEX64: number;
  readonly TF_STRING: number;
  readonly TF_RESOURCE: number;
  readonly TF_UINT8: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_ATTR_RESOURCE: number;
  readonly TF_Version: string;
}
export interface TensorData {
  readonly shape: Array<number>;
  readonly dtype: number;
  readonly id: number;
  readonly values: tf.backend_util.BackendValues | null;
  readonly refCount: number;
}
export interface NativeBackend extends tf.KernelBackend {
  binding: Binding;
  readonly tensorMap: tf.DataStorage<TensorData>;
  getInputTensorIds(tensors: ReadonlyArray<tf.TensorInfo>): Array<number>;
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
  executeSingleInput(name: string, input: tf.TensorInfo): tf.Tensor;
  executeSingleOutput(name: string, attributes: ReadonlyArray<OperationAttribute>, inputs: ReadonlyArray<tf.TensorInfo>): tf.Tensor;
  executeMultipleOutputs(name: string, attributes: ReadonlyArray<OperationAttribute>, inputs: ReadonlyArray<tf.TensorInfo>, outputs: number): Array<tf.Tensor>;
}

// @etude/core/nearest
export declare const nearest: (name: string, known: ReadonlyArray<string>) => string | undefined;
