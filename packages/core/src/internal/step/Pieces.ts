/** A batch on the device, cut along its samples. */
import * as tf from "@tensorflow/tfjs-core"
import * as Tensors from "../../Tensors.ts"
import type { BatchInput } from "./GradientProgram.ts"

export interface Piece {
  readonly batch: BatchInput
  readonly length: number
  /** int32[length]: the samples' places in the batch. */
  readonly positions: tf.Tensor
}

const slice = (value: Tensors.TensorOrRecord, begin: number, length: number): Tensors.TensorOrRecord =>
  Tensors.isTensor(value)
    ? tf.slice(value, begin, length)
    : Tensors.map(value, (tensor) => tf.slice(tensor, begin, length))

/** The samples of a batch alone, without their places. */
export const sliced = (batch: BatchInput, begin: number, length: number): BatchInput => ({
  ...batch,
  ...Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, slice(value, begin, length)]))
})

export const cut = (batch: BatchInput, begin: number, length: number): Piece => ({
  batch: sliced(batch, begin, length),
  length,
  positions: tf.tensor1d(
    Int32Array.from({ length }, (_, index) => begin + index),
    "int32"
  )
})
