import { assert, describe, it } from "@effect/vitest"
import { normalizeBatch } from "@etude/core/kernels/BatchNormalization"
import * as tf from "@tensorflow/tfjs-core"
import * as Native from "../../src/Native.ts"
import { isInstalled } from "../native/Installed.ts"
import { operationsOf } from "../native/operations.ts"
import { agrees, differentiates, on, random } from "./agreement.ts"

const native = Native.layer
const epsilon = 0.1

describe.skipIf(!isInstalled)("batch normalization on native", () => {
  for (const shape of [
    [6, 3],
    [2, 3, 4],
    [2, 3, 4, 5],
    [2, 2, 2, 2, 3],
    [5, 1],
    [1, 2, 2, 17]
  ]) {
    const channels = shape.at(-1)!
    const inputs = () => [random(shape, 1), random([channels], 2), random([channels], 3)]
    differentiates(
      `of [${shape}]`,
      (x, scale, offset) => normalizeBatch(x!, { scale: scale!, offset: offset!, epsilon }).outputs,
      inputs,
      native
    )
    agrees(
      `mean and variance of [${shape}]`,
      () => {
        const { mean, variance } = normalizeBatch(tf.add(tf.mul(random(shape, 4), 3), 2))
        return [mean, variance]
      },
      1e-5,
      native
    )
    agrees(
      `of [${shape}] by statistics that are given, or taken from the same values`,
      () => {
        const flat = ([x, scale, offset]: Array<tf.Tensor>) =>
          [tf.reshape(x!, [-1, channels]), scale, offset] as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D]
        const given = (...all: Array<tf.Tensor>) => {
          const [x, scale, offset] = flat(all)
          return tf.batchNorm(x, all[3] as tf.Tensor1D, tf.square(all[4]!) as tf.Tensor1D, offset, scale, epsilon)
        }
        const own = (...all: Array<tf.Tensor>) => {
          const [x, scale, offset] = flat(all)
          const { mean, variance } = tf.moments(x, 0)
          return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset, scale, epsilon)
        }
        const statistics = [random([channels], 5), random([channels], 6)]
        const dy = random([tf.util.sizeFromShape(shape) / channels, channels], 7)
        return [...tf.grads(given)([...inputs(), ...statistics], dy), ...tf.grads(own)(inputs(), dy)]
      },
      1e-5,
      native
    )
  }
  differentiates(
    "without scale and offset",
    (x) => normalizeBatch(x!, { epsilon }).outputs,
    () => [random([4, 3], 1)],
    native
  )
  differentiates(
    "twice, one after the other",
    (x, scale) => {
      const once = normalizeBatch(x!, { scale: scale!, epsilon }).outputs
      return tf.add(normalizeBatch(tf.square(once), { scale: scale!, epsilon }).outputs, once)
    },
    () => [random([5, 3], 1), tf.add(random([3], 2), 2)],
    native
  )
  agrees(
    "a single sample is its own mean",
    () => {
      const normalized = (x: tf.Tensor) => normalizeBatch(x, { offset: tf.tensor1d([1, 2]), epsilon })
      const { outputs, mean, variance } = normalized(tf.tensor2d([[3, -4]]))
      return [outputs, mean, variance, tf.grad((x) => normalized(x).outputs)(tf.tensor2d([[3, -4]]))]
    },
    1e-6,
    native
  )
  agrees(
    "no gradient flows through mean and variance",
    () => [
      tf.grad((x) => {
        const { mean, variance } = normalizeBatch(x)
        return tf.add(tf.sum(tf.mul(x, mean)), tf.sum(tf.mul(x, variance)))
      })(random([4, 3], 1))
    ],
    1e-5,
    native
  )
  it.live("takes one operation in each direction, beside one for the variance", () =>
    on(native, () => {
      const x = random<tf.Rank.R4>([2, 3, 3, 4], 1)
      const operations = operationsOf(() => tf.grad((y) => normalizeBatch(y).outputs)(x, x))
      assert.deepStrictEqual(operations, ["FusedBatchNormV3", "Mul", "FusedBatchNormGradV3"])
    })
  )
})
