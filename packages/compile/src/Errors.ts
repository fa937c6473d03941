/** Errors of compiling a program, and of programs that depart from what was compiled. */
import * as Schema from "effect/Schema"

/** An executor that can't run here: the backend is not its own, or a requirement is missing. */
export class ExecutorUnavailable extends Schema.TaggedError<ExecutorUnavailable>()("ExecutorUnavailable", {
  /** As configs name it. */
  executor: Schema.Literals(["wasm", "native"]),
  /** Ends without a period. */
  reason: Schema.String,
  advice: Schema.String
}) {
  override get message() {
    return `The executor ${this.executor} is not available: ${this.reason}. ${this.advice}`
  }
}

/** A program that can't be run as one graph; thrown if the executor is set to fail instead of running it eagerly. */
export class NotCompilable extends Schema.TaggedError<NotCompilable>()("NotCompilable", {
  program: Schema.String,
  /** The shapes for which it was tried. */
  shapes: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return (
      `The program "${this.program}" cannot be compiled: ${this.reason}. ` +
      "Change the program, or let such programs run eagerly (onNotCompilable: eager), or use the eager executor."
    )
  }
}

/** A program that departs from its recording at this call: it depends on more than its inputs. */
export class ProgramChanged extends Schema.TaggedError<ProgramChanged>()("ProgramChanged", {
  program: Schema.String,
  call: Schema.Natural,
  difference: Schema.String
}) {
  override get message() {
    return (
      `The program "${this.program}" changed after it was compiled: recorded again at call ${this.call}, ${this.difference}. ` +
      "A program may depend on its inputs only: what changes from step to step (a learning rate, a counter) must enter as a " +
      "tensor, through an optimizer's or a transform's hyper. Until then use the eager executor; the steps since " +
      `the first call used the recorded values.`
    )
  }
}

/** A compiled program whose first results are not those of the same program run eagerly. */
export class CompiledDiffers extends Schema.TaggedError<CompiledDiffers>()("CompiledDiffers", {
  program: Schema.String,
  output: Schema.String,
  eager: Schema.String,
  compiled: Schema.String
}) {
  override get message() {
    return (
      `The program "${this.program}" gives different results compiled than eagerly: ${this.output} is ${this.compiled} ` +
      `instead of ${this.eager}. None of it was used. Use the eager executor, and report this with the model.`
    )
  }
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 2 : 0)} MiB`

/** The memory in which compiled programs work has no room left. */
export class OutOfMemory extends Schema.TaggedError<OutOfMemory>()("OutOfMemory", {
  /** In bytes, as the rest. */
  wanted: Schema.Natural,
  inUse: Schema.Natural,
  /** How large the memory may become; 4 GiB at most. */
  maximum: Schema.Natural
}) {
  override get message() {
    return (
      `Compiled programs need ${megabytes(this.wanted)} more memory: ${megabytes(this.inUse)} are in use, and there can be ` +
      `no more than ${megabytes(this.maximum)}, or the system gives no more. Use smaller batches (or microbatches), keep ` +
      "fewer states, or use the eager executor."
    )
  }
}

/** A thread that runs compiled programs ended or failed; all programs of its executor fail with it. */
export class ThreadFailed extends Schema.TaggedError<ThreadFailed>()("ThreadFailed", {
  reason: Schema.String
}) {
  override get message() {
    return (
      `A thread of the compiled step failed: ${this.reason}. Its results were not used. Resume from the last checkpoint, ` +
      "with one thread if it happens again, and report it."
    )
  }
}
