/**
 * Maximum pooling by oneDNN, which TensorFlow uses in compiled graphs but not for single operations. Values and gradients
 * are those of TensorFlow's own kernels, also where maxima are equal (the first gets the gradient).
 */

import type { NativeBackend, OperationAttribute } from "@etude/core/kernels/TfjsNode"
import * as tf from "@tensorflow/tfjs-core"
import { type Kernel, kernel } from "../../Kernels.ts"
import { allFloat, bool, float32, int, string } from "../Attributes.ts"

interface GradientInputs {
  readonly dy: tf.TensorInfo
  readonly input: tf.TensorInfo
}

type Shape4D = [number, number, number, number]

/** The operation's attributes; `undefined` where it cannot be used. */
const attributesOf = (
  engine: NativeBackend,
  x: tf.TensorInfo,
  { filterSize, strides, pad, dimRoundingMode }: tf.MaxPoolAttrs
): ReadonlyArray<OperationAttribute> | undefined => {
  if (x.shape.length !== 4 || x.shape.includes(0) || !allFloat(x)) return undefined
  const info = tf.backend_util.computePool2DInfo(x.shape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode)
  const padding = info.padInfo.type
  if (padding !== "VALID" && padding !== "SAME") return undefined
  return [
    float32(engine),
    int(engine, "ksize", [1, info.filterHeight, info.filterWidth, 1]),
    int(engine, "strides", [1, info.strideHeight, info.strideWidth, 1]),
    string(engine, "padding", padding),
    string(engine, "data_format", "NHWC"),
    bool(engine, "workspace_enabled", true),
    // Chooses oneDNN's kernels, which are registered under this label.
    string(engine, "_kernel", "MklNameChangeOp")
  ]
}

/** The maxima, and where they were found, in a form of oneDNN's. */
const pooled = (engine: NativeBackend, attributes: ReadonlyArray<OperationAttribute>, x: tf.TensorInfo) =>
  engine.executeMultipleOutputs("_MklNativeMaxPool", attributes, [x], 2) as [tf.Tensor, tf.Tensor]

const maxPool = kernel<{ readonly x: tf.TensorInfo }, tf.MaxPoolAttrs, NativeBackend>(
  "MaxPool",
  ({ inputs, attributes, engine, replaced }) => {
    const window = attributesOf(engine, inputs.x, attributes)
    if (window === undefined) return replaced(inputs, attributes)
    const [maxima, places] = pooled(engine, window, inputs.x)
    places.dispose()
    return maxima
  }
)

/** Finds the places of the maxima again, which is cheaper than TensorFlow's own kernel; a compiled graph does it once. */
const maxPoolGrad = kernel<GradientInputs, tf.MaxPoolGradAttrs, NativeBackend>(
  "MaxPoolGrad",
  ({ inputs, attributes, engine, replaced }) => {
    const { dy, input } = inputs
    const window = attributesOf(engine, input, attributes)
    if (window === undefined) return replaced(inputs, attributes)
    const [maxima, places] = pooled(engine, window, input)
    const gradient = engine.executeSingleOutput("_MklNativeMaxPoolGrad", window, [input, maxima, dy, places])
    tf.dispose([maxima, places])
    return gradient
  }
)

/** `MaxPool` and `MaxPoolGrad`; none where the library lacks oneDNN, or `TF_ENABLE_ONEDNN_OPTS=0` disables it. */
export const maximumPooling = (
  engine: NativeBackend,
  env: Readonly<Record<string, string | undefined>>
): ReadonlyArray<Kernel> => {
  if (engine.binding.isUsingGpuDevice() || env["TF_ENABLE_ONEDNN_OPTS"] === "0") return []
  try {
    tf.tidy(() => {
      const x = tf.zeros([1, 2, 2, 1])
      pooled(engine, attributesOf(engine, x, { filterSize: 2, strides: 2, pad: "valid" })!, x)
    })
    return [maxPool, maxPoolGrad]
  } catch {
    return []
  }
}
