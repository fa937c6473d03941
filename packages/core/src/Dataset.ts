/**
 * The data contract: a dataset has a length, describes what it holds, and reads a whole batch at once into typed arrays,
 * synchronously or as an Effect. No tensor is made per sample. Order, batching and shuffling are the loop's.
 */
import type * as Effect from "effect/Effect"
import type { Draw } from "./Draw.ts"
import type { DataError } from "./Errors.ts"
import type { Scaling } from "./kernels/Bytes.ts"

/** How elements are held on the host; `uint8` becomes float32 or int32 in the step, as the spec says. */
export type TypedArray = Float32Array | Int32Array | Uint8Array

/** The spec of one field of a sample: its shape without the batch dimension, and the dtype of its tensor. */
export interface FieldSpec {
  readonly shape: ReadonlyArray<number>
  readonly dtype: "float32" | "int32" | "bool"
  /**
   * Of a float32 field: what the levels mean when `read` gives bytes, level · scale + offset. Default: the levels themselves.
   */
  readonly bytes?: Scaling
}

/** Zeros, held as `values` are. */
export const zerosLike = (values: TypedArray, length: number): TypedArray =>
  values instanceof Float32Array
    ? new Float32Array(length)
    : values instanceof Int32Array
      ? new Int32Array(length)
      : new Uint8Array(length)

/** One field or several by name. */
export type Fields<A> = A | { readonly [name: string]: A }

/** Whether these are the values of one field, and not a record of them. */
export const isTypedArray = (fields: Fields<TypedArray>): fields is TypedArray => ArrayBuffer.isView(fields)

/** Whether this is the spec of one field, and not a record of them. */
export const isSpec = (fields: Fields<FieldSpec>): fields is FieldSpec => Array.isArray(fields.shape)

/** What a dataset holds. */
export interface DatasetSpec {
  readonly inputs: Fields<FieldSpec>
  /** Absent where there is nothing to learn from (prediction). */
  readonly targets?: Fields<FieldSpec>
  /** Weight of each sample: shape [] unless it weighs elements. */
  readonly weights?: FieldSpec
  /** 1 where an element counts, 0 where it is padding. */
  readonly mask?: FieldSpec
}

/** The values of a batch, samples one after another (row-major). */
export interface HostBatch {
  readonly inputs: Fields<TypedArray>
  readonly targets?: Fields<TypedArray>
  readonly weights?: TypedArray
  readonly mask?: TypedArray
}

/**
 * Gives an array of the kind of `like`, with so many values of whatever it held before, to fill with a field of a batch. It is used
 * again for a later batch.
 */
export type Room = (like: TypedArray, length: number) => TypedArray

export interface Dataset {
  readonly name: string
  /** The number of samples: a whole number in 1 … 2³¹ − 1. */
  readonly length: number
  readonly spec: DatasetSpec
  /** Class names by label, where the targets are labels. */
  readonly classes?: ReadonlyArray<string>
  /**
   * True where all values were checked against the spec when the dataset was made, and `read` makes no tensors: its batches are
   * then not checked one by one.
   */
  readonly isChecked?: boolean
  /**
   * True of a dataset whose samples can only be gone through in order (a stream): a read of others is right, and slow. A run takes
   * its samples in this order, whatever `shuffle` says, and refuses another sampler.
   */
  readonly isSequential?: boolean
  /**
   * Where reads are Effects that are done elsewhere (threads, a network): how many batches are best read beyond the one that is
   * taken. They then run at the same time, in any order; the batches come in theirs. Default: 0, a read when it is wanted.
   */
  readonly ahead?: number
  /**
   * Reads the samples at `indices` (each in 0 … length − 1), in that order: typed arrays at once, or an Effect of them. A
   * dataset that draws at random (augmentation) draws by `draw`, so that a run with the same seed reads the same. Tensors
   * that a synchronous `read` makes are disposed when it returns; keep tensors that live longer with `tf.keep`. Tensors of an
   * Effect are its own to dispose, since others run while it waits: make them in `Tensors.tidy` where it does not wait.
   *
   * With a `room`, which may be ignored, the caller is done with the batch before it asks for the next one: a synchronous read can
   * take its arrays from there, once for each field and always in the same order, and spares an allocation.
   */
  read(indices: Int32Array, draw: Draw, room?: Room): HostBatch | Effect.Effect<HostBatch, DataError>
  /**
   * The targets of samples alone, where they are at hand without the inputs. Of a dataset that has it, all targets are
   * checked before the first step; of another one, those of each batch when it is read.
   */
  readTargets?(indices: Int32Array): Fields<TypedArray>
}

/** What {@link derive} may change. A dataset with another `read` has `readTargets` and `isChecked` only if the changes say so. */
export type Changes = { readonly [key in keyof Dataset]?: Dataset[key] | undefined }

/**
 * A dataset made of another one. Everything is copied by name, so the other one may be of a class, with getters and
 * methods of its prototype, which a spread (`{ ...dataset }`) would lose.
 */
export const derive = (dataset: Dataset, changes: Changes = {}): Dataset => {
  const { readTargets: readOwn } = dataset
  const isSequential = changes.isSequential ?? dataset.isSequential === true
  const ahead = "ahead" in changes ? changes.ahead : dataset.ahead
  const classes = "classes" in changes ? changes.classes : dataset.classes
  const readTargets =
    "readTargets" in changes || changes.read !== undefined
      ? changes.readTargets
      : readOwn && ((indices: Int32Array) => readOwn.call(dataset, indices))
  const isChecked = changes.isChecked ?? (changes.read === undefined && dataset.isChecked === true)
  return {
    name: changes.name ?? dataset.name,
    length: changes.length ?? dataset.length,
    spec: changes.spec ?? dataset.spec,
    ...(classes !== undefined && { classes }),
    ...(isChecked && { isChecked }),
    ...(isSequential && { isSequential }),
    ...(ahead !== undefined && { ahead }),
    read: changes.read ?? ((indices, draw, room) => dataset.read(indices, draw, room)),
    ...(readTargets !== undefined && { readTargets })
  }
}
