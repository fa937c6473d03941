/** LeNet-5 with rectified linear units and maximum pooling, on 28×28×1. */
import type { Tensors } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"
import * as layers from "@tensorflow/tfjs-layers"
import { affine, classes, dense, type Network } from "./Network.ts"

const convolution = (p: Tensors.Tensors, name: string, x: tf.Tensor): tf.Tensor =>
  tf.add(tf.conv2d(x as tf.Tensor4D, p[`${name}/kernel`] as tf.Tensor4D, 1, "valid"), p[`${name}/bias`]!)

const pooled = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid")

export const lenet5: Network = {
  shape: [28, 28, 1],
  parameters: {
    ...affine("conv1", 5, 5, 1, 6),
    ...affine("conv2", 5, 5, 6, 16),
    ...affine("dense1", 256, 120),
    ...affine("dense2", 120, 84),
    ...affine("output", 84, classes)
  },
  statistics: {},
  apply: ({ parameters: p }, x) => {
    const first = pooled(tf.relu(convolution(p, "conv1", x)))
    const second = pooled(tf.relu(convolution(p, "conv2", first)))
    const features = tf.relu(dense(p, "dense1", tf.reshape(second, [-1, 256])))
    return { outputs: dense(p, "output", tf.relu(dense(p, "dense2", features))) }
  },
  layers: () =>
    layers.sequential({
      layers: [
        layers.layers.conv2d({
          name: "conv1",
          filters: 6,
          kernelSize: 5,
          activation: "relu",
          inputShape: [28, 28, 1]
        }),
        layers.layers.maxPooling2d({ poolSize: 2 }),
        layers.layers.conv2d({ name: "conv2", filters: 16, kernelSize: 5, activation: "relu" }),
        layers.layers.maxPooling2d({ poolSize: 2 }),
        layers.layers.flatten(),
        layers.layers.dense({ name: "dense1", units: 120, activation: "relu" }),
        layers.layers.dense({ name: "dense2", units: 84, activation: "relu" }),
        layers.layers.dense({ name: "output", units: classes })
      ]
    }),
  positions: {
    "conv1/kernel": 24 * 24,
    "conv2/kernel": 8 * 8,
    "dense1/kernel": 1,
    "dense2/kernel": 1,
    "output/kernel": 1
  }
}
