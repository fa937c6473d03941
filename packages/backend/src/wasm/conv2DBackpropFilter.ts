/** The gradient of a convolution with respect to its filter, which tfjs-backend-wasm does not have. */
import { total } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"
import * as Convolution from "./convolution.ts"
import { onlyChannelsLast } from "./unsupported.ts"

interface Inputs {
  readonly x: tf.Tensor4D
  readonly dy: tf.Tensor4D
}

/**
 * How many products are added one after another in float32. Longer sums are taken in pieces: their rounding errors grow
 * with the square root of the length.
 */
const longest = 2 ** 14

/**
 * dW[r, c, i, o] = Σ x[n, s·p + d·r − top, s·q + d·c − left, i] · dy[n, p, q, o] over n, p, q: a convolution of x with
 * dy as the filter, where samples take the place of channels, and strides and dilations change places.
 */
export const conv2DBackpropFilter = kernel<Inputs, tf.Conv2DBackpropFilterAttrs>(
  "Conv2DBackpropFilter",
  ({ inputs: { x, dy }, attributes }) => {
    onlyChannelsLast("Conv2DBackpropFilter", attributes.dataFormat)
    const sizes = tf.backend_util.computeConv2DInfo(
      x.shape,
      attributes.filterShape,
      attributes.strides,
      1,
      attributes.pad,
      attributes.dimRoundingMode
    )
    const { batchSize, outHeight, outWidth, outChannels } = sizes
    const rows = Math.max(1, Math.floor(longest / (batchSize * outWidth)))
    return tf.tidy(() => {
      const channelsAsBatch = tf.transpose(x, [3, 1, 2, 0])
      const samplesAsChannels = tf.transpose(dy, [1, 2, 0, 3])
      const piece = (first: number): tf.Tensor4D => {
        const count = Math.min(rows, outHeight - first)
        const filter = tf.slice(samplesAsChannels, [first, 0, 0, 0], [count, outWidth, batchSize, outChannels])
        return Convolution.convolve("Conv2D", channelsAsBatch, filter, {
          strides: Convolution.dilations(sizes),
          dilations: Convolution.strides(sizes),
          margins: Convolution.filterGradientMargins(sizes, first, count)
        })
      }
      const pieces = Array.from({ length: Math.ceil(outHeight / rows) }, (_, index) => piece(index * rows))
      return tf.transpose(total(pieces), [1, 2, 0, 3])
    })
  }
)
