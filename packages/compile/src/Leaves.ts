/** The tensors of a tree, in an order that depends on its keys alone, and trees of the same form with other tensors. */
import type { TensorTree } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

export interface Leaf {
  /** Keys from the root, joined by a space: `parameters c1/kernel`. */
  readonly path: string
  readonly tensor: tf.Tensor
}

/** All tensors of a tree. */
export const of = (tree: TensorTree): ReadonlyArray<Leaf> => {
  const leaves: Array<Leaf> = []
  const visit = (node: TensorTree | undefined, path: string): void => {
    if (node === undefined) return
    if (node instanceof tf.Tensor) {
      leaves.push({ path, tensor: node })
      return
    }
    for (const key in node) visit(node[key], path === "" ? key : `${path} ${key}`)
  }
  visit(tree, "")
  return leaves
}

/**
 * A tree taken apart: its tensors as {@link of} orders them, and all keys in the order in which they are met. `null` ends the
 * keys of a record: any text, the empty one too, may be a key.
 */
export interface Flat {
  readonly keys: ReadonlyArray<string | null>
  readonly tensors: ReadonlyArray<tf.Tensor>
}

/** Takes a tree apart without making a path for each tensor: this is done at every step. */
export const flatten = (tree: TensorTree): Flat => {
  const keys: Array<string | null> = []
  const tensors: Array<tf.Tensor> = []
  const visit = (node: TensorTree): void => {
    if (node instanceof tf.Tensor) {
      tensors.push(node)
      return
    }
    for (const key in node) {
      const child = node[key]
      if (child === undefined) continue
      keys.push(key)
      visit(child)
    }
    keys.push(null)
  }
  visit(tree)
  return { keys, tensors }
}

const sameShape = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): boolean => {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}

/** Whether two trees have the same keys, shapes and dtypes. */
export const sameForm = (a: Flat, b: Flat): boolean => {
  if (a.keys.length !== b.keys.length || a.tensors.length !== b.tensors.length) return false
  for (let index = 0; index < a.keys.length; index++) if (a.keys[index] !== b.keys[index]) return false
  for (let index = 0; index < a.tensors.length; index++) {
    const [one, other] = [a.tensors[index]!, b.tensors[index]!]
    if (one.dtype !== other.dtype || !sameShape(one.shape, other.shape)) return false
  }
  return true
}

/** A tree with the form of `like`, whose tensors are those of `tensors` in the order of {@link of}. */
export const rebuild = (like: TensorTree, tensors: ReadonlyArray<tf.Tensor>): TensorTree => {
  let index = 0
  const visit = (node: TensorTree | undefined): TensorTree | undefined => {
    if (node === undefined) return undefined
    if (node instanceof tf.Tensor) return tensors[index++]!
    const copy: { [key: string]: TensorTree | undefined } = {}
    for (const key in node) copy[key] = visit(node[key])
    return copy
  }
  return visit(like)!
}
