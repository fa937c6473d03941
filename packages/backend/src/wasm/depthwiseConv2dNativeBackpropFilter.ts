/** The gradient of a depthwise convolution with respect to its filter, which tfjs-backend-wasm does not have. */

import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm"
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"

interface Inputs {
  readonly x: tf.Tensor4D
  readonly dy: tf.Tensor4D
}

/**
 * dW[r, c, i, m] = Σ x[n, s·p + d·r − top, s·q + d·c − left, i] · dy[n, p, q, i·M + m] over n, p, q. No kernel of the
 * backend sums so, so it is a loop over its memory, with sums in float64.
 */
export const depthwiseConv2dNativeBackpropFilter = kernel<
  Inputs,
  tf.DepthwiseConv2dNativeBackpropFilterAttrs,
  BackendWasm
>("DepthwiseConv2dNativeBackpropFilter", ({ inputs, attributes, engine }) => {
  const sizes = tf.backend_util.computeConv2DInfo(
    inputs.x.shape,
    attributes.filterShape,
    attributes.strides,
    attributes.dilations,
    attributes.pad,
    attributes.dimRoundingMode,
    true
  )
  const { filterHeight, filterWidth, inChannels, outChannels, inHeight, inWidth, outHeight, outWidth, padInfo } = sizes
  const output = engine.makeOutput([...sizes.filterShape], "float32")
  // Views are taken after the last allocation: growing the memory detaches older ones.
  const x = engine.typedArrayFromHeap(inputs.x)
  const dy = engine.typedArrayFromHeap(inputs.dy)
  const multiplier = outChannels / inChannels
  const sums = new Float64Array(filterHeight * filterWidth * outChannels)
  const accumulate = (xAt: number, dyAt: number, sumAt: number) => {
    if (multiplier === 1) {
      for (let channel = 0; channel < inChannels; channel++) {
        sums[sumAt + channel]! += x[xAt + channel]! * dy[dyAt + channel]!
      }
      return
    }
    for (let channel = 0; channel < outChannels; channel++) {
      sums[sumAt + channel]! += x[xAt + Math.floor(channel / multiplier)]! * dy[dyAt + channel]!
    }
  }
  for (let sample = 0; sample < sizes.batchSize; sample++) {
    for (let p = 0; p < outHeight; p++) {
      for (let r = 0; r < filterHeight; r++) {
        const row = p * sizes.strideHeight + r * sizes.dilationHeight - padInfo.top
        if (row < 0 || row >= inHeight) continue
        for (let q = 0; q < outWidth; q++) {
          const dyAt = ((sample * outHeight + p) * outWidth + q) * outChannels
          for (let c = 0; c < filterWidth; c++) {
            const column = q * sizes.strideWidth + c * sizes.dilationWidth - padInfo.left
            if (column < 0 || column >= inWidth) continue
            accumulate(
              ((sample * inHeight + row) * inWidth + column) * inChannels,
              dyAt,
              (r * filterWidth + c) * outChannels
            )
          }
        }
      }
    }
  }
  engine.typedArrayFromHeap(output).set(sums)
  return output
})
