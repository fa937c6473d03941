// The public interface of @etude/backend. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/backend
// Namespaces of modules: Auto, Cpu, Doctor, Gradients, Kernels, Native, NativeInstaller,
// NativeLocation, Wasm

// @etude/backend/Auto
const names: readonly ["native", "wasm", "cpu"]
const Name: Schema.Literals<readonly ["native", "wasm", "cpu"]>
type Name = typeof Name.Type
class BackendUnknown extends Schema.TaggedError<{ source: Schema.String; found: Schema.String; allowed: Schema.$Array<Schema.String> }> {}
declare type Acquire = Effect<Backend.BackendInfo, BackendBusy | BackendUnavailable, Scope>
const acquireOf: (name: Name, load: () => Promise<{ acquire: Acquire }>) => Acquire
const layerOf: (name: Name) => Layer<Backend | StepExecutor, BackendUnavailable | BackendBusy>
const variable = "ETUDE_BACKEND"
const whyAsked = "ETUDE_BACKEND requests it"
const requested: Effect<Name | undefined, BackendUnknown>
const why: Readonly<Record<Name, string>>
const acquire: Effect<Backend.BackendInfo, BackendUnavailable | BackendBusy | BackendUnknown, Scope>
const layer: Layer<Backend | StepExecutor, BackendUnavailable | BackendBusy | BackendUnknown>

// @etude/backend/Cpu
const acquire: Effect<Backend.BackendInfo, BackendBusy | BackendUnavailable, Scope>
const layer: Layer<Backend | StepExecutor, BackendUnavailable | BackendBusy>

// @etude/backend/Doctor
const Native: Schema.Struct<{
  tfjsNode: Schema.NullOr<Schema.String>
  directory: Schema.NullOr<Schema.String>
  tensorflow: Schema.NullOr<Schema.String>
  way: Schema.NullOr<Schema.String>
  problems: Schema.$Array<Schema.String>
  attempts: Schema.$Array<Schema.Struct<{ way: Schema.String; reason: Schema.String; at: Schema.String }>>
}>
class Report extends Schema.Class<Report, Schema.Struct<{
  node: Schema.String
  platform: Schema.String
  arch: Schema.String
  processors: Schema.Natural
  glibc: Schema.NullOr<Schema.String>
  python: Schema.NullOr<Schema.String>
  pip: Schema.NullOr<Schema.String>
  compiler: Schema.NullOr<Schema.String>
  cache: Schema.String
  native: Schema.Struct<{
    tfjsNode: Schema.NullOr<Schema.String>
    directory: Schema.NullOr<Schema.String>
    tensorflow: Schema.NullOr<Schema.String>
    way: Schema.NullOr<Schema.String>
    problems: Schema.$Array<Schema.String>
    attempts: Schema.$Array<Schema.Struct<{ way: Schema.String; reason: Schema.String; at: Schema.String }>>
  }>
  wasm: Schema.Struct<{ package: Schema.String; found: Schema.Boolean }>
  cpu: Schema.Struct<{ package: Schema.String; found: Schema.Boolean }>
  chosen: Schema.NullOr<Schema.Literals<readonly ["native", "wasm", "cpu"]>>
  why: Schema.String
  advice: Schema.$Array<Schema.String>
}>, {}> {}
const report: Effect<Report>
const render: (report: Report) => string

// @etude/backend/Gradients
type InputGradients = { [input: string]: () => tf.Tensor }
interface GradientCall<Engine, Input extends string = string, Attributes = tf.NamedAttrMap> {
  dy: tf.Tensor
  inputs: { readonly [name in Input]: tf.Tensor }
  outputs: ReadonlyArray<tf.Tensor>
  attributes: Attributes
  engine: Engine
  replaced: () => InputGradients
}
interface Gradient<Engine = any> {
  name: string
  inputs?: ReadonlyArray<string>
  everyInput?: boolean
  outputs?: ReadonlyArray<boolean>
  differentiable?: boolean
  run: (call: GradientCall<Engine>) => InputGradients
}
const gradient: <Engine, const Input extends string = never, Attributes = tf.NamedAttrMap>(definition: Omit<Gradient<Engine>, "inputs" | "run"> & {
  inputs?: ReadonlyArray<Input>
  run: (call: GradientCall<Engine, Input, Attributes>) => InputGradients
}) => Gradient<Engine>
const install: (backend: string, gradients: ReadonlyArray<Gradient>) => Effect<void, never, Scope>

