/**
 * MobileNetV2, a network of depthwise convolutions between narrow layers, for small machines. Sandler et al. 2018, arXiv:1801.04381. The
 * architecture, and the weights that it takes, are those of torchvision's `mobilenet_v2`.
 */
import type { Model } from "@etude/core/Model"
import type { Scheduled } from "@etude/core/Scheduled"
import {
  batchNorm,
  conv2d,
  dense,
  depthwiseConv2d,
  dropout,
  globalAveragePool,
  Initializer,
  Layer
} from "@etude/layers"
import * as tf from "@tensorflow/tfjs-core"
import type * as Effect from "effect/Effect"
import * as PyTorch from "./PyTorch.ts"

/** Blocks of one number of channels. */
export interface Stage {
  /** How many times as wide a block is between its ends. */
  readonly expansion: number
  readonly channels: number
  readonly blocks: number
  /** Of the first block. */
  readonly strides: number
}

export interface Options {
  /** Default: the seven stages of the paper, table 2. */
  readonly stages?: ReadonlyArray<Stage>
  /** A factor of all numbers of channels, which are then rounded to multiples of 8; default: 1. */
  readonly width?: number
  /** Default: 1000. */
  readonly classes?: number
  /** Before the head; default: 0.2. */
  readonly dropout?: Scheduled
  /** Of all kernels but the head's. Default: normal of variance 2 / fanOut. */
  readonly initializer?: Initializer.Initializer
}

const stage = (expansion: number, channels: number, blocks: number, strides: number): Stage => ({
  expansion,
  channels,
  blocks,
  strides
})

const defaults = {
  stages: [
    stage(1, 16, 1, 1),
    stage(6, 24, 2, 2),
    stage(6, 32, 3, 2),
    stage(6, 64, 4, 2),
    stage(6, 96, 3, 1),
    stage(6, 160, 3, 2),
    stage(6, 320, 1, 1)
  ],
  width: 1,
  classes: 1000,
  dropout: 0.2,
  initializer: ((key, shape, fans) =>
    Initializer.normal(Math.sqrt(2 / fans.fanOut))(key, shape)) satisfies Initializer.Initializer
}

/** The nearest multiple of 8, but not less than nine tenths. */
const channelsOf = (channels: number): number => {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8)
  return nearest < 0.9 * channels ? nearest + 8 : nearest
}

/** Sizes of one block. */
interface Block {
  readonly inputs: number
  readonly outputs: number
  readonly expansion: number
  readonly strides: number
}

/** All blocks, in their order. */
const blocksOf = ({ stages, width }: Required<Pick<Options, "stages" | "width">>): ReadonlyArray<Block> => {
  const blocks: Array<Block> = []
  let inputs = channelsOf(32 * width)
  for (const { expansion, channels, blocks: count, strides } of stages) {
    const outputs = channelsOf(channels * width)
    for (let index = 0; index < count; index++) {
      blocks.push({ inputs, outputs, expansion, strides: index === 0 ? strides : 1 })
      inputs = outputs
    }
  }
  return blocks
}

const normalized = (conv: Layer.Layer): Layer.Layer =>
  Layer.sequential({ conv, norm: batchNorm(), relu6: tf.relu6<tf.Tensor> })

/** Wide, then a depthwise convolution, then narrow without activation; x is added where shapes stay. */
const blockOf = (
  { inputs, outputs, expansion, strides }: Block,
  kernelInitializer: Initializer.Initializer
): Layer.Layer => {
  const options = { bias: false, padding: 0, kernelInitializer }
  const layers = Layer.sequential({
    ...(expansion !== 1 && { expand: normalized(conv2d(inputs * expansion, 1, options)) }),
    depthwise: normalized(depthwiseConv2d(3, { ...options, strides, padding: 1 })),
    project: Layer.sequential({ conv: conv2d(outputs, 1, options), norm: batchNorm() })
  })
  return strides === 1 && inputs === outputs ? adding(layers) : layers
}

/** x + layer(x), with the layer's own paths. */
const adding = (branch: Layer.Layer): Layer.Layer => ({
  ...branch,
  apply: (variables, x, context) => {
    const forward = branch.apply(variables, x, context)
    return { ...forward, outputs: tf.add(x, forward.outputs) }
  }
})

/** The layers, in their order: `stem`, `blocks`, `last`, `pooling`, `dropout`, `head`. Without the head they are a body for other tasks. */
export const parts = (options: Options = {}): { readonly [name: string]: Layer.LayerLike } => {
  const sizes = { ...defaults, ...options }
  const { width, classes, initializer: kernelInitializer } = sizes
  const kernels = { bias: false, kernelInitializer }
  const headInitializer = options.initializer ?? Initializer.normal(0.01)
  return {
    stem: normalized(conv2d(channelsOf(32 * width), 3, { ...kernels, strides: 2, padding: 1 })),
    blocks: Layer.sequential(
      Object.fromEntries(
        blocksOf(sizes).map((block, index) => [`${index}`, blockOf(block, kernelInitializer)] as const)
      )
    ),
    last: normalized(conv2d(channelsOf(1280 * Math.max(1, width)), 1, { ...kernels, padding: 0 })),
    pooling: globalAveragePool(),
    dropout: dropout(sizes.dropout),
    head: dense(classes, { kernelInitializer: headInitializer })
  }
}

/** Images [batch, height, width, 3], normalized as for the weights, to logits [batch, classes]. */
export const layer = (options: Options = {}): Layer.Layer => Layer.sequential(parts(options))

/** {@link layer} for square images. */
export const model = ({
  size = 224,
  ...options
}: Options & { readonly size?: number } = {}): Model<tf.Tensor, tf.Tensor> =>
  Layer.model("mobilenet", layer(options), { inputs: [size, size, 3] })

/** The names of torchvision's tensors, and our paths. */
export const renames = (options: Options = {}): ReadonlyArray<PyTorch.Rename> => {
  const blocks = blocksOf({ ...defaults, ...options })
  const normalizedFrom = (from: string, to: string, layout: "convolution" | "depthwise" = "convolution") => [
    PyTorch.convolution(`${from}.0`, `${to}/conv`, layout),
    ...PyTorch.batchNorm(`${from}.1`, `${to}/norm`)
  ]
  const ofBlock = ({ expansion }: Block, index: number): ReadonlyArray<PyTorch.Rename> => {
    const [from, to] = [`features.${index + 1}.conv`, `blocks/${index}`]
    // A block that is not wider between its ends has no first convolution, so the others are counted from 0.
    const first = expansion === 1 ? 0 : 1
    return [
      ...(expansion === 1 ? [] : normalizedFrom(`${from}.0`, `${to}/expand`)),
      ...normalizedFrom(`${from}.${first}`, `${to}/depthwise`, "depthwise"),
      PyTorch.convolution(`${from}.${first + 1}`, `${to}/project/conv`),
      ...PyTorch.batchNorm(`${from}.${first + 2}`, `${to}/project/norm`)
    ]
  }
  return [
    ...normalizedFrom("features.0", "stem"),
    ...blocks.flatMap(ofBlock),
    ...normalizedFrom(`features.${blocks.length + 1}`, "last"),
    ...PyTorch.linear("classifier.1", "head")
  ]
}

/** The tensors of a `state_dict` of torchvision's MobileNetV2 of these sizes, as weights for `WarmStart.model`. */
export const fromPyTorch = (
  tensors: PyTorch.Weights,
  options: Options = {}
): Effect.Effect<PyTorch.Weights, PyTorch.PyTorchWeightsUnfit> =>
  PyTorch.convert(tensors, { model: "torchvision's MobileNetV2", renames: renames(options) })
