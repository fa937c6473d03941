/**
 * Tensors laid end to end: an elementwise rule then runs once over many small parameters instead of once over each.
 * That pays where starting an operation costs more than its work; large tensors would only be copied back and forth.
 */
import * as tf from "@tensorflow/tfjs-core"

/** Elements up to which a tensor is laid beside others: measured with Adam on LeNet-5 and an MLP, native and WASM. */
export const small = 4096

/** Which of the paths go together: all small ones, and each other one alone. */
export const together = (
  paths: ReadonlyArray<string>,
  sizeOf: (path: string) => number
): ReadonlyArray<ReadonlyArray<string>> => {
  const beside = paths.filter((path) => sizeOf(path) <= small)
  const alone = paths.filter((path) => sizeOf(path) > small).map((path) => [path])
  return beside.length === 0 ? alone : [beside, ...alone]
}

const reshaped = (tensor: tf.Tensor, shape: ReadonlyArray<number>): tf.Tensor =>
  tensor.rank === 1 && shape.length === 1 ? tensor : tf.reshape(tensor, [...shape])

/** One tensor of rank 1 from several; a single one is given as it is. */
export const join = (tensors: ReadonlyArray<tf.Tensor>): tf.Tensor =>
  tensors.length === 1 ? tensors[0]! : tf.concat(tensors.map((tensor) => reshaped(tensor, [-1])))

/** Cuts what `join` made from tensors of these shapes. */
export const cut = (joined: tf.Tensor, like: ReadonlyArray<tf.Tensor>): ReadonlyArray<tf.Tensor> =>
  like.length === 1
    ? [joined]
    : tf
        .split(
          joined,
          like.map(({ size }) => size)
        )
        .map((piece, at) => reshaped(piece, like[at]!.shape))
