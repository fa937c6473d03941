/** Compiled training steps: one step of the native backend, recorded once and run as one TensorFlow graph. */
export * as CompiledExecutor from "./CompiledExecutor.ts"
export { CompiledDiffers, NotCompilable, ProgramChanged } from "./Errors.ts"
