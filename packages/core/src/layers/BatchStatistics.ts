/**
 * Batch normalization of tf.layers in training: by one kernel where the backend has it, and also without scale or centre,
 * where tf.layers 4.22 throws.
 */
import * as tf from "@tensorflow/tfjs-core"
import { normalizeBatch } from "../BatchNormalization.ts"
import { type Layer, partsOf, type Variable } from "./TfLayers.ts"

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
 * Makes a layer for batch normalization use {@link normalizeBatch} in training, if its channels are last; leaves other
 * layers as they are.
 */
export const install = (layer: Layer): void => {
  if (layer.getClassName() !== "BatchNormalization") return
  const parts = partsOf<NormalizationParts>(layer)
  // Layers read these, present or not.
  parts.gamma ??= nothing
  parts.beta ??= nothing
  const { call } = parts
  parts.call = (inputs, options) => {
    const { axis, momentum, epsilon, gamma, beta, movingMean, movingVariance } = parts
    const x = Array.isArray(inputs) ? inputs[0]! : inputs
    if (options.training !== true || (axis !== -1 && axis !== x.rank - 1)) return call.call(layer, inputs, options)
    return tf.tidy(() => {
      const normalized = normalizeBatch(x, { scale: gamma!.read(), offset: beta!.read(), epsilon })
      move(movingMean, normalized.mean, momentum)
      move(movingVariance, normalized.variance, momentum)
      return normalized.outputs
    })
  }
}
