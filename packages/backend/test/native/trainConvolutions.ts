/** A training small enough to repeat, with every kind of kernel that convolutional networks need. */
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
// Registers the gradients.
import "@tensorflow/tfjs-layers"

/** A number in [−1, 1) for each position, of a stream of its own. */
const values = (name: string, shape: ReadonlyArray<number>): tf.Tensor =>
  tf.tensor(Rng.uniforms(Rng.named(Rng.key(7), name), tf.util.sizeFromShape([...shape]), -1, 1), [...shape])

/** Ten steps of gradient descent on a small convolutional classifier; gives the bits of all weights. */
export const trainConvolutions = (): ReadonlyArray<Int32Array> =>
  tf.tidy(() => {
    const x = values("x", [8, 8, 8, 1]) as tf.Tensor4D
    const y = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], "int32"), 3)
    let weights = [values("kernel", [3, 3, 1, 4]), values("dense", [36, 3])]
    const loss = (kernel: tf.Tensor, dense: tf.Tensor) => {
      const features = tf.maxPool(tf.relu(tf.conv2d(x, kernel as tf.Tensor4D, 1, "valid")), 2, 2, "valid")
      const logits = tf.matMul(tf.reshape(features, [8, 36]), dense as tf.Tensor2D)
      return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(logits)), 1)))
    }
    for (let step = 0; step < 10; step++) {
      const gradients = tf.grads(loss as (...args: Array<tf.Tensor>) => tf.Tensor)(weights)
      weights = weights.map((weight, at) => tf.sub(weight, tf.mul(gradients[at]!, 0.1)))
    }
    return weights.map((weight) => new Int32Array((weight.dataSync() as Float32Array).slice().buffer))
  })
