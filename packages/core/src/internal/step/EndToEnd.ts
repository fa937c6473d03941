/**
 * Tensors laid end to end: an elementwise rule then runs once over many small parameters instead of once over each.
 * That pays where starting an operation costs more than its work; large tensors would only be copied back and forth.
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Arr from "effect/Array"
import { element } from "../../Lookup.ts"
import * as Tensors from "../../Tensors.ts"

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

type Sized = Pick<tf.Tensor, "size" | "shape">

const reshaped = (tensor: tf.Tensor, shape: ReadonlyArray<number>): tf.Tensor =>
  tensor.rank === 1 && shape.length === 1 ? tensor : tf.reshape(tensor, [...shape])

/** One tensor of rank 1 from several; a single one is given as it is. */
export const join = (tensors: ReadonlyArray<tf.Tensor>): tf.Tensor => {
  const [first, ...others] = tensors
  return first !== undefined && others.length === 0 ? first : tf.concat(tensors.map((tensor) => reshaped(tensor, [-1])))
}

/** Cuts what `join` made from tensors of these shapes. */
export const cut = (joined: tf.Tensor, like: ReadonlyArray<Sized>): ReadonlyArray<tf.Tensor> => {
  if (like.length === 1) return [joined]
  const pieces = tf.split(
    joined,
    like.map(({ size }) => size)
  )
  return Arr.zipWith(pieces, like, (piece, { shape }) => reshaped(piece, shape))
}

/** How a group's tensors are laid, worked out once for all steps: the rows of `together`, each under one name. */
export interface Layout {
  readonly lay: (tensors: Tensors.Tensors) => Tensors.Tensors
  /** The inverse: puts each piece in its place. */
  readonly place: (laid: Tensors.Tensors, places: Record<string, tf.Tensor>) => void
}

export const layout = (rows: ReadonlyArray<ReadonlyArray<string>>, parameters: Tensors.Tensors): Layout => {
  const named = rows.map((paths) => ({
    name: paths.length === 1 ? element(paths, 0) : "",
    paths,
    like: paths.map((path): Sized => {
      const { size, shape } = Tensors.get(parameters, path)
      return { size, shape }
    })
  }))
  return {
    lay: (tensors) => {
      const laid: Record<string, tf.Tensor> = {}
      for (const { name, paths } of named) {
        // Links may keep a memory of some parameters only.
        const pieces = paths.flatMap((path) => tensors[path] ?? [])
        if (pieces.length === paths.length) laid[name] = join(pieces)
      }
      return laid
    },
    place: (laid, places) => {
      for (const { name, paths, like } of named) {
        const tensor = laid[name]
        if (tensor === undefined) continue
        for (const [path, piece] of Arr.zip(paths, cut(tensor, like))) places[path] = piece
      }
    }
  }
}
