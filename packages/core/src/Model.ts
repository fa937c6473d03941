/**
 * A model: how its parameters begin, and a pure function from parameters and inputs to outputs. It holds no tensors.
 * Models of tf.layers become such a model by `LayersModel.ts`; `make` takes plain functions.
 */
import * as tf from "@tensorflow/tfjs-core"
import * as RandomBits from "./RandomBits.ts"
import { type Key, key as keyOf } from "./Rng.ts"
import type { ChangingNumbers } from "./Scheduled.ts"
import { type TensorOrRecord, type Tensors, tidied } from "./Tensors.ts"

/** The variables that a model's function reads besides its inputs. */
export interface Variables {
  /** The tensors that optimizers change, by path. */
  readonly parameters: Tensors
  /** The tensors that the forward pass itself changes: running means and variances of batch normalization, by path. */
  readonly statistics: Tensors
}

/** How the forward pass runs. */
export interface ForwardContext {
  /** Whether dropout and noise are on and batch statistics are used: true in training steps only. */
  readonly training: boolean
  /** Random draws of this step. In evaluation they exist too (for models that sample), keyed by the batch's position. */
  readonly random: RandomBits.StepRandom
  /** In training, the present values of what the model says is scheduled, as scalars by the same paths; absent in evaluation. */
  readonly scheduled?: Tensors
}

/** The result of a forward pass. */
export interface Forward<Out extends TensorOrRecord> {
  readonly outputs: Out
  /** The new values of the statistics that changed; absent when there are none. */
  readonly statistics?: Tensors
  /** Scalar to add to the loss (regularizers); absent when there is none. */
  readonly penalty?: tf.Tensor
}

export interface Model<In extends TensorOrRecord, Out extends TensorOrRecord> {
  readonly name: string
  /** Makes the initial variables from a random stream. Every tensor is owned by the caller. */
  readonly init: (key: Key) => Variables
  readonly apply: (variables: Variables, inputs: In, context: ForwardContext) => Forward<Out>
  /** Whether an optimizer may change a parameter. Default: all. */
  readonly trainable?: (path: string) => boolean
  /** Projections applied to parameters after each update (a maximal norm, non-negativity), by path. */
  readonly constraints?: { readonly [path: string]: (parameter: tf.Tensor) => tf.Tensor }
  /** True when samples of a batch influence each other (batch normalization): microbatches then change the result. */
  readonly crossSample?: boolean
  /** Numbers that change during training, such as a rate of dropout, by the path of their layer: `context.scheduled` has their values. */
  readonly scheduled?: ChangingNumbers
  /** A JSON description of the architecture, kept in checkpoints. */
  readonly topology?: unknown
  /**
   * What speaks against using variables that come from a file or another run, as sentences, beyond names and shapes: that the data was
   * prepared in another way, say. Default: nothing.
   */
  readonly refuses?: (variables: Variables) => ReadonlyArray<string>
}

/** A model of plain functions, without statistics or penalties. `apply` knows the parameters that `init` gives by name. */
export const make = <P extends Tensors, In extends TensorOrRecord, Out extends TensorOrRecord>(options: {
  readonly name: string
  readonly init: (key: Key) => P
  readonly apply: (parameters: P, inputs: In, context: ForwardContext) => Out
  readonly scheduled?: ChangingNumbers
}): Model<In, Out> => ({
  name: options.name,
  ...(options.scheduled === undefined ? {} : { scheduled: options.scheduled }),
  init: (key) => ({ parameters: options.init(key), statistics: {} }),
  // What `init` gave comes back with other values, under the same names and of the same shapes.
  apply: ({ parameters }, inputs, context) => ({ outputs: options.apply(parameters as P, inputs, context) })
})

/**
 * A model's outputs for a batch, in evaluation: dropout off, running statistics used. `variables` are those of a
 * `TrainState`, of whatever gives parameters and statistics by path, or of `init`. The outputs belong to the caller; all
 * other tensors of the pass are disposed. Needs a backend to be open, and throws what the model throws.
 *
 * One sample is a batch of one: `Model.predict(model, state, tf.expandDims(x, 0))`.
 *
 * @param options.key what models draw from that sample in evaluation; the same key gives the same draws
 */
export const predict = <In extends TensorOrRecord, Out extends TensorOrRecord>(
  self: Model<In, Out>,
  variables: Variables,
  inputs: In,
  options: { readonly key?: Key } = {}
): Out => {
  const { hi, lo } = options.key ?? keyOf(0)
  return tidied(() => {
    const random = RandomBits.make({ key: tf.tensor1d([hi | 0, lo | 0], "int32"), batchSize: 1 })
    return self.apply(variables, inputs, { training: false, random }).outputs
  })
}
