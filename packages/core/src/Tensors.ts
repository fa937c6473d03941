/**
 * Tensors with names. What a run consists of (parameters, optimizer slots, statistics, …) is held in flat records from
 * path to tensor, such as `"conv1/kernel"`: a record can be printed, compared, filtered by a pattern and written to a file.
 * What enters and leaves a model is a tensor or a record of tensors.
 */
import * as tf from "@tensorflow/tfjs-core"
import type { FieldSpec, TypedArray } from "./Dataset.ts"

/** Tensors by path. The record is never changed; a step gives a new one. */
export type Tensors = { readonly [path: string]: tf.Tensor }

/** Tensors by owner and path: optimizer slots, tensors of callbacks. */
export type Owned = { readonly [owner: string]: Tensors }

/** The inputs or outputs of a model: one tensor, or several by name. */
export type TensorOrRecord = tf.Tensor | Tensors

/** Any nesting of records around tensors; what a tensor program takes and gives. */
export type TensorTree = tf.Tensor | { readonly [key: string]: TensorTree | undefined }

/** The shape and dtype of a tensor; `null` stands for the batch dimension where it is not known. */
export interface TensorSpec {
  readonly shape: ReadonlyArray<number | null>
  readonly dtype: tf.DataType
}

/** Walks records with the same paths together: `[path, first[path], second[path]]`. A path that `second` lacks is an error. */
export const zip = (first: Tensors, second: Tensors): ReadonlyArray<readonly [path: string, tf.Tensor, tf.Tensor]> =>
  Object.entries(first).map(([path, tensor]) => [path, tensor, get(second, path)])

/** The tensor with that path. A path that is not there is a mistake of the caller, and thrown with its name. */
export const get = (tensors: Tensors, path: string): tf.Tensor => {
  const tensor = tensors[path]
  if (tensor === undefined) throw new Error(`no tensor ${path} among ${Object.keys(tensors).join(", ") || "none"}`)
  return tensor
}

/** The number of elements of a tensor of that shape. */
export const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((size, side) => size * side, 1)

/** A side of a shape, counted from the end where the axis is negative: `sideOf(x.shape, -1)`. One that is not there is a mistake. */
export const sideOf = (shape: ReadonlyArray<number>, axis: number): number => {
  const length = shape.at(axis)
  if (length === undefined) throw new Error(`the shape [${shape.join(", ")}] has no axis ${axis}`)
  return length
}

/** The sum of tensors of one shape; a single tensor is returned itself. */
export const total = (tensors: ReadonlyArray<tf.Tensor>): tf.Tensor => {
  const [first, ...others] = tensors
  return first !== undefined && others.length === 0 ? first : tf.addN([...tensors])
}

/** Applies `f` to each tensor, keeping the names. */
export const map = (tensors: Tensors, f: (tensor: tf.Tensor, path: string) => tf.Tensor): Tensors => {
  const mapped: Record<string, tf.Tensor> = {}
  for (const [path, tensor] of Object.entries(tensors)) mapped[path] = f(tensor, path)
  return mapped
}

/** The tensors whose path satisfies `keep`. */
export const filter = (tensors: Tensors, keep: (path: string) => boolean): Tensors => {
  const remaining: Record<string, tf.Tensor> = {}
  for (const [path, tensor] of Object.entries(tensors)) if (keep(path)) remaining[path] = tensor
  return remaining
}

/** Applies `f` to the tensors of each owner. */
export const mapOwned = (owned: Owned, f: (tensors: Tensors, owner: string) => Tensors): Owned => {
  const mapped: Record<string, Tensors> = {}
  for (const [owner, value] of Object.entries(owned)) mapped[owner] = f(value, owner)
  return mapped
}

/** A second set of handles on the same data: nothing is copied, and each set is disposed on its own. */
export const retain = (tensors: Tensors): Tensors => map(tensors, (tensor) => tf.keep(tf.clone(tensor)))

/** Gives the tensors' memory back (once no other handle holds it). */
export const dispose = (tensors: Tensors): void => {
  for (const tensor of Object.values(tensors)) tensor.dispose()
}

