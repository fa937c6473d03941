/** The gradient of batched matrix products whose batch axes are broadcast: tfjs forgets to sum over repeated ones. */
import * as tf from "@tensorflow/tfjs-core"
import { type GradientCall, gradient } from "../Gradients.ts"
import { unbroadcast } from "./elementwise.ts"

/** `x · y`, each transposed where its flag is set; summed to `shape`. */
const product = (x: tf.Tensor, ofX: boolean, y: tf.Tensor, ofY: boolean, shape: ReadonlyArray<number>): tf.Tensor =>
  unbroadcast(tf.matMul(x, y, ofX, ofY), shape)

export const batchMatMul = gradient({
  name: tf.BatchMatMul,
  inputs: ["a", "b"],
  differentiable: true,
  run: ({ dy, inputs, attributes, replaced }: GradientCall<unknown, "a" | "b", tf.BatchMatMulAttrs>) => {
    const { a, b } = inputs
    if (tf.util.arraysEqual(a.shape.slice(0, -2), b.shape.slice(0, -2))) return replaced()
    const { transposeA, transposeB } = attributes
    return {
      a: () => (transposeA ? product(b, transposeB, dy, true, a.shape) : product(dy, false, b, !transposeB, a.shape)),
      b: () => (transposeB ? product(dy, true, a, transposeA, b.shape) : product(a, !transposeA, dy, false, b.shape))
    }
  }
})
