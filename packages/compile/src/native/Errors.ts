/** Why there is no native code. The run then stays on WebAssembly. */
import * as Schema from "effect/Schema"

/** A program that can't be written as C because it is invalid. */
export class EmitFailed extends Schema.TaggedError<EmitFailed>()("EmitFailed", {
  reason: Schema.String
}) {
  override get message() {
    return `the program can't be written as C: ${this.reason}`
  }
}

/** The kind of failure, for handlers; `reason` describes it. */
export const Problem = Schema.Literals([
  /** No compiler on this machine, or none that runs. */
  "compilerMissing",
  /** The processor has no fused multiply-add or no vectors, or the platform isn't one of ours. */
  "machineUnsupported",
  "compilerFailed",
  "compilerHung",
  /** The compiler reported success but wrote nothing that can be loaded. */
  "compilerLied",
  /** The cache can't be read or written. */
  "cacheUnusable",
  /** Node could not load the compiled addon. */
  "notLoadable"
])

/** There is no native code, or none for this program. */
export class NativeUnavailable extends Schema.TaggedError<NativeUnavailable>()("NativeUnavailable", {
  problem: Problem,
  reason: Schema.String
}) {
  override get message() {
    return `there is no native code: ${this.reason}`
  }
}
