/**
 * The gradients of a convolution in space. tfjs-backend-wasm's own give wrong values: the one with respect to the input
 * always, the one with respect to the filter for strides above 1.
 */
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"

type Sizes = tf.backend_util.Conv3DInfo

/**
 * Calls `at` with the offsets (each of the first channel) of every input element x, output element y and filter element w
 * that belong together: x = s·y + w − pad.
 */
const forEachTriple = (sizes: Sizes, visit: (x: number, y: number, w: number) => void): void => {
  const { inDepth, inHeight, inWidth, inChannels, outDepth, outHeight, outWidth, outChannels, padInfo } = sizes
  const { filterDepth, filterHeight, filterWidth } = sizes
  const positions = sizes.batchSize * outDepth * outHeight * outWidth
  for (let position = 0; position < positions; position++) {
    const column0 = (position % outWidth) * sizes.strideWidth - padInfo.left
    const row0 = (Math.floor(position / outWidth) % outHeight) * sizes.strideHeight - padInfo.top
    const depth0 = (Math.floor(position / outWidth / outHeight) % outDepth) * sizes.strideDepth - padInfo.front
    const sample = Math.floor(position / outWidth / outHeight / outDepth)
    for (let tap = 0; tap < filterDepth * filterHeight * filterWidth; tap++) {
      const column = column0 + (tap % filterWidth)
      const row = row0 + (Math.floor(tap / filterWidth) % filterHeight)
      const depth = depth0 + Math.floor(tap / filterWidth / filterHeight)
      if (column < 0 || column >= inWidth || row < 0 || row >= inHeight || depth < 0 || depth >= inDepth) continue
      const pixel = ((sample * inDepth + depth) * inHeight + row) * inWidth + column
      visit(pixel * inChannels, position * outChannels, tap * inChannels * outChannels)
    }
  }
}

/** dx[x, i] = Σ dy[y, o] · w[w, i, o]. */
export const conv3DBackpropInputV2 = kernel<
  { readonly dy: tf.Tensor5D; readonly filter: tf.Tensor5D },
  tf.Conv3DBackpropInputV2Attrs
>("Conv3DBackpropInputV2", ({ inputs, attributes: { inputShape, pad, strides } }) => {
  const sizes = tf.backend_util.computeConv3DInfo(inputShape, inputs.filter.shape, strides, 1, pad)
  const { inChannels, outChannels } = sizes
  const [gradient, filter] = [inputs.dy.dataSync(), inputs.filter.dataSync()]
  const result = new Float32Array(tf.util.sizeFromShape(inputShape))
  forEachTriple(sizes, (x, y, w) => {
    for (let channel = 0; channel < inChannels; channel++) {
      let sum = 0
      for (let out = 0; out < outChannels; out++) sum += gradient[y + out]! * filter[w + channel * outChannels + out]!
      result[x + channel]! += sum
    }
  })
  return tf.tensor(result, inputShape)
})

/** dW[w, i, o] = Σ x[x, i] · dy[y, o], added up in float64. */
export const conv3DBackpropFilterV2 = kernel<
  { readonly x: tf.Tensor5D; readonly dy: tf.Tensor5D },
  tf.Conv3DBackpropFilterV2Attrs
>("Conv3DBackpropFilterV2", ({ inputs, attributes: { filterShape, pad, strides } }) => {
  const sizes = tf.backend_util.computeConv3DInfo(inputs.x.shape, filterShape, strides, 1, pad)
  const { inChannels, outChannels } = sizes
  const [values, gradient] = [inputs.x.dataSync(), inputs.dy.dataSync()]
  const sums = new Float64Array(tf.util.sizeFromShape(filterShape))
  forEachTriple(sizes, (x, y, w) => {
    for (let channel = 0; channel < inChannels; channel++) {
      const value = values[x + channel]!
      for (let out = 0; out < outChannels; out++) sums[w + channel * outChannels + out]! += value * gradient[y + out]!
    }
  })
  return tf.tensor(Float32Array.from(sums), filterShape)
})
