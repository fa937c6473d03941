/** Blocks of transformers. */
import { element } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import { type AttentionCache, type AttentionOptions, cachedAttention, multiHeadAttention } from "./Attention.ts"
import { dense, type KernelOptions } from "./Dense.ts"
import { dropout } from "./Dropout.ts"
import * as Layer from "./Layer.ts"
import { layerNorm } from "./Normalization.ts"

/** A function of each element that keeps nothing but x for its gradient, which computes the slope from it anew. */
const fromInput = (
  value: (x: tf.Tensor) => tf.Tensor,
  slope: (x: tf.Tensor) => tf.Tensor
): ((x: tf.Tensor) => tf.Tensor) =>
  tf.customGrad((x, save) => {
    ;(save as tf.GradSaveFunc)([x as tf.Tensor])
    return { value: value(x as tf.Tensor), gradFunc: (dy: tf.Tensor, saved) => tf.mul(dy, slope(element(saved, 0))) }
  })

/** Φ(x), the share of a normal distribution below x. */
const normalShare = (x: tf.Tensor): tf.Tensor => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5)

/** x · Φ(x), Gauss' error linear unit, by erf. Hendrycks and Gimpel 2016, arXiv:1606.08415. */
export const gelu: (x: tf.Tensor) => tf.Tensor = fromInput(
  (x) => tf.mul(x, normalShare(x)),
  (x) => {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI))
    return tf.add(normalShare(x), tf.mul(x, density))
  }
)

/** tanh(√(2/π) · (x + 0.044715 · x³)) */
const tanhOfCube = (x: tf.Tensor): tf.Tensor =>
  tf.tanh(tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI)))

/** The same by tanh, as GPT-2 has it. */
export const geluTanh: (x: tf.Tensor) => tf.Tensor = fromInput(
  (x) => tf.mul(tf.mul(x, 0.5), tf.add(tanhOfCube(x), 1)),
  (x) => {
    const tanh = tanhOfCube(x)
    const inner = tf.mul(tf.add(tf.mul(tf.square(x), 3 * 0.044715), 1), Math.sqrt(2 / Math.PI))
    const bend = tf.mul(tf.mul(tf.sub(1, tf.square(tanh)), inner), x)
    return tf.mul(tf.add(tf.add(tanh, 1), bend), 0.5)
  }
)

/** x · sigmoid(x). Elfwing, Uchibe and Doya 2017, arXiv:1702.03118. */
export const silu = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.sigmoid(x))

export interface BlockOptions extends AttentionOptions {
  /** Units between the two dense layers; 4 · width is usual. */
  readonly hidden: number
  /** Between the two dense layers; default: `gelu`. */
  readonly activation?: (x: tf.Tensor) => tf.Tensor
  /** The normalization before each half; default: `layerNorm`. */
  readonly norm?: () => Layer.Layer
  /** The width of the inputs and outputs. */
  readonly width: number
}

/** The initializer of the attention, for the dense layers too. */
const kernelsOf = ({ kernelInitializer }: BlockOptions): KernelOptions =>
  kernelInitializer === undefined ? {} : { kernelInitializer }

/**
 * x + attention(norm(x)), then x + dense(activation(dense(norm(x)))): a block with its normalization first. Radford et al. 2019. Dropout
 * falls on attention weights and on both halves' outputs.
 *
 * x [batch, time, width] to the same shape. Parts: `attentionNorm`, `attention`, `denseNorm`, `expand`, `contract`; their parameters are
 * those of `layerNorm`, `multiHeadAttention` and `dense`. Throws what these throw.
 *
 * ```ts
 * transformerBlock({ heads: 4, width: 32, hidden: 128, causal: true }) // [20, 32] → [20, 32], 12704 parameters
 * ```
 */
export const transformerBlock = (options: BlockOptions): Layer.Layer => {
  const { hidden, width, activation = gelu, norm = layerNorm, dropout: rate = 0 } = options
  const kernels = kernelsOf(options)
  return Layer.compose(
    {
      attentionNorm: norm(),
      attention: multiHeadAttention(options),
      attentionDropout: dropout(rate),
      denseNorm: norm(),
      expand: dense(hidden, kernels),
      contract: dense(width, kernels),
      denseDropout: dropout(rate)
    },
    ({ attentionNorm, attention, attentionDropout, denseNorm, expand, contract, denseDropout }, x: tf.Tensor) => {
      const seen = tf.add(x, attentionDropout(attention(attentionNorm(x))))
      return tf.add(seen, denseDropout(contract(activation(expand(denseNorm(seen))))))
    }
  )
}

/** One time of a sequence, [batch, 1, width], with the cache of earlier ones; and what the block gives for it. */
export type CachedBlockInputs = AttentionCache & { readonly x: tf.Tensor }
export type CachedBlockOutputs = { readonly y: tf.Tensor; readonly keys: tf.Tensor; readonly values: tf.Tensor }

/**
 * {@link transformerBlock} (causal) for one time after another, in evaluation, with the same parameters: x [batch, 1, width] and the cache
 * of earlier times (`emptyCache`), to y [batch, 1, width] and the keys and values with this one. Radford et al. 2019.
 *
 * Parts: `attentionNorm`, `attention`, `denseNorm`, `expand`, `contract`.
 *
 * ```ts
 * cachedTransformerBlock({ heads: 4, width: 32, hidden: 128 }) // { x: [1, 32], keys: [4, 9, 8], values: [4, 9, 8], position: int32 [1] } → { y: [1, 32], keys: [4, 9, 8], values: [4, 9, 8] }, 12704 parameters
 * ```
 */
export const cachedTransformerBlock = (options: BlockOptions): Layer.Layer<CachedBlockInputs, CachedBlockOutputs> => {
  const { hidden, width, activation = gelu, norm = layerNorm } = options
  return Layer.compose(
    {
      attentionNorm: norm(),
      attention: cachedAttention(options),
      denseNorm: norm(),
      expand: dense(hidden),
      contract: dense(width)
    },
    ({ attentionNorm, attention, denseNorm, expand, contract }, { x, ...cache }: CachedBlockInputs) => {
      const { y, keys, values } = attention({ x: attentionNorm(x), ...cache })
      const seen = tf.add(x, y)
      return { y: tf.add(seen, contract(activation(expand(denseNorm(seen))))), keys, values }
    }
  )
}
