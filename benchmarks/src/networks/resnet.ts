/**
 * A small residual network on 32×32×3: a convolution of 16 channels, three blocks of two convolutions with 16, 32 and 64
 * channels, and the mean over all positions; batch normalization after every convolution. Between blocks, 2×2 average
 * pooling halves the sides: convolutions that stride are padded differently by TensorFlow and PyTorch.
 */
import { BatchNormalization } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"
import * as layers from "@tensorflow/tfjs-layers"
import { affine, classes, dense, kernel, type Network, ones, type Variables, zeros } from "./Network.ts"

/** Of batch normalization: added to the variance, and the share of a running value that one step keeps. */
const [epsilon, momentum] = [1e-5, 0.9]

/** Convolutions with their kernel's side, channels in and out, and the side of their output. */
const convolutions = {
  stem: [3, 3, 16, 32],
  block1_1: [3, 16, 16, 32],
  block1_2: [3, 16, 16, 32],
  block2_1: [3, 16, 32, 16],
  block2_2: [3, 32, 32, 16],
  block2_shortcut: [1, 16, 32, 16],
  block3_1: [3, 32, 64, 8],
  block3_2: [3, 64, 64, 8],
  block3_shortcut: [1, 32, 64, 8]
} as const
type Name = keyof typeof convolutions
const names = Object.keys(convolutions) as ReadonlyArray<Name>

const each = (variables: (name: Name, channels: number) => Variables): Variables =>
  Object.assign({}, ...names.map((name) => variables(name, convolutions[name][2])))

const parameters: Variables = {
  ...each((name, channels) => {
    const [side, inputs] = convolutions[name]
    return {
      [`${name}/kernel`]: kernel(side, side, inputs, channels),
      [`${name}_norm/scale`]: ones(channels),
      [`${name}_norm/offset`]: zeros(channels)
    }
  }),
  ...affine("output", 64, classes)
}

const statistics = each((name, channels) => ({
  [`${name}_norm/mean`]: zeros(channels),
  [`${name}_norm/variance`]: ones(channels)
}))

const apply: Network["apply"] = ({ parameters: p, statistics }, inputs) => {
  const changed: Record<string, tf.Tensor> = {}
  const run = (path: string, value: tf.Tensor) => {
    changed[path] = tf.add(tf.mul(statistics[path]!, momentum), tf.mul(value, 1 - momentum))
  }
  /** A convolution and its normalization. */
  const unit = (name: Name, x: tf.Tensor): tf.Tensor => {
    const y = tf.conv2d(x as tf.Tensor4D, p[`${name}/kernel`] as tf.Tensor4D, 1, "same")
    const [offset, scale] = [p[`${name}_norm/offset`]!, p[`${name}_norm/scale`]!]
    const { outputs, mean, variance } = BatchNormalization.normalizeBatch(y, { scale, offset, epsilon })
    run(`${name}_norm/mean`, mean)
    run(`${name}_norm/variance`, variance)
    return outputs
  }
  const block = (first: Name, second: Name, x: tf.Tensor, shortcut: tf.Tensor): tf.Tensor =>
    tf.relu(tf.add(unit(second, tf.relu(unit(first, x))), shortcut))
  const halved = (x: tf.Tensor): tf.Tensor => tf.avgPool(x as tf.Tensor4D, 2, 2, "valid")

  const stem = tf.relu(unit("stem", inputs))
  const one = halved(block("block1_1", "block1_2", stem, stem))
  const two = halved(block("block2_1", "block2_2", one, unit("block2_shortcut", one)))
  const three = block("block3_1", "block3_2", two, unit("block3_shortcut", two))
  return { outputs: dense(p, "output", tf.mean(three, [1, 2])), statistics: changed }
}

const layersModel = (): layers.LayersModel => {
  const { activation, add, averagePooling2d, batchNormalization, conv2d, globalAveragePooling2d } = layers.layers
  type Node = layers.SymbolicTensor
  const unit = (name: Name, x: Node): Node => {
    const [kernelSize, , filters] = convolutions[name]
    const y = conv2d({ name, filters, kernelSize, padding: "same", useBias: false }).apply(x)
    return batchNormalization({ name: `${name}_norm`, epsilon, momentum }).apply(y) as Node
  }
  const relu = (x: Node) => activation({ activation: "relu" }).apply(x) as Node
  const block = (first: Name, second: Name, x: Node, shortcut: Node): Node =>
    relu(add().apply([unit(second, relu(unit(first, x))), shortcut]) as Node)
  const halved = (x: Node) => averagePooling2d({ poolSize: 2 }).apply(x) as Node

  const inputs = layers.input({ shape: [32, 32, 3] })
  const stem = relu(unit("stem", inputs))
  const one = halved(block("block1_1", "block1_2", stem, stem))
  const two = halved(block("block2_1", "block2_2", one, unit("block2_shortcut", one)))
  const three = block("block3_1", "block3_2", two, unit("block3_shortcut", two))
  const features = globalAveragePooling2d({}).apply(three)
  const outputs = layers.layers.dense({ name: "output", units: classes }).apply(features) as Node
  return layers.model({ inputs, outputs })
}

export const resnet: Network = {
  shape: [32, 32, 3],
  parameters,
  statistics,
  apply,
  layers: layersModel,
  positions: {
    ...Object.fromEntries(names.map((name) => [`${name}/kernel`, convolutions[name][3] ** 2])),
    "output/kernel": 1
  }
}
