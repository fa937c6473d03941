/**
 * Elementwise kernels of int32 and bool. tfjs-backend-wasm takes the bits of some for those of float32, and for bool prints a
 * line and gives what the memory held.
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm"
import * as tf from "@tensorflow/tfjs-core"
import { type Kernel, kernel } from "../Kernels.ts"

type Inputs = { readonly [name: string]: tf.Tensor }

/** Truth values are computed with as 0 and 1 of int32. */
const ofNumbers = (name: string): Kernel =>
  kernel<Inputs, unknown>(name, ({ inputs, attributes, replaced }) => {
    const bools = Object.entries(inputs).filter(([, x]) => x?.dtype === "bool")
    if (bools.length === 0) return replaced(inputs, attributes)
    const numbers = bools.map(([input, x]) => [input, tf.cast(x, "int32")] as const)
    try {
      return replaced({ ...inputs, ...Object.fromEntries(numbers) }, attributes)
    } finally {
      for (const [, x] of numbers) x.dispose()
    }
  })

/** Whole numbers are all finite. */
const ofWholeNumbers = (name: string, answer: 0 | 1): Kernel =>
  kernel<{ readonly x: tf.Tensor }, unknown, BackendWasm>(name, ({ inputs, attributes, engine, replaced }) => {
    if (inputs.x.dtype === "float32") return replaced(inputs, attributes)
    const output = engine.makeOutput(inputs.x.shape, "bool")
    engine.typedArrayFromHeap(output).fill(answer)
    return output
  })

const clip = kernel<{ readonly x: tf.Tensor }, tf.ClipByValueAttrs, BackendWasm>(
  "ClipByValue",
  ({ inputs, attributes, engine, replaced }) => {
    if (inputs.x.dtype !== "int32") return replaced(inputs, attributes)
    const output = engine.makeOutput(inputs.x.shape, "int32")
    const [x, y] = [engine.typedArrayFromHeap(inputs.x), engine.typedArrayFromHeap(output)]
    const { clipValueMin, clipValueMax } = attributes
    for (let place = 0; place < x.length; place++) y[place] = Math.max(clipValueMin, Math.min(clipValueMax, x[place]!))
    return output
  }
)

const elementwise = [
  ...["Abs", "Ceil", "Exp", "Floor", "LeakyRelu", "Neg", "Relu", "Relu6", "Round", "Sigmoid", "Sqrt", "Square", "Step"],
  ...["ClipByValue", "Elu", "Expm1", "Log", "Log1p", "Reciprocal", "Rsqrt", "Sign", "Softplus", "Tanh"],
  ...["FloorDiv", "Mod", "Pow", "RealDiv", "SquaredDifference", "Maximum", "Minimum", "TopK"]
]

/** Wrappers; they come after the kernels that they wrap. */
export const dtypes: ReadonlyArray<Kernel> = [
  clip,
  ofWholeNumbers("IsNan", 0),
  ofWholeNumbers("IsInf", 0),
  ofWholeNumbers("IsFinite", 1),
  ...elementwise.map(ofNumbers)
]
