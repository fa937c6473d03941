/** Attributes of TensorFlow's operations, as the binding takes them. */

import type { NativeBackend, OperationAttribute } from "@etude/core/kernels/TfjsNode"
import type * as tf from "@tensorflow/tfjs-core"

type Make<A> = (engine: NativeBackend, name: string, value: A) => OperationAttribute

export const bool: Make<boolean> = ({ binding }, name, value) => ({ name, type: binding.TF_ATTR_BOOL, value })
export const int: Make<number | ReadonlyArray<number>> = ({ binding }, name, value) => ({
  name,
  type: binding.TF_ATTR_INT,
  value
})
export const float: Make<number> = ({ binding }, name, value) => ({ name, type: binding.TF_ATTR_FLOAT, value })
export const string: Make<string> = ({ binding }, name, value) => ({ name, type: binding.TF_ATTR_STRING, value })
/** `value` is one of the binding's numbers of dtypes. */
export const dtype: Make<number> = ({ binding }, name, value) => ({ name, type: binding.TF_ATTR_TYPE, value })

/** The attribute `T` of an operation on float32. */
export const float32 = (engine: NativeBackend): OperationAttribute => dtype(engine, "T", engine.binding.TF_FLOAT)

/** Whether all tensors are float32: the dtype for which the operations of this folder are. */
export const allFloat = (...tensors: ReadonlyArray<tf.TensorInfo>): boolean =>
  tensors.every((tensor) => tensor.dtype === "float32")
