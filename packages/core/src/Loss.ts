/**
 * Losses: one value per sample (or per element of a sequence), never an average. Averages are taken by the step, with
 * sample weights and masks, so that a partial batch or a microbatch counts for what it holds.
 */
import type * as tf from "@tensorflow/tfjs-core"
import type { TensorOrRecord, TensorSpec } from "./Tensors.ts"

export { asFloat, perSample } from "./losses/Differentiable.ts"
export { checkSame, wrongValues } from "./losses/Fit.ts"

/** Values on the host, as a dataset reads them. */
export interface HostValues {
  readonly values: Float32Array | Int32Array | Uint8Array
  readonly shape: ReadonlyArray<number>
  /** The samples' indices in their dataset, for messages; their positions when absent. */
  readonly indices?: Int32Array
}

/**
 * What targets are: `classes`: of the last dimension one of several, by its label or by probabilities; `elements`: each element
 * by itself, how probable it is; `values`: real numbers.
 */
export type TargetKind = "classes" | "elements" | "values"

export interface Loss<in Out extends TensorOrRecord = tf.Tensor, in Target extends TensorOrRecord = tf.Tensor> {
  readonly name: string
  /** What the targets are, for transforms that change them, such as label smoothing; they go by shapes when absent. */
  readonly targets?: TargetKind
  /** The activation that it applies to outputs itself, where it takes logits: a model's last layer must not apply one, too. */
  readonly applies?: "softmax" | "sigmoid"
  /** True when samples of a batch influence each other's value (contrastive losses): microbatches then change the result. */
  readonly crossSample?: boolean
  /** The outputs and targets that it takes together, as records, by name; a single tensor of each when absent. */
  readonly fields?: { readonly outputs?: ReadonlyArray<string>; readonly targets?: ReadonlyArray<string> }
  /** Shape [batch], or [batch, …] with one value per element that a mask can select. */
  readonly values: (outputs: Out, targets: Target) => tf.Tensor
  /** Weights by target (class weights), of the same shape as the values; 1 everywhere when absent. */
  readonly weights?: (targets: Target) => tf.Tensor
  /** The problems of outputs and targets of these specs: one sentence each, none when they fit. */
  readonly check?: (outputs: TensorSpec, targets: TensorSpec) => ReadonlyArray<string>
  /** The same of a loss that takes several outputs or targets: their specs by name, `""` for a single one. */
  readonly checkFields?: (
    outputs: { readonly [name: string]: TensorSpec },
    targets: { readonly [name: string]: TensorSpec }
  ) => ReadonlyArray<string>
  /** The problems of these targets (such as labels out of range), given the outputs' spec. */
  readonly checkTargets?: (targets: HostValues, outputs: TensorSpec) => ReadonlyArray<string>
}
