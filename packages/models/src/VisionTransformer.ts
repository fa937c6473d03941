/**
 * The Vision Transformer: an image is a sequence of patches. Dosovitskiy et al. 2021, arXiv:2010.11929. The architecture, and the weights
 * that it takes, are those of torchvision's `vit_b_16`.
 */
import type { Model } from "@etude/core/Model"
import type { Scheduled } from "@etude/core/Scheduled"
import { sideOf } from "@etude/core/Tensors"
import {
  conv2d,
  dense,
  dropout,
  Initializer,
  Layer,
  layerNorm,
  learnedPositions,
  repeat,
  reshape,
  transformerBlock
} from "@etude/layers"
import * as tf from "@tensorflow/tfjs-core"
import type * as Effect from "effect/Effect"
import * as PyTorch from "./PyTorch.ts"

export interface Options {
  /** The side of the square images, a multiple of that of the patches; default: 224. */
  readonly size?: number
  /** The side of a patch; default: 16. */
  readonly patch?: number
  /** Default: 12. */
  readonly layers?: number
  /** Default: 12. */
  readonly heads?: number
  /** Features of a patch; default: 768. */
  readonly width?: number
  /** Units between the two dense layers of a block; default: 4 · width. */
  readonly hidden?: number
  /** Default: 1000. */
  readonly classes?: number
  /** Default: 0. */
  readonly dropout?: Scheduled
  /** Of all kernels. Default: `lecunNormal` for patches, `glorotUniform` for blocks, zeros for the head, as there. */
  readonly initializer?: Initializer.Initializer
}

const sizesOf = (options: Options) => {
  const { size = 224, patch = 16, layers = 12, heads = 12, width = 768, classes = 1000, dropout: rate = 0 } = options
  if (size % patch !== 0) {
    throw new Error(`expected images whose side is a multiple of that of the patches, ${patch}, found ${size}`)
  }
  return { size, patch, layers, heads, width, classes, rate, hidden: options.hidden ?? 4 * width }
}

/** A trained vector before a sequence: x [batch, time, width] to [batch, 1 + time, width]. Parameters: `token` [width]. */
const classToken = (): Layer.Layer =>
  Layer.make({
    kind: "classToken",
    init: (_, { shape }) => ({ token: tf.zeros([sideOf(shape, -1)]) }),
    apply: ({ token }, x) => {
      const [batch, width] = [sideOf(x.shape, 0), sideOf(x.shape, 2)]
      return tf.concat([tf.mul(tf.ones([batch, 1, width]), token), x], 1)
    }
  })

/** The first of a sequence: [batch, time, width] to [batch, width]. */
const first = (x: tf.Tensor): tf.Tensor =>
  tf.squeeze(tf.slice(x, [0, 0, 0], [sideOf(x.shape, 0), 1, sideOf(x.shape, 2)]), [1])

/**
 * The layers, in their order: `patches`, `sequence`, `class`, `positions`, `dropout`, `blocks`, `norm`, `first`, `head`. Without the head
 * they are a body for other tasks.
 */
export const parts = (options: Options = {}): { readonly [name: string]: Layer.LayerLike } => {
  const { size, patch, layers, heads, width, classes, rate, hidden } = sizesOf(options)
  const { initializer } = options
  const count = (size / patch) ** 2
  const norm = () => layerNorm({ epsilon: 1e-6 })
  const kernels = initializer === undefined ? {} : { kernelInitializer: initializer }
  return {
    patches: conv2d(width, patch, {
      strides: patch,
      padding: "valid",
      kernelInitializer: initializer ?? Initializer.lecunNormal
    }),
    sequence: reshape([count, width]),
    class: classToken(),
    positions: learnedPositions(count + 1, initializer === undefined ? {} : { initializer }),
    dropout: dropout(rate),
    blocks: repeat(layers, () => transformerBlock({ heads, width, hidden, norm, dropout: rate, ...kernels })),
    norm: norm(),
    first,
    head: dense(classes, { kernelInitializer: initializer ?? Initializer.zeros })
  }
}

/** Images [batch, size, size, 3], normalized as for the weights, to logits [batch, classes]. */
export const layer = (options: Options = {}): Layer.Layer => Layer.sequential(parts(options))

/** {@link layer} for its size of images. */
export const model = (options: Options = {}): Model<tf.Tensor, tf.Tensor> => {
  const { size } = sizesOf(options)
  return Layer.model("vit", layer(options), { inputs: [size, size, 3] })
}

/** The names of torchvision's tensors, and our paths. */
export const renames = (options: Options = {}): ReadonlyArray<PyTorch.Rename> => {
  const ofBlock = (index: number): ReadonlyArray<PyTorch.Rename> => {
    const [from, to] = [`encoder.layers.encoder_layer_${index}`, `blocks/${index}`]
    const threeOf = (part: string) =>
      ["query", "key", "value"].map((name) => `parameters/${to}/attention/${name}/${part}`)
    return [
      ...PyTorch.norm(`${from}.ln_1`, `${to}/attentionNorm`),
      { from: `${from}.self_attention.in_proj_weight`, to: threeOf("kernel"), layout: "linear" },
      { from: `${from}.self_attention.in_proj_bias`, to: threeOf("bias") },
      ...PyTorch.linear(`${from}.self_attention.out_proj`, `${to}/attention/output`),
      ...PyTorch.norm(`${from}.ln_2`, `${to}/denseNorm`),
      ...PyTorch.linear(`${from}.mlp.0`, `${to}/expand`),
      ...PyTorch.linear(`${from}.mlp.3`, `${to}/contract`)
    ]
  }
  return [
    PyTorch.convolution("conv_proj", "patches"),
    { from: "conv_proj.bias", to: "parameters/patches/bias" },
    { from: "class_token", to: "parameters/class/token", layout: "token" },
    { from: "encoder.pos_embedding", to: "parameters/positions/table", layout: "positions" },
    ...Array.from({ length: sizesOf(options).layers }, (_, index) => ofBlock(index)).flat(),
    ...PyTorch.norm("encoder.ln", "norm"),
    ...PyTorch.linear("heads.head", "head")
  ]
}

/** The tensors of a `state_dict` of torchvision's Vision Transformer of these sizes, as weights for `WarmStart.model`. */
export const fromPyTorch = (
  tensors: PyTorch.Weights,
  options: Options = {}
): Effect.Effect<PyTorch.Weights, PyTorch.PyTorchWeightsUnfit> =>
  PyTorch.convert(tensors, { model: "torchvision's VisionTransformer", renames: renames(options) })
