/** Floor division that is exact for int32: tfjs-backend-wasm's own divides in float32 and errs beyond 2²⁴. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm"
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"

interface Inputs {
  readonly a: tf.Tensor
  readonly b: tf.Tensor
}

/** ⌊a / b⌋ with broadcasting. int32 is divided in float64, whose quotients of int32 have exact floors. */
export const floorDiv = kernel<Inputs, undefined, BackendWasm>(
  "FloorDiv",
  ({ inputs, attributes, engine, replaced }) => {
    const { a, b } = inputs
    if (a.dtype !== "int32" || b.dtype !== "int32") return replaced(inputs, attributes)
    const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape)
    return tf.tidy(() => {
      const whole = (x: tf.Tensor) =>
        x.size === 1 || tf.util.arraysEqual(x.shape, shape) ? x : tf.broadcastTo(x, shape)
      const [wholeA, wholeB] = [whole(a), whole(b)]
      const output = tf.zeros(shape, "int32")
      const [dividends, divisors] = [engine.typedArrayFromHeap(wholeA), engine.typedArrayFromHeap(wholeB)]
      const quotients = engine.typedArrayFromHeap(output)
      const [stepA, stepB] = [wholeA.size === 1 ? 0 : 1, wholeB.size === 1 ? 0 : 1]
      for (let index = 0; index < quotients.length; index++) {
        quotients[index] = Math.floor(dividends[index * stepA]! / divisors[index * stepB]!)
      }
      return output
    })
  }
)
