/**
 * Adding a bias [channels] to [batch, …, channels] as TensorFlow's `BiasAdd`, which its graph optimizer joins with the
 * convolution or matrix product before and the activation after; and the gradients of sums and differences without
 * reshaping what has its shape already.
 */

import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import { entry } from "@etude/core/Lookup"
import { get } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import type { Gradient, GradientCall, InputGradients } from "../../Gradients.ts"
import { kernel } from "../../Kernels.ts"
import { allFloat, float32, string } from "../Attributes.ts"

interface Binary {
  readonly a: tf.TensorInfo
  readonly b: tf.TensorInfo
}

/** Whether a tensor of shape `bias` is one value per channel of a tensor of shape `whole`, and no more. */
const isBias = (bias: ReadonlyArray<number>, whole: ReadonlyArray<number>): boolean =>
  bias.length === 1 && whole.length > 1 && bias[0] === whole.at(-1)

const attributes = (engine: NativeBackend) => [float32(engine), string(engine, "data_format", "NHWC")]

export const add = kernel<Binary, unknown, NativeBackend>(
  "Add",
  ({ inputs, attributes: options, engine, replaced }) => {
    const { a, b } = inputs
    if (allFloat(a, b)) {
      if (isBias(b.shape, a.shape)) return engine.executeSingleOutput("BiasAdd", attributes(engine), [a, b])
      if (isBias(a.shape, b.shape)) return engine.executeSingleOutput("BiasAdd", attributes(engine), [b, a])
    }
    return replaced(inputs, options)
  }
)

/** The gradient by one summand of that shape; `undefined` where it takes more than passing dy on, or one sum. */
const bySummand = (dy: tf.Tensor, { shape }: tf.Tensor, engine: NativeBackend): (() => tf.Tensor) | undefined => {
  // A separate handle: the tape disposes what it adds up.
  if (tf.util.arraysEqual(dy.shape, shape)) return () => tf.clone(dy)
  if (!isBias(shape, dy.shape)) return undefined
  return () => engine.executeSingleOutput("BiasAddGrad", attributes(engine), [dy])
}

const gradients =
  (sign: (dyB: tf.Tensor) => tf.Tensor) =>
  ({ dy, inputs, engine, replaced }: GradientCall<NativeBackend>): InputGradients => {
    const a = bySummand(dy, get(inputs, "a"), engine)
    const b = bySummand(dy, get(inputs, "b"), engine)
    return {
      a: () => (a ?? entry(replaced(), "a"))(),
      b: () => (b === undefined ? entry(replaced(), "b")() : sign(b()))
    }
  }

/** Gradients of `Add` and `Sub`. */
export const summandGradients: ReadonlyArray<Gradient<NativeBackend>> = [
  { name: "Add", inputs: ["a", "b"], run: gradients((dyB) => dyB) },
  { name: "Sub", inputs: ["a", "b"], run: gradients(tf.neg) }
]
