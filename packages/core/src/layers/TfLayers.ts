/** The parts of tf.layers beyond its declared interface that the adapter reads, typed in one place. As in tfjs-layers 4.22. */
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { element } from "../Lookup.ts"

export type Layer = tfl.layers.Layer
export type Variable = tfl.LayerVariable

export interface Initializer {
  readonly apply: (shape: ReadonlyArray<number>, dtype?: tf.DataType) => tf.Tensor
  readonly getConfig: () => { readonly [name: string]: unknown }
  readonly getClassName: () => string
}

/** The options that layers pass to layers; `training` is absent in evaluation, or false. */
export type CallArguments = { training?: boolean; [name: string]: unknown }
export type Call = (inputs: tf.Tensor | Array<tf.Tensor>, call: CallArguments) => tf.Tensor | Array<tf.Tensor>

/** The undeclared parts of every layer. */
export interface LayerParts {
  /** As given to the constructor; wrappers answer `trainable` by what they wrap. */
  readonly trainable_: boolean
  readonly _trainableWeights: ReadonlyArray<Variable>
  readonly _nonTrainableWeights: ReadonlyArray<Variable>
  readonly _losses: ReadonlyArray<() => tf.Tensor>
  /** Values given as the option `weights`. */
  readonly initialWeights: ReadonlyArray<tf.Tensor> | null
  call: Call
}

/** The parts of a cell of a recurrent layer. */
export interface CellParts {
  readonly cells?: ReadonlyArray<Layer>
  readonly dropout?: number
  readonly recurrentDropout?: number
  dropoutFunc?: ((ones: tf.Tensor, rate: number) => tf.Tensor) | undefined
  dropoutMask?: tf.Tensor | Array<tf.Tensor> | null
  recurrentDropoutMask?: tf.Tensor | Array<tf.Tensor> | null
}

/** A thing of tf.layers with the members that it has and its declaration hides: what they are, the caller must know. */
export const undeclared = <Parts>(value: object): Parts => value as Parts

/** The tensor of a variable. Disposed variables have it too, where `read` throws. */
export const valueOf = (variable: tfl.LayerVariable): tf.Variable =>
  undeclared<{ readonly val: tf.Variable }>(variable).val

/** The same layer, seen with the undeclared parts that a kind of layer has. */
export const partsOf = <Parts = {}>(layer: Layer): LayerParts & Parts => undeclared(layer)

export const isLayer = (value: unknown): value is Layer => value instanceof tfl.layers.Layer

export const isContainer = (layer: Layer): layer is tfl.LayersModel => layer instanceof tfl.LayersModel

/** A model inside a `Sequential`, which passes all calls on to it. */
export const innermost = (model: tfl.LayersModel): tfl.LayersModel =>
  (model as tfl.LayersModel & { readonly model?: tfl.LayersModel }).model ?? model

const libraryClasses: ReadonlySet<unknown> = new Set(
  Object.values(tf.serialization.SerializationMap.getMap().classNameMap).map(([constructor]) => constructor)
)

/** Whether a layer is of a class of somebody's own, of which nothing is known. */
export const isCustom = (layer: Layer): boolean => !libraryClasses.has(layer.constructor)

/** The tensor that a layer with one input is called with. */
export const single = (inputs: tf.Tensor | Array<tf.Tensor>): tf.Tensor =>
  Array.isArray(inputs) ? element(inputs, 0) : inputs
