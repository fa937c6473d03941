/**
 * "Same" padding where the stride skips elements. tfjs-backend-wasm leaves the padding to a routine whose unsigned
 * arithmetic fails when none is needed and some input is left over (stride 3, filter 2, input 9): the result is silently
 * all zeros. With the padding spelled out it is right.
 */
import * as tf from "@tensorflow/tfjs-core"
import { type Kernel, kernel } from "../Kernels.ts"

interface Inputs {
  readonly x: tf.Tensor4D
  readonly filter: tf.Tensor4D
}

/** tf.layers gives `null` for dilations that were not chosen. */
type Attributes = Pick<tf.Conv2DAttrs, "strides" | "pad"> & { readonly dilations?: tf.Conv2DAttrs["dilations"] | null }

const spelledOut = (name: string): Kernel =>
  kernel<Inputs, Attributes>(name, ({ inputs, attributes, replaced }) => {
    if (attributes.pad !== "same") return replaced(inputs, attributes)
    const { filter, x } = inputs
    const { strides, pad } = attributes
    const dilations = attributes.dilations ?? 1
    const { padInfo } = tf.backend_util.computeConv2DInfo(x.shape, filter.shape, strides, dilations, pad)
    const { top, bottom, left, right } = padInfo
    if (top + bottom > 0 && left + right > 0) return replaced(inputs, attributes)
    const explicit: tf.backend_util.ExplicitPadding = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0]
    ]
    return replaced(inputs, { ...attributes, pad: explicit })
  })

/** The convolutions of the forward pass. */
export const samePadding: ReadonlyArray<Kernel> = [
  "Conv2D",
  "FusedConv2D",
  "DepthwiseConv2dNative",
  "FusedDepthwiseConv2D"
].map(spelledOut)
