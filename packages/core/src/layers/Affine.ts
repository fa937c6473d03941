/**
 * Dense layers and convolutions of tf.layers in training. tf.layers calls tfjs's fused operations, whose gradient computes
 * that of the input together with those of the weights; here it is computed only where it is wanted, which for a model's
 * first layer it never is.
 */
import * as tf from "@tensorflow/tfjs-core"
import { sideOf } from "../Tensors.ts"
import { isCustom, type Layer, partsOf, single, type Variable } from "./TfLayers.ts"

interface AffineParts {
  readonly kernel: Variable
  readonly bias?: Variable | null
  readonly activation: { readonly apply: (x: tf.Tensor) => tf.Tensor }
}

interface ConvolutionParts extends AffineParts {
  readonly strides: [number, number]
  readonly padding: "valid" | "same"
  readonly dataFormat: "channelsFirst" | "channelsLast"
  readonly dilationRate: number | [number, number]
}

const finished = (y: tf.Tensor, { bias, activation }: AffineParts): tf.Tensor =>
  activation.apply(bias == null ? y : tf.add(y, bias.read()))

/** x [batch, …, inputs] · kernel [inputs, units] */
const dense = (parts: AffineParts, x: tf.Tensor): tf.Tensor => {
  const kernel = parts.kernel.read()
  const y = tf.matMul(tf.reshape(x, [-1, sideOf(kernel.shape, 0)]), kernel)
  return finished(tf.reshape(y, [...x.shape.slice(0, -1), sideOf(kernel.shape, 1)]), parts)
}

const convolution = (parts: ConvolutionParts, x: tf.Tensor): tf.Tensor => {
  const { kernel, strides, padding, dilationRate } = parts
  const filter = kernel.read() as tf.Tensor4D
  return finished(tf.conv2d(x as tf.Tensor4D, filter, strides, padding, "NHWC", dilationRate), parts)
}

/** The function of a layer that can be computed here; `undefined` for all others. */
const functionOf = (layer: Layer): ((x: tf.Tensor) => tf.Tensor) | undefined => {
  const name = layer.getClassName()
  if (isCustom(layer)) return undefined
  if (name === "Dense") return (x) => dense(partsOf<AffineParts>(layer), x)
  if (name !== "Conv2D") return undefined
  const parts = partsOf<ConvolutionParts>(layer)
  return parts.dataFormat === "channelsFirst" ? undefined : (x) => convolution(parts, x)
}

/** Makes a dense layer or a convolution skip unused gradients in training; does nothing to other layers. */
export const install = (layer: Layer): void => {
  const compute = functionOf(layer)
  if (compute === undefined) return
  const parts = partsOf(layer)
  const { call } = parts
  parts.call = (inputs, options) =>
    options.training === true ? tf.tidy(() => compute(single(inputs))) : call.call(layer, inputs, options)
}
