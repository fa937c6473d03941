/**
 * Dilated convolutions of images, whose gradients tf.js does not have: the image is taken apart into images of every d-th row and column,
 * which an ordinary convolution goes over. Nothing is computed for the gaps.
 */
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

type Pair = readonly [y: number, x: number]

/** Zeros before and after, and so many more that both sides are multiples of the dilation. */
const padded = (x: tf.Tensor, before: Pair, after: Pair, [dy, dx]: Pair): tf.Tensor => {
  const more = (side: number, dilation: number) => (dilation - (side % dilation)) % dilation
  const height = sideOf(x.shape, 1) + before[0] + after[0]
  const width = sideOf(x.shape, 2) + before[1] + after[1]
  return tf.pad(x, [
    [0, 0],
    [before[0], after[0] + more(height, dy)],
    [before[1], after[1] + more(width, dx)],
    [0, 0]
  ])
}

/** [batch, h · dy, w · dx, channels] to [batch · dy · dx, h, w, channels]. */
const apart = (x: tf.Tensor, [dy, dx]: Pair): tf.Tensor => {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape
  const split = tf.reshape(x, [batch, height / dy, dy, width / dx, dx, channels])
  return tf.reshape(tf.transpose(split, [0, 2, 4, 1, 3, 5]), [batch * dy * dx, height / dy, width / dx, channels])
}

/** The inverse of {@link apart}. */
const together = (x: tf.Tensor, [dy, dx]: Pair): tf.Tensor => {
  const [all = 0, height = 0, width = 0, channels = 0] = x.shape
  const split = tf.reshape(x, [all / (dy * dx), dy, dx, height, width, channels])
  return tf.reshape(tf.transpose(split, [0, 3, 1, 4, 2, 5]), [all / (dy * dx), height * dy, width * dx, channels])
}

/** A convolution with gaps between the elements of its window, at strides of 1. `convolve` is one without gaps or padding. */
export const dilated = (
  x: tf.Tensor,
  window: Pair,
  dilation: Pair,
  padding: "same" | "valid",
  convolve: (x: tf.Tensor) => tf.Tensor
): tf.Tensor => {
  const reach: Pair = [(window[0] - 1) * dilation[0], (window[1] - 1) * dilation[1]]
  const before: Pair = padding === "same" ? [Math.floor(reach[0] / 2), Math.floor(reach[1] / 2)] : [0, 0]
  const after: Pair = padding === "same" ? [reach[0] - before[0], reach[1] - before[1]] : [0, 0]
  const outputs = together(convolve(apart(padded(x, before, after, dilation), dilation)), dilation)
  const height = sideOf(x.shape, 1) + before[0] + after[0] - reach[0]
  const width = sideOf(x.shape, 2) + before[1] + after[1] - reach[1]
  return tf.slice(outputs, [0, 0, 0, 0], [sideOf(x.shape, 0), height, width, sideOf(outputs.shape, -1)])
}
