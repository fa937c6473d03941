// The public interface of @etude/checkpoint. Made by `npm run generate`.

// @etude/checkpoint
export * as AsyncSaving from "./AsyncSaving.ts";
export * as AtomicFile from "./AtomicFile.ts";
export * as CheckpointId from "./CheckpointId.ts";
export * as FileStore from "./FileStore.ts";
export * as ForeignGenerator from "./ForeignGenerator.ts";
export * as GlobalRandom from "./GlobalRandom.ts";
export * as Keep from "./Keep.ts";
export * as Manifest from "./Manifest.ts";
export * as MemoryStore from "./MemoryStore.ts";
export * as NodeStorage from "./NodeStorage.ts";
export * as Resume from "./Resume.ts";
export * as Safetensors from "./Safetensors.ts";
export * as SafetensorsFile from "./SafetensorsFile.ts";
export * as SaveWhen from "./SaveWhen.ts";
export * as Saving from "./Saving.ts";
export * as SavingConfig from "./SavingConfig.ts";
export * as Store from "./Store.ts";
export * as WarmStart from "./WarmStart.ts";

// @etude/checkpoint/AsyncSaving
export interface AsyncSavingOptions {
  readonly capacity?: number;
  readonly retries?: Schedule.Schedule<unknown, CheckpointError>;
  readonly onFailure?: "fail" | "warn";
}
export declare const make: (options?: AsyncSavingOptions | undefined) => Effect.Effect<CheckpointsService, never, Scope.Scope | Store>;
export declare const layer: (options?: AsyncSavingOptions) => Layer.Layer<Checkpoints, never, Store>;

// @etude/checkpoint/AtomicFile
export declare const syncDirectory: (path: string) => Effect.Effect<void, PlatformError, FileSystem.FileSystem>;
export declare const writeSynced: (path: string, bytes: Uint8Array) => Effect.Effect<void, PlatformError, FileSystem.FileSystem>;
export declare const write: (path: string, bytes: Uint8Array) => Effect.Effect<void, PlatformError, FileSystem.FileSystem | Path.Path>;

// @etude/checkpoint/CheckpointId
export interface Position {
  readonly epoch: number;
  readonly batch: number;
  readonly step: number;
  readonly attempt: number;
  readonly copy: number;
}
export declare const positionOf: ({ progress: { epoch, batch, step }, attempt }: Plain) => Omit<Position, "copy">;
export declare const make: ({ epoch, batch, step, attempt, copy }: Position) => string;
export declare const parse: (id: string) => Position | undefined;
export declare const order: Order.Order<Position>;
export declare const sorted: (names: ReadonlyArray<string>) => ReadonlyArray<string>;
export declare const free: (position: Omit<Position, "copy">, taken: ReadonlySet<string>) => string;

