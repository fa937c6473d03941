/**
 * Optimizers as pure rules over one tensor: `update(gradient, slots, parameter, hyper) → [change, slots]`.
 * Everything that changes from step to step (the learning rate, bias corrections) is computed on the host in float64 by
 * `hyper` and enters the step as tensors, so a rule can be run eagerly or recorded once and replayed.
 */
import type * as tf from "@tensorflow/tfjs-core"

/** Scalars by name, each a float32 tensor of rank 0. */
export type Hyper<Names extends string> = { readonly [name in Names]: tf.Tensor }

/** The optimizer's memory of one parameter, by name: `m` and `v` for Adam. */
export type Slots<Names extends string> = { readonly [name in Names]: tf.Tensor }

/**
 * The rule of an optimizer.
 *
 * `step` counts updates from 1. `change` is what is added to the parameter. Every tensor made inside `update` belongs to
 * the step, which cleans up after itself.
 */
export interface Optimizer<HyperName extends string = string, SlotName extends string = string> {
  readonly name: string
  /** Whether an element's update depends on that element alone; parameters are then updated together in one tensor. */
  readonly elementwise: boolean
  readonly slotNames: ReadonlyArray<SlotName>
  /** The initial slots of a parameter of this shape. */
  readonly init: (shape: ReadonlyArray<number>) => Slots<SlotName>
  /** The numbers that `update` needs at this step, from the scheduled learning rate. */
  readonly hyper: (step: number, learningRate: number) => { readonly [name in HyperName]: number }
  readonly update: (
    gradient: tf.Tensor,
    slots: Slots<SlotName>,
    parameter: tf.Tensor,
    hyper: Hyper<HyperName>
  ) => readonly [change: tf.Tensor, slots: Slots<SlotName>]
}
