/** A transform: what a callback computes inside the step, as pure functions of tensors. */
import type * as tf from "@tensorflow/tfjs-core"
import type { TargetKind } from "./Loss.ts"
import type { StepRandom } from "./RandomBits.ts"
import type { ChangingNumbers, ValueAt } from "./Scheduled.ts"
import type { TensorBatch } from "./Task.ts"
import type { Tensors } from "./Tensors.ts"

/** The view of the step that a transform receives. */
export interface TransformScene {
  /** Draws below the callback's own id. */
  readonly random: StepRandom
  /** The numbers that `hyper` gave for this step, as scalars. */
  readonly hyper: { readonly [name: string]: tf.Tensor }
  /**
   * The gradient of the same batch at other parameters, with its weights, mask, draws and parts: on gradients and updates, for
   * transforms that say `secondGradient`.
   */
  readonly gradient: (parameters: Tensors) => Tensors
  /** The kinds of the targets by name (`""` for a single one), as far as the losses declare them. */
  readonly targets?: { readonly [target: string]: TargetKind }
}

/** Pure tensor functions placed inside the step. They are recorded by executors that record. */
export interface Transform {
  /** The callback's tensors at the start, made from the initial parameters; the caller owns them. */
  readonly tensors?: (parameters: Tensors) => Tensors
  /**
   * Numbers that change from step to step (`step` counts from 1); they enter the step as scalars. `at` gives the present value of a
   * number that may be scheduled.
   */
  readonly hyper?: (step: number, at: ValueAt) => { readonly [name: string]: number }
  /** The numbers among its options that are scheduled: events and reports have their values by these names, below the callback's id. */
  readonly scheduled?: ChangingNumbers
  /** On the batch, before the forward pass; metrics see the untransformed targets. */
  readonly batch?: (batch: TensorBatch, scene: TransformScene) => TensorBatch
  /** On the gradients, before clipping; with the parameters before the update. */
  readonly gradients?: (gradients: Tensors, scene: TransformScene, parameters: Tensors) => Tensors
  /** On the changes that the optimizer computed, before they are added to the parameters. */
  readonly updates?: (updates: Tensors, scene: TransformScene, parameters: Tensors) => Tensors
  /** After the update: may change the parameters and the callback's own tensors. */
  readonly parameters?: (
    parameters: Tensors,
    tensors: Tensors,
    scene: TransformScene
  ) => { readonly parameters?: Tensors; readonly tensors?: Tensors }
  /** Whether it uses `scene.gradient`. */
  readonly secondGradient?: boolean
  /** Whether a trainable parameter is changed at all. Default: all are. */
  readonly trainable?: (path: string) => boolean
}
