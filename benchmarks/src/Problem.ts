/** What is trained: the same arithmetic as plain functions (for Etude and the bare loop) and as a model of tf.layers. */
import { Losses, Metric, Model, Rng, Task, type Tensors } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"
import * as layers from "@tensorflow/tfjs-layers"

export type ProblemName = "LeNet-5" | "MLP"

export interface Problem {
  readonly name: ProblemName
  readonly batchSize: number
  /** Shape of one input. */
  readonly shape: ReadonlyArray<number>
  readonly init: (key: Rng.Key) => Tensors.Tensors
  /** Inputs [batch, …] to logits [batch, 10]. */
  readonly apply: (parameters: Tensors.Tensors, inputs: tf.Tensor) => tf.Tensor
  /** The same function, with its weights in the order of `init`. */
  readonly layers: () => layers.LayersModel
}

export const classes = 10

/** Adam's numbers, those of `tf.train.adam(0.001)`. */
export const adam = { rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }

const kernel = (key: Rng.Key, path: string, shape: ReadonlyArray<number>): tf.Tensor => {
  const size = shape.reduce((product, side) => product * side, 1)
  const limit = 1 / Math.sqrt(size / shape.at(-1)!)
  return tf.tensor(Rng.uniforms(Rng.named(key, path), size, -limit, limit), [...shape])
}

const variables =
  (kernels: { readonly [name: string]: ReadonlyArray<number> }) =>
  (key: Rng.Key): Tensors.Tensors => {
    const all: Record<string, tf.Tensor> = {}
    for (const name in kernels) {
      const shape = kernels[name]!
      all[`${name}/kernel`] = kernel(key, `${name}/kernel`, shape)
      all[`${name}/bias`] = tf.zeros([shape.at(-1)!])
    }
    return all
  }

const dense = (p: Tensors.Tensors, name: string, x: tf.Tensor): tf.Tensor =>
  tf.add(tf.matMul(x, p[`${name}/kernel`]!), p[`${name}/bias`]!)

const convolution = (p: Tensors.Tensors, name: string, x: tf.Tensor): tf.Tensor =>
  tf.add(tf.conv2d(x as tf.Tensor4D, p[`${name}/kernel`] as tf.Tensor4D, 1, "valid"), p[`${name}/bias`]!)

const pooled = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid")

const mlp: Problem = {
  name: "MLP",
  batchSize: 32,
  shape: [784],
  init: variables({ hidden: [784, 128], output: [128, classes] }),
  apply: (p, x) => dense(p, "output", tf.relu(dense(p, "hidden", x))),
  layers: () =>
    layers.sequential({
      layers: [
        layers.layers.dense({ units: 128, activation: "relu", inputShape: [784] }),
        layers.layers.dense({ units: classes })
      ]
    })
}

const lenet5: Problem = {
  name: "LeNet-5",
  batchSize: 64,
  shape: [28, 28, 1],
  init: variables({
    conv1: [5, 5, 1, 6],
    conv2: [5, 5, 6, 16],
    dense1: [256, 120],
    dense2: [120, 84],
    output: [84, classes]
  }),
  apply: (p, x) => {
    const first = pooled(tf.relu(convolution(p, "conv1", x)))
    const second = pooled(tf.relu(convolution(p, "conv2", first)))
    const features = tf.relu(dense(p, "dense1", tf.reshape(second, [-1, 256])))
    return dense(p, "output", tf.relu(dense(p, "dense2", features)))
  },
  layers: () =>
    layers.sequential({
      layers: [
        layers.layers.conv2d({ filters: 6, kernelSize: 5, activation: "relu", inputShape: [28, 28, 1] }),
        layers.layers.maxPooling2d({ poolSize: 2 }),
        layers.layers.conv2d({ filters: 16, kernelSize: 5, activation: "relu" }),
        layers.layers.maxPooling2d({ poolSize: 2 }),
        layers.layers.flatten(),
        layers.layers.dense({ units: 120, activation: "relu" }),
        layers.layers.dense({ units: 84, activation: "relu" }),
        layers.layers.dense({ units: classes })
      ]
    })
}

export const problems: { readonly [name in ProblemName]: Problem } = { "LeNet-5": lenet5, MLP: mlp }

/** The problem as a task of Etude's: loss, and accuracy as a metric. */
export const taskOf = ({ name, init, apply }: Problem) =>
  Task.supervised({
    name,
    model: Model.make({ name, init, apply }),
    loss: Losses.softmaxCrossEntropy(),
    metrics: { accuracy: Metric.accuracy }
  })

/** Samples on the host: noise in [−1, 1) on which each class (0 … 9) lights its own stripe. Equal in every process. */
export interface Samples {
  readonly inputs: Float32Array
  readonly labels: Int32Array
  readonly count: number
}

export const samplesFor = ({ shape }: Problem, count: number): Samples => {
  const size = shape.reduce((product, side) => product * side, 1)
  const labels = Int32Array.from({ length: count }, (_, at) => Math.floor(Rng.uniform(Rng.key(7), at) * classes))
  const stripe = Math.ceil(size / classes)
  // A cheap generator: millions of values, of which only their equality in all processes matters.
  let state = 1
  const inputs = Float32Array.from({ length: count * size }, (_, at) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const lit = Math.floor((at % size) / stripe) === labels[Math.floor(at / size)]
    return (state / 2 ** 32) * 2 - 1 + (lit ? 0.2 : 0)
  })
  return { inputs, labels, count }
}

/** The mean loss of parameters on the first batch: what all competitors must agree on after equal training. */
export const lossOf = (problem: Problem, parameters: Tensors.Tensors, { inputs, labels }: Samples): number =>
  tf.tidy(() => {
    const { batchSize, shape } = problem
    const size = inputs.length / labels.length
    const x = tf.tensor(inputs.subarray(0, batchSize * size), [batchSize, ...shape])
    const hot = tf.oneHot(tf.tensor1d(labels.subarray(0, batchSize), "int32"), classes)
    return tf.losses.softmaxCrossEntropy(hot, problem.apply(parameters, x)).dataSync()[0]!
  })
