/** A network: the same arithmetic as plain functions (for Etude and the bare loop) and as a model of tf.layers. */
import type { Model, Tensors } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"
import type { LayersModel } from "@tensorflow/tfjs-layers"

/** A parameter or statistic: its shape, and where it begins. */
export interface Variable {
  readonly shape: ReadonlyArray<number>
  /** "uniform": within ±1/√n for the n inputs of a unit. */
  readonly begin: "uniform" | "zeros" | "ones"
}
export type Variables = { readonly [path: string]: Variable }

export interface Network {
  /** Shape of one input. */
  readonly shape: ReadonlyArray<number>
  readonly parameters: Variables
  /** Running means and variances of batch normalization. */
  readonly statistics: Variables
  /** Inputs [batch, …] to logits [batch, 10], with the statistics' new values. */
  readonly apply: Model.Model<tf.Tensor, tf.Tensor>["apply"]
  /** The same function. Layers with weights have the names that are before the slash in the paths of these. */
  readonly layers: () => LayersModel
  /** Of each kernel, that of the first layer first: to how many positions of one sample it is applied. */
  readonly positions: { readonly [path: string]: number }
}

export const classes = 10

export const kernel = (...shape: ReadonlyArray<number>): Variable => ({ shape, begin: "uniform" })
export const zeros = (size: number): Variable => ({ shape: [size], begin: "zeros" })
export const ones = (size: number): Variable => ({ shape: [size], begin: "ones" })

/** A kernel with its bias. */
export const affine = (name: string, ...shape: ReadonlyArray<number>): Variables => ({
  [`${name}/kernel`]: kernel(...shape),
  [`${name}/bias`]: zeros(shape.at(-1)!)
})

export const dense = (p: Tensors.Tensors, name: string, x: tf.Tensor): tf.Tensor =>
  tf.add(tf.matMul(x, p[`${name}/kernel`]!), p[`${name}/bias`]!)
