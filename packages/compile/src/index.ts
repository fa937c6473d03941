/** Compiled training steps: recorded once, and run as code of Etude's own or as one TensorFlow graph. */

export { CompiledDiffers, ExecutorUnavailable, NotCompilable, ProgramChanged } from "./Errors.ts"
export * as GraphExecutor from "./GraphExecutor.ts"
export * as PlanExecutor from "./PlanExecutor.ts"
