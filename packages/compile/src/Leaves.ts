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

const sameShape = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): boolean => {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}

/**
 * Flattens trees of one form without allocating, since it runs at every step. The form is all keys in the order in which
 * they are met, `null` at the end of each record (any text, the empty one too, may be a key), and shapes and dtypes.
 */
export class Matcher {
  /** The tensors of the last tree that matched, in the order of {@link of}. The array is reused. */
  readonly tensors: Array<tf.Tensor> = []
  readonly #keys: ReadonlyArray<string | null>
  readonly #specs: ReadonlyArray<Pick<tf.Tensor, "shape" | "dtype">>
  #key = 0
  #tensor = 0

  constructor(keys: ReadonlyArray<string | null>, tensors: ReadonlyArray<tf.Tensor>) {
    this.#keys = keys
    this.#specs = tensors.map(({ shape, dtype }) => ({ shape, dtype }))
  }

  matches(tree: TensorTree): boolean {
    this.#key = 0
    this.#tensor = 0
    return this.#visit(tree) && this.#key === this.#keys.length
  }

  #visit(node: TensorTree): boolean {
    if (node instanceof tf.Tensor) return this.#take(node)
    const keys = this.#keys
    for (const key in node) {
      const child = node[key]
      if (child === undefined) continue
      if (keys[this.#key++] !== key || !this.#visit(child)) return false
    }
    return keys[this.#key++] === null
  }

  #take(tensor: tf.Tensor): boolean {
    const like = this.#specs[this.#tensor]
    if (like === undefined || like.dtype !== tensor.dtype || !sameShape(like.shape, tensor.shape)) return false
    this.tensors[this.#tensor++] = tensor
    return true
  }
}

/** Matches trees that have the form of this one. */
export const matcher = (tree: TensorTree): Matcher => {
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
  return new Matcher(keys, tensors)
}

/** Makes trees with the form of `like` from tensors in the order of {@link of}. */
export const builder = (like: TensorTree): ((tensors: ReadonlyArray<tf.Tensor>) => TensorTree) => {
  let index = 0
  const partOf = (node: TensorTree): ((tensors: ReadonlyArray<tf.Tensor>) => TensorTree) => {
    if (node instanceof tf.Tensor) {
      const at = index++
      return (tensors) => tensors[at]!
    }
    const parts = Object.entries(node).map(
      ([key, child]) => [key, child === undefined ? undefined : partOf(child)] as const
    )
    return (tensors) => {
      const copy: { [key: string]: TensorTree | undefined } = {}
      for (const [key, part] of parts) copy[key] = part?.(tensors)
      return copy
    }
  }
  return partOf(like)
}

/** A tree with the form of `like`, whose tensors are those of `tensors` in the order of {@link of}. */
export const rebuild = (like: TensorTree, tensors: ReadonlyArray<tf.Tensor>): TensorTree => builder(like)(tensors)
