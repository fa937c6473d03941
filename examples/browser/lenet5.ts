/** LeNet-5 with rectified linear units and maximum pooling: images of bytes [batch, 28, 28, 1] to logits [batch, 10]. */
import { Losses, Metric, Model, Rng, Task } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"

/** Normal weights of variance 2 / fan-in (He et al. 2015), and a bias of zeros. */
const layer = (key: Rng.Key, name: string, shape: ReadonlyArray<number>) => {
  const size = shape.reduce((product, side) => product * side, 1)
  const outputs = shape.at(-1) ?? 1
  const values = Rng.normals(Rng.named(key, name), size, 0, Math.sqrt((2 * outputs) / size))
  return { [`${name}/kernel`]: tf.tensor(values, [...shape]), [`${name}/bias`]: tf.zeros([outputs]) }
}

type Parameters = { readonly [path: string]: tf.Tensor }

const convolution = (p: Parameters, name: string, x: tf.Tensor): tf.Tensor => {
  const sums = tf.conv2d(x as tf.Tensor4D, p[`${name}/kernel`] as tf.Tensor4D, 1, "valid")
  return tf.maxPool(tf.relu(tf.add(sums, p[`${name}/bias`]!)) as tf.Tensor4D, 2, 2, "valid")
}

const dense = (p: Parameters, name: string, x: tf.Tensor): tf.Tensor =>
  tf.add(tf.matMul(x, p[`${name}/kernel`]!), p[`${name}/bias`]!)

export const lenet5 = Model.make({
  name: "LeNet-5",
  init: (key): Parameters => ({
    ...layer(key, "c1", [5, 5, 1, 6]),
    ...layer(key, "c3", [5, 5, 6, 16]),
    ...layer(key, "c5", [256, 120]),
    ...layer(key, "f6", [120, 84]),
    ...layer(key, "output", [84, 10])
  }),
  apply: (p, images: tf.Tensor) => {
    const c1 = convolution(p, "c1", tf.mul(images, 1 / 255))
    const c3 = convolution(p, "c3", c1)
    const c5 = tf.relu(dense(p, "c5", tf.reshape(c3, [-1, 256])))
    return dense(p, "output", tf.relu(dense(p, "f6", c5)))
  }
})

export const task = Task.supervised({
  name: "digits",
  model: lenet5,
  loss: Losses.softmaxCrossEntropy(),
  metrics: { accuracy: Metric.accuracy }
})
