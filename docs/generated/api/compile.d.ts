// The public interface of @etude/compile. Made by `npm run generate`.

// @etude/compile
export { CompiledDiffers, ExecutorUnavailable, NotCompilable, ProgramChanged } from "./Errors.ts";
export * as GraphExecutor from "./GraphExecutor.ts";
export * as PlanExecutor from "./PlanExecutor.ts";

// @etude/compile/Errors
declare const ExecutorUnavailable_base: Schema.Class<ExecutorUnavailable, Schema.TaggedStruct<"ExecutorUnavailable", {
  readonly executor: Schema.Literals<readonly ["wasm", "native"]>;
  readonly reason: Schema.String;
  readonly advice: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class ExecutorUnavailable extends ExecutorUnavailable_base {
  get message(): string;
}
declare const NotCompilable_base: Schema.Class<NotCompilable, Schema.TaggedStruct<"NotCompilable", {
  readonly program: Schema.String;
  readonly shapes: Schema.String;
  readonly reason: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class NotCompilable extends NotCompilable_base {
  get message(): string;
}
declare const ProgramChanged_base: Schema.Class<ProgramChanged, Schema.TaggedStruct<"ProgramChanged", {
  readonly program: Schema.String;
  readonly call: Schema.Natural;
  readonly difference: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class ProgramChanged extends ProgramChanged_base {
  get message(): string;
}
declare const CompiledDiffers_base: Schema.Class<CompiledDiffers, Schema.TaggedStruct<"CompiledDiffers", {
  readonly program: Schema.String;
  readonly output: Schema.String;
  readonly eager: Schema.String;
  readonly compiled: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class CompiledDiffers extends CompiledDiffers_base {
  get message(): string;
}
declare const OutOfMemory_base: Schema.Class<OutOfMemory, Schema.TaggedStruct<"OutOfMemory", {
  readonly wanted: Schema.Natural;
  readonly inUse: Schema.Natural;
  readonly maximum: Schema.Natural;
}>, import("effect/Cause").YieldableError>;
export declare class OutOfMemory extends OutOfMemory_base {
  get message(): string;
}
declare const ThreadFailed_base: Schema.Class<ThreadFailed, Schema.TaggedStruct<"ThreadFailed", {
  readonly reason: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class ThreadFailed extends ThreadFailed_base {
  get message(): string;
}

// @etude/compile/GraphExecutor
export type CompiledOptions = CompilingExecutor.CompilingOptions;
export declare const layerWith: (options: CompiledOptions) => Layer.Layer<StepExecutor.StepExecutor, BackendUnavailable, Backend>;
export declare const layer: Layer.Layer<StepExecutor.StepExecutor, BackendUnavailable, Backend>;
export declare const layerAuto: Layer.Layer<StepExecutor.StepExecutor, never, Backend>;
export declare const on: <E, R>(backend: Layer.Layer<Backend | StepExecutor.StepExecutor, E, R>) => Layer.Layer<Backend | StepExecutor.StepExecutor, E, R>;

// @etude/compile/PlanExecutor
export interface PlanOptions extends CompilingExecutor.CompilingOptions {
  readonly threads?: number;
  readonly native?: "auto" | "off" | "required";
  readonly cache?: string;
}
export declare const layerWith: (options: PlanOptions) => Layer.Layer<StepExecutor.StepExecutor, ExecutorUnavailable, Backend>;
export declare const layer: Layer.Layer<StepExecutor.StepExecutor, ExecutorUnavailable, Backend>;
export declare const layerAutoWith: (options: PlanOptions) => Layer.Layer<StepExecutor.StepExecutor, ExecutorUnavailable, Backend>;
export declare const on: <E, R>(backend: Layer.Layer<Backend | StepExecutor.StepExecutor, E, R>) => Layer.Layer<Backend | StepExecutor.StepExecutor, E | ExecutorUnavailable, R>;

// @etude/compile/Doctor
declare const Report_base: Schema.Class<Report, Schema.Struct<{
  readonly webAssembly: Schema.Literals<readonly ["fused", "split", "scalar"]>;
  readonly threads: Schema.Natural;
  readonly compiler: Schema.NullOr<Schema.String>;
  readonly lanes: Schema.NullOr<Schema.Natural>;
  readonly cache: Schema.String;
  readonly reason: Schema.NullOr<Schema.String>;
  readonly advice: Schema.$Array<Schema.String>;
}>, {}>;
export declare class Report extends Report_base {
}
export declare const report: Effect.Effect<Report>;
export declare const render: ({ webAssembly, threads, compiler, lanes, cache, reason, advice }: Report) => string;
