/**
 * ResNet-18 and -34, networks of residual blocks of two convolutions. He et al. 2016, arXiv:1512.03385. The architecture, and the weights
 * that it takes, are those of torchvision's `resnet18`.
 */
import type { Model } from "@etude/core/Model"
import { batchNorm, conv2d, dense, globalAveragePool, Initializer, Layer, maxPool, repeat } from "@etude/layers"
import * as tf from "@tensorflow/tfjs-core"
import type * as Effect from "effect/Effect"
import * as PyTorch from "./PyTorch.ts"

export interface Options {
  /** Blocks of each stage; default: [2, 2, 2, 2], which is ResNet-18. ResNet-34 has [3, 4, 6, 3]. */
  readonly blocks?: ReadonlyArray<number>
  /** Channels of the first stage; each further one has twice as many. Default: 64. */
  readonly width?: number
  /** Default: 1000. */
  readonly classes?: number
  /** Of the convolutions' kernels. Default: normal of variance 2 / fanOut, as there. */
  readonly initializer?: Initializer.Initializer
}

/** He et al. 2015, by the number of outputs that an input reaches. */
const heByOutputs: Initializer.Initializer = (key, shape, fans) =>
  Initializer.normal(Math.sqrt(2 / fans.fanOut))(key, shape)

const defaults = { blocks: [2, 2, 2, 2], width: 64, classes: 1000, initializer: heByOutputs }

/** Whether the first block of a stage has other shapes at its end than at its start. */
const projects = (stage: number, block: number): boolean => stage > 0 && block === 0

/** relu(shortcut(x) + norm(conv(relu(norm(conv(x)))))); the shortcut is x itself where shapes stay. */
const blockOf = (filters: number, isNarrowing: boolean, kernelInitializer: Initializer.Initializer): Layer.Layer => {
  const strides = isNarrowing ? 2 : 1
  const options = { bias: false, kernelInitializer }
  const branch = {
    conv1: conv2d(filters, 3, { ...options, strides, padding: 1 }),
    norm1: batchNorm(),
    conv2: conv2d(filters, 3, { ...options, padding: 1 }),
    norm2: batchNorm()
  }
  if (!isNarrowing) {
    return Layer.compose(branch, ({ conv1, norm1, conv2, norm2 }, x: tf.Tensor) =>
      tf.relu(tf.add(x, norm2(conv2(tf.relu(norm1(conv1(x)))))))
    )
  }
  const shortcut = Layer.sequential({
    conv: conv2d(filters, 1, { ...options, strides, padding: 0 }),
    norm: batchNorm()
  })
  return Layer.compose({ ...branch, shortcut }, ({ conv1, norm1, conv2, norm2, shortcut }, x: tf.Tensor) =>
    tf.relu(tf.add(shortcut(x), norm2(conv2(tf.relu(norm1(conv1(x)))))))
  )
}

/**
 * The layers, in their order: `conv`, `norm`, `relu`, `pool`, `stage1` and so on, `pooling`, `head`. Without the last ones they are a body
 * for other tasks: `const { head, ...body } = ResNet.parts()`, then `Layer.sequential({ ...body, head: dense(10) })`.
 */
export const parts = (options: Options = {}): { readonly [name: string]: Layer.LayerLike } => {
  const { blocks, width, classes, initializer } = { ...defaults, ...options }
  const stages = blocks.map((count, stage) => {
    const filters = width * 2 ** stage
    return [
      `stage${stage + 1}`,
      repeat(count, (block) => blockOf(filters, projects(stage, block), initializer))
    ] as const
  })
  return {
    conv: conv2d(width, 7, { strides: 2, padding: 3, bias: false, kernelInitializer: initializer }),
    norm: batchNorm(),
    relu: tf.relu<tf.Tensor>,
    pool: maxPool(3, { strides: 2, padding: 1 }),
    ...Object.fromEntries(stages),
    pooling: globalAveragePool(),
    head: dense(classes, options.initializer === undefined ? {} : { kernelInitializer: initializer })
  }
}

/** Images [batch, height, width, 3], normalized as for the weights, to logits [batch, classes]. */
export const layer = (options: Options = {}): Layer.Layer => Layer.sequential(parts(options))

/** {@link layer} for square images. */
export const model = ({
  size = 224,
  ...options
}: Options & { readonly size?: number } = {}): Model<tf.Tensor, tf.Tensor> =>
  Layer.model("resnet", layer(options), { inputs: [size, size, 3] })

/** The names of torchvision's tensors, and our paths. */
export const renames = (options: Options = {}): ReadonlyArray<PyTorch.Rename> => {
  const { blocks } = { ...defaults, ...options }
  const ofBlock = (stage: number, block: number): ReadonlyArray<PyTorch.Rename> => {
    const [from, to] = [`layer${stage + 1}.${block}`, `stage${stage + 1}/${block}`]
    const branch = [1, 2].flatMap((half) => [
      PyTorch.convolution(`${from}.conv${half}`, `${to}/conv${half}`),
      ...PyTorch.batchNorm(`${from}.bn${half}`, `${to}/norm${half}`)
    ])
    if (!projects(stage, block)) return branch
    return [
      ...branch,
      PyTorch.convolution(`${from}.downsample.0`, `${to}/shortcut/conv`),
      ...PyTorch.batchNorm(`${from}.downsample.1`, `${to}/shortcut/norm`)
    ]
  }
  return [
    PyTorch.convolution("conv1", "conv"),
    ...PyTorch.batchNorm("bn1", "norm"),
    ...blocks.flatMap((count, stage) => Array.from({ length: count }, (_, block) => ofBlock(stage, block)).flat()),
    ...PyTorch.linear("fc", "head")
  ]
}

/** The tensors of a `state_dict` of torchvision's ResNet of these sizes, as weights for `WarmStart.model`. */
export const fromPyTorch = (
  tensors: PyTorch.Weights,
  options: Options = {}
): Effect.Effect<PyTorch.Weights, PyTorch.PyTorchWeightsUnfit> =>
  PyTorch.convert(tensors, { model: "torchvision's ResNet", renames: renames(options) })
