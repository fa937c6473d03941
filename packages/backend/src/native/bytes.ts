/** Tensors of bytes: uploaded as TensorFlow's uint8, and turned into float32 by its operations. */
import { type ScaleInputs, type Scaling, scaleName, type UploadAttributes, uploadName } from "@etude/core/kernels/Bytes"
import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import * as tf from "@tensorflow/tfjs-core"
import { type Kernel, kernel } from "../Kernels.ts"
import { bool, dtype } from "./Attributes.ts"

/** tfjs has no dtype for bytes. As in tfjs-node, it sees int32; only {@link scaleBytes} takes such a tensor. */
const uploadBytes = kernel<unknown, UploadAttributes, NativeBackend>(
  uploadName,
  ({ attributes: { values, shape }, engine }) => {
    const dataId = {}
    // Uploaded when an operation first wants it, as all tensors are.
    engine.tensorMap.set(dataId, { shape: [...shape], dtype: engine.binding.TF_UINT8, id: -1, values, refCount: 1 })
    return { dataId, shape: [...shape], dtype: "int32" }
  }
)

const scaleBytes = kernel<ScaleInputs, Scaling, NativeBackend>(
  scaleName,
  ({ inputs: { bytes }, attributes: { scale, offset }, engine }) =>
    tf.tidy(() => {
      const { TF_UINT8, TF_FLOAT } = engine.binding
      const attributes = [
        dtype(engine, "SrcT", TF_UINT8),
        dtype(engine, "DstT", TF_FLOAT),
        bool(engine, "Truncate", false)
      ]
      const levels = engine.executeSingleOutput("Cast", attributes, [bytes])
      const product = scale === 1 ? levels : tf.mul(levels, scale)
      return offset === 0 ? product : tf.add(product, offset)
    })
)

export const byteKernels: ReadonlyArray<Kernel> = [uploadBytes, scaleBytes]
