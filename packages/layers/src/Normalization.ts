/** Normalization of batches, samples and groups of channels. Channels are the last dimension. */
import * as Kernels from "@etude/core/kernels/BatchNormalization"
import { sideOf, sizeOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Layer from "./Layer.ts"

export interface ScaleOptions {
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number
  /** A trained factor for each channel; default: true. */
  readonly scale?: boolean
  /** A trained offset for each channel; default: true. */
  readonly offset?: boolean
}

/** `scale` of ones and `offset` of zeros, where there are any. */
const trained = (channels: number, { scale = true, offset = true }: ScaleOptions) => ({
  ...(scale && { scale: tf.ones([channels]) }),
  ...(offset && { offset: tf.zeros([channels]) })
})
type Trained = { readonly scale?: tf.Tensor; readonly offset?: tf.Tensor }

const scaled = (x: tf.Tensor, { scale, offset }: Trained): tf.Tensor => {
  const product = scale === undefined ? x : tf.mul(x, scale)
  return offset === undefined ? product : tf.add(product, offset)
}

export interface BatchNormOptions extends ScaleOptions {
  /** How much of the running statistics is kept at each step; default 0.9. */
  readonly momentum?: number
  /** Normalizes by the running statistics in training, too, and leaves them and its parameters as they are. Default: false. */
  readonly frozen?: boolean
}

/** What the running variance moves to: the unbiased one, as in PyTorch. */
const unbiased = (variance: tf.Tensor, { size }: tf.Tensor): tf.Tensor => {
  const count = size / variance.size
  return count > 1 ? tf.mul(variance, count / (count - 1)) : variance
}

/**
 * Batch normalization of x [batch, …, channels]: γ · (x − mean) / √(variance + ε) + β by the batch's own mean and variance in training, by
 * running ones in evaluation. Ioffe and Szegedy 2015, arXiv:1502.03167. Running statistics are PyTorch's.
 *
 * Parameters: `scale`, `offset` [channels]. Statistics: `mean`, `variance` [channels].
 *
 * ```ts
 * batchNorm() // [14, 14, 16] → [14, 14, 16], 32 parameters
 * batchNorm({ scale: false, offset: false, frozen: true }) // [100] → [100], 0 parameters
 * ```
 */
export const batchNorm = (options: BatchNormOptions = {}): Layer.Layer => {
  const { momentum = 0.9, epsilon = 1e-5, frozen = false } = options
  const move = (from: tf.Tensor, to: tf.Tensor) => tf.add(tf.mul(from, momentum), tf.mul(to, 1 - momentum))
  return Layer.stateful({
    kind: "batchNorm",
    init: (_, { shape }) => {
      const channels = sideOf(shape, -1)
      const parameters: Trained = trained(channels, options)
      return {
        parameters: { ...parameters },
        statistics: { mean: tf.zeros([channels]), variance: tf.ones([channels]) }
      }
    },
    outputs: (inputs) => inputs,
    apply: ({ parameters, statistics: { mean, variance } }, x, { training }) => {
      const { scale, offset }: Trained = parameters
      if (!training || frozen) {
        const factor = tf.div(scale ?? tf.onesLike(variance), tf.sqrt(tf.add(variance, epsilon)))
        const product = tf.mul(tf.sub(x, mean), factor)
        return { outputs: offset === undefined ? product : tf.add(product, offset) }
      }
      const batch = Kernels.normalizeBatch(x, { scale: scale ?? null, offset: offset ?? null, epsilon })
      const statistics = { mean: move(mean, batch.mean), variance: move(variance, unbiased(batch.variance, x)) }
      return { outputs: batch.outputs, statistics }
    },
    ...(frozen ? { trainable: () => false } : { crossSample: true })
  })
}

/** (x − mean) / √(variance + ε) over some axes. */
const normalized = (x: tf.Tensor, axes: ReadonlyArray<number>, epsilon: number): tf.Tensor => {
  const { mean, variance } = tf.moments(x, [...axes], true)
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)))
}

/**
 * Layer normalization over the last dimension of x [batch, …, channels]. Ba, Kiros and Hinton 2016, arXiv:1607.06450.
 *
 * Parameters: `scale`, `offset` [channels].
 *
 * ```ts
 * layerNorm() // [20, 64] → [20, 64], 128 parameters
 * ```
 */
export const layerNorm = (options: ScaleOptions = {}): Layer.Layer =>
  Layer.make({
    kind: "layerNorm",
    init: (_, { shape }): Trained & { readonly [path: string]: tf.Tensor } => trained(sideOf(shape, -1), options),
    outputs: (inputs) => inputs,
    apply: (parameters, x) => scaled(normalized(x, [x.rank - 1], options.epsilon ?? 1e-5), parameters)
  })

/**
 * x / √(mean of x² + ε) over the last dimension of x [batch, …, channels], times a trained factor. Zhang and Sennrich 2019, arXiv:1910.07467.
 *
 * Parameters: `scale` [channels].
 *
 * ```ts
 * rmsNorm() // [20, 64] → [20, 64], 64 parameters
 * ```
 */
export const rmsNorm = ({ epsilon = 1e-6, scale = true }: Omit<ScaleOptions, "offset"> = {}): Layer.Layer =>
  Layer.make({
    kind: "rmsNorm",
    init: (_, { shape }): Trained & { readonly [path: string]: tf.Tensor } =>
      trained(sideOf(shape, -1), { scale, offset: false }),
    outputs: (inputs) => inputs,
    apply: (parameters, x) => scaled(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon))), parameters)
  })

/**
 * Group normalization of x [batch, …, channels]: over all positions and the channels of a group, of each sample. `groups` of 1 is layer normalization of images,
 * as many as channels instance normalization. Wu and He 2018, arXiv:1803.08494.
 *
 * Parameters: `scale`, `offset` [channels].
 *
 * Throws where channels are no multiple of the groups.
 *
 * ```ts
 * groupNorm(4) // [14, 14, 16] → [14, 14, 16], 32 parameters
 * ```
 */
export const groupNorm = (groups: number, options: ScaleOptions = {}): Layer.Layer =>
  Layer.make({
    kind: "groupNorm",
    init: (_, { shape }): Trained & { readonly [path: string]: tf.Tensor } => {
      const channels = sideOf(shape, -1)
      if (channels % groups !== 0)
        throw new Error(`expected a multiple of ${groups} groups, found ${channels} channels`)
      return trained(channels, options)
    },
    outputs: (inputs) => inputs,
    apply: (parameters, x) => {
      const [batch, channels] = [sideOf(x.shape, 0), sideOf(x.shape, -1)]
      const split = tf.reshape(x, [batch, sizeOf(x.shape.slice(1, -1)), groups, channels / groups])
      return scaled(tf.reshape(normalized(split, [1, 3], options.epsilon ?? 1e-5), x.shape), parameters)
    }
  })
