/** Batches in an executor's memory: each is uploaded to where the executor's programs read it, some where the one before was. */
import * as tf from "@tensorflow/tfjs-core"
import type { TypedArray } from "../../Dataset.ts"
import type { StepMemory } from "../../StepExecutor.ts"
import type { TensorBatch } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import { areBytes, type Column, held, type Make, type Source, type Uploader, uploader as uploaderBy } from "./Upload.ts"

/** Makes what turns batches of a dataset into tensors of that memory, or of the backend where there is none. */
export const uploader = (dataset: Source, memory?: StepMemory): Uploader =>
  uploaderBy(dataset, memory === undefined ? undefined : inMemory(memory))

/** The same for batches of which each is done with before the next comes: `done` is called with its tensors then. */
export const reusing = (dataset: Source, memory: StepMemory | undefined) => {
  if (memory === undefined) return { upload: uploader(dataset), done: Tensors.disposeTree, dispose: () => {} }
  const { place, dispose } = inPlaces(memory)
  const keep: (batch: TensorBatch) => void = () => {}
  return { upload: uploaderBy(dataset, place), done: keep, dispose }
}

/** What a memory takes: it converts numbers itself. */
const taken = ({ spec: { dtype } }: Column, values: TypedArray): TypedArray =>
  dtype === "bool" ? held(dtype, values) : values

const inMemory =
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
const inPlaces = (memory: StepMemory) => {
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
