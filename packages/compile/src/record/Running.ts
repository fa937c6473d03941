/** How kernels run while a program is recorded: for real, or hollow. */
import type * as tf from "@tensorflow/tfjs-core"
import type * as Leaves from "../Leaves.ts"
import type { Constant, Source } from "./Recording.ts"

export type Result = tf.Tensor | Array<tf.Tensor>

/** A kernel that the program calls, at the outermost level. */
export interface Call {
  /** Its place among the operations. */
  readonly index: number
  readonly kernel: string
  readonly inputs: tf.NamedTensorMap
  readonly attributes: tf.NamedAttrMap | undefined
  /** Where its inputs come from. */
  readonly taken: Readonly<Record<string, Source>>
  /** All inputs known so far. */
  readonly constants: ReadonlyArray<Constant>
}

export interface Running {
  /** Tensors that stand in for the inputs, each with its own data. The caller owns them. */
  readonly inputs: (leaves: ReadonlyArray<Leaves.Leaf>) => ReadonlyArray<tf.Tensor>
  /** `run` runs the kernel as tfjs would. */
  readonly outermost: (call: Call, run: () => Result) => Result
  /** A kernel inside another one. */
  readonly inner: (kernel: string, inputs: tf.NamedTensorMap, run: () => Result) => Result
}
