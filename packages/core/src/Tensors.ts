/**
 * Tensors with names. What a run consists of (parameters, optimizer slots, statistics, …) is held in flat records from
 * path to tensor, such as `"conv1/kernel"`: a record can be printed, compared, filtered by a pattern and written to a file.
 * What enters and leaves a model is a tensor or a record of tensors.
 */
import * as tf from "@tensorflow/tfjs-core"

/** Tensors by path. The record is never changed; a step gives a new one. */
export type Tensors = { readonly [path: string]: tf.Tensor }

/** What models take and give: one tensor, or several by name. */
export type TensorOrRecord = tf.Tensor | Tensors

/** Any nesting of records around tensors; what a tensor program takes and gives. */
export type TensorTree = tf.Tensor | { readonly [key: string]: TensorTree | undefined }

/** The shape and dtype of a tensor; `null` stands for the batch dimension where it is not known. */
export interface TensorSpec {
  readonly shape: ReadonlyArray<number | null>
  readonly dtype: tf.DataType
}

/** Applies `f` to each tensor, keeping the names. */
export const map = (tensors: Tensors, f: (tensor: tf.Tensor, path: string) => tf.Tensor): Tensors => {
  const mapped: Record<string, tf.Tensor> = {}
  for (const path in tensors) mapped[path] = f(tensors[path]!, path)
  return mapped
}

/** The tensors whose path satisfies `keep`. */
export const filter = (tensors: Tensors, keep: (path: string) => boolean): Tensors => {
  const kept: Record<string, tf.Tensor> = {}
  for (const path in tensors) if (keep(path)) kept[path] = tensors[path]!
  return kept
}

/** The same tensors with `prefix` before each path. */
export const prefixed = (tensors: Tensors, prefix: string): Tensors => {
  const renamed: Record<string, tf.Tensor> = {}
  for (const path in tensors) renamed[prefix + path] = tensors[path]!
  return renamed
}

/** The tensors whose path begins with `prefix`, without it. The inverse of {@link prefixed}. */
export const unprefixed = (tensors: Tensors, prefix: string): Tensors => {
  const renamed: Record<string, tf.Tensor> = {}
  for (const path in tensors) if (path.startsWith(prefix)) renamed[path.slice(prefix.length)] = tensors[path]!
  return renamed
}

/** A second set of handles on the same data: nothing is copied, and each set is disposed on its own. */
export const retain = (tensors: Tensors): Tensors => map(tensors, (tensor) => tf.keep(tf.clone(tensor)))

/** Gives the tensors' memory back (once no other handle holds it). */
export const dispose = (tensors: Tensors): void => {
  for (const path in tensors) tensors[path]!.dispose()
}

/** A tensor of that dtype: the given one where it has it already, which spares an operation. */
export const cast = (tensor: tf.Tensor, dtype: tf.DataType): tf.Tensor =>
  tensor.dtype === dtype ? tensor : tf.cast(tensor, dtype)

/** Whether a value is one tensor (and not a record of them). */
export const isTensor = (value: TensorTree): value is tf.Tensor => value instanceof tf.Tensor

/** A tensor as a record with the single key `""`, a record as it is: one way to walk both. */
export const asRecord = (value: TensorOrRecord): Tensors => (isTensor(value) ? { "": value } : value)
