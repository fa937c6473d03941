/** Blocks of transformers. */
import * as tf from "@tensorflow/tfjs-core"
import { type AttentionOptions, multiHeadAttention } from "./Attention.ts"
import { dense } from "./Dense.ts"
import { dropout } from "./Dropout.ts"
import * as Layer from "./Layer.ts"
import { layerNorm } from "./Normalization.ts"

/** x · Φ(x), Gauss' error linear unit, by erf. Hendrycks and Gimpel 2016, arXiv:1606.08415. */
export const gelu = (x: tf.Tensor): tf.Tensor => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))

/** The same by tanh, as GPT-2 has it. */
export const geluTanh = (x: tf.Tensor): tf.Tensor => {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI))
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1))
}

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

/**
 * x + attention(norm(x)), then x + dense(activation(dense(norm(x)))): a block with its normalization first. Radford et al. 2019. Dropout
 * falls on attention weights and on both halves' outputs.
 *
 * Parts: `attentionNorm`, `attention`, `denseNorm`, `expand`, `contract`.
 */
export const transformerBlock = (options: BlockOptions): Layer.Layer => {
  const { hidden, width, activation = gelu, norm = layerNorm, dropout: rate = 0 } = options
  return Layer.compose(
    {
      attentionNorm: norm(),
      attention: multiHeadAttention(options),
      attentionDropout: dropout(rate),
      denseNorm: norm(),
      expand: dense(hidden),
      contract: dense(width),
      denseDropout: dropout(rate)
    },
    ({ attentionNorm, attention, attentionDropout, denseNorm, expand, contract, denseDropout }, x: tf.Tensor) => {
      const seen = tf.add(x, attentionDropout(attention(attentionNorm(x))))
      return tf.add(seen, denseDropout(contract(activation(expand(denseNorm(seen))))))
    }
  )
}
