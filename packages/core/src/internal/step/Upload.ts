/** From typed arrays to tensors: a batch as a dataset reads it becomes a batch on the device. */
import * as tf from "@tensorflow/tfjs-core"
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
import type { HostValuesOf, SpecOf, TensorBatch } from "../../Task.ts"
import type { TensorOrRecord } from "../../Tensors.ts"
import * as Tensors from "../../Tensors.ts"

/** Specs by name; a single one has the name `""`. */
export const specsOf = (fields: Fields<FieldSpec>): { readonly [name: string]: FieldSpec } =>
  isSpec(fields) ? { "": fields } : fields

const valuesOf = (fields: Fields<TypedArray>): { readonly [name: string]: TypedArray } =>
  isTypedArray(fields) ? { "": fields } : fields

const describe = (name: string, what: string) => (name === "" ? what : `${what} "${name}"`)

const field = (source: string, what: string, spec: FieldSpec, values: TypedArray, samples: number): tf.Tensor => {
  const expected = samples * Tensors.sizeOf(spec.shape)
  if (values.length !== expected) {
    throw new DataError({
      source,
      found: `${values.length} values of ${what} in a batch of ${samples} samples`,
      expected: `${expected}, for samples of shape [${spec.shape.join(", ")}]`,
      advice: "The dataset's read must return one value for each element of its spec."
    })
  }
  const shape = [samples, ...spec.shape]
  if (spec.dtype === "float32" && values instanceof Uint8Array) return Bytes.upload(values, shape, spec.bytes)
  // float32 and int32 tensors take their own arrays as they are; others are converted.
  const held =
    spec.dtype === "float32" && !(values instanceof Float32Array)
      ? Float32Array.from(values)
      : spec.dtype === "int32" && !(values instanceof Int32Array)
        ? Int32Array.from(values)
        : spec.dtype === "bool" && !(values instanceof Uint8Array)
          ? Uint8Array.from(values)
          : values
  return tf.tensor(held, shape, spec.dtype)
}

const fields = (
  source: string,
  what: string,
  specs: Fields<FieldSpec>,
  values: Fields<TypedArray>,
  samples: number
): TensorOrRecord => {
  if (isSpec(specs)) return field(source, what, specs, values as TypedArray, samples)
  const given = valuesOf(values)
  const tensors: Record<string, tf.Tensor> = {}
  for (const name in specs) {
    tensors[name] = field(source, describe(name, what), specs[name]!, given[name] ?? new Float32Array(0), samples)
  }
  return tensors
}

/** How many samples a batch holds, from its first input. */
export const samplesOf = (spec: DatasetSpec, batch: HostBatch): number => {
  const [name, first] = Object.entries(specsOf(spec.inputs))[0]!
  return (valuesOf(batch.inputs)[name]?.length ?? 0) / Tensors.sizeOf(first.shape)
}

/** Whether nothing in a batch counts: no samples, or weights and mask that are zero throughout. */
export const isEmpty = (batch: HostBatch, samples: number): boolean => {
  if (samples === 0) return true
  const allZero = (values: TypedArray | undefined) => values?.every((value: number) => value === 0) === true
  return allZero(batch.weights) || allZero(batch.mask)
}

/**
 * The tensors of a batch, in which bytes may still be bytes: {@link decoder} comes after. Throws a `DataError` where values
 * and spec don't agree. The caller owns the tensors.
 */
export const upload = (dataset: Dataset, batch: HostBatch, samples: number): TensorBatch => {
  const { spec, name } = dataset
  return {
    inputs: fields(name, "inputs", spec.inputs, batch.inputs, samples),
    targets:
      spec.targets === undefined || batch.targets === undefined
        ? {}
        : fields(name, "targets", spec.targets, batch.targets, samples),
    ...(spec.weights === undefined
      ? {}
      : { weights: field(name, "weights", spec.weights, batch.weights ?? new Float32Array(0), samples) }),
    ...(spec.mask === undefined
      ? {}
      : { mask: field(name, "mask", spec.mask, batch.mask ?? new Float32Array(0), samples) })
  }
}

/** Makes the part of a tensor program that turns bytes into the numbers of the spec; all else is handed on as it is. */
export const decoder = ({ inputs, targets, weights, mask }: DatasetSpec) => {
  const decoded = (specs: Fields<FieldSpec> | undefined, tensors: TensorOrRecord): TensorOrRecord => {
    if (specs === undefined) return tensors
    const each = specsOf(specs)
    const one = (tensor: tf.Tensor, name: string) =>
      each[name]?.dtype === "float32" ? Bytes.scaled(tensor, each[name].bytes) : tensor
    return Tensors.isTensor(tensors) ? one(tensors, "") : Tensors.map(tensors, one)
  }
  return <Batch extends TensorBatch>(batch: Batch): Batch => ({
    ...batch,
    inputs: decoded(inputs, batch.inputs),
    targets: decoded(targets, batch.targets),
    ...(batch.weights === undefined ? {} : { weights: decoded(weights, batch.weights) }),
    ...(batch.mask === undefined ? {} : { mask: decoded(mask, batch.mask) })
  })
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
  const given = valuesOf(targets)
  const values = (name: string) => ({ values: given[name]!, shape: [samples, ...specs[name]!.shape] })
  return Object.fromEntries(
    Object.keys(specs).map((name) => [name, indices === undefined ? values(name) : { ...values(name), indices }])
  )
}

/** The tensor specs of a dataset's field, with the batch dimension unknown. */
export const tensorSpecs = (specs: Fields<FieldSpec> | undefined): SpecOf =>
  specs === undefined
    ? {}
    : Object.fromEntries(
        Object.entries(specsOf(specs)).map(([name, { shape, dtype }]) => [name, { shape: [null, ...shape], dtype }])
      )
