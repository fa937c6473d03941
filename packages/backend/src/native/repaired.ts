/** Kernels of tfjs-node's that leave out what the operation of TensorFlow's can do, or lose NaN. */

import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { type Kernel, kernel } from "../Kernels.ts"
import { bool, float32 } from "./Attributes.ts"

interface ResizeInputs {
  readonly images: tf.Tensor4D
  readonly dy: tf.Tensor4D
}

/** The gradients of resizing, with the positions of pixel centers. */
const resizeGradients: ReadonlyArray<Kernel> = ["ResizeNearestNeighborGrad", "ResizeBilinearGrad"].map((name) =>
  kernel<ResizeInputs, tf.ResizeBilinearAttrs, NativeBackend>(
    name,
    ({ inputs: { images, dy }, attributes: { alignCorners, halfPixelCenters }, engine }) => {
      const attributes = [
        float32(engine),
        bool(engine, "align_corners", alignCorners),
        bool(engine, "half_pixel_centers", halfPixelCenters === true)
      ]
      if (name === "ResizeBilinearGrad") return engine.executeSingleOutput(name, attributes, [dy, images])
      const size = tf.tensor1d(images.shape.slice(1, 3), "int32")
      try {
        return engine.executeSingleOutput(name, attributes, [dy, size])
      } finally {
        size.dispose()
      }
    }
  )
)

/** NaN is larger than any number, as on the other backends; TensorFlow leaves its place to chance. */
const topK = kernel<{ readonly x: tf.Tensor }, tf.TopKAttrs>(tf.TopK, ({ inputs, attributes, replaced }) => {
  const { x } = inputs
  if (x.dtype !== "float32") return replaced(inputs, attributes)
  return tf.tidy(() => {
    const ordered = tf.where(tf.isNaN(x), tf.fill(x.shape, Number.POSITIVE_INFINITY), x)
    const [, places] = replaced({ x: ordered }, attributes) as [tf.Tensor, tf.Tensor]
    return [tf.gather(x, places as tf.Tensor1D, x.rank - 1, x.rank - 1), places]
  })
})

/** Whole numbers are round; this release of TensorFlow's library makes zeros of them. */
const round = kernel<{ readonly x: tf.Tensor }, unknown>(tf.Round, ({ inputs, attributes, replaced }) =>
  inputs.x.dtype === "int32" ? tf.clone(inputs.x) : replaced(inputs, attributes)
)

interface CountInputs {
  readonly x: tf.Tensor
  readonly weights: tf.Tensor
}

/** How often each whole number below `size` occurs, or the weights of its occurrences; in each row. tfjs-node has no such kernel. */
const denseBincount = kernel<CountInputs, tf.DenseBincountAttrs>(
  tf.DenseBincount,
  ({ inputs: { x, weights }, attributes: { size, binaryOutput } }) =>
    tf.tidy(() => {
      const rows = x.rank === 2 ? sideOf(x.shape, 0) : 1
      const firsts = tf.reshape(tf.range(0, rows * size, size, "int32"), [rows, 1])
      const numbers = tf.reshape(tf.cast(x, "int32"), [rows, -1])
      // Values out of range are ignored.
      const places = tf.where(
        tf.less(numbers, tf.scalar(size, "int32")),
        tf.add(numbers, firsts),
        tf.fill(numbers.shape, -1, "int32")
      )
      const each = weights.size === 0 ? tf.ones([x.size]) : tf.reshape(weights, [-1])
      const sums = tf.unsortedSegmentSum(each, tf.reshape(places, [-1]) as tf.Tensor1D, rows * size)
      const counted = binaryOutput ? tf.cast(tf.notEqual(sums, 0), "float32") : sums
      return tf.cast(tf.reshape(counted, x.rank === 2 ? [rows, size] : [size]), weights.dtype)
    })
)

export const repaired: ReadonlyArray<Kernel> = [...resizeGradients, topK, round, denseBincount]
