/** Products of two matrices by TensorFlow's `MatMul`: for small ones several times faster than the batched product. */

import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import type * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../../Kernels.ts"
import { allFloat, bool, float32 } from "../Attributes.ts"

interface Inputs {
  readonly a: tf.TensorInfo
  readonly b: tf.TensorInfo
}

export const matMul = kernel<Inputs, tf.BatchMatMulAttrs, NativeBackend>(
  "BatchMatMul",
  ({ inputs, attributes, engine, replaced }) => {
    const { a, b } = inputs
    if (a.shape.length !== 2 || b.shape.length !== 2 || !allFloat(a, b)) return replaced(inputs, attributes)
    const { transposeA, transposeB } = attributes
    return engine.executeSingleOutput(
      "MatMul",
      [float32(engine), bool(engine, "transpose_a", transposeA), bool(engine, "transpose_b", transposeB)],
      [a, b]
    )
  }
)
