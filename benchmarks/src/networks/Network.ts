/** A network: the same arithmetic as plain functions (for Etude and the bare loop) and as a model of tf.layers. */
import type { Model, Tensors } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"
import type { LayersModel } from "@tensorflow/tfjs-layers"

/** A parameter or statistic: its shape, and where it begins. */
export interface Variable {
  readonly shape: ReadonlyArray<number>
  /** "uniform": within ±1/√n for the n inputs of a unit. "small": with a deviation of 0.02, as in GPT-2. */
  readonly begin: "uniform" | "small" | "zeros" | "ones"
}
export type Variables = { readonly [path: string]: Variable }

export interface Network {
  /** Shape of one input. */
  readonly shape: ReadonlyArray<number>
  readonly parameters: Variables
  /** Running means and variances of batch normalization. */
  readonly statistics: Variables
  /** How many classes there are; default: 10. */
  readonly classes?: number
  /** Inputs are labels as targets are, int32 [batch, time], and the target of each is the next one. Default: false. */
  readonly takesLabels?: boolean
  /** Adam's ε, where another one than usual makes the peers' arithmetic equal: Keras adds it elsewhere. */
  readonly epsilon?: number
  /** The rate of dropout; default: 0. */
  readonly dropout?: number
  /** Inputs [batch, …] to logits [batch, classes], or of each label [batch, time, classes]; with the statistics' new values. */
  readonly apply: Model.Model<tf.Tensor, tf.Tensor>["apply"]
  /** The same function, where tf.layers has one. Layers with weights have the names that are before the slash in their paths. */
  readonly layers?: () => LayersModel
  /** Of each kernel, that of the first layer first: to how many positions of one sample it is applied. */
  readonly positions: { readonly [path: string]: number }
  /** Multiplications of one sample's products that have no kernel, forward; default: 0. */
  readonly products?: number
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
