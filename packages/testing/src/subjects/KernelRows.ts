/**
 * What a backend must compute as any other does, as data: the operations that models are made of, with inputs. Values are
 * compared with those of another backend, gradients too, and with finite differences.
 */
import * as Rng from "@etude/core/Rng"
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

/** An operation, and its inputs. */
export interface Row {
  readonly name: string
  readonly f: (...xs: Array<tf.Tensor>) => tf.Tensor
  /** Makes the inputs, the same on every backend. */
  readonly inputs: () => Array<tf.Tensor>
}

type T = tf.Tensor
/** A function of up to six tensors. */
type F = (...xs: [T, T, T, T, T, T]) => tf.Tensor
type Case = readonly [name: string, f: F, ...shapes: Array<ReadonlyArray<number>>]

const r4 = (x: tf.Tensor) => x as tf.Tensor4D
const r2 = (x: tf.Tensor) => x as tf.Tensor2D

const normalized: F = (x, scale, offset) => {
  const { mean, variance } = tf.moments(x, x.rank - 1, true)
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3))), scale), offset)
}

const lstm: F = (x, h, c, kernel, recurrent, bias) => {
  const z = tf.add(tf.add(tf.matMul(x, kernel), tf.matMul(h, recurrent)), bias)
  const [i, f, candidate, o] = tf.split(z, 4, 1) as [T, T, T, T]
  const memory = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(candidate)))
  return tf.mul(tf.sigmoid(o), tf.tanh(memory))
}

const gru: F = (x, h, kernel, recurrent) => {
  const [xz, xr, xh] = tf.split(tf.matMul(x, kernel), 3, 1) as [T, T, T]
  const [wz, wr, wh] = tf.split(recurrent, 3, 1) as [T, T, T]
  const z = tf.sigmoid(tf.add(xz, tf.matMul(h, wz)))
  const r = tf.sigmoid(tf.add(xr, tf.matMul(h, wr)))
  const candidate = tf.tanh(tf.add(xh, tf.matMul(tf.mul(r, h), wh)))
  return tf.add(tf.mul(z, h), tf.mul(tf.sub(1, z), candidate))
}

const attention: F = (q, k, v) =>
  tf.matMul(tf.softmax(tf.div(tf.matMul(q, k, false, true), Math.sqrt(sideOf(q.shape, -1)))), v)

const positive = (x: tf.Tensor) => tf.add(x, 1.5)

const unary: ReadonlyArray<Case> = Object.entries({
  relu: (x: tf.Tensor) => tf.relu(x),
  relu6: (x: tf.Tensor) => tf.relu6(x),
  elu: (x: tf.Tensor) => tf.elu(x),
  selu: (x: tf.Tensor) => tf.selu(x),
  leakyRelu: (x: tf.Tensor) => tf.leakyRelu(x, 0.1),
  softplus: tf.softplus,
  sigmoid: tf.sigmoid,
  logSigmoid: tf.logSigmoid,
  tanh: tf.tanh,
  erf: tf.erf,
  swish: (x: tf.Tensor) => tf.mul(x, tf.sigmoid(x)),
  abs: (x: tf.Tensor) => tf.abs(x),
  exp: tf.exp,
  expm1: tf.expm1,
  log: (x: tf.Tensor) => tf.log(positive(x)),
  log1p: (x: tf.Tensor) => tf.log1p(positive(x)),
  sqrt: (x: tf.Tensor) => tf.sqrt(positive(x)),
  rsqrt: (x: tf.Tensor) => tf.rsqrt(positive(x)),
  square: tf.square,
  reciprocal: (x: tf.Tensor) => tf.reciprocal(positive(x)),
  sin: tf.sin,
  cos: tf.cos,
  atan: tf.atan,
  sinh: tf.sinh,
  cosh: tf.cosh,
  neg: tf.neg,
  softmax: (x: tf.Tensor) => tf.softmax(x),
  logSoftmax: (x: tf.Tensor) => tf.logSoftmax(x),
  logSumExp: (x: tf.Tensor) => tf.logSumExp(x, 1),
  sum: (x: tf.Tensor) => tf.sum(x, 0),
  mean: (x: tf.Tensor) => tf.mean(x, 1),
  max: (x: tf.Tensor) => tf.max(x, 1),
  min: (x: tf.Tensor) => tf.min(x, 0),
  cumsum: (x: tf.Tensor) => tf.cumsum(x, 1),
  norm: (x: tf.Tensor) => tf.norm(x),
  clipByValue: (x: tf.Tensor) => tf.clipByValue(x, -0.4, 0.4),
  tile: (x: tf.Tensor) => tf.tile(x, [2, 3]),
  reverse: (x: tf.Tensor) => tf.reverse(x, 1),
  transpose: (x: tf.Tensor) => tf.transpose(x),
  pad: (x: tf.Tensor) =>
    tf.pad(x, [
      [1, 2],
      [0, 1]
    ]),
  slice: (x: tf.Tensor) => tf.slice(x, [1, 0], [2, 3]),
  expandDims: (x: tf.Tensor) => tf.squeeze(tf.expandDims(x, 1)),
  "unstack and stack": (x: tf.Tensor) => tf.stack(tf.unstack(x, 1).toReversed()),
  split: (x: tf.Tensor) => tf.concat(tf.split(x, 2, 1).toReversed(), 0)
}).map(([name, f]) => [name, f as F, [3, 4]])

