/**
 * How tensor programs are run. A program is a pure function from tensors to tensors; `layerEager` runs it operation by
 * operation, another layer may record it once and replay it as one graph. Whatever varies between calls enters as a
 * tensor: a number captured in the closure may be frozen by an executor that records.
 */

import type * as tf from "@tensorflow/tfjs-core"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type { TypedArray } from "./Dataset.ts"
import type { TensorTree } from "./Tensors.ts"
import * as Tensors from "./Tensors.ts"

/** Gives new tensors, owned by the caller; an input that is passed through is given as a new handle. */
export type TensorProgram<In extends TensorTree, Out extends TensorTree> = (inputs: In) => Out

/**
 * Memory of an executor's own, in which its programs find what comes from the host without another copy. Tensors in it are
 * tensors as any other.
 */
export interface StepMemory {
  /**
   * A new tensor of these values, which are copied: as many as the shape wants, of the dtype's own kind of array or of one that
   * converts to it. `uint8` is for bytes that {@link Bytes.scaled} takes. The caller owns it.
   */
  readonly tensor: (
    values: TypedArray,
    shape: ReadonlyArray<number>,
    dtype: "float32" | "int32" | "bool" | "uint8"
  ) => tf.Tensor
  /**
   * Puts as many other values into a tensor of this memory. False where that can't be, and nothing has changed then: another tensor
   * has the same data, or the data have moved to the backend.
   */
  readonly write: (tensor: tf.Tensor, values: TypedArray) => boolean
  /** The values of a tensor, good until the next tensor is made or program is run; `undefined` for one that is elsewhere. */
  readonly values: (tensor: tf.Tensor) => TypedArray | undefined
}

export class StepExecutor extends Context.Service<
  StepExecutor,
  {
    /** Kept in checkpoints: another executor may round differently. */
    readonly name: string
    /**
     * What the bits of its programs depend on, where that is less than the backend: an executor with code of its own, whose bits
     * are the same on any number of threads. Default: its name, and what those of the backend depend on.
     */
    readonly bits?: string
    /** How steps run, for people: `native code on 2 threads`. The name when absent. */
    readonly description?: string
    /**
     * `name` identifies the program in messages. Cheap; the work is done at the first call for each shape.
     *
     * `another`, where it is given, hands what the inputs would be at another step to `use`: by running the program on both,
     * an executor that records sees whether something in it varies without being an input.
     */
    readonly compile: <In extends TensorTree, Out extends TensorTree>(
      name: string,
      program: TensorProgram<In, Out>,
      perturbed?: <A>(inputs: In, use: (others: In) => A) => A
    ) => TensorProgram<In, Out>
    /** The memory for a step's inputs from the host. Default: the backend makes their tensors. */
    readonly memory?: StepMemory
    /** Names of the programs that this executor could not run in its own way; checkpoints record them. */
    readonly eagerPrograms?: () => ReadonlyArray<string>
    /** Notes for the user since the last call, such as a program that runs in a slower way. */
    readonly takeNotes?: () => ReadonlyArray<string>
  }
>()("@etude/core/StepExecutor") {}

/** Runs each operation as it comes. */
export const eager: StepExecutor["Service"] = {
  name: "eager",
  compile: (_name, program) => Tensors.tidying(program)
}

export const layerEager: Layer.Layer<StepExecutor> = Layer.succeed(StepExecutor, eager)
