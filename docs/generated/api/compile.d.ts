// The public interface of @etude/compile. Made by `npm run generate`.

// @etude/compile
export * as CompiledExecutor from "./CompiledExecutor.ts";
export { CompiledDiffers, NotCompilable, ProgramChanged } from "./Errors.ts";

// @etude/compile/CompiledExecutor
export interface CompiledOptions {
  readonly onNotCompilable?: "eager" | "fail";
  readonly graphs?: number;
}
export declare const layerWith: (options: CompiledOptions) => Layer.Layer<StepExecutor.StepExecutor, BackendUnavailable, Backend>;
export declare const layer: Layer.Layer<StepExecutor.StepExecutor, BackendUnavailable, Backend>;
export declare const layerAuto: Layer.Layer<StepExecutor.StepExecutor, never, Backend>;
export declare const on: <E, R>(backend: Layer.Layer<Backend | StepExecutor.StepExecutor, E, R>) => Layer.Layer<Backend | StepExecutor.StepExecutor, E, R>;

// @etude/compile/Errors
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
