import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import "@tensorflow/tfjs-backend-cpu"
import "@tensorflow/tfjs-layers"
import { normalizeBatch } from "../src/kernels/BatchNormalization.ts"

const rounded = (tensor: tf.Tensor) => [...tensor.dataSync()].map((value) => Number(value.toFixed(5)))

describe("normalizing a batch", () => {
  it("gives mean 0 and deviation 1, scaled and moved, with the statistics", () =>
    tf.tidy(() => {
      // Channels 1 3 5 and 2 2 8: means 3 and 4, variances 8/3 and 8.
      const x = tf.tensor2d([
        [1, 2],
        [3, 2],
        [5, 8]
      ])
      const { outputs, mean, variance } = normalizeBatch(x, {
        scale: tf.tensor1d([2, 1]),
        offset: tf.tensor1d([10, 0]),
        epsilon: 1
      })
      assert.deepStrictEqual(rounded(mean), [3, 4])
      assert.deepStrictEqual(rounded(variance), [2.66667, 8])
      const step = 4 / Math.sqrt(11 / 3)
      const expected = [10 - step, -2 / 3, 10, -2 / 3, 10 + step, 4 / 3]
      assert.deepStrictEqual(
        rounded(outputs),
        expected.map((value) => Number(value.toFixed(5)))
      )
    }))

  it("treats all dimensions but the last alike, whatever their number", () =>
    tf.tidy(() => {
      const flat = tf.mul(tf.range(0, 48), tf.range(5, 53))
      const expected = rounded(normalizeBatch(tf.reshape(flat, [16, 3])).outputs)
      for (const shape of [
        [4, 4, 3],
        [2, 4, 2, 3],
        [2, 2, 2, 2, 3]
      ]) {
        const { outputs, mean } = normalizeBatch(tf.reshape(flat, shape))
        assert.deepStrictEqual([outputs.shape, mean.shape], [shape, [3]])
        assert.deepStrictEqual(rounded(outputs), expected)
      }
    }))

  it("passes no gradient through mean and variance", () =>
    tf.tidy(() => {
      const x = tf.tensor2d([[1], [3]])
      const slope = tf.grad((y) => {
        const { mean, variance } = normalizeBatch(y)
        return tf.add(tf.sum(tf.mul(y, mean)), tf.sum(tf.mul(y, variance)))
      })(x)
      assert.deepStrictEqual(rounded(slope), [3, 3])
    }))
})
