/** The gradient of a convolution with respect to its input, several times as fast as tfjs-backend-wasm's own. */
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"
import * as Convolution from "./convolution.ts"
import { onlyChannelsLast } from "./unsupported.ts"

interface Inputs {
  readonly dy: tf.Tensor4D
  readonly filter: tf.Tensor4D
}

/** A convolution of dy, with strides − 1 zeros between its elements, with the mirrored filter. */
export const conv2DBackpropInput = kernel<Inputs, tf.Conv2DBackpropInputAttrs>(
  "Conv2DBackpropInput",
  ({ inputs: { dy, filter }, attributes }) => {
    onlyChannelsLast("Conv2DBackpropInput", attributes.dataFormat)
    const sizes = tf.backend_util.computeConv2DInfo(
      attributes.inputShape,
      filter.shape,
      attributes.strides,
      1,
      attributes.pad,
      attributes.dimRoundingMode
    )
    return tf.tidy(() =>
      Convolution.convolve(
        "Conv2D",
        Convolution.spread(dy, Convolution.strides(sizes)),
        tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]),
        { strides: [1, 1], dilations: Convolution.dilations(sizes), margins: Convolution.inputGradientMargins(sizes) }
      )
    )
  }
)
