// The public interface of @etude/backend. Made by `npm run generate`.

// @etude/backend
export * as Auto from "./Auto.ts";
export * as Cpu from "./Cpu.ts";
export * as Doctor from "./Doctor.ts";
export * as Gradients from "./Gradients.ts";
export * as Kernels from "./Kernels.ts";
export * as Native from "./Native.ts";
export * as NativeInstaller from "./NativeInstaller.ts";
export * as NativeLocation from "./NativeLocation.ts";
export * as Wasm from "./Wasm.ts";

// @etude/backend/Auto
export declare const names: readonly ["native", "wasm", "cpu"];
export declare const Name: Schema.Literals<readonly ["native", "wasm", "cpu"]>;
export type Name = typeof Name.Type;
declare const BackendUnknown_base: Schema.Class<BackendUnknown, Schema.TaggedStruct<"BackendUnknown", {
  readonly source: Schema.String;
  readonly found: Schema.String;
  readonly allowed: Schema.$Array<Schema.String>;
}>, import("effect/Cause").YieldableError>;
export declare class BackendUnknown extends BackendUnknown_base {
  get message(): string;
}
type Acquire = Effect.Effect<Backend.BackendInfo, BackendBusy | BackendUnavailable, Scope.Scope>;
export declare const acquireOf: (name: Name, load: () => Promise<{
  readonly acquire: Acquire;
}>) => Acquire;
export declare const layerOf: (name: Name) => Layer.Layer<Backend.Backend | StepExecutor, BackendUnavailable | BackendBusy>;
export declare const variable = "ETUDE_BACKEND";
export declare const whyAsked = "ETUDE_BACKEND requests it";
export declare const requested: Effect.Effect<Name | undefined, BackendUnknown>;
export declare const why: Readonly<Record<Name, string>>;
export declare const acquire: Effect.Effect<Backend.BackendInfo, BackendUnavailable | BackendBusy | BackendUnknown, Scope.Scope>;
export declare const layer: Layer.Layer<Backend.Backend | StepExecutor, BackendUnavailable | BackendBusy | BackendUnknown>;

// @etude/backend/Cpu
export declare const acquire: Effect.Effect<Backend.BackendInfo, BackendBusy | BackendUnavailable, import("effect/Scope").Scope>;
export declare const layer: Layer.Layer<Backend.Backend | StepExecutor, BackendUnavailable | BackendBusy>;

// @etude/backend/Doctor
export declare const Native: Schema.Struct<{
  readonly tfjsNode: Schema.NullOr<Schema.String>;
  readonly directory: Schema.NullOr<Schema.String>;
  readonly tensorflow: Schema.NullOr<Schema.String>;
  readonly way: Schema.NullOr<Schema.String>;
  readonly problems: Schema.$Array<Schema.String>;
  readonly attempts: Schema.$Array<Schema.Struct<{
    readonly way: Schema.String;
    readonly reason: Schema.String;
    readonly at: Schema.String;
  }>>;
}>;
declare const Report_base: Schema.Class<Report, Schema.Struct<{
  readonly node: Schema.String;
  readonly platform: Schema.String;
  readonly arch: Schema.String;
  readonly processors: Schema.Natural;
  readonly glibc: Schema.NullOr<Schema.String>;
  readonly python: Schema.NullOr<Schema.String>;
  readonly pip: Schema.NullOr<Schema.String>;
  readonly compiler: Schema.NullOr<Schema.String>;
  readonly cache: Schema.String;
  readonly native: Schema.Struct<{
    readonly tfjsNode: Schema.NullOr<Schema.String>;
    readonly directory: Schema.NullOr<Schema.String>;
    readonly tensorflow: Schema.NullOr<Schema.String>;
    readonly way: Schema.NullOr<Schema.String>;
    readonly problems: Schema.$Array<Schema.String>;
    readonly attempts: Schema.$Array<Schema.Struct<{
      readonly way: Schema.String;
      readonly reason: Schema.String;
      readonly at: Schema.String;
    }>>;
  }>;
  readonly wasm: Schema.Struct<{
    readonly package: Schema.String;
    readonly found: Schema.Boolean;
  }>;
  readonly cpu: Schema.Struct<{
    readonly package: Schema.String;
    readonly found: Schema.Boolean;
  }>;
  readonly chosen: Schema.NullOr<Schema.Literals<readonly ["native", "wasm", "cpu"]>>;
  readonly why: Schema.String;
  readonly advice: Schema.$Array<Schema.String>;
}>, {}>;
export declare class Report extends Report_base {
}
export declare const report: Effect.Effect<Report>;
export declare const render: (report: Report) => string;

