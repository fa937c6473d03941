/** The gradient of a convolution with respect to its filter, which tfjs-backend-wasm does not have. */
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"
import * as Convolution from "./convolution.ts"
import { onlyChannelsLast } from "./unsupported.ts"

interface Inputs {
  readonly x: tf.Tensor4D
  readonly dy: tf.Tensor4D
}

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
    return tf.tidy(() => {
      const channelsAsBatch = tf.transpose(x, [3, 1, 2, 0])
      const samplesAsChannels = tf.transpose(dy, [1, 2, 0, 3])
      const gradient = Convolution.convolve("Conv2D", channelsAsBatch, samplesAsChannels, {
        strides: Convolution.dilations(sizes),
        dilations: Convolution.strides(sizes),
        margins: Convolution.filterGradientMargins(sizes)
      })
      return tf.transpose(gradient, [1, 2, 0, 3])
    })
  }
)