/** The tensors of one owner; none where it has none. */
export const ofOwner = (owned: Owned, owner: string): Tensors =>
  Object.hasOwn(owned, owner) ? (owned[owner] ?? {}) : {}

/** The number in a scalar, read to the host. */
export const read = (scalar: tf.Tensor): number => {
  const [value = Number.NaN] = scalar.dataSync()
  return value
}

/** A tensor of values in its dtype's own kind of array, as many as its shape has: nothing is checked or copied. */
export const ofValues = (values: TypedArray, shape: ReadonlyArray<number>, dtype: FieldSpec["dtype"]): tf.Tensor =>
  tf.engine().makeTensor(values, [...shape], dtype)

/** Numbers as float32 scalars. */
export const scalars = (numbers: { readonly [name: string]: number }): Tensors => {
  const tensors: Record<string, tf.Tensor> = {}
  for (const [name, value] of Object.entries(numbers)) tensors[name] = scalar(value)
  return tensors
}

/** A number as a float32 scalar. */
export const scalar = (value: number): tf.Tensor => ofValues(Float32Array.of(value), [], "float32")

/** Numbers of any nesting as float32 scalars in the same nesting. */
export const scalarTree = (numbers: NumberTree): { readonly [name: string]: TensorTree } => {
  const tensors: Record<string, TensorTree> = {}
  for (const [name, value] of Object.entries(numbers))
    tensors[name] = typeof value === "number" ? scalar(value) : scalarTree(value)
  return tensors
}

/** Numbers by name, of any nesting. */
export interface NumberTree {
  readonly [name: string]: number | NumberTree
}

/** All tensors of a tree, in the order of its keys. */
export const leaves = (tree: TensorTree | undefined): Array<tf.Tensor> =>
  tree === undefined ? [] : isTensor(tree) ? [tree] : Object.values(tree).flatMap(leaves)

/** A second set of handles on the tensors of a tree. */
export const retainTree = <Tree extends TensorTree>(tree: Tree): Tree => retainAny(tree) as Tree
const retainAny = (tree: TensorTree): TensorTree =>
  isTensor(tree)
    ? tf.keep(tf.clone(tree))
    : Object.fromEntries(
        Object.entries(tree).map(([key, child]) => [key, child === undefined ? undefined : retainAny(child)])
      )

/** Gives the memory of a tree's tensors back. */
export const disposeTree = (tree: TensorTree): void => {
  if (isTensor(tree)) {
    tree.dispose()
    return
  }
  for (const key in tree) {
    const child = tree[key]
    if (child !== undefined) disposeTree(child)
  }
}

/** A tensor of that dtype: the given one where it has it already, which spares an operation. */
export const cast = (tensor: tf.Tensor, dtype: tf.DataType): tf.Tensor =>
  tensor.dtype === dtype ? tensor : tf.cast(tensor, dtype)

/** Whether a value is one tensor (and not a record of them). */
export const isTensor = (value: TensorTree): value is tf.Tensor => value instanceof tf.Tensor

/** A tensor as a record with the single key `""`; a record unchanged: one way to walk both. */
export const asRecord = (value: TensorOrRecord): Tensors => (isTensor(value) ? { "": value } : value)

/** `tf.tidy` for any result: the tensors that are in it remain, all others that `body` makes are disposed. */
export const tidy = <A>(body: () => A): A => tf.tidy(body as () => tf.TensorContainer) as A

/** The function in which every call is a `tidy` of its own. */
export const tidying =
  <In, Out>(compute: (inputs: In) => Out): ((inputs: In) => Out) =>
  (inputs) =>
    tidy(() => compute(inputs))

/** Gives copies of what `compute` gives, and disposes everything else that it makes. */
export const tidied = <A extends TensorOrRecord>(compute: () => A): A =>
  tf.tidy(() => {
    const result = compute()
    const copies = isTensor(result)
      ? tf.clone(result)
      : Object.fromEntries(Object.entries<tf.Tensor>(result).map(([name, tensor]) => [name, tf.clone(tensor)]))
    return copies as TensorOrRecord as tf.TensorContainer
  }) as A