// @etude/checkpoint/FileStore
export interface FileStoreOptions {
  readonly folder: string;
  readonly retries?: Schedule.Schedule<unknown, CheckpointError>;
  readonly guard?: Effect.Effect<void, {
    readonly message: string;
  }>;
}
export declare const make: (args_0: FileStoreOptions) => Effect.Effect<{
  prepare: (state: TrainState, description: {
    readonly task: string;
    readonly config: import("effect/Schema").Json;
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
      readonly [x: string]: import("effect/Schema").Json;
    };
    readonly parts?: {
      readonly losses: {
        readonly [x: string]: number;
      };
      readonly metrics: {
        readonly [x: string]: string;
      };
      readonly groups: import("effect/Schema").Json;
    };
    readonly data?: {
      readonly train: {
        readonly length: number;
        readonly spec: import("effect/Schema").Json;
        readonly rows: string | null;
      };
      readonly validation: {
        readonly [x: string]: {
          readonly length: number;
          readonly spec: import("effect/Schema").Json;
          readonly rows: string | null;
        };
      };
    };
    readonly setting?: {
      readonly decides: import("effect/Schema").Json;
      readonly other: import("effect/Schema").Json;
    };
    readonly followsValidation?: boolean;
    readonly watched?: readonly string[];
  }, savers: readonly string[] | undefined) => Effect.Effect<{
    saved: {
      readonly id: string;
      readonly path: string;
      readonly epoch: number;
      readonly batch: number;
      readonly step: number;
      readonly attempt: number;
      readonly values: {
        readonly [x: string]: number;
      };
      readonly savers?: readonly string[];
      readonly bytes: number;
    };
    write: Effect.Effect<{
      readonly id: string;
      readonly path: string;
      readonly epoch: number;
      readonly batch: number;
      readonly step: number;
      readonly attempt: number;
      readonly values: {
        readonly [x: string]: number;
      };
      readonly savers?: readonly string[];
      readonly bytes: number;
    }, CheckpointError, never>;
  }, CheckpointError, never>;
  load: (id: string) => Effect.Effect<{
    saved: {
      readonly id: string;
      readonly path: string;
      readonly epoch: number;
      readonly batch: number;
      readonly step: number;
      readonly attempt: number;
      readonly values: {
        readonly [x: string]: number;
      };
      readonly savers?: readonly string[];
      readonly bytes: number;
    };
    description: {
      readonly task: string;
      readonly config: import("effect/Schema").Json;
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
        readonly [x: string]: import("effect/Schema").Json;
      };
      readonly parts?: {
        readonly losses: {
          readonly [x: string]: number;
        };
        readonly metrics: {
          readonly [x: string]: string;
        };
        readonly groups: import("effect/Schema").Json;
      };
      readonly data?: {
        readonly train: {
          readonly length: number;
          readonly spec: import("effect/Schema").Json;
          readonly rows: string | null;
        };
        readonly validation: {
          readonly [x: string]: {
            readonly length: number;
            readonly spec: import("effect/Schema").Json;
            readonly rows: string | null;
          };
        };
      };
      readonly setting?: {
        readonly decides: import("effect/Schema").Json;
        readonly other: import("effect/Schema").Json;
      };
      readonly followsValidation?: boolean;
      readonly watched?: readonly string[];
    };
    data: {
      plain: string | number | boolean | import("effect/Schema").JsonArray | import("effect/Schema").JsonObject;
      tensors: {
        [name: string]: import("@etude/core/TrainState").TensorData;
      };
    };
    passedOver: never[];
  }, import("@etude/core/Errors").CheckpointCorrupt | CheckpointError | CheckpointMissing, never>;
  latest: Effect.Effect<import("effect/Option").Option<import("@etude/core/Checkpoints").Loaded>, import("@etude/core/Errors").CheckpointCorrupt | CheckpointError, never>;
  best: (monitor: string, better: "higher" | "lower") => Effect.Effect<import("effect/Option").Option<{
    readonly id: string;
    readonly path: string;
    readonly epoch: number;
    readonly batch: number;
    readonly step: number;
    readonly attempt: number;
    readonly values: {
      readonly [x: string]: number;
    };
    readonly savers?: readonly string[];
    readonly bytes: number;
  }>, CheckpointError, never>;
  list: Effect.Effect<{
    readonly id: string;
    readonly path: string;
    readonly epoch: number;
    readonly batch: number;
    readonly step: number;
    readonly attempt: number;
    readonly values: {
      readonly [x: string]: number;
    };
    readonly savers?: readonly string[];
    readonly bytes: number;
  }[], CheckpointError, never>;
  verify: (id: string) => Effect.Effect<{
    readonly id: string;
    readonly path: string;
    readonly epoch: number;
    readonly batch: number;
    readonly step: number;
    readonly attempt: number;
    readonly values: {
      readonly [x: string]: number;
    };
    readonly savers?: readonly string[];
    readonly bytes: number;
  }, import("@etude/core/Errors").CheckpointCorrupt | CheckpointError | CheckpointMissing, never>;
  delete: (id: string) => Effect.Effect<void, CheckpointError, never>;
}, CheckpointError, import("effect/Scope").Scope | Storage>;
export declare const layerStorage: (options: FileStoreOptions) => Layer.Layer<Checkpoints | Store.Store, CheckpointError, Storage>;
export declare const storagePath: (path: string, separator?: string) => string;
export declare const layer: (options: FileStoreOptions) => Layer.Layer<Checkpoints | Store.Store, CheckpointError>;

