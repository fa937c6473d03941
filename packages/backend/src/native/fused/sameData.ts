/** Kernels that have nothing to do when a tensor has the wanted shape or dtype already: the data is shared, not copied. */

import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../../Kernels.ts"
import { bool, dtype as typeOf } from "../Attributes.ts"

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

/** TensorFlow's dtype of a tensor that tfjs knows by this one. */
const libraryType = ({ binding }: NativeBackend, dtype: tf.DataType): number =>
  ({
    float32: binding.TF_FLOAT,
    int32: binding.TF_INT32,
    bool: binding.TF_BOOL,
    complex64: binding.TF_COMPLEX64,
    string: binding.TF_STRING
  })[dtype]

/** Whether TensorFlow stores the tensor in the dtype that tfjs reports: decoded images are bytes, reported as int32. */
const isAsSaid = ({ dataId, dtype }: tf.TensorInfo, engine: NativeBackend): boolean =>
  engine.tensorMap.get(dataId).dtype === libraryType(engine, dtype)

const castFrom = ({ dataId }: tf.TensorInfo, dtype: tf.DataType, engine: NativeBackend): tf.Tensor =>
  engine.executeSingleOutput(
    "Cast",
    [
      typeOf(engine, "SrcT", engine.tensorMap.get(dataId).dtype),
      typeOf(engine, "DstT", libraryType(engine, dtype)),
      bool(engine, "Truncate", false)
    ],
    [{ dataId, shape: [], dtype }]
  )

export const cast = kernel<Unary, tf.CastAttrs, NativeBackend>("Cast", ({ inputs, attributes, engine, replaced }) => {
  if (!isAsSaid(inputs.x, engine)) return castFrom(inputs.x, attributes.dtype, engine)
  return inputs.x.dtype === attributes.dtype ? shared(inputs.x, engine) : replaced(inputs, attributes)
})
