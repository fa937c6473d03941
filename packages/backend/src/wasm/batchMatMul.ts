/**
 * Matrix products for training. tfjs-backend-wasm is vectorized for one product of matrices as they stand; transposed
 * ones, which every gradient of a product needs, and several at once go through plain loops, 5 to 10 times as slow.
 */
import { element } from "@etude/core/Lookup"
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"

interface Inputs {
  readonly a: tf.Tensor
  readonly b: tf.Tensor
}

/** The number of multiplications from which a separate product is worth its three calls. */
const worthwhile = 2 ** 16

/** The number of products that are added one after another in float32; the rounding errors of longer sums would show. */
const longest = 2 ** 14

/** How many are added in the pieces of longer sums. */
const pieceLength = 2 ** 11

const lastTwo = (x: tf.Tensor): [number, number] => [sideOf(x.shape, x.rank - 2), sideOf(x.shape, x.rank - 1)]

const count = (x: tf.Tensor): number => tf.util.sizeFromShape(x.shape.slice(0, -2))

const transposeLastTwo = (x: tf.Tensor): tf.Tensor => {
  const order = x.shape.map((_, axis) => axis)
  return tf.transpose(x, [...order.slice(0, -2), x.rank - 1, x.rank - 2])
}

/** Matrix `at` of a stack; the only one, when it is broadcast. */
const matrix = (stack: tf.Tensor3D, index: number): tf.Tensor2D => {
  const [length, rows, columns] = stack.shape
  return tf.reshape(length === 1 ? stack : tf.slice(stack, [index, 0, 0], [1, rows, columns]), [rows, columns])
}

/** a · b in pieces of the axis that is summed over. */
const inPieces = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => {
  const [rows, columns] = [a.size / sideOf(a.shape, -1), sideOf(b.shape, -1)]
  const [left, right] = [tf.reshape(a, [rows, -1]) as tf.Tensor2D, tf.reshape(b, [-1, columns]) as tf.Tensor2D]
  const pieces: Array<tf.Tensor> = []
  for (let start = 0; start < left.shape[1]; start += pieceLength) {
    const length = Math.min(pieceLength, left.shape[1] - start)
    pieces.push(tf.matMul(tf.slice(left, [0, start], [rows, length]), tf.slice(right, [start, 0], [length, columns])))
  }
  return tf.reshape(tf.sum(tf.stack(pieces), 0), [...a.shape.slice(0, -1), columns])
}

/** Products of matrices in the last two axes; the axes before them are broadcast. */
export const batchMatMul = kernel<Inputs, tf.BatchMatMulAttrs>("BatchMatMul", ({ inputs, attributes, replaced }) => {
  const { transposeA, transposeB } = attributes
  const [countA, countB] = [count(inputs.a), count(inputs.b)]
  const several = Math.max(countA, countB)
  const leading = tf.backend_util.assertAndGetBroadcastShape(inputs.a.shape.slice(0, -2), inputs.b.shape.slice(0, -2))
  if (several > 1) {
    const work = tf.util.sizeFromShape(lastTwo(inputs.a)) * lastTwo(inputs.b)[transposeB ? 0 : 1]
    const inStep = tf.util.sizeFromShape(leading) === several && (countA === countB || Math.min(countA, countB) === 1)
    if (work < worthwhile || !inStep) return replaced(inputs, attributes)
  } else if (!transposeA && !transposeB) {
    if (lastTwo(inputs.a)[1] > longest) return tf.tidy(() => inPieces(inputs.a, inputs.b))
    return replaced(inputs, attributes)
  }
  return tf.tidy(() => {
    const a = transposeA ? transposeLastTwo(inputs.a) : inputs.a
    const b = transposeB ? transposeLastTwo(inputs.b) : inputs.b
    if (several === 1) return tf.matMul(a, b)
    const stackA = tf.reshape(a, [countA, ...lastTwo(a)]) as tf.Tensor3D
    const stackB = tf.reshape(b, [countB, ...lastTwo(b)]) as tf.Tensor3D
    const products = Array.from({ length: several }, (_, index) =>
      tf.matMul(matrix(stackA, index), matrix(stackB, index))
    )
    return tf.reshape(tf.stack(products), [...leading, ...lastTwo(element(products, 0))])
  })
})
