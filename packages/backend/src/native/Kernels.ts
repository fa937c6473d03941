/**
 * Kernels and gradients that the native backend has beyond tfjs-node's, or instead of them: to be right, because tfjs-node's
 * call chained methods of tensors, which exist only where the whole of `@tensorflow/tfjs` is loaded; or to be fast, by an
 * operation of TensorFlow's that does the work of several (see `fused/`).
 */

import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import { kernelName, type RandomBitsAttributes, type RandomBitsInputs } from "@etude/core/RandomBits"
import * as tf from "@tensorflow/tfjs-core"
import { prelu } from "../cpu/elementwise.ts"
import { runningAlongAnyAxis } from "../cpu/negativeAxis.ts"
import type { Gradient } from "../Gradients.ts"
import { type Kernel, kernel } from "../Kernels.ts"
import { byteKernels } from "./bytes.ts"
import { activationGradients } from "./fused/activations.ts"
import { adam } from "./fused/adam.ts"
import { batchNorm, batchNormGradients } from "./fused/batchNorm.ts"
import { add, summandGradients } from "./fused/bias.ts"
import { crossEntropy, logSoftmax } from "./fused/crossEntropy.ts"
import { matMul } from "./fused/matMul.ts"
import { maximumPooling } from "./fused/maxPool.ts"
import { reductionGradients } from "./fused/reductions.ts"
import { cast, reshape } from "./fused/sameData.ts"
import { gather } from "./gather.ts"
import { repaired } from "./repaired.ts"
import { areDiverted } from "./Signals.ts"

interface Unary {
  readonly x: tf.Tensor
}

/** `RandomBits` by TensorFlow's stateless random integers: Philox, keyed by both words of the key. */
const randomBits = kernel<RandomBitsInputs, RandomBitsAttributes, NativeBackend>(
  kernelName,
  ({ inputs: { key }, attributes: { shape }, engine }) => {
    const { TF_ATTR_TYPE, TF_INT32 } = engine.binding
    const shapeTensor = tf.tensor1d([...shape], "int32")
    try {
      return engine.executeSingleOutput(
        "StatelessRandomUniformFullInt",
        ["dtype", "T", "Tseed"].map((name) => ({ name, type: TF_ATTR_TYPE, value: TF_INT32 })),
        [shapeTensor, key]
      )
    } finally {
      shapeTensor.dispose()
    }
  }
)

/** The kernel of tfjs-node's, given its input in a dtype that it takes without chained methods. */
const castFirst = (name: string, from: tf.DataType, to: tf.DataType) =>
  kernel<Unary, unknown>(name, ({ inputs, attributes, replaced }) => {
    if (inputs.x.dtype !== from) return replaced(inputs, attributes)
    const x = tf.cast(inputs.x, to)
    try {
      return replaced({ ...inputs, x }, attributes)
    } finally {
      x.dispose()
    }
  })

/** All kernels. */
export const kernels = (
  engine: NativeBackend,
  env: Readonly<Record<string, string | undefined>>
): ReadonlyArray<Kernel> => [
  randomBits,
  ...byteKernels,
  gather,
  prelu,
  ...repaired,
  ...runningAlongAnyAxis,
  castFirst(tf.Exp, "int32", "float32"),
  castFirst(tf.Step, "int32", "float32"),
  castFirst(tf.LeakyRelu, "int32", "float32"),
  castFirst(tf.IsNan, "int32", "float32"),
  castFirst(tf.IsInf, "int32", "float32"),
  castFirst(tf.IsFinite, "int32", "float32"),
  castFirst(tf.ArgMax, "bool", "int32"),
  castFirst(tf.ArgMin, "bool", "int32"),
  adam,
  add,
  // Its products are those that a signal can spoil.
  ...(areDiverted() ? [matMul] : []),
  reshape,
  cast,
  batchNorm,
  crossEntropy,
  logSoftmax,
  ...maximumPooling(engine, env)
]

/** All gradients. */
export const gradients: ReadonlyArray<Gradient> = [
  ...activationGradients,
  ...summandGradients,
  ...reductionGradients,
  ...batchNormGradients
]
