/**
 * LeNet-5. LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document recognition", §II.B.
 * C1, S2, C3, S4, C5 and F6 are the paper's, its table of connections, its squashing function and its initial weights
 * included. The output differs: ten logits for a softmax instead of distances to drawn figures.
 */
import * as Rng from "@etude/core/Rng"
import { conv2d, dense, flatten, type Initializer, Layer } from "@etude/layers"
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
/** The inputs of that map of C3: 25 for each map of S2 that it looks at. */
const inputsOf = (map: number) => 25 * pairs.filter((at) => at % 16 === map).length

/** Puts the 60 kernels that there are into a full kernel [5, 5, 6, 16] that is zero elsewhere. */
const full = (kernels: tf.Tensor): tf.Tensor4D => {
  const places = tf.oneHot(tf.tensor1d(pairs, "int32"), 6 * 16)
  return tf.reshape(tf.matMul(tf.reshape(kernels, [25, 60]), tf.cast(places, "float32")), [5, 5, 6, 16])
}

/** A·tanh(S·a) with A = 1.7159 and S = 2/3, so that ±1 maps to ±1. Appendix A. */
const squash = (x: tf.Tensor): tf.Tensor => tf.mul(tf.tanh(tf.mul(x, 2 / 3)), 1.7159)

/** C3: 5×5 convolution of 6 maps to 16 by the table of connections, squashed. Parameters: `kernel` [5, 5, 60], `bias` [16]. */
const connected = Layer.make({
  kind: "connected",
  init: () => ({ kernel: tf.zeros([5, 5, 60]), bias: tf.zeros([16]) }),
  apply: ({ kernel, bias }, x) => squash(tf.add(tf.conv2d(x as tf.Tensor4D, full(kernel), 1, "valid"), bias))
})

/** Sum of 2×2 inputs, times a trained coefficient, plus a trained bias, squashed. Parameters: `coefficient`, `bias` [maps]. */
const subsampling = Layer.make({
  kind: "subsampling",
  init: (_, { shape: [, , maps = 0] }) => ({ coefficient: tf.zeros([maps]), bias: tf.zeros([maps]) }),
  apply: ({ coefficient, bias }, x) =>
    squash(tf.add(tf.mul(tf.avgPool(x as tf.Tensor4D, 2, 2, "valid"), tf.mul(coefficient, 4)), bias))
})

/** Uniform in ±2.4 / fan-in, which may depend on the last dimension. Appendix A. */
const uniform =
  (fanIn: (last: number) => number): Initializer.Unscaled =>
  (key, shape) => {
    const size = shape.reduce((product, side) => product * side, 1)
    const [last = 1] = shape.slice(-1)
    return tf.tensor(
      Rng.uniforms(key, size, -2.4, 2.4).map((value, at) => value / fanIn(at % last)),
      [...shape]
    )
  }

const network = Layer.sequential({
  c1: conv2d(6, 5, { padding: "valid", activation: squash }),
  s2: subsampling,
  c3: connected,
  s4: subsampling,
  flatten: flatten(),
  c5: dense(120, { activation: squash }),
  f6: dense(84, { activation: squash }),
  output: dense(10)
})

/** Images [batch, 32, 32, 1] to logits [batch, 10]. The paper's 60,000 parameters up to F6, and 850 of the output. */
export const lenet5 = Layer.model("LeNet-5", network, {
  inputs: [32, 32, 1],
  initial: {
    "c1/kernel": uniform(() => 25),
    "s*/coefficient": uniform(() => 4),
    "c3/kernel": uniform((pair) => inputsOf((pairs[pair] ?? 0) % 16)),
    "c5/kernel": uniform(() => 400),
    "f6/kernel": uniform(() => 120),
    "output/kernel": uniform(() => 84)
  }
})
