/**
 * Doubles as layers, tiny tasks, and the laws, for authors of Etude plugins. The laws as Vitest suites are in
 * `@etude/testing/Suites`, which is not exported here: this module needs no test framework.
 */
export * as BackendLaw from "./BackendLaw.ts"
export * as Close from "./Close.ts"
export * as ConfigLaw from "./ConfigLaw.ts"
export * as Data from "./Data.ts"
export * as Events from "./Events.ts"
export * as FinalizerLaw from "./FinalizerLaw.ts"
export * as GradientCheck from "./GradientCheck.ts"
export * as InterferenceLaw from "./InterferenceLaw.ts"
export { LawBroken } from "./LawBroken.ts"
export * as MicrobatchLaw from "./MicrobatchLaw.ts"
export * as Plugins from "./Plugins.ts"
export * as ResumeLaw from "./ResumeLaw.ts"
export * as StateJson from "./StateJson.ts"
export * as TensorLaw from "./TensorLaw.ts"
export * as Tiny from "./Tiny.ts"
export * as Trajectory from "./Trajectory.ts"
export * as ValidationLaw from "./ValidationLaw.ts"
