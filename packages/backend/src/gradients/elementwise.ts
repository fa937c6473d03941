/** Gradients of elementwise operations that tfjs lacks or has wrong. */
import * as tf from "@tensorflow/tfjs-core"
import { type Gradient, gradient } from "../Gradients.ts"

/** The sum of `dy` over the axes along which an operand of `shape` was repeated. */
export const unbroadcast = (dy: tf.Tensor, shape: ReadonlyArray<number>): tf.Tensor => {
  const axes = tf.backend_util.getReductionAxes([...shape], dy.shape)
  return tf.reshape(axes.length === 0 ? dy : tf.sum(dy, axes), [...shape])
}

/** ±2 (a − b), summed over repeated axes; tfjs leaves that sum out. */
const squaredDifference = gradient({
  name: tf.SquaredDifference,
  inputs: ["a", "b"],
  differentiable: true,
  run: ({ dy, inputs }) => {
    const { a, b } = inputs
    const slope = () => tf.mul(dy, tf.mul(2, tf.sub(a, b)))
    return { a: () => unbroadcast(slope(), a.shape), b: () => unbroadcast(tf.neg(slope()), b.shape) }
  }
})

/** sign(x), which is 0 at 0; tfjs returns −1 there, so that an L1 penalty moves weights away from 0. */
const abs = gradient({
  name: tf.Abs,
  inputs: ["x"],
  differentiable: true,
  run: ({ dy, inputs }) => ({ x: () => tf.mul(dy, tf.sign(tf.cast(inputs.x, "float32"))) })
})

/** Each branch gets what was chosen of it; the other's share is 0 also where it is infinite. */
const select = gradient({
  name: tf.Select,
  inputs: ["condition"],
  differentiable: true,
  run: ({ dy, inputs }) => {
    const { condition } = inputs
    // A condition of rank 1 chooses rows.
    const shape =
      condition.rank === dy.rank
        ? condition.shape
        : [...condition.shape, ...Array<number>(dy.rank - condition.rank).fill(1)]
    const chosen = tf.broadcastTo(tf.reshape(condition, shape), dy.shape)
    const none = () => tf.zerosLike(dy)
    return {
      condition: () => tf.zeros(condition.shape),
      t: () => tf.where(chosen, dy, none()),
      e: () => tf.where(chosen, none(), dy)
    }
  }
})

/** b · a^(b − 1), which is 0 for b = 0 also at a = 0; and a^b · ln a, which is 0 at a = 0. */
const pow = gradient({
  name: tf.Pow,
  inputs: ["a", "b"],
  outputs: [true],
  differentiable: true,
  run: ({ dy, inputs, outputs: [y] }) => {
    const { a, b } = inputs
    return {
      a: () => {
        const exponent = tf.cast(b, "float32")
        const slope = tf.mul(exponent, tf.pow(a, tf.sub(exponent, 1)))
        const isZero = tf.broadcastTo(tf.equal(exponent, 0), slope.shape)
        return unbroadcast(tf.mul(dy, tf.where(isZero, tf.zerosLike(slope), slope)), a.shape)
      },
      b: () => {
        const logarithm = tf.where(tf.greater(a, 0), tf.log(tf.maximum(a, 1e-45)), tf.zerosLike(a))
        return unbroadcast(tf.mul(dy, tf.mul(y!, logarithm)), b.shape)
      }
    }
  }
})

/** To the first where it is the extremum, also of equals; to the second elsewhere. tfjs forgets to sum over repeated axes. */
const extremumOfTwo = (name: string, isFirst: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) =>
  gradient({
    name,
    inputs: ["a", "b"],
    differentiable: true,
    run: ({ dy, inputs }) => {
      const { a, b } = inputs
      const first = tf.broadcastTo(isFirst(a, b), dy.shape)
      const none = () => tf.zerosLike(dy)
      return {
        a: () => unbroadcast(tf.where(first, dy, none()), a.shape),
        b: () => unbroadcast(tf.where(first, none(), dy), b.shape)
      }
    }
  })

export const elementwiseGradients: ReadonlyArray<Gradient> = [
  squaredDifference,
  abs,
  select,
  pow,
  extremumOfTwo(tf.Maximum, tf.greaterEqual),
  extremumOfTwo(tf.Minimum, tf.lessEqual)
]
