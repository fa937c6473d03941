// The public interface of @etude/compile. Made by `npm run generate`.
// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`.

// @etude/compile
// Namespaces of modules: GraphExecutor, PlanExecutor
export { CompiledDiffers, ExecutorUnavailable, NotCompilable, ProgramChanged } from "./Errors.ts"

// @etude/compile/Errors
class ExecutorUnavailable extends Schema.TaggedError<{
  executor: Schema.Literals<readonly ["wasm", "native"]>
  reason: Schema.String
  advice: Schema.String
}> {}
class NotCompilable extends Schema.TaggedError<{ program: Schema.String; shapes: Schema.String; reason: Schema.String }> {}
class ProgramChanged extends Schema.TaggedError<{ program: Schema.String; call: Schema.Natural; difference: Schema.String }> {}
class CompiledDiffers extends Schema.TaggedError<{ program: Schema.String; output: Schema.String; eager: Schema.String; compiled: Schema.String }> {}
class OutOfMemory extends Schema.TaggedError<{ wanted: Schema.Natural; inUse: Schema.Natural; maximum: Schema.Natural }> {}
class ThreadFailed extends Schema.TaggedError<{ reason: Schema.String }> {}

// @etude/compile/GraphExecutor
type CompiledOptions = CompilingExecutor.CompilingOptions
const layerWith: (options: CompiledOptions) => Layer<StepExecutor, BackendUnavailable, Backend>
const layer: Layer<StepExecutor, BackendUnavailable, Backend>
const layerAuto: Layer<StepExecutor, never, Backend>
const on: <E, R>(backend: Layer<Backend | StepExecutor, E, R>) => Layer<Backend | StepExecutor, E, R>

// @etude/compile/PlanExecutor
interface PlanOptions extends CompilingExecutor.CompilingOptions {
  threads?: number
  native?: "auto" | "off" | "required"
  cache?: string
}
const layerWith: (options: PlanOptions) => Layer<StepExecutor, ExecutorUnavailable, Backend>
const layer: Layer<StepExecutor, ExecutorUnavailable, Backend>
const layerAutoWith: (options: PlanOptions) => Layer<StepExecutor, ExecutorUnavailable, Backend>
const on: <E, R>(backend: Layer<Backend | StepExecutor, E, R>) => Layer<Backend | StepExecutor, E | ExecutorUnavailable, R>

// @etude/compile/Doctor
class Report extends Schema.Class<Report, Schema.Struct<{
  webAssembly: Schema.Literals<readonly ["fused", "split", "scalar"]>
  threads: Schema.Natural
  compiler: Schema.NullOr<Schema.String>
  lanes: Schema.NullOr<Schema.Natural>
  cache: Schema.String
  reason: Schema.NullOr<Schema.String>
  advice: Schema.$Array<Schema.String>
}>, {}> {}
const report: Effect<Report>
const render: ({ webAssembly, threads, compiler, lanes, cache, reason, advice }: Report) => string
