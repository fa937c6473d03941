/**
 * A second handle of the same data, as on the other backends. tfjs-backend-wasm copies it, so that each tensor kept for a
 * gradient is held twice, and the first one is gone when a custom gradient reads it.
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm"
import type * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"

export const identity = kernel<{ readonly x: tf.TensorInfo }, unknown, BackendWasm>(
  "Identity",
  ({ inputs, attributes, engine, replaced }) => {
    const { dataId, shape, dtype } = inputs.x
    if (dtype === "string") return replaced(inputs, attributes)
    engine.incRef(dataId)
    return { dataId, shape, dtype }
  }
)
