/**
 * Batch normalization of tf.layers in training: by one kernel where the backend has it, and also without scale or centre,
 * where tf.layers 4.22 throws. A frozen layer normalizes as in evaluation, by the statistics that it has and keeps, as in
 * Keras since TensorFlow 2; tf.layers would keep updating them.
 */
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { normalizeBatch } from "../kernels/BatchNormalization.ts"
import { isCustom, type Layer, partsOf, single, type Variable } from "./TfLayers.ts"
import type { Place } from "./Walk.ts"

interface Weight {
  readonly read: () => tf.Tensor | null
}

/** A weight that a layer does without. */
const nothing: Weight = { read: () => null }

interface NormalizationParts {
  readonly axis: number
  readonly momentum: number
  readonly epsilon: number
  gamma?: Weight
  beta?: Weight
  readonly movingMean: Variable
  readonly movingVariance: Variable
}

/** Moves a running statistic towards that of the batch, with the arithmetic of tf.layers. */
const move = (variable: Variable, value: tf.Tensor, momentum: number): void => {
  const before = variable.read()
  variable.write(tf.sub(before, tf.mul(tf.sub(before, value), 1 - momentum)))
}

/**
 * Normalizes by what has been learned. tf.layers does the same in evaluation, but for up to four dimensions, and without a
 * gradient where there is no scale.
 */
const learned = (
  { axis, epsilon, gamma = nothing, beta = nothing, movingMean, movingVariance }: NormalizationParts,
  x: tf.Tensor
) => {
  const [mean, variance] = [movingMean.read(), movingVariance.read()]
  const [scale, offset] = [gamma.read() ?? tf.onesLike(mean), beta.read() ?? tf.zerosLike(mean)]
  if (axis === -1 || axis === x.rank - 1) {
    const rows = tf.reshape(x, [-1, mean.size]) as tf.Tensor2D
    return tf.reshape(
      tf.batchNorm(
        rows,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        epsilon
      ),
      x.shape
    )
  }
  const along = x.shape.map((side, dimension) => (dimension === axis ? side : 1))
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)))
  return tf.add(tf.mul(tf.sub(x, tf.reshape(mean, along)), tf.reshape(factor, along)), tf.reshape(offset, along))
}

let normalization: Function | undefined

/** Whether a layer is of tf.layers' batch normalization, or of a class made from it. */
const normalizes = (layer: Layer): boolean => {
  normalization ??= tfl.layers.batchNormalization({}).constructor
  return layer instanceof normalization
}

/** Whether a layer's outputs for one sample depend on the others of its batch. */
export const mixesSamples = ({ layer, trainable }: Place): boolean => trainable && normalizes(layer)

/**
 * Makes a layer for batch normalization use {@link normalizeBatch} in training, if its channels are last, and what it has
 * learned where it is frozen; other layers do not change.
 */
export const install = ({ layer, trainable }: Place): void => {
  if (!normalizes(layer)) return
  const parts = partsOf<NormalizationParts>(layer)
  // Layers read these, present or not.
  parts.gamma ??= nothing
  parts.beta ??= nothing
  const { call } = parts
  if (!trainable) {
    parts.call = isCustom(layer)
      ? (inputs, options) => call.call(layer, inputs, { ...options, training: false })
      : (inputs) => tf.tidy(() => learned(parts, single(inputs)))
    return
  }
  if (isCustom(layer)) return
  parts.call = (inputs, options) => {
    const { axis, momentum, epsilon, gamma = nothing, beta = nothing, movingMean, movingVariance } = parts
    const x = single(inputs)
    if (options.training !== true && x.rank > 4) return tf.tidy(() => learned(parts, x))
    if (options.training !== true || (axis !== -1 && axis !== x.rank - 1)) return call.call(layer, inputs, options)
    return tf.tidy(() => {
      const normalized = normalizeBatch(x, { scale: gamma.read(), offset: beta.read(), epsilon })
      move(movingMean, normalized.mean, momentum)
      move(movingVariance, normalized.variance, momentum)
      return normalized.outputs
    })
  }
}
