/** The interface of a compiler: how it records one call, and what it makes of the recording. */
import type { TensorTree } from "@etude/core/Tensors"
import type * as tf from "@tensorflow/tfjs-core"

/** A recording's outputs, in the order of their tree. */
export interface Recording {
  readonly outputs: ReadonlyArray<{ readonly path: string }>
}

export interface Recorded<R extends Recording, Out extends TensorTree> {
  readonly recording: R
  /** The program's result. The caller owns its tensors, except for inputs among them. */
  readonly outputs: Out
}

/** A compiled program, for inputs of one form. */
export interface Compiled {
  /** The caller owns the results, which are in the order of the recording's outputs. */
  readonly run: (inputs: ReadonlyArray<tf.Tensor>) => ReadonlyArray<tf.Tensor>
  readonly release: () => void
}

export interface Compiler<R extends Recording> {
  /** Whether the backend in use is the one that programs are compiled for. */
  readonly isUsable: () => boolean
  /** Runs a program eagerly and records it. Throws `Unrecordable`, and whatever the program throws. */
  readonly record: <In extends TensorTree, Out extends TensorTree>(
    program: (inputs: In) => Out,
    inputs: In
  ) => Recorded<R, Out>
  /**
   * Records a program that was recorded before, without computing. Gives `undefined` where only `record` can say what it does.
   * Throws `Unrecordable`. Absent where recording is running.
   */
  readonly recordAgain?: <In extends TensorTree>(
    program: (inputs: In) => TensorTree,
    inputs: In,
    before: R
  ) => R | undefined
  /** Describes how two recordings differ, in a sentence; `undefined` when code compiled from one is valid for both. */
  readonly difference: (before: R, now: R) => string | undefined
  /** `program` is its name, for the compiler's messages. Throws if it can't be compiled. */
  readonly compile: (recording: R, program: string) => Compiled
  /** The end of a sentence about why `compile` threw. */
  readonly refusal: (message: string) => string
}
