/**
 * The data contract: a dataset has a length, says what it holds, and reads a whole batch at once into typed arrays,
 * synchronously or as an Effect. No tensor is made per sample. Order, batching and shuffling are the loop's.
 */
import type * as Effect from "effect/Effect"
import type { Scaling } from "./Bytes.ts"
import type { DataError } from "./Errors.ts"

/** How elements are held on the host; `uint8` becomes float32 or int32 in the step, as the spec says. */
export type Values = Float32Array | Int32Array | Uint8Array

/** What one field of a sample looks like: its shape without the batch dimension, and the dtype of its tensor. */
export interface FieldSpec {
  readonly shape: ReadonlyArray<number>
  readonly dtype: "float32" | "int32" | "bool"
  /**
   * Of a float32 field: what the levels mean when `read` gives bytes, level · scale + offset. Absent: levels as they are.
   */
  readonly bytes?: Scaling
}

/** One field or several by name. */
export type Fields<A> = A | { readonly [name: string]: A }

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
  readonly inputs: Fields<Values>
  readonly targets?: Fields<Values>
  readonly weights?: Values
  readonly mask?: Values
}

export interface Dataset {
  readonly name: string
  readonly length: number
  readonly spec: DatasetSpec
  /** Class names by label, where the targets are labels. */
  readonly classes?: ReadonlyArray<string>
  /** Reads the samples at `indices` (each in 0 … length − 1), in that order. */
  readonly read: (indices: Int32Array) => HostBatch | Effect.Effect<HostBatch, DataError>
}
