/** The paper's model: authors, year, title, section. */
import { Model, Rng } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"

const kernel = (key: Rng.Key, name: string, inputs: number, outputs: number): tf.Tensor =>
  tf.tensor(Rng.normals(Rng.named(key, name), inputs * outputs, 0, 1 / Math.sqrt(inputs)), [inputs, outputs])

/** Points [batch, 2] to logits [batch, 2]: one hidden layer of 32 units. */
export const model = Model.make({
  name: "__Name__",
  init: (key) => ({
    "hidden/kernel": kernel(key, "hidden/kernel", 2, 32),
    "hidden/bias": tf.zeros([32]),
    "output/kernel": kernel(key, "output/kernel", 32, 2),
    "output/bias": tf.zeros([2])
  }),
  apply: (p, points: tf.Tensor) => {
    const hidden = tf.tanh(tf.add(tf.matMul(points, p["hidden/kernel"]), p["hidden/bias"]))
    return tf.add(tf.matMul(hidden, p["output/kernel"]), p["output/bias"])
  }
})
