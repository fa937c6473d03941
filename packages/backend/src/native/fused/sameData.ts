/** Kernels that have nothing to do when a tensor has the wanted shape or dtype already: the data is shared, not copied. */
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../../Kernels.ts"
import type { NativeBackend } from "../Binding.ts"

interface Unary {
  readonly x: tf.TensorInfo
}

const shared = ({ dataId, shape, dtype }: tf.TensorInfo, engine: NativeBackend): tf.TensorInfo => {
  engine.incRef(dataId)
  return { dataId, shape, dtype }
}

export const reshape = kernel<Unary, tf.ReshapeAttrs, NativeBackend>(
  "Reshape",
  ({ inputs, attributes, engine, replaced }) =>
    tf.util.arraysEqual(inputs.x.shape, attributes.shape) ? shared(inputs.x, engine) : replaced(inputs, attributes)
)

export const cast = kernel<Unary, tf.CastAttrs, NativeBackend>("Cast", ({ inputs, attributes, engine, replaced }) =>
  inputs.x.dtype === attributes.dtype ? shared(inputs.x, engine) : replaced(inputs, attributes)
)
