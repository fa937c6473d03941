/** The gradient of bilinear resizing, whose height and width tfjs-backend-cpu mixes up. */
import type * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"

interface Inputs {
  readonly images: tf.Tensor4D
  readonly dy: tf.Tensor4D
}

/** The backend's own kernel, whose values are right, with the shape of the images. */
export const resizeBilinearGrad = kernel<Inputs, tf.ResizeBilinearGradAttrs>(
  "ResizeBilinearGrad",
  ({ inputs, attributes, replaced }) => ({
    ...(replaced(inputs, attributes) as tf.TensorInfo),
    shape: inputs.images.shape
  })
)
