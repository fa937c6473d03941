/** What programs are compiled by: how one call is recorded, and what is made of the recording. */
import type { TensorTree } from "@etude/core/Tensors"
import type * as tf from "@tensorflow/tfjs-core"

/** What a recording says of its outputs, in the order of their tree. */
export interface Recording {
  readonly outputs: ReadonlyArray<{ readonly path: string }>
}

export interface Recorded<R extends Recording, Out extends TensorTree> {
  readonly recording: R
  /** What the program gave. The caller owns the tensors, but for inputs among them. */
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
  /** Runs a program eagerly and takes down what it does. Throws `Unrecordable`, and what the program throws. */
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
  /** `program` is its name, for what the compiler has to say about it. Throws where nothing can be made of it. */
  readonly compile: (recording: R, program: string) => Compiled
  /** The end of a sentence about why `compile` threw. */
  readonly refusal: (message: string) => string
}