// @etude/checkpoint/ForeignGenerator
export interface ForeignGenerator<S> {
  readonly name: string;
  readonly state: Schema.Codec<S, any>;
  readonly read: () => S;
  readonly restore: (state: S) => void;
}
export declare const layer: <S>({ name, state, read, restore }: ForeignGenerator<S>) => Callback.CallbackLayer;

// @etude/checkpoint/GlobalRandom
export interface Captured {
  readonly surroundings: Layer.Layer<never>;
  readonly plugin: Callback.CallbackLayer;
}
export declare const captured: (seed: number) => Captured;
export declare const layerForbidden: Layer.Layer<never>;

// @etude/checkpoint/Keep
export type Keep = (saved: ReadonlyArray<Checkpoints.Saved>, monitors?: Monitors.Monitors) => ReadonlySet<string>;
export declare const all: Keep;
export declare const last: (count: number) => Keep;
export declare const best: (count: number, monitor: string, direction?: "higher" | "lower") => Keep;
export declare const everyNthEpoch: (n: number) => Keep;
export declare const everyNthStep: (n: number) => Keep;
export declare const anyOf: (...rules: ReadonlyArray<Keep>) => Keep;
export declare const expired: (saved: ReadonlyArray<Checkpoints.Saved>, keep: Keep, protectedIds: ReadonlySet<string>, monitors?: Monitors.Monitors) => ReadonlyArray<Checkpoints.Saved>;
export interface Saver {
  readonly keep: Keep;
  readonly protectedIds: ReadonlySet<string>;
}
export declare const expiredOf: (id: string, saved: ReadonlyArray<Checkpoints.Saved>, savers: ReadonlyMap<string, Saver>, protectedIds: ReadonlySet<string>, monitors?: Monitors.Monitors) => ReadonlyArray<Checkpoints.Saved>;

// @etude/checkpoint/Manifest
export declare const fileName = "manifest.json";
export declare const formatVersion = 1;
export declare const File: Schema.Struct<{
  readonly bytes: Schema.Natural;
  readonly sha256: Schema.String;
}>;
export type File = typeof File.Type;
export declare const Manifest: Schema.Struct<{
  readonly version: Schema.Literal<1>;
  readonly id: Schema.String;
  readonly savedAt: Schema.String;
  readonly epoch: Schema.Natural;
  readonly batch: Schema.Natural;
  readonly step: Schema.Natural;
  readonly attempt: Schema.Natural;
  readonly values: Schema.$Record<Schema.String, Schema.Number>;
  readonly savers: Schema.optionalKey<Schema.$Array<Schema.String>>;
  readonly task: Schema.String;
  readonly configHash: Schema.String;
  readonly executor: Schema.String;
  readonly eagerPrograms: Schema.optionalKey<Schema.$Array<Schema.String>>;
  readonly backend: Schema.Struct<{
    readonly name: Schema.String;
    readonly version: Schema.String;
    readonly device: Schema.String;
    readonly threads: Schema.Natural;
  }>;
  readonly libraries: Schema.$Record<Schema.String, Schema.String>;
  readonly platform: Schema.String;
  readonly files: Schema.$Record<Schema.String, Schema.Struct<{
    readonly bytes: Schema.Natural;
    readonly sha256: Schema.String;
  }>>;
}>;
export type Manifest = typeof Manifest.Type;
export declare const encode: (manifest: Manifest) => Uint8Array<ArrayBuffer>;
export declare const decode: (bytes: Uint8Array) => Result.Result<Manifest, string>;

// @etude/checkpoint/MemoryStore
export declare const make: Effect.Effect<Store.StoreService>;
export declare const layer: Layer.Layer<Checkpoints | Store.Store>;

// @etude/checkpoint/NodeStorage
export declare const renameBy: (system: {
  readonly platform: string;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly exists: (path: string) => Promise<boolean>;
}) => StorageService["rename"];
export declare const make: StorageService;
export declare const layer: Layer.Layer<Storage>;