const cases: ReadonlyArray<Case> = [
  ...unary,
  ["add, with broadcasting", (a, b) => tf.add(a, b), [3, 4], [4]],
  ["sub, with broadcasting", (a, b) => tf.sub(a, b), [3, 1], [3, 4]],
  ["mul, with broadcasting", (a, b) => tf.mul(a, b), [2, 3, 4], [3, 1]],
  ["div, with broadcasting", (a, b) => tf.div(a, positive(b)), [3, 4], [4]],
  ["pow", (a, b) => tf.pow(positive(a), b), [3, 4], [3, 4]],
  ["maximum", (a, b) => tf.maximum(a, tf.add(b, 0.1)), [3, 4], [3, 4]],
  ["minimum", (a, b) => tf.minimum(a, tf.add(b, 0.1)), [3, 4], [3, 4]],
  ["squaredDifference", (a, b) => tf.squaredDifference(a, b), [3, 4], [3, 4]],
  [
    "where",
    (a, b) =>
      tf.where(
        tf.tensor2d(
          [
            [1, 0],
            [0, 1]
          ],
          [2, 2],
          "bool"
        ),
        a,
        b
      ),
    [2, 2],
    [2, 2]
  ],
  ["concat", (a, b) => tf.concat([a, b], 1), [2, 3], [2, 2]],
  ["addN", (a, b) => tf.addN([a, b, a]), [2, 3], [2, 3]],
  ["prelu", (x, alpha) => tf.prelu(x, alpha), [3, 4], [4]],
  ["dense", (x, w, b) => tf.tanh(tf.add(tf.matMul(r2(x), r2(w)), b)), [5, 3], [3, 4], [4]],
  ["layer normalization", normalized, [3, 8], [8], [8]],
  [
    "batch normalization with the batch's statistics",
    (x, scale, offset) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2])
      return tf.batchNorm(
        r4(x),
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D
      )
    },
    [2, 3, 4, 2],
    [2],
    [2]
  ],
  [
    "batch normalization with running statistics",
    (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        r4(x),
        mean as tf.Tensor1D,
        positive(variance) as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D
      ),
    [2, 3, 4, 2],
    [2],
    [2],
    [2],
    [2]
  ],
  ["global average pooling", (x) => tf.mean(x, [1, 2]), [2, 3, 4, 2]],
  ["nearest upsampling", (x) => tf.image.resizeNearestNeighbor(r4(x), [6, 8]), [1, 3, 4, 2]],
  ["bilinear upsampling", (x) => tf.image.resizeBilinear(r4(x), [6, 8]), [1, 3, 4, 2]],
  ["local response normalization", (x) => tf.localResponseNormalization(r4(x), 2), [1, 3, 3, 5]],
  [
    "spaceToBatchND",
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 2]
        ]
      ),
    [1, 4, 4, 2]
  ],
  [
    "batchToSpaceND",
    (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 1]
        ]
      ),
    [4, 2, 2, 2]
  ],
  ["LSTM cell", lstm, [2, 3], [2, 4], [2, 4], [3, 16], [4, 16], [16]],
  ["GRU cell", gru, [2, 3], [2, 4], [3, 12], [4, 12]],
  ["attention", attention, [2, 5, 3], [2, 4, 3], [2, 4, 6]],
  ["cross-entropy from logits", (x) => tf.losses.softmaxCrossEntropy(tf.oneHot([0, 2, 1], 4), r2(x)), [3, 4]],
  [
    "sigmoid cross-entropy",
    (x) =>
      tf.losses.sigmoidCrossEntropy(
        tf.tensor2d([
          [1, 0],
          [0, 1]
        ]),
        r2(x)
      ),
    [2, 2]
  ],
  ["Huber loss", (x) => tf.losses.huberLoss(tf.zeros([3, 4]), tf.mul(x, 3)), [3, 4]]
]

/** Operations with a kink where a value meets 0 or another value. */
const kinked = new Set([
  "relu",
  "relu6",
  "elu",
  "selu",
  "leakyRelu",
  "abs",
  "max",
  "min",
  "clipByValue",
  "prelu",
  "maximum",
  "minimum"
])

/** float32 in [−1, 1), the same on every backend; `seed` differs between tensors of one row. */
const random = (shape: ReadonlyArray<number>, seed: number): tf.Tensor =>
  tf.tensor(Rng.uniforms(Rng.key(seed), tf.util.sizeFromShape([...shape]), -1, 1), [...shape])

/** float32, no two nearer than 0.2 to each other or nearer than 0.1 to 0: for functions with a kink where values meet. */
const apart = (shape: ReadonlyArray<number>, seed: number): tf.Tensor => {
  const length = tf.util.sizeFromShape([...shape])
  const order = Rng.permutation(Rng.key(seed), length)
  return tf.tensor(
    Float32Array.from({ length }, (_, index) => 0.2 * (order(index) - Math.floor(length / 2)) + 0.1),
    [...shape]
  )
}

/** Common operations. */
export const all: ReadonlyArray<Row> = cases.map(([name, f, ...shapes]) => ({
  name,
  f,
  inputs: () => shapes.map((shape, index) => (kinked.has(name) ? apart : random)(shape, index + 1))
}))
