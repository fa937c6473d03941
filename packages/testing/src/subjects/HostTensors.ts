/** Samples written in sight, for laws that put them into tensors: all at once, one by one, or in another order. */
import type { HostValues } from "@etude/core/Loss"
import type { TensorSpec, Tensors } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"

/** One tensor's values, or several by name. The first dimension is the samples; Float32Array is float32, others int32. */
export type HostTensors = HostValues | { readonly [name: string]: HostValues }

export const isValues = (tensors: HostTensors): tensors is HostValues =>
  tensors["values"] instanceof Object.getPrototypeOf(Uint8Array)

/** By name; `""` is that of a single tensor. */
export const asRecord = (tensors: HostTensors): { readonly [name: string]: HostValues } =>
  isValues(tensors) ? { "": tensors } : tensors

/** The number of samples; 0 of none. */
export const samplesOf = (tensors: HostTensors): number => Object.values(asRecord(tensors))[0]?.shape[0] ?? 0

const isFloat = ({ values }: HostValues): boolean => values instanceof Float32Array

export const dtypeOf = (tensor: HostValues): "float32" | "int32" => (isFloat(tensor) ? "float32" : "int32")

/** Shape and dtype, with any number of samples. */
export const specOf = (tensor: HostValues): TensorSpec => ({
  shape: [null, ...tensor.shape.slice(1)],
  dtype: dtypeOf(tensor)
})

/** The samples at these positions, as a tensor. */
export const take = (tensor: HostValues, positions: ReadonlyArray<number>): tf.Tensor => {
  const { values, shape } = tensor
  const row = shape.slice(1).reduce((product, side) => product * side, 1)
  const rows = isFloat(tensor) ? new Float32Array(positions.length * row) : new Int32Array(positions.length * row)
  positions.forEach((position, index) => {
    rows.set(values.subarray(position * row, (position + 1) * row), index * row)
  })
  return tf.tensor(rows, [positions.length, ...shape.slice(1)], dtypeOf(tensor))
}

/** The same of each tensor. */
export const takeAll = (tensors: HostTensors, positions: ReadonlyArray<number>): tf.Tensor | Tensors =>
  isValues(tensors)
    ? take(tensors, positions)
    : Object.fromEntries(Object.entries(tensors).map(([name, one]) => [name, take(one, positions)]))
