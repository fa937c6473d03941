/**
 * Gradients of convolutions are convolutions themselves. Both are brought to the backend's own `Conv2D`, which is
 * vectorized, while its gradient kernels are plain loops.
 */
import * as tf from "@tensorflow/tfjs-core"

/** [height, width] */
export type Pair = readonly [number, number]

/** The padding (when negative, cropping) at [top, bottom] and [left, right]. */
export type Margins = readonly [Pair, Pair]

/** The sizes of a convolution, as tfjs works them out. */
export type Sizes = tf.backend_util.Conv2DInfo

const cut = (x: tf.Tensor4D, [[top, bottom], [left, right]]: Margins): tf.Tensor4D => {
  const [t, b, l, r] = [top, bottom, left, right].map((margin) => Math.max(0, -margin)) as [
    number,
    number,
    number,
    number
  ]
  if (t + b + l + r === 0) return x
  const [batch, height, width, channels] = x.shape
  return tf.slice(x, [0, t, l, 0], [batch, height - t - b, width - l - r, channels])
}

const added = ([before, after]: Pair): [number, number] => [Math.max(0, before), Math.max(0, after)]

/**
 * Runs one of the backend's convolutions ([batch, height, width, channels]) with strides, dilations and margins of any
 * combination; tfjs's `conv2d` refuses strides together with dilations and negative margins.
 */
export const convolve = (
  kernel: "Conv2D" | "DepthwiseConv2dNative",
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  options: { readonly strides: Pair; readonly dilations: Pair; readonly margins: Margins }
): tf.Tensor4D =>
  tf.engine().runKernel(
    kernel,
    { x: cut(x, options.margins), filter },
    {
      strides: [...options.strides],
      dilations: [...options.dilations],
      pad: [[0, 0], added(options.margins[0]), added(options.margins[1]), [0, 0]],
      dataFormat: "NHWC"
    }
  )

/** Puts `by` − 1 zeros after each row and each column of [batch, height, width, channels]. */
export const spread = (x: tf.Tensor4D, by: Pair): tf.Tensor4D => {
  const [batch, height, width, channels] = x.shape
  let wide = x
  if (by[1] > 1) {
    const columns = tf.reshape(x, [batch * height * width, 1, channels])
    wide = tf.reshape(
      tf.pad(columns, [
        [0, 0],
        [0, by[1] - 1],
        [0, 0]
      ]),
      [batch, height, width * by[1], channels]
    )
  }
  if (by[0] === 1) return wide
  const rows = tf.reshape(wide, [batch * height, 1, width * by[1] * channels])
  return tf.reshape(
    tf.pad(rows, [
      [0, 0],
      [0, by[0] - 1],
      [0, 0]
    ]),
    [batch, height * by[0], width * by[1], channels]
  )
}

/** The reach of a filter beyond its first row and column, dilation included. */
const reach = (sizes: Sizes): Pair => [
  (sizes.filterHeight - 1) * sizes.dilationHeight,
  (sizes.filterWidth - 1) * sizes.dilationWidth
]

/**
 * Margins of the input for which `Conv2D` with `count` rows of the gradient, from `first` on, as filter has exactly the
 * size of the convolution's own filter.
 */
export const filterGradientMargins = (sizes: Sizes, first: number, count: number): Margins => {
  const top = sizes.padInfo.top - first * sizes.strideHeight
  const { left } = sizes.padInfo
  const [down, right] = reach(sizes)
  return [
    [top, down + (count - 1) * sizes.strideHeight + 1 - sizes.inHeight - top],
    [left, right + (sizes.outWidth - 1) * sizes.strideWidth + 1 - sizes.inWidth - left]
  ]
}

/** Margins of the spread gradient for which `Conv2D` with the mirrored filter has exactly the input's size. */
export const inputGradientMargins = (sizes: Sizes): Margins => {
  const { top, left } = sizes.padInfo
  const [down, right] = reach(sizes)
  return [
    [down - top, sizes.inHeight - sizes.outHeight * sizes.strideHeight + top],
    [right - left, sizes.inWidth - sizes.outWidth * sizes.strideWidth + left]
  ]
}

export const strides = (sizes: Sizes): Pair => [sizes.strideHeight, sizes.strideWidth]
export const dilations = (sizes: Sizes): Pair => [sizes.dilationHeight, sizes.dilationWidth]