// @etude/checkpoint/Resume
export declare const Consequence: Schema.Literals<readonly ["safe", "alters", "incompatible"]>;
export type Consequence = typeof Consequence.Type;
export declare const Difference: Schema.Struct<{
  readonly path: Schema.String;
  readonly stored: Schema.Codec<Schema.Json, Schema.Json, never, never>;
  readonly current: Schema.Codec<Schema.Json, Schema.Json, never, never>;
  readonly consequence: Schema.Literals<readonly ["safe", "alters", "incompatible"]>;
}>;
export type Difference = typeof Difference.Type;
declare const ResumeRefused_base: Schema.Class<ResumeRefused, Schema.TaggedStruct<"ResumeRefused", {
  readonly checkpoint: Schema.String;
  readonly differences: Schema.$Array<Schema.Struct<{
    readonly path: Schema.String;
    readonly stored: Schema.Codec<Schema.Json, Schema.Json, never, never>;
    readonly current: Schema.Codec<Schema.Json, Schema.Json, never, never>;
    readonly consequence: Schema.Literals<readonly ["safe", "alters", "incompatible"]>;
  }>>;
}>, import("effect/Cause").YieldableError>;
export declare class ResumeRefused extends ResumeRefused_base {
  get message(): string;
}
declare const NothingToResume_base: Schema.Class<NothingToResume, Schema.TaggedStruct<"NothingToResume", {
  readonly task: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class NothingToResume extends NothingToResume_base {
  get message(): string;
}
export declare const differ: (stored: Schema.Json | undefined, current: Schema.Json | undefined, path: string) => ReadonlyArray<Difference>;
export declare const compare: (stored: Checkpoints.RunDescription, current: Checkpoints.RunDescription) => ReadonlyArray<Difference>;
export interface ResumeOptions {
  readonly allowAlterations?: boolean;
  readonly data?: Trainer.DescribeOptions["data"];
  readonly setting?: Checkpoints.Setting;
  readonly differences?: ReadonlyArray<Difference>;
}
export interface ResumePoint {
  readonly state: TrainState.TrainState;
  readonly saved: Checkpoints.Saved;
  readonly differences: ReadonlyArray<Difference>;
  readonly passedOver: ReadonlyArray<Errors.CheckpointCorrupt>;
}
export declare const point: (task: Task.Task<any, any, any, string, never>, config: TrainConfig.TrainConfigInput, options?: ResumeOptions | undefined) => Effect.Effect<{
  state: TrainState.TrainState;
  saved: {
    readonly id: string;
    readonly path: string;
    readonly epoch: number;
    readonly batch: number;
    readonly step: number;
    readonly attempt: number;
    readonly values: {
      readonly [x: string]: number;
    };
    readonly savers?: readonly string[];
    readonly bytes: number;
  };
  differences: {
    readonly path: string;
    readonly stored: Schema.Json;
    readonly current: Schema.Json;
    readonly consequence: "alters" | "incompatible" | "safe";
  }[];
  passedOver: readonly Errors.CheckpointCorrupt[];
}, Errors.CheckpointCorrupt | Errors.CheckpointError | Errors.ConfigInvalid | NothingToResume | ResumeRefused, import("@etude/core/Backend").Backend | Checkpoints.Checkpoints | import("effect/Scope").Scope | import("@etude/core/StepExecutor").StepExecutor>;

// @etude/checkpoint/Safetensors
export interface Contents {
  readonly tensors: {
    readonly [name: string]: TensorData;
  };
  readonly metadata: {
    readonly [key: string]: string;
  };
}
export declare const Problem: Schema.Struct<{
  readonly kind: Schema.Literals<readonly ["missing", "unreadable", "truncated", "header", "dtype", "shape", "offsets"]>;
  readonly tensor: Schema.optionalKey<Schema.String>;
  readonly message: Schema.String;
}>;
export type Problem = typeof Problem.Type;
declare const SafetensorsUnreadable_base: Schema.Class<SafetensorsUnreadable, Schema.TaggedStruct<"SafetensorsUnreadable", {
  readonly path: Schema.String;
  readonly problems: Schema.$Array<Schema.Struct<{
    readonly kind: Schema.Literals<readonly ["missing", "unreadable", "truncated", "header", "dtype", "shape", "offsets"]>;
    readonly tensor: Schema.optionalKey<Schema.String>;
    readonly message: Schema.String;
  }>>;
}>, import("effect/Cause").YieldableError>;
export declare class SafetensorsUnreadable extends SafetensorsUnreadable_base {
  get message(): string;
}
export type TensorSpec = Pick<TensorData, "dtype" | "shape">;
export type TensorSpecs = {
  readonly [name: string]: TensorSpec;
};
export interface Layout {
  readonly header: Uint8Array<ArrayBuffer>;
  readonly order: ReadonlyArray<{
    readonly name: string;
    readonly bytes: number;
  }>;
  readonly bytes: number;
}
export declare const layout: (tensors: TensorSpecs, metadata?: {
  readonly [key: string]: string;
}) => Layout;
export declare const bytesOf: (name: string, { dtype, shape, values }: TensorData) => Uint8Array;
export declare const encode: (tensors: {
  readonly [name: string]: TensorData;
}, metadata?: {
  readonly [key: string]: string;
}) => Uint8Array;
export declare const decode: (bytes: Uint8Array, path: string) => Result.Result<Contents, SafetensorsUnreadable>;

// @etude/checkpoint/SafetensorsFile
export declare const write: (path: string, tensors: {
  readonly [name: string]: TensorData;
}, metadata?: {
  readonly [key: string]: string;
}) => Effect.Effect<void, CheckpointError, FileSystem.FileSystem | Path.Path>;
export declare const read: (path: string) => Effect.Effect<Safetensors.Contents, Safetensors.SafetensorsUnreadable, FileSystem.FileSystem>;

// @etude/checkpoint/SaveWhen
export interface Moment {
  readonly progress: TrainState.Plain["progress"];
  readonly epochEnded: boolean;
  readonly values: Event.Values;
  readonly best: TrainState.Plain["best"];
  readonly last: {
    readonly step: number;
    readonly elapsedSeconds: number;
  };
}
export type SaveWhen = (moment: Moment) => boolean;
export declare const everySteps: (steps: number) => SaveWhen;
export declare const everyEpochs: (epochs: number) => SaveWhen;
export declare const everyMinutes: (minutes: number) => SaveWhen;
export declare const onImprovement: (monitor: string) => SaveWhen;
export declare const anyOf: (...rules: ReadonlyArray<SaveWhen>) => SaveWhen;
export declare const allOf: (...rules: ReadonlyArray<SaveWhen>) => SaveWhen;

// @etude/checkpoint/Saving
export interface SavingOptions {
  readonly id?: string;
  readonly when?: SaveWhen;
  readonly keep?: Keep.Keep;
  readonly follows?: ReadonlyArray<Best.RuleInput>;
  readonly onInterruption?: boolean;
  readonly onFailure?: boolean;
  readonly onEnd?: boolean;
  readonly resumedFrom?: string;
}
export declare const layer: (options?: SavingOptions) => Callback.CallbackLayer<Errors.CheckpointError, never, never, Checkpoints.Checkpoints>;

// @etude/checkpoint/SavingConfig
declare const schema: Schema.Struct<{
  readonly every: Schema.withDecodingDefaultKey<Schema.Codec<Extent.Every, Extent.Every, never, never>, never>;
  readonly onImprovement: Schema.optionalKey<Schema.String>;
  readonly keepLast: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  readonly keepBest: Schema.optionalKey<Schema.Struct<{
    readonly monitor: Schema.String;
    readonly better: Schema.optionalKey<Schema.Literals<readonly ["higher", "lower"]>>;
    readonly count: Schema.withDecodingDefaultKey<Schema.Codec<number, number, never, never>, never>;
  }>>;
  readonly asynchronous: Schema.withDecodingDefaultKey<Schema.Codec<boolean, boolean, never, never>, never>;
  readonly onFailedWrite: Schema.withDecodingDefaultKey<Schema.Codec<"fail" | "warn", "fail" | "warn", never, never>, never>;
}>;
export interface SavingConfig extends Schema.Schema.Type<typeof schema> {
}
export interface SavingConfigEncoded extends Schema.Codec.Encoded<typeof schema> {
}
export declare const SavingConfig: Schema.Codec<SavingConfig, SavingConfigEncoded>;
export declare const rulesOf: ({ every, onImprovement, keepLast, keepBest }: SavingConfig) => Required<Pick<SavingOptions, "when" | "keep" | "follows">>;

// @etude/checkpoint/Store
export interface Prepared {
  readonly saved: Saved;
  readonly write: Effect.Effect<Saved, CheckpointError>;
}
export interface StoreService extends Omit<CheckpointsService, "save" | "settled"> {
  readonly prepare: (state: TrainState, description: RunDescription, savers?: ReadonlyArray<string>) => Effect.Effect<Prepared, CheckpointError>;
}
declare const Store_base: Context.ServiceClass<Store, "@etude/checkpoint/Store", StoreService>;
export declare class Store extends Store_base {
}
export declare const checkpoints: ({ prepare, ...store }: StoreService) => CheckpointsService;
export declare const layer: <E, R>(make: Effect.Effect<StoreService, E, R>) => Layer.Layer<Checkpoints | Store, E, Exclude<R, import("effect/Scope").Scope>>;
export declare const valuesOf: ({ measured }: Plain) => Values;
export declare const best: (saved: ReadonlyArray<Saved>, monitor: string, better: "higher" | "lower") => Option.Option<Saved>;
export declare const latest: (ids: ReadonlyArray<string>, load: (id: string) => Effect.Effect<Loaded, CheckpointCorrupt | CheckpointMissing | CheckpointError>) => Effect.Effect<Option.Option<Loaded>, CheckpointCorrupt | CheckpointError>;

// @etude/checkpoint/WarmStart
export declare const Account: Schema.Struct<{
  readonly loaded: Schema.$Array<Schema.String>;
  readonly missing: Schema.$Array<Schema.String>;
  readonly unused: Schema.$Array<Schema.String>;
  readonly mismatched: Schema.$Array<Schema.Struct<{
    readonly path: Schema.String;
    readonly found: Schema.Struct<{
      readonly shape: Schema.$Array<Schema.Natural>;
      readonly dtype: Schema.String;
    }>;
    readonly expected: Schema.Struct<{
      readonly shape: Schema.$Array<Schema.Natural>;
      readonly dtype: Schema.String;
    }>;
  }>>;
}>;
export type Account = typeof Account.Type;
declare const WeightsUnfit_base: Schema.Class<WeightsUnfit, Schema.TaggedStruct<"WeightsUnfit", {
  readonly model: Schema.String;
  readonly account: Schema.Struct<{
    readonly loaded: Schema.$Array<Schema.String>;
    readonly missing: Schema.$Array<Schema.String>;
    readonly unused: Schema.$Array<Schema.String>;
    readonly mismatched: Schema.$Array<Schema.Struct<{
      readonly path: Schema.String;
      readonly found: Schema.Struct<{
        readonly shape: Schema.$Array<Schema.Natural>;
        readonly dtype: Schema.String;
      }>;
      readonly expected: Schema.Struct<{
        readonly shape: Schema.$Array<Schema.Natural>;
        readonly dtype: Schema.String;
      }>;
    }>>;
  }>;
}>, import("effect/Cause").YieldableError>;
export declare class WeightsUnfit extends WeightsUnfit_base {
  get message(): string;
}
export interface WarmStartOptions {
  readonly weights: {
    readonly [path: string]: TrainState.TensorData;
  };
  readonly match?: string | ReadonlyArray<string>;
  readonly strict?: boolean;
}
export declare const model: <In extends Tensors.TensorOrRecord, Out extends Tensors.TensorOrRecord>(self: Model.Model<In, Out>, { weights, match, strict }: WarmStartOptions) => Effect.Effect<{
  readonly model: Model.Model<In, Out>;
  readonly account: Account;
}, WeightsUnfit>;