// @etude/backend/Gradients
export type InputGradients = {
  readonly [input: string]: () => tf.Tensor;
};
export interface GradientCall<Engine, Input extends string = string, Attributes = tf.NamedAttrMap> {
  readonly dy: tf.Tensor;
  readonly inputs: {
    readonly [name in Input]: tf.Tensor;
  };
  readonly outputs: ReadonlyArray<tf.Tensor>;
  readonly attributes: Attributes;
  readonly engine: Engine;
  readonly replaced: () => InputGradients;
}
export interface Gradient<Engine = any> {
  readonly name: string;
  readonly inputs?: ReadonlyArray<string>;
  readonly everyInput?: boolean;
  readonly outputs?: ReadonlyArray<boolean>;
  readonly differentiable?: boolean;
  readonly run: (call: GradientCall<Engine>) => InputGradients;
}
export declare const gradient: <Engine, const Input extends string = never, Attributes = tf.NamedAttrMap>(definition: Omit<Gradient<Engine>, "inputs" | "run"> & {
  readonly inputs?: ReadonlyArray<Input>;
  readonly run: (call: GradientCall<Engine, Input, Attributes>) => InputGradients;
}) => Gradient<Engine>;
export declare const install: (backend: string, gradients: ReadonlyArray<Gradient>) => Effect.Effect<void, never, Scope.Scope>;

// @etude/backend/Kernels
export interface Kernel {
  readonly name: string;
  readonly make: (replaced: tf.KernelFunc | undefined) => tf.KernelFunc;
}
export interface KernelCall<Inputs, Attributes, Engine> {
  readonly inputs: Inputs;
  readonly attributes: Attributes;
  readonly engine: Engine;
  readonly replaced: (inputs: Inputs, attributes: Attributes) => tf.TensorInfo | Array<tf.TensorInfo>;
}
export declare const kernel: <Inputs, Attributes, Engine = unknown>(name: string, run: (call: KernelCall<Inputs, Attributes, Engine>) => tf.TensorInfo | Array<tf.TensorInfo>) => Kernel;
export declare const asTensor: (result: tf.TensorInfo | Array<tf.TensorInfo>) => tf.Tensor;
export declare const install: (backend: string, kernels: ReadonlyArray<Kernel>) => Effect.Effect<void, never, Scope.Scope>;

// @etude/backend/Native
export type { Binding, NativeBackend, OperationAttribute, TensorMetadata } from "@etude/core/kernels/TfjsNode";
export declare const acquire: Effect.Effect<Backend.BackendInfo, BackendBusy | BackendUnavailable, import("effect/Scope").Scope>;
export declare const layer: Layer.Layer<Backend.Backend | StepExecutor, BackendUnavailable | BackendBusy>;
export declare const current: () => NativeBackend | undefined;

// @etude/backend/NativeInstaller
export type { Attempt } from "./native/Attempt.ts";
export type { Install, Manifest } from "./native/Install.ts";
export type { OnProgress, Way } from "./native/Way.ts";
declare const NativeInstallFailed_base: Schema.Class<NativeInstallFailed, Schema.TaggedStruct<"NativeInstallFailed", {
  readonly cache: Schema.String;
  readonly attempts: Schema.$Array<Schema.Struct<{
    readonly way: Schema.String;
    readonly reason: Schema.String;
    readonly at: Schema.String;
  }>>;
}>, import("effect/Cause").YieldableError>;
export declare class NativeInstallFailed extends NativeInstallFailed_base {
  get message(): string;
}
export interface InstallOptions {
  readonly cache?: string;
  readonly onProgress?: Way.OnProgress;
  readonly ways?: ReadonlyArray<Way.Way>;
}
export interface Installed {
  readonly install: Install.Install;
  readonly alreadyThere: boolean;
  readonly attempts: ReadonlyArray<Attempt.Attempt>;
}
export declare const find: (options?: Pick<InstallOptions, "cache" | "ways">) => Effect.Effect<Option.Option<Install.Install>>;
export declare const attempts: (options?: Pick<InstallOptions, "cache">) => Effect.Effect<ReadonlyArray<Attempt.Attempt>>;
export declare const tryOut: (binding: string) => Effect.Effect<string, Way.WayFailed>;
export declare const install: (options?: InstallOptions | undefined) => Effect.Effect<Installed, NativeInstallFailed, never>;

