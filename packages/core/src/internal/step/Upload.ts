/** From typed arrays to tensors: a batch as a dataset reads it becomes a batch on the device. */
import type * as tf from "@tensorflow/tfjs-core"
import {
  type Dataset,
  type DatasetSpec,
  type FieldSpec,
  type HostBatch,
  isSpec,
  type TypedArray
} from "../../Dataset.ts"
import { DataError } from "../../Errors.ts"
import * as Bytes from "../../kernels/Bytes.ts"
import type { TensorBatch } from "../../Task.ts"
import type { TensorOrRecord } from "../../Tensors.ts"
import * as Tensors from "../../Tensors.ts"
import { specsOf } from "../HostFields.ts"

/** A field of a dataset's spec; one that stands alone in its part has the name `""`. */
export interface Column {
  readonly part: keyof HostBatch
  readonly name: string
  readonly isAlone: boolean
  readonly spec: FieldSpec
  /** Elements of one sample. */
  readonly size: number
}

const columnsOf = (spec: DatasetSpec): ReadonlyArray<Column> =>
  (["inputs", "targets", "weights", "mask"] as const).flatMap((part) => {
    const fields = spec[part]
    if (fields === undefined) return []
    return Object.entries(specsOf(fields)).map(([name, one]) => ({
      ...{ part, name, spec: one, size: Tensors.sizeOf(one.shape) },
      isAlone: isSpec(fields)
    }))
  })

/** How many samples a batch of a dataset holds, from its first input. */
export const counter = (spec: DatasetSpec): ((batch: HostBatch) => number) => {
  const first = columnsOf(spec).find(({ part }) => part === "inputs")
  return first === undefined ? () => 0 : (batch) => valuesIn(batch, first).length / first.size
}

/** Whether nothing in a batch counts: no samples, or weights and mask that are zero throughout. */
export const isEmpty = ({ weights, mask }: HostBatch, samples: number): boolean =>
  samples === 0 || areZero(weights) || areZero(mask)

const areZero = (values: TypedArray | undefined): boolean => values?.every((value: number) => value === 0) === true

const none = new Float32Array(0)

/** The values of a field; none where a batch lacks it. */
const valuesIn = (batch: HostBatch, { part, name, isAlone }: Column): TypedArray => {
  const values = batch[part]
  return (isAlone ? (values as TypedArray | undefined) : (values as NamedArrays | undefined)?.[name]) ?? none
}
type NamedArrays = { readonly [name: string]: TypedArray }

/** Makes the tensor of a field from values that are as many as the shape wants. */
export type Make = (column: Column, values: TypedArray, samples: number) => tf.Tensor

/** The arrays that tensors of a dtype take as they are; others are converted. */
const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }

export const held = (dtype: FieldSpec["dtype"], values: TypedArray): TypedArray => {
  const Held = arrays[dtype]
  return values instanceof Held ? values : Held.from(values)
}

/** Whether values are levels, which become numbers in the step. */
export const areBytes = ({ spec }: Column, values: TypedArray): values is Uint8Array =>
  spec.dtype === "float32" && values instanceof Uint8Array

const onBackend: Make = (column, values, samples) => {
  const { shape, dtype, bytes } = column.spec
  return areBytes(column, values)
    ? Bytes.upload(values, [samples, ...shape], bytes)
    : Tensors.ofValues(held(dtype, values), [samples, ...shape], dtype)
}

export type Uploader = (batch: HostBatch, samples: number) => TensorBatch

/** What is uploaded from a dataset. */
export type Source = Pick<Dataset, "name" | "spec">

/** Makes what turns batches of a dataset into tensors; what its spec says is worked out once. */
export const uploader = ({ name: source, spec }: Source, make: Make = onBackend): Uploader => {
  const columns = columnsOf(spec)
  /**
   * The tensors of a batch, in which bytes may still be bytes: {@link decoder} comes after. Throws a `DataError` where values
   * and spec don't agree. The caller owns the tensors.
   */
  return (batch, samples) => {
    const tensors: { -readonly [part in keyof HostBatch]?: tf.Tensor | Record<string, tf.Tensor> } = {
      inputs: {},
      targets: {}
    }
    try {
      for (const column of columns) {
        const { part, name, isAlone, size } = column
        if (part === "targets" && batch.targets === undefined) continue
        const values = valuesIn(batch, column)
        if (values.length !== samples * size) throw wrongLength(source, column, values.length, samples)
        const tensor = make(column, values, samples)
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

const wrongLength = (source: string, { part, name, spec, size }: Column, values: number, samples: number) =>
  new DataError({
    source,
    found: `${values} values of ${name === "" ? part : `${part} "${name}"`} in a batch of ${samples} samples`,
    expected: `${samples * size}, for samples of shape [${spec.shape.join(", ")}]`,
    advice: "The dataset's read must return one value for each element of its spec."
  })

/** The same for one batch. */
export const upload = (dataset: Dataset, batch: HostBatch, samples: number): TensorBatch =>
  uploader(dataset)(batch, samples)

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
