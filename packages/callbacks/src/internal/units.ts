/** Norms per unit: over everything that flows into one output of a layer. */
import * as tf from "@tensorflow/tfjs-core"

/**
 * The L2 norm of each unit's weights, with the rank kept: over all dimensions but the last (the outputs of a dense or
 * convolutional kernel); of vectors and scalars (biases, gains) over all of them together.
 */
export const unitNorms = (tensor: tf.Tensor): tf.Tensor => {
  const axes = tensor.shape.map((_, axis) => axis)
  return tf.sqrt(tf.sum(tf.square(tensor), tensor.rank < 2 ? axes : axes.slice(0, -1), true))
}
