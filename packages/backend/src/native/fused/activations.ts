/** Gradients of activations and roots that TensorFlow has as one operation, where tfjs puts them together of up to eight. */

import type { NativeBackend, OperationAttribute } from "@etude/core/kernels/TfjsNode"
import { element } from "@etude/core/Lookup"
import { get } from "@etude/core/Tensors"
import type * as tf from "@tensorflow/tfjs-core"
import type { Gradient } from "../../Gradients.ts"
import { allFloat, float, float32 } from "../Attributes.ts"

interface Options {
  /** The operation's other input: the activation's input or its output. */
  readonly of: "x" | "y"
  /** The order of its inputs; dy first when absent. */
  readonly dyLast?: boolean
  readonly attributes?: (engine: NativeBackend, attributes: tf.NamedAttrMap) => ReadonlyArray<OperationAttribute>
}

const unary = (
  kernel: string,
  operation: string,
  { of, dyLast = false, attributes }: Options
): Gradient<NativeBackend> => ({
  name: kernel,
  ...(of === "x" ? { inputs: ["x"] } : { outputs: [true] }),
  run: ({ dy, inputs, outputs, attributes: options, engine, replaced }) => {
    const beside = of === "x" ? get(inputs, "x") : element(outputs, 0)
    if (!allFloat(dy, beside)) return replaced()
    const all = [float32(engine), ...(attributes?.(engine, options) ?? [])]
    return { x: () => engine.executeSingleOutput(operation, all, dyLast ? [beside, dy] : [dy, beside]) }
  }
})

/**
 * Relu's gradient is read from its output, so that nothing but the activation itself needs its input: a compiled graph can
 * then compute both as one.
 */
export const activationGradients: ReadonlyArray<Gradient<NativeBackend>> = [
  unary("Relu", "ReluGrad", { of: "y" }),
  unary("Relu6", "Relu6Grad", { of: "x" }),
  unary("LeakyRelu", "LeakyReluGrad", {
    of: "x",
    attributes: (native, { alpha }) => [float(native, "alpha", alpha as number)]
  }),
  unary("Selu", "SeluGrad", { of: "y" }),
  unary("Softplus", "SoftplusGrad", { of: "x" }),
  unary("Sigmoid", "SigmoidGrad", { of: "y", dyLast: true }),
  unary("Tanh", "TanhGrad", { of: "y", dyLast: true }),
  unary("Sqrt", "SqrtGrad", { of: "y", dyLast: true }),
  unary("Rsqrt", "RsqrtGrad", { of: "y", dyLast: true })
]
