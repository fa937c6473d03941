/** From typed arrays to tensors: a batch as a dataset reads it becomes a batch on the device. */
import type * as tf from "@tensorflow/tfjs-core"
import {
  type Dataset,
  type DatasetSpec,
  type FieldSpec,
  type Fields,
  type HostBatch,
  isSpec,
  isTypedArray,
  type TypedArray
} from "../../Dataset.ts"
import { DataError } from "../../Errors.ts"
import * as Bytes from "../../kernels/Bytes.ts"
import { entry } from "../../Lookup.ts"
import type { StepMemory } from "../../StepExecutor.ts"
import type { HostValuesOf, SpecOf, TensorBatch } from "../../Task.ts"
import type { TensorOrRecord } from "../../Tensors.ts"
import * as Tensors from "../../Tensors.ts"
import type { Column } from "./FieldTensors.ts"
import * as FieldTensors from "./FieldTensors.ts"

/** Specs by name; a single one has the name `""`. */
export const specsOf = (fields: Fields<FieldSpec>): { readonly [name: string]: FieldSpec } =>
  isSpec(fields) ? { "": fields } : fields

const valuesOf = (fields: Fields<TypedArray>): { readonly [name: string]: TypedArray } =>
  isTypedArray(fields) ? { "": fields } : fields

const columnsOf = (spec: DatasetSpec): ReadonlyArray<Column> =>
  (["inputs", "targets", "weights", "mask"] as const).flatMap((part) => {
    const fields = spec[part]
    if (fields === undefined) return []
    return Object.entries(specsOf(fields)).map(([name, one]) => ({
      ...{ part, name, spec: one, size: Tensors.sizeOf(one.shape) },
      isAlone: isSpec(fields)
    }))
  })

const wrongLength = (source: string, { part, name, spec, size }: Column, values: number, samples: number) =>
  new DataError({
    source,
    found: `${values} values of ${name === "" ? part : `${part} "${name}"`} in a batch of ${samples} samples`,
    expected: `${samples * size}, for samples of shape [${spec.shape.join(", ")}]`,
    advice: "The dataset's read must return one value for each element of its spec."
  })

const none = new Float32Array(0)
type NamedArrays = { readonly [name: string]: TypedArray }

type Uploader = (batch: HostBatch, samples: number) => TensorBatch
type Source = Pick<Dataset, "name" | "spec">

/** Makes what turns batches of a dataset into tensors; what its spec says is worked out once. */
export const uploader = (dataset: Source, memory?: StepMemory): Uploader =>
  uploaderBy(dataset, memory === undefined ? FieldTensors.onBackend : FieldTensors.inMemory(memory))

/** The same for batches of which each is done with before the next comes: `done` is called with its tensors then. */
export const reusing = (dataset: Source, memory: StepMemory | undefined) => {
  if (memory === undefined) return { upload: uploader(dataset), done: Tensors.disposeTree, dispose: () => {} }
  const { place, dispose } = FieldTensors.inPlaces(memory)
  const keep: (batch: TensorBatch) => void = () => {}
  return { upload: uploaderBy(dataset, place), done: keep, dispose }
}

const uploaderBy = ({ name: source, spec }: Source, make: FieldTensors.Make): Uploader => {
  const columns = columnsOf(spec)
  /**
   * The tensors of a batch, in which bytes may still be bytes: {@link decoder} comes after. Throws a `DataError` where values
   * and spec don't agree. The caller owns the tensors.
   */
  return (batch: HostBatch, samples: number): TensorBatch => {
    const tensors: { -readonly [part in keyof HostBatch]?: tf.Tensor | Record<string, tf.Tensor> } = {
      inputs: {},
      targets: {}
    }
    try {
      for (const column of columns) {
        const { part, name, isAlone } = column
        const values = batch[part]
        if (values === undefined && part === "targets") continue
        const field = isAlone ? (values as TypedArray | undefined) : (values as NamedArrays | undefined)?.[name]
        const { length } = field ?? none
        if (length !== samples * column.size) throw wrongLength(source, column, length, samples)
        const tensor = make(column, field ?? none, samples)
        if (isAlone) tensors[part] = tensor
        else (tensors[part] as Record<string, tf.Tensor>)[name] = tensor
      }
    } catch (error) {
      Tensors.disposeTree(tensors)
      throw error
    }
    return tensors as TensorBatch // inputs and targets are there, and what the spec has beside them
  }
}

/** The same for one batch. */
export const upload = (dataset: Dataset, batch: HostBatch, samples: number): TensorBatch =>
  uploader(dataset)(batch, samples)

/** How many samples a batch of a dataset holds, from its first input. */
export const counter = (spec: DatasetSpec): ((batch: HostBatch) => number) => {
  const [first] = Object.entries(specsOf(spec.inputs))
  if (first === undefined) return () => 0
  const [name, { shape }] = first
  const size = Tensors.sizeOf(shape)
  const isAlone = isSpec(spec.inputs)
  return ({ inputs }) => {
    const values = isAlone ? (inputs as TypedArray) : (inputs as NamedArrays)[name]
    return (values?.length ?? 0) / size
  }
}

/** Whether nothing in a batch counts: no samples, or weights and mask that are zero throughout. */
export const isEmpty = (batch: HostBatch, samples: number): boolean => {
  if (samples === 0) return true
  const allZero = (values: TypedArray | undefined) => values?.every((value: number) => value === 0) === true
  return allZero(batch.weights) || allZero(batch.mask)
}

/** Makes the part of a tensor program that turns bytes into the numbers of the spec; all else is handed on as it is. */
export const decoder = (spec: DatasetSpec) => {
  const columns = columnsOf(spec).filter((column) => column.spec.dtype === "float32")
  return <Batch extends TensorBatch>(batch: Batch): Batch => {
    let decoded = batch
    for (const { part, name, isAlone, spec: field } of columns) {
      const tensors: TensorOrRecord | undefined = decoded[part]
      const tensor = tensors === undefined || Tensors.isTensor(tensors) ? tensors : tensors[name]
      if (tensor === undefined || tensor.dtype === "float32") continue
      const scaled = Bytes.scaled(tensor, field.bytes)
      decoded = { ...decoded, [part]: isAlone ? scaled : { ...(tensors as Tensors.Tensors), [name]: scaled } }
    }
    return decoded
  }
}

/** Tells apart specs whose decoders differ. */
export const decoderKey = ({ inputs, targets, weights, mask }: DatasetSpec): string =>
  JSON.stringify([inputs, targets, weights, mask])

/** The targets of samples on the host, with their shapes, by name; `indices` are those in the dataset. */
export const hostTargets = (
  spec: DatasetSpec,
  targets: HostBatch["targets"],
  samples: number,
  indices?: Int32Array
): HostValuesOf => {
  if (spec.targets === undefined || targets === undefined) return {}
  const specs = specsOf(spec.targets)
  const arraysByName = valuesOf(targets)
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape }]) => {
      const values = { values: entry(arraysByName, name), shape: [samples, ...shape] }
      return [name, indices === undefined ? values : { ...values, indices }]
    })
  )
}

/** The tensor specs of a dataset's field, with the batch dimension unknown. */
export const tensorSpecs = (specs: Fields<FieldSpec> | undefined): SpecOf =>
  specs === undefined
    ? {}
    : Object.fromEntries(
        Object.entries(specsOf(specs)).map(([name, { shape, dtype }]) => [name, { shape: [null, ...shape], dtype }])
      )