// @etude/backend/Kernels
interface Kernel {
  name: string
  make: (replaced: tf.KernelFunc | undefined) => tf.KernelFunc
}
interface KernelCall<Inputs, Attributes, Engine> {
  inputs: Inputs
  attributes: Attributes
  engine: Engine
  replaced: (inputs: Inputs, attributes: Attributes) => tf.TensorInfo | Array<tf.TensorInfo>
}
const kernel: <Inputs, Attributes, Engine = unknown>(name: string, run: (call: KernelCall<Inputs, Attributes, Engine>) => tf.TensorInfo | Array<tf.TensorInfo>) => Kernel
const asTensor: (result: tf.TensorInfo | Array<tf.TensorInfo>) => tf.Tensor
const install: (backend: string, kernels: ReadonlyArray<Kernel>) => Effect<void, never, Scope>

// @etude/backend/Native
export type { Binding, NativeBackend, OperationAttribute, TensorMetadata } from "@etude/core/kernels/TfjsNode"
const acquire: Effect<Backend.BackendInfo, BackendBusy | BackendUnavailable, Scope>
const layer: Layer<Backend | StepExecutor, BackendUnavailable | BackendBusy>
const current: () => NativeBackend | undefined

// @etude/backend/NativeInstaller
export type { Attempt } from "./native/Attempt.ts"
export type { Install, Manifest } from "./native/Install.ts"
export type { OnProgress, Way } from "./native/Way.ts"
class NativeInstallFailed extends Schema.TaggedError<{
  cache: Schema.String
  attempts: Schema.$Array<Schema.Struct<{ way: Schema.String; reason: Schema.String; at: Schema.String }>>
}> {}
interface InstallOptions {
  cache?: string
  onProgress?: Way.OnProgress
  ways?: ReadonlyArray<Way>
}
interface Installed {
  install: Install
  alreadyThere: boolean
  attempts: ReadonlyArray<Attempt>
}
const find: (options?: Pick<InstallOptions, "cache" | "ways">) => Effect<Option<Install>>
const attempts: (options?: Pick<InstallOptions, "cache">) => Effect<ReadonlyArray<Attempt>>
const tryOut: (binding: string) => Effect<string, Way.WayFailed>
const install: (options?: InstallOptions | undefined) => Effect<Installed, NativeInstallFailed>

// @etude/backend/native/Attempt
const Attempt: Schema.Struct<{ way: Schema.String; reason: Schema.String; at: Schema.String }>
type Attempt = typeof Attempt.Type

// @etude/backend/native/Install
const nodeApi = 8
const Manifest: Schema.Struct<{
  format: Schema.Literal<1>
  way: Schema.String
  tensorflow: Schema.String
  platform: Schema.String
  arch: Schema.String
  nodeApi: Schema.Natural
  binding: Schema.String
  installedAt: Schema.String
  files: Schema.$Array<Schema.Struct<{ path: Schema.String; bytes: Schema.Natural; sha256: Schema.String }>>
}>
type Manifest = typeof Manifest.Type
interface Install {
  directory: string
  manifest: Manifest
}
const sha256: (file: string, onBytes?: (bytes: number) => void) => Effect<string, Error>

// @etude/backend/native/Way
type OnProgress = (message: string, fraction?: number) => void
class WayFailed extends Schema.TaggedError<{ reason: Schema.String }> {}
interface Workspace {
  directory: string
  scratch: string
  onProgress: OnProgress
}
interface Way {
  name: string
  key: string
  build: (workspace: Workspace) => Effect<string, WayFailed>
}

// @etude/backend/NativeLocation
const cacheDirectory: (machine: Pick<Machine, "platform" | "env" | "home">) => string
const nativeDirectory: (cache: string) => string

// @etude/backend/Wasm
interface WasmOptions {
  paths?: string | {
    "tfjs-backend-wasm.wasm": string
    "tfjs-backend-wasm-simd.wasm": string
    "tfjs-backend-wasm-threaded-simd.wasm": string
  }
}
const acquireWith: ({ paths }: WasmOptions) => Effect<{ name: string; version: string; device: string; reason: string; bits?: string; threads: number }, BackendBusy | BackendUnavailable, Scope>
const acquire: Effect<{ name: string; version: string; device: string; reason: string; bits?: string; threads: number }, BackendBusy | BackendUnavailable, Scope>
const layerWith: (options: WasmOptions) => Layer<Backend | StepExecutor, BackendUnavailable | BackendBusy>
const layer: Layer<Backend | StepExecutor, BackendBusy | BackendUnavailable, never>
