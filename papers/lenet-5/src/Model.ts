/**
 * LeNet-5. LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document recognition", §II.B.
 * C1, S2, C3, S4, C5 and F6 are the paper's, its table of connections, its squashing function and its initial weights
 * included. The output differs: ten logits for a softmax instead of distances to drawn figures.
 */
import { Model, Rng } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"

/** Which of the 6 maps of S2 each of the 16 maps of C3 looks at: the paper's Table I, one row per map of S2. */
export const connections = [
  "X...XXX..XXXX.XX",
  "XX...XXX..XXXX.X",
  "XXX...XXX..X.XXX",
  ".XXX..XXXX..X.XX",
  "..XXX..XXXX.XX.X",
  "...XXX..XXXX.XXX"
]

/** The pairs (map of S2, map of C3) that are connected, as positions in a 6×16 table. */
const pairs = [...connections.join("")].flatMap((mark, at) => (mark === "X" ? [at] : []))
/** Inputs of each unit of C3: 25 for each map of S2 that it looks at. */
const fanInOfC3 = Array.from({ length: 16 }, (_, map) => 25 * pairs.filter((at) => at % 16 === map).length)

/** Puts the 60 kernels that there are into a full kernel [5, 5, 6, 16] that is zero elsewhere. */
const full = (kernels: tf.Tensor): tf.Tensor4D => {
  const places = tf.oneHot(tf.tensor1d(pairs, "int32"), 6 * 16)
  return tf.reshape(tf.matMul(tf.reshape(kernels, [25, 60]), tf.cast(places, "float32")), [5, 5, 6, 16])
}

/** A·tanh(S·a) with A = 1.7159 and S = 2/3, so that ±1 maps to ±1. Appendix A. */
const squash = (x: tf.Tensor): tf.Tensor => tf.mul(tf.tanh(tf.mul(x, 2 / 3)), 1.7159)

/** Uniform in ±2.4 / fan-in. Appendix A. `fanIn` may depend on the last dimension. */
const uniform = (key: Rng.Key, name: string, shape: ReadonlyArray<number>, fanIn: number | ReadonlyArray<number>) => {
  const size = shape.reduce((product, side) => product * side, 1)
  const values = Rng.uniforms(Rng.named(key, name), size, -2.4, 2.4)
  const of = typeof fanIn === "number" ? () => fanIn : (at: number) => fanIn[at % fanIn.length]!
  return tf.tensor(
    values.map((value, at) => value / of(at)),
    [...shape]
  )
}

/** 5×5 convolution without padding. */
const convolution = (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
  squash(tf.add(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, "valid"), bias))

/** Sum of 2×2 inputs, times a trained coefficient, plus a trained bias, squashed. */
const subsampling = (x: tf.Tensor, coefficient: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
  squash(tf.add(tf.mul(tf.avgPool(x as tf.Tensor4D, 2, 2, "valid"), tf.mul(coefficient, 4)), bias))

const dense = (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor => tf.add(tf.matMul(x, kernel), bias)

/** Images [batch, 32, 32, 1] to logits [batch, 10]. The paper's 60,000 parameters up to F6, and 850 of the output. */
export const lenet5 = Model.make({
  name: "LeNet-5",
  init: (key) => ({
    "c1/kernel": uniform(key, "c1/kernel", [5, 5, 1, 6], 25),
    "c1/bias": tf.zeros([6]),
    "s2/coefficient": uniform(key, "s2/coefficient", [6], 4),
    "s2/bias": tf.zeros([6]),
    "c3/kernel": uniform(
      key,
      "c3/kernel",
      [5, 5, 60],
      pairs.map((at) => fanInOfC3[at % 16]!)
    ),
    "c3/bias": tf.zeros([16]),
    "s4/coefficient": uniform(key, "s4/coefficient", [16], 4),
    "s4/bias": tf.zeros([16]),
    "c5/kernel": uniform(key, "c5/kernel", [5 * 5 * 16, 120], 400),
    "c5/bias": tf.zeros([120]),
    "f6/kernel": uniform(key, "f6/kernel", [120, 84], 120),
    "f6/bias": tf.zeros([84]),
    "output/kernel": uniform(key, "output/kernel", [84, 10], 84),
    "output/bias": tf.zeros([10])
  }),
  apply: (p, images: tf.Tensor) => {
    const c1 = convolution(images, p["c1/kernel"], p["c1/bias"])
    const s2 = subsampling(c1, p["s2/coefficient"], p["s2/bias"])
    const c3 = convolution(s2, full(p["c3/kernel"]), p["c3/bias"])
    const s4 = subsampling(c3, p["s4/coefficient"], p["s4/bias"])
    const c5 = squash(dense(tf.reshape(s4, [-1, 400]), p["c5/kernel"], p["c5/bias"]))
    const f6 = squash(dense(c5, p["f6/kernel"], p["f6/bias"]))
    return dense(f6, p["output/kernel"], p["output/bias"])
  }
})
