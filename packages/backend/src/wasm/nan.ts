/**
 * NaN, which several kernels of tfjs-backend-wasm turn into numbers: comparisons with NaN are false, so limits replace it.
 * A run that has diverged would look sound. Here it stays NaN, as on the other backends.
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm"
import * as tf from "@tensorflow/tfjs-core"
import { holdsNaN, holdsNegativeInfinity } from "../cpu/scan.ts"
import { asTensor, type Kernel, kernel } from "../Kernels.ts"

/** The values of a tensor of float32. */
const floats = (engine: BackendWasm, x: tf.TensorInfo): Float32Array => engine.typedArrayFromHeap(x) as Float32Array

/** The backend's kernel, with NaN wherever the input is NaN. */
const elementwise = (name: string): Kernel =>
  kernel<{ readonly x: tf.Tensor }, unknown, BackendWasm>(name, ({ inputs, attributes, engine, replaced }) => {
    const output = replaced(inputs, attributes) as tf.TensorInfo
    if (inputs.x.dtype !== "float32") return output
    const [x, y] = [floats(engine, inputs.x), floats(engine, output)]
    if (!holdsNaN(x)) return output
    for (let place = 0; place < x.length; place++) if (Number.isNaN(x[place]!)) y[place] = Number.NaN
    return output
  })

/** The larger or the smaller of two; NaN where either is. The backend's own kernel checks the first only. */
const ofTwo = (name: string): Kernel =>
  kernel<{ readonly a: tf.Tensor; readonly b: tf.Tensor }, unknown, BackendWasm>(
    name,
    ({ inputs, attributes, engine, replaced }) => {
      const { a, b } = inputs
      if (b.dtype !== "float32" || !holdsNaN(floats(engine, b))) return replaced(inputs, attributes)
      // Whichever comes first keeps its NaN.
      return tf.tidy(() => {
        const value = asTensor(replaced(inputs, attributes))
        const missing = tf.isNaN(b)
        const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape)
        return tf.where(tf.broadcastTo(missing, shape), tf.fill(shape, Number.NaN), value)
      })
    }
  )

interface Pooled {
  readonly x: tf.Tensor4D
}

/** Windows that hold a NaN give NaN: their number of NaN is found by the backend's own average, of ones and zeros. */
const pooling = (name: string): Kernel =>
  kernel<Pooled, tf.MaxPoolAttrs, BackendWasm>(name, ({ inputs, attributes, engine, replaced }) => {
    const output = replaced(inputs, attributes) as tf.TensorInfo
    if (!holdsNaN(floats(engine, inputs.x))) return output
    return tf.tidy(() => {
      const value = asTensor(output)
      const any = tf.greater(asTensor(replaced({ x: tf.cast(tf.isNaN(inputs.x), "float32") }, attributes)), 0)
      return tf.where(any, tf.fill(value.shape, Number.NaN), value)
    })
  })

interface Convolved {
  readonly x: tf.Tensor4D
  readonly filter: tf.Tensor4D
}

/** The number of NaN that contribute to each element, computed by convolutions of ones and zeros. */
const missingIn = (
  { x, filter }: Convolved,
  convolve: (inputs: Convolved) => tf.TensorInfo | Array<tf.TensorInfo>
): tf.Tensor => {
  const missing = (of: tf.Tensor) => tf.cast(tf.isNaN(of), "float32")
  const counted = (inputs: tf.Tensor, filters: tf.Tensor) =>
    asTensor(convolve({ x: inputs as tf.Tensor4D, filter: filters as tf.Tensor4D }))
  return tf.add(counted(missing(x), tf.onesLike(filter)), counted(tf.onesLike(x), missing(filter)))
}

/** Convolutions: some of the backend's algorithms replace NaN by the lower limit −∞. */
const convolution = (name: string): Kernel =>
  kernel<Convolved, unknown, BackendWasm>(name, ({ inputs, attributes, engine, replaced }) => {
    const output = replaced(inputs, attributes) as tf.TensorInfo
    if (!holdsNegativeInfinity(floats(engine, output))) return output
    return tf.tidy(() => {
      const value = asTensor(output)
      const missing = missingIn(inputs, (other) => replaced(other, attributes))
      return tf.where(tf.greater(missing, 0), tf.fill(value.shape, Number.NaN), value)
    })
  })

interface FusedInputs {
  readonly bias?: tf.Tensor
  readonly preluActivationWeights?: tf.Tensor
}
interface FusedAttributes {
  readonly activation: string
  readonly leakyreluAlpha?: number
}

const activated = (value: tf.Tensor, { activation }: FusedAttributes): tf.Tensor => {
  if (activation === "relu") return tf.relu(value)
  return activation === "relu6" ? tf.relu6(value) : value
}

/** Products and convolutions with an activation that hides NaN are computed without it; bias and activation follow. */
const fused = (name: string, plain: string | undefined): Kernel =>
  kernel<FusedInputs, FusedAttributes>(name, ({ inputs, attributes, replaced }) => {
    const { activation } = attributes
    if (!["linear", "relu", "relu6"].includes(activation)) return replaced(inputs, attributes)
    return tf.tidy(() => {
      const { bias, preluActivationWeights: _, ...others } = inputs
      if (plain === undefined) {
        return activated(asTensor(replaced(inputs, { ...attributes, activation: "linear" })), attributes)
      }
      const convolved: tf.Tensor = tf
        .engine()
        .runKernel(plain, { ...others } as tf.NamedTensorMap, { ...attributes } as tf.NamedAttrMap)
      return activated(bias === undefined || bias === null ? convolved : tf.add(convolved, bias), attributes)
    })
  })

/** true for whatever is not 0, NaN included. The backend's own keeps the last eight bits of the whole part. */
const cast = kernel<{ readonly x: tf.Tensor }, tf.CastAttrs, BackendWasm>(
  "Cast",
  ({ inputs, attributes, engine, replaced }) => {
    if (attributes.dtype !== "bool" || inputs.x.dtype === "bool") return replaced(inputs, attributes)
    const output = engine.makeOutput(inputs.x.shape, "bool")
    const [x, y] = [engine.typedArrayFromHeap(inputs.x), engine.typedArrayFromHeap(output)]
    for (let place = 0; place < x.length; place++) y[place] = x[place] === 0 ? 0 : 1
    return output
  }
)

export const nanKernels: ReadonlyArray<Kernel> = [
  ...["Relu6", "ClipByValue"].map(elementwise),
  ...["Maximum", "Minimum"].map(ofTwo),
  ...["MaxPool", "AvgPool"].map(pooling),
  ...["Conv2D", "DepthwiseConv2dNative"].map(convolution),
  fused("_FusedMatMul", undefined),
  fused("FusedConv2D", "Conv2D"),
  fused("FusedDepthwiseConv2D", "DepthwiseConv2dNative"),
  cast
]
