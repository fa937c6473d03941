/** The tensor of one field of a batch: made by the backend, in an executor's memory, or written where the one before was. */
import * as tf from "@tensorflow/tfjs-core"
import type { FieldSpec, HostBatch, TypedArray } from "../../Dataset.ts"
import * as Bytes from "../../kernels/Bytes.ts"
import type { StepMemory } from "../../StepExecutor.ts"
import * as Tensors from "../../Tensors.ts"

/** A field of a dataset's spec; one that stands alone in its part has the name `""`. */
export interface Column {
  readonly part: keyof HostBatch
  readonly name: string
  readonly isAlone: boolean
  readonly spec: FieldSpec
  /** Elements of one sample. */
  readonly size: number
}

/** From values that are as many as the shape wants. */
export type Make = (column: Column, values: TypedArray, samples: number) => tf.Tensor

/** The arrays that tensors of a dtype take as they are; others are converted. */
const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }

const held = (dtype: FieldSpec["dtype"], values: TypedArray): TypedArray => {
  const Held = arrays[dtype]
  return values instanceof Held ? values : Held.from(values)
}

/** Whether values are levels, which become numbers in the step. */
const areBytes = ({ spec }: Column, values: TypedArray): values is Uint8Array =>
  spec.dtype === "float32" && values instanceof Uint8Array

export const onBackend: Make = (column, values, samples) => {
  const { shape, dtype, bytes } = column.spec
  return areBytes(column, values)
    ? Bytes.upload(values, [samples, ...shape], bytes)
    : Tensors.ofValues(held(dtype, values), [samples, ...shape], dtype)
}

/** What a memory takes: it converts numbers itself. */
const taken = ({ spec: { dtype } }: Column, values: TypedArray): TypedArray =>
  dtype === "bool" ? held(dtype, values) : values

export const inMemory =
  ({ tensor }: StepMemory): Make =>
  (column, values, samples) => {
    const { shape, dtype } = column.spec
    return tensor(taken(column, values), [samples, ...shape], areBytes(column, values) ? "uint8" : dtype)
  }

interface Place {
  readonly tensor: tf.Tensor
  readonly samples: number
  readonly areBytes: boolean
}

/** Tensors that keep their places: a batch of the same size is written where the one before was. */
export const inPlaces = (memory: StepMemory) => {
  const make = inMemory(memory)
  const places = new Map<Column, Place>()
  const place: Make = (column, values, samples) => {
    const before = places.get(column)
    const bytes = areBytes(column, values)
    const fits = before?.samples === samples && before.areBytes === bytes
    if (fits && memory.write(before.tensor, taken(column, values))) return before.tensor
    before?.tensor.dispose()
    places.delete(column)
    const tensor = tf.keep(make(column, values, samples))
    places.set(column, { tensor, samples, areBytes: bytes })
    return tensor
  }
  const dispose = (): void => {
    for (const { tensor } of places.values()) tensor.dispose()
    places.clear()
  }
  return { place, dispose }
}
