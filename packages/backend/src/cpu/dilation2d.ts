/**
 * Morphological dilation (a maximum of sums) and its gradients, on the host: tfjs-backend-wasm's begins at the smallest positive
 * number, so that it is wrong where all sums are negative, and its gradients are wrong everywhere.
 */
import * as tf from "@tensorflow/tfjs-core"
import { type Kernel, kernel } from "../Kernels.ts"

interface Inputs {
  readonly x: tf.Tensor4D
  readonly filter: tf.Tensor3D
}

/** Calls `use` with the offsets of each output and of the element and the tap whose sum is the largest; the first of equals. */
const forEachMaximum = (
  { x, filter }: Inputs,
  { strides, pad, dilations }: tf.Dilation2DAttrs,
  use: (output: number, element: number, tap: number) => void
): Array<number> => {
  const sizes = tf.backend_util.computeDilation2DInfo(x.shape, filter.shape, strides, pad, "NHWC", dilations)
  const { batchSize, inChannels, inHeight, inWidth, padInfo, filterHeight, filterWidth } = sizes
  const [values, weights] = [x.dataSync(), filter.dataSync()]
  let output = 0
  for (let sample = 0; sample < batchSize; sample++) {
    for (let outRow = 0; outRow < sizes.outHeight; outRow++) {
      for (let outColumn = 0; outColumn < sizes.outWidth; outColumn++) {
        for (let channel = 0; channel < inChannels; channel++) {
          let [best, bestElement, bestTap] = [Number.NEGATIVE_INFINITY, -1, -1]
          for (let tap = 0; tap < filterHeight * filterWidth; tap++) {
            const row = outRow * sizes.strideHeight - padInfo.top + Math.floor(tap / filterWidth) * sizes.dilationHeight
            const column = outColumn * sizes.strideWidth - padInfo.left + (tap % filterWidth) * sizes.dilationWidth
            if (row < 0 || row >= inHeight || column < 0 || column >= inWidth) continue
            const element = ((sample * inHeight + row) * inWidth + column) * inChannels + channel
            const sum = values[element]! + weights[tap * inChannels + channel]!
            if (bestElement !== -1 && !(sum > best) && !Number.isNaN(sum)) continue
            if (Number.isNaN(best)) continue
            ;[best, bestElement, bestTap] = [sum, element, tap * inChannels + channel]
          }
          use(output++, bestElement, bestTap)
        }
      }
    }
  }
  return sizes.outShape
}

const dilation = kernel<Inputs, tf.Dilation2DAttrs>("Dilation2D", ({ inputs, attributes }) => {
  const [values, weights] = [inputs.x.dataSync(), inputs.filter.dataSync()]
  const maxima: Array<number> = []
  const shape = forEachMaximum(inputs, attributes, (output, element, tap) => {
    maxima[output] = values[element]! + weights[tap]!
  })
  return tf.tensor(maxima, shape, inputs.x.dtype as "float32")
})

const gradient = (name: string, of: "x" | "filter") =>
  kernel<Inputs & { readonly dy: tf.Tensor4D }, tf.Dilation2DAttrs>(name, ({ inputs, attributes }) => {
    const [gradients, sums] = [inputs.dy.dataSync(), new Float64Array(inputs[of].size)]
    forEachMaximum(inputs, attributes, (output, element, tap) => {
      sums[of === "x" ? element : tap]! += gradients[output]!
    })
    return tf.tensor(Float32Array.from(sums), inputs[of].shape)
  })

/** `Dilation2D` and its two gradients. */
export const dilationKernels: ReadonlyArray<Kernel> = [
  dilation,
  gradient("Dilation2DBackpropInput", "x"),
  gradient("Dilation2DBackpropFilter", "filter")
]