// @etude/backend/native/Attempt
export declare const Attempt: Schema.Struct<{
  readonly way: Schema.String;
  readonly reason: Schema.String;
  readonly at: Schema.String;
}>;
export type Attempt = typeof Attempt.Type;
export declare const read: (directory: string) => Effect.Effect<ReadonlyArray<Attempt>>;
export declare const write: (directory: string, attempts: ReadonlyArray<Attempt>) => Effect.Effect<void>;

// @etude/backend/native/Install
export declare const nodeApi = 8;
export declare const manifestName = "etude-native.json";
export declare const InstalledFile: Schema.Struct<{
  readonly path: Schema.String;
  readonly bytes: Schema.Natural;
  readonly sha256: Schema.String;
}>;
export type InstalledFile = typeof InstalledFile.Type;
export declare const Manifest: Schema.Struct<{
  readonly format: Schema.Literal<1>;
  readonly way: Schema.String;
  readonly tensorflow: Schema.String;
  readonly platform: Schema.String;
  readonly arch: Schema.String;
  readonly nodeApi: Schema.Natural;
  readonly binding: Schema.String;
  readonly installedAt: Schema.String;
  readonly files: Schema.$Array<Schema.Struct<{
    readonly path: Schema.String;
    readonly bytes: Schema.Natural;
    readonly sha256: Schema.String;
  }>>;
}>;
export type Manifest = typeof Manifest.Type;
export interface Install {
  readonly directory: string;
  readonly manifest: Manifest;
}
export declare const encode: (input: {
  readonly format: 1;
  readonly way: string;
  readonly tensorflow: string;
  readonly platform: string;
  readonly arch: string;
  readonly nodeApi: number;
  readonly binding: string;
  readonly installedAt: string;
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly sha256: string;
  }[];
}, options?: import("effect/SchemaAST").ParseOptions) => string;
export declare const bindingPath: ({ directory, manifest }: Install) => string;
export declare const listFiles: (directory: string) => ReadonlyArray<string>;
export declare const sha256: (file: string, onBytes?: (bytes: number) => void) => Effect.Effect<string, Error>;
export declare const read: (directory: string) => Effect.Effect<Option.Option<Install>>;
export declare const verify: ({ directory, manifest }: Install) => Effect.Effect<ReadonlyArray<string>>;

// @etude/backend/native/Way
export type OnProgress = (message: string, fraction?: number) => void;
declare const WayFailed_base: Schema.Class<WayFailed, Schema.TaggedStruct<"WayFailed", {
  readonly reason: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class WayFailed extends WayFailed_base {
  get message(): string;
}
export interface Workspace {
  readonly directory: string;
  readonly scratch: string;
  readonly onProgress: OnProgress;
}
export interface Way {
  readonly name: string;
  readonly key: string;
  readonly build: (workspace: Workspace) => Effect.Effect<string, WayFailed>;
}
export declare const ticking: <A, E, R>(self: Effect.Effect<A, E, R>, tick: (seconds: number) => void) => Effect.Effect<A, E, R>;
export declare const gist: (output: string) => string;
export declare const step: <A>(doing: string, f: (signal: AbortSignal) => A | Promise<A>) => Effect.Effect<A, WayFailed>;

// @etude/backend/NativeLocation
export declare const cacheDirectory: (machine: Pick<Machine, "platform" | "env" | "home">) => string;
export declare const nativeDirectory: (cache: string) => string;

// @etude/backend/Wasm
export interface WasmOptions {
  readonly paths?: string | {
    readonly "tfjs-backend-wasm.wasm": string;
    readonly "tfjs-backend-wasm-simd.wasm": string;
    readonly "tfjs-backend-wasm-threaded-simd.wasm": string;
  };
}
export declare const acquireWith: ({ paths }: WasmOptions) => Effect.Effect<{
  name: string;
  version: string;
  device: string;
  reason: string;
  threads: number;
}, BackendBusy | BackendUnavailable, import("effect/Scope").Scope>;
export declare const acquire: Effect.Effect<{
  name: string;
  version: string;
  device: string;
  reason: string;
  threads: number;
}, BackendBusy | BackendUnavailable, import("effect/Scope").Scope>;
export declare const layerWith: (options: WasmOptions) => Layer.Layer<Backend.Backend | StepExecutor, BackendUnavailable | BackendBusy>;
export declare const layer: Layer.Layer<Backend.Backend | StepExecutor, BackendBusy | BackendUnavailable, never>;
