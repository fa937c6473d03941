/** What rules with Adam's moments have in common. */
import * as tf from "@tensorflow/tfjs-core"

export interface MomentOptions {
  /** Decay of the mean of gradients; 0.9 by default. */
  readonly beta1?: number
  /** Decay of the mean of squared gradients; 0.999 by default. */
  readonly beta2?: number
  /** Added to the root of the second moment; 1e-8 by default. */
  readonly epsilon?: number
}

export const defaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }

/** β · mean + (1 − β) · value. */
export const mean = (before: tf.Tensor, value: tf.Tensor, beta: number | tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(before, beta), tf.mul(value, typeof beta === "number" ? 1 - beta : tf.sub(1, beta)))
