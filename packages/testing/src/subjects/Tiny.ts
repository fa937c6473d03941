/**
 * Tiny tasks with their data: small enough to see through, each with something that can be known about its result. All of
 * plain functions, and all data from a keyed stream.
 */

import type { Dataset } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { element } from "@etude/core/Lookup"
import * as Losses from "@etude/core/Losses"
import * as Metric from "@etude/core/Metric"
import * as Model from "@etude/core/Model"
import * as RandomBits from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as Task from "@etude/core/Task"
import { get, sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Data from "./Data.ts"
import { dot } from "./dot.ts"

const kernel = (key: Rng.Key, name: string, shape: Array<number>): tf.Tensor => {
  const size = shape.reduce((product, side) => product * side, 1)
  const fanIn = size / sideOf(shape, -1)
  return tf.tensor(Rng.normals(Rng.named(key, name), size, 0, 1 / Math.sqrt(fanIn)), shape)
}

/** Labels that can be learned: each sample has the class with the best fitting random direction. */
const labelled = (name: string, seed: number, samples: number, shape: ReadonlyArray<number>, classes: number) => {
  const key = Rng.named(Rng.key(seed), name)
  const size = shape.reduce((product, side) => product * side, 1)
  const values = Rng.normals(Rng.named(key, "inputs"), samples * size)
  const directions = Rng.normals(Rng.named(Rng.key(0), "directions"), classes * size)
  const row = (all: Float32Array, index: number) => all.subarray(index * size, (index + 1) * size)
  const score = (sample: number, label: number) => dot(row(values, sample), row(directions, label))
  const labels = Int32Array.from({ length: samples }, (_, sample) => {
    let best = 0
    for (let label = 1; label < classes; label++) if (score(sample, label) > score(sample, best)) best = label
    return best
  })
  return Data.arrays({ name, inputs: { shape, values }, targets: { shape: [], dtype: "int32", values: labels } })
}

/** y = w·x + b by least squares, from zero. */
export const regression = (features = 2): Task.Task<tf.Tensor, tf.Tensor, tf.Tensor, "absoluteError"> =>
  Task.supervised({
    name: "tiny regression",
    model: Model.make({
      name: "line",
      init: () => ({ kernel: tf.zeros([features, 1]), bias: tf.zeros([1]) }),
      apply: ({ kernel, bias }, inputs: tf.Tensor) =>
        tf.add(tf.matMul(inputs as tf.Tensor2D, kernel as tf.Tensor2D), bias)
    }),
    loss: Losses.meanSquaredError,
    metrics: {
      absoluteError: Metric.mean({
        name: "absoluteError",
        better: "lower",
        values: (outputs: tf.Tensor, targets: tf.Tensor) => tf.squeeze(tf.abs(tf.sub(outputs, targets)), [1])
      })
    }
  })

/**
 * Points on the plane y = w·x + b, without noise: the least-squares solution is (w, b) itself, and its loss 0. The inputs
 * of each feature have mean 0 over the samples and are orthogonal, so that gradient descent with rate 1/2 and the whole
 * data as its batch reaches the solution in one step.
 */
export const regressionData = (weights: ReadonlyArray<number> = [2, -1], bias = 0.5): Dataset => {
  const samples = 2 ** weights.length
  const sign = (sample: number, feature: number) => ((sample >> feature) % 2 === 0 ? 1 : -1)
  const row = (sample: number) => weights.map((_, feature) => sign(sample, feature))
  const rows = Array.from({ length: samples }, (_, sample) => row(sample))
  return Data.arrays({
    name: "points",
    inputs: { shape: [weights.length], values: rows.flat() },
    targets: {
      shape: [1],
      values: rows.map((x) => x.reduce((sum, value, feature) => sum + value * element(weights, feature), bias))
    }
  })
}

/** A multilayer perceptron 2-8-1 for exclusive or and for two moons: no linear model can learn them, and this one does. */
export const xor = (): Task.Task<tf.Tensor, tf.Tensor, tf.Tensor, "right"> =>
  Task.supervised({
    name: "tiny xor",
    model: Model.make({
      name: "mlp",
      init: (key) => ({
        "hidden/kernel": kernel(key, "hidden", [2, 8]),
        "hidden/bias": tf.zeros([8]),
        "output/kernel": kernel(key, "output", [8, 1]),
        "output/bias": tf.zeros([1])
      }),
      apply: (p, inputs: tf.Tensor) => {
        const hidden = tf.tanh(
          tf.add(tf.matMul(inputs as tf.Tensor2D, p["hidden/kernel"] as tf.Tensor2D), p["hidden/bias"])
        )
        return tf.add(tf.matMul(hidden as tf.Tensor2D, p["output/kernel"] as tf.Tensor2D), p["output/bias"])
      }
    }),
    loss: Losses.binaryCrossEntropy(),
    metrics: {
      right: Metric.mean({
        name: "right",
        better: "higher",
        values: (logits: tf.Tensor, targets: tf.Tensor) =>
          tf.squeeze(tf.equal(tf.greater(logits, 0), tf.greater(targets, 0.5)), [1])
      })
    }
  })

/** The four samples of exclusive or. */
export const xorData = (): Dataset =>
  Data.arrays({
    name: "xor",
    inputs: { shape: [2], values: [0, 0, 0, 1, 1, 0, 1, 1] },
    targets: { shape: [1], values: [0, 1, 1, 0] }
  })

/** Two half circles that reach into each other, 0 the upper and 1 the lower one, with noise of the given deviation. */
export const moonsData = (samples = 40, noise = 0.1, seed = 1): Dataset => {
  const key = Rng.named(Rng.key(seed), "moons")
  const [angles, offsets] = [Rng.uniforms(key, samples, 0, Math.PI), Rng.normals(Rng.named(key, "noise"), 2 * samples)]
  const point = (sample: number): [number, number] => {
    const [x, y] = [Math.cos(element(angles, sample)), Math.sin(element(angles, sample))]
    return sample % 2 === 0 ? [x, y] : [1 - x, 0.5 - y]
  }
  const values = Array.from({ length: samples }, (_, sample) =>
    point(sample).map((side, index) => side + noise * element(offsets, 2 * sample + index))
  )
  return Data.arrays({
    name: "two moons",
    inputs: { shape: [2], values: values.flat() },
    targets: { shape: [1], values: values.map((_, sample) => sample % 2) }
  })
}

/** The least-squares solution of y = w·x + b in float64, by the normal equations: `weights`, then `bias`. */
export const leastSquares = (
  inputs: ReadonlyArray<ReadonlyArray<number>>,
  targets: ReadonlyArray<number>
): { readonly weights: ReadonlyArray<number>; readonly bias: number } => {
  const rows = inputs.map((row) => [...row, 1])
  const size = element(rows, 0).length
  const columns = Array.from({ length: size }, (_, column) => rows.map((row) => element(row, column)))
  const system = columns.map((one) => [...columns.map((other) => dot(one, other)), dot(one, targets)])
  for (let column = 0; column < size; column++) {
    const below = system.slice(column).map((row) => Math.abs(element(row, column)))
    const pivot = column + below.indexOf(Math.max(...below))
    const [row, other] = [element(system, pivot), element(system, column)]
    system[column] = row
    system[pivot] = other
    for (const [index, current] of system.entries()) {
      if (index === column) continue
      const factor = element(current, column) / element(row, column)
      system[index] = current.map((value, place) => value - factor * element(row, place))
    }
  }
  const solution = system.map((row, index) => element(row, size) / element(row, index))
  return { weights: solution.slice(0, -1), bias: element(solution, -1) }
}

/** A convolution 3×3, pooling and a dense layer on images [6, 6, 1] of three classes. */
export const convolution = (): Task.Task<tf.Tensor, tf.Tensor, tf.Tensor, "accuracy"> =>
  Task.supervised({
    name: "tiny convolution",
    model: Model.make({
      name: "cnn",
      init: (key) => ({
        "conv/kernel": kernel(key, "conv", [3, 3, 1, 4]),
        "conv/bias": tf.zeros([4]),
        "dense/kernel": kernel(key, "dense", [16, 3]),
        "dense/bias": tf.zeros([3])
      }),
      apply: (p, images: tf.Tensor) => {
        const maps = tf.relu(
          tf.add(tf.conv2d(images as tf.Tensor4D, p["conv/kernel"] as tf.Tensor4D, 1, "valid"), p["conv/bias"])
        )
        const flat = tf.reshape(tf.maxPool(maps as tf.Tensor4D, 2, 2, "valid"), [sideOf(images.shape, 0), 16])
        return tf.add(tf.matMul(flat as tf.Tensor2D, p["dense/kernel"] as tf.Tensor2D), p["dense/bias"])
      }
    }),
    loss: Losses.softmaxCrossEntropy(),
    metrics: { accuracy: Metric.accuracy }
  })

/** Images [6, 6, 1] with labels 0 … 2 that depend on them linearly. */
export const images = (samples = 14, seed = 1): Dataset => labelled("images", seed, samples, [6, 6, 1], 3)

/** Vectors of four numbers with labels 0 … 2 that depend on them linearly. */
export const vectors = (samples = 14, seed = 1): Dataset => labelled("vectors", seed, samples, [4], 3)

export interface PerceptronOptions {
  /** Share of the hidden units that is dropped in training; 0 when absent. */
  readonly dropout?: number
  /**
   * `running`: hidden units are centred by a running mean, which each batch then moves by a tenth; `batch`: by the mean of
   * the batch in training, so that its samples influence each other, and by the running mean in evaluation.
   */
  readonly centred?: "running" | "batch"
  readonly loss?: Parameters<typeof Losses.softmaxCrossEntropy>[0]
}

/** A multilayer perceptron 4-6-3 for {@link vectors}, with dropout and running statistics if wanted. */
export const perceptron = ({
  dropout = 0,
  centred,
  loss
}: PerceptronOptions = {}): Task.Task<tf.Tensor, tf.Tensor, tf.Tensor, "accuracy"> => {
  const model: Model.Model<tf.Tensor, tf.Tensor> = {
    name: "perceptron",
    init: (key) => ({
      parameters: {
        "hidden/kernel": kernel(key, "hidden", [4, 6]),
        "hidden/bias": tf.zeros([6]),
        "output/kernel": kernel(key, "output", [6, 3]),
        "output/bias": tf.zeros([3])
      },
      statistics: centred === undefined ? {} : { "hidden/mean": tf.zeros([6]) }
    }),
    crossSample: centred === "batch",
    apply: ({ parameters: p, statistics }, inputs, { training, random }) => {
      let hidden: tf.Tensor = tf.add(
        tf.matMul(inputs as tf.Tensor2D, p["hidden/kernel"] as tf.Tensor2D),
        get(p, "hidden/bias")
      )
      const running = statistics["hidden/mean"]
      let moved: tf.Tensor | undefined
      if (running !== undefined) {
        const mean = tf.mean(hidden, 0)
        moved = tf.add(tf.mul(running, 0.9), tf.mul(mean, 0.1))
        hidden = tf.sub(hidden, training && centred === "batch" ? mean : running)
      }
      hidden = tf.tanh(hidden)
      if (training && dropout > 0) hidden = RandomBits.dropout(random, "hidden/dropout", hidden, dropout)
      const outputs = tf.add(tf.matMul(hidden as tf.Tensor2D, p["output/kernel"] as tf.Tensor2D), get(p, "output/bias"))
      return { outputs, ...(training && moved !== undefined ? { statistics: { "hidden/mean": moved } } : {}) }
    }
  }
  return Task.supervised({
    name: "tiny perceptron",
    model,
    loss: Losses.softmaxCrossEntropy(loss),
    metrics: { accuracy: Metric.accuracy }
  })
}

/** A dense layer 2-3 on each element of sequences [3, 2]: a loss for each element, which a mask [3] can select. */
export const tagger = (loss?: PerceptronOptions["loss"]): Task.Task<tf.Tensor, tf.Tensor, tf.Tensor, "accuracy"> =>
  Task.supervised({
    name: "tiny tagger",
    model: Model.make({
      name: "tagger",
      init: (key) => ({ kernel: kernel(key, "kernel", [2, 3]), bias: tf.zeros([3]) }),
      apply: ({ kernel, bias }, inputs: tf.Tensor) => {
        const flat = tf.matMul(tf.reshape(inputs, [-1, 2]), kernel as tf.Tensor2D)
        return tf.reshape(tf.add(flat, bias), [sideOf(inputs.shape, 0), 3, 3])
      }
    }),
    loss: Losses.softmaxCrossEntropy(loss),
    metrics: { accuracy: Metric.accuracy }
  })

/** Sequences of three pairs of numbers, each pair with a label 0 … 2; sample s is s mod 3 + 1 elements long. */
export const sequences = (samples = 10, seed = 1): Dataset => {
  const elements = labelled("sequences", seed, samples * 3, [2], 3)
  const all = elements.read(
    Int32Array.from({ length: samples * 3 }, (_, index) => index),
    Draw.fixed
  ) as {
    readonly inputs: Float32Array
    readonly targets: Int32Array
  }
  const dataset = Data.arrays({
    name: "sequences",
    inputs: { shape: [3, 2], values: all.inputs },
    targets: { shape: [3], dtype: "int32", values: all.targets }
  })
  return Data.masked(dataset, [3], (sample, element) => element <= sample % 3)
}
