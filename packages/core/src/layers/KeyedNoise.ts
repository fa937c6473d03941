/** Dropout and noise layers, keyed: what they draw depends on step, path and sample only. Off in evaluation. */
import * as tf from "@tensorflow/tfjs-core"
import * as RandomBits from "../RandomBits.ts"
import { sideOf } from "../Tensors.ts"
import type { Pass } from "./Pass.ts"
import { type Layer, partsOf, single } from "./TfLayers.ts"

interface NoiseParts {
  readonly rate: number
  readonly stddev: number
  readonly noiseShape?: ReadonlyArray<number | null> | null
}

type Noise = (layer: NoiseParts, x: tf.Tensor, random: RandomBits.StepRandom, path: string) => tf.Tensor

const isRate = (rate: number): boolean => rate > 0 && rate < 1

/**
 * The mask's shape: `noiseShape` where it is set, the input's elsewhere, and always one row for each sample.
 */
const maskShape = ({ noiseShape }: NoiseParts, { shape }: tf.Tensor): ReadonlyArray<number> =>
  noiseShape == null ? shape : shape.map((side, axis) => (axis === 0 ? side : (noiseShape[axis] ?? side)))

const masked = (x: tf.Tensor, mask: tf.Tensor, rate: number): tf.Tensor => tf.div(tf.mul(x, mask), 1 - rate)

const dropout: Noise = (layer, x, random, path) =>
  isRate(layer.rate) ? masked(x, RandomBits.keepMask(random, path, maskShape(layer, x), layer.rate), layer.rate) : x

/** Drops whole channels of [batch, time, channels]. */
const spatialDropout1D: Noise = ({ rate }, x, random, path) =>
  isRate(rate)
    ? masked(x, RandomBits.keepMask(random, path, [sideOf(x.shape, 0), 1, sideOf(x.shape, 2)], rate), rate)
    : x

const gaussianNoise: Noise = ({ stddev }, x, random, path) =>
  tf.add(x, tf.mul(RandomBits.normal(random, path, x.shape), stddev))

/** Multiplies by normal numbers of mean 1 and deviation √(rate / (1 − rate)). */
const gaussianDropout: Noise = ({ rate }, x, random, path) =>
  isRate(rate)
    ? tf.mul(x, tf.add(tf.mul(RandomBits.normal(random, path, x.shape), Math.sqrt(rate / (1 - rate))), 1))
    : x

/** The lowest value of a scaled exponential linear unit: −α·λ. Klambauer et al. 2017, arXiv:1706.02515. */
const saturation = -1.6732632423543772 * 1.0507009873554805

/**
 * Sets what is dropped to the unit's lowest value, then restores mean and variance: a·x + b. tf.layers 4.22 has the
 * sign of that value wrong, so that its outputs have a mean above 0; here it is as in the paper and in Keras.
 */
const alphaDropout: Noise = (layer, x, random, path) => {
  const { rate } = layer
  if (!isRate(rate)) return x
  const mask = RandomBits.keepMask(random, path, maskShape(layer, x), rate)
  const a = ((1 - rate) * (1 + rate * saturation ** 2)) ** -0.5
  const b = -a * saturation * rate
  return tf.add(tf.mul(tf.add(tf.mul(x, mask), tf.mul(tf.sub(1, mask), saturation)), a), b)
}

const noises: { readonly [className: string]: Noise } = {
  Dropout: dropout,
  SpatialDropout1D: spatialDropout1D,
  GaussianNoise: gaussianNoise,
  GaussianDropout: gaussianDropout,
  AlphaDropout: alphaDropout
}

/** The reason why a layer's draws cannot be keyed, as a sentence. */
export const problemOf = (layer: Layer): string | undefined => {
  const { noiseShape } = partsOf<NoiseParts>(layer)
  if (layer.getClassName() in noises && noiseShape != null && noiseShape[0] === 1) {
    return (
      `its noiseShape [${noiseShape.join(", ")}] gives all samples of a batch the same mask, ` +
      `which microbatches cannot. Use null in the first place: a mask for each sample`
    )
  }
  return undefined
}

/** Makes a dropout or noise layer of tf.layers draw from the pass; does nothing to other layers. */
export const install = (layer: Layer, path: string, pass: Pass): void => {
  const noise = noises[layer.getClassName()]
  if (noise === undefined) return
  const parts = partsOf<NoiseParts>(layer)
  parts.call = (inputs, { training }) => {
    const x = single(inputs)
    return training === true ? tf.tidy(() => noise(parts, x, pass.random(), pass.pathOfCall(path))) : x
  }
}
