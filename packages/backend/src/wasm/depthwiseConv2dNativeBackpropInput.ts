/** The gradient of a depthwise convolution with respect to its input, which tfjs-backend-wasm does not have. */
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"
import * as Convolution from "./convolution.ts"

interface Inputs {
  readonly dy: tf.Tensor4D
  readonly filter: tf.Tensor4D
}

/**
 * A depthwise convolution of dy, with strides − 1 zeros between its elements, with the mirrored filter; the outputs of
 * each input channel are added up.
 */
export const depthwiseConv2dNativeBackpropInput = kernel<Inputs, tf.DepthwiseConv2dNativeBackpropInputAttrs>(
  "DepthwiseConv2dNativeBackpropInput",
  ({ inputs: { dy, filter }, attributes }) => {
    const sizes = tf.backend_util.computeConv2DInfo(
      attributes.inputShape,
      filter.shape,
      attributes.strides,
      attributes.dilations,
      attributes.pad,
      attributes.dimRoundingMode,
      true
    )
    const [height, width, channels, multiplier] = filter.shape
    return tf.tidy(() => {
      const gradient = Convolution.convolve(
        "DepthwiseConv2dNative",
        Convolution.spread(dy, Convolution.strides(sizes)),
        tf.reshape(tf.reverse(filter, [0, 1]), [height, width, channels * multiplier, 1]),
        { strides: [1, 1], dilations: Convolution.dilations(sizes), margins: Convolution.inputGradientMargins(sizes) }
      )
      return multiplier === 1 ? gradient : tf.sum(tf.reshape(gradient, [...sizes.inShape, multiplier]), 4)
    })
  }
)
