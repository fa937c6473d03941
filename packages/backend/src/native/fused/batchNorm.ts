/** Batch normalization in training, forward and backward, by TensorFlow's fused operations. */
import { type BatchNormAttributes, type BatchNormInputs, kernelName } from "@etude/core/kernels/BatchNormalization"
import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import { element } from "@etude/core/Lookup"
import { get, sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import { type Gradient, type GradientCall, gradient, type InputGradients } from "../../Gradients.ts"
import { kernel } from "../../Kernels.ts"
import { bool, dtype, float, float32, string } from "../Attributes.ts"

const attributesOf = (engine: NativeBackend, epsilon: number, training: boolean) => [
  float32(engine),
  dtype(engine, "U", engine.binding.TF_FLOAT),
  float(engine, "epsilon", epsilon),
  string(engine, "data_format", "NHWC"),
  bool(engine, "is_training", training)
]

/** Any tensor with channels last as the images [n, 1, 1, channels] that the operation wants. */
const asImages = (x: tf.Tensor): tf.Tensor => (x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, sideOf(x.shape, -1)]))

/** The gradients by x, scale and offset; statistics as the forward operation reserved them. */
const backward = (
  engine: NativeBackend,
  dy: tf.Tensor,
  x: tf.Tensor,
  scale: tf.Tensor,
  reserved: ReadonlyArray<tf.Tensor>,
  epsilon: number,
  training: boolean
): readonly [byX: tf.Tensor, byScale: tf.Tensor, byOffset: tf.Tensor] => {
  const outputs = engine.executeMultipleOutputs(
    "FusedBatchNormGradV3",
    attributesOf(engine, epsilon, training),
    [asImages(dy), asImages(x), scale, ...reserved],
    5
  )
  return [tf.reshape(element(outputs, 0), x.shape), element(outputs, 1), element(outputs, 2)]
}

/** Outputs: normalized x, mean, variance, and three tensors for the gradient. */
export const batchNorm = kernel<BatchNormInputs, BatchNormAttributes, NativeBackend>(
  kernelName,
  ({ inputs, attributes: { epsilon }, engine }) =>
    tf.tidy(() => {
      const { x, scale, offset } = inputs as { readonly [name in keyof BatchNormInputs]: tf.Tensor }
      const outputs = engine.executeMultipleOutputs(
        "FusedBatchNormV3",
        [...attributesOf(engine, epsilon, true), float(engine, "exponential_avg_factor", 1)],
        [asImages(x), scale, offset, tf.tensor1d([]), tf.tensor1d([])],
        6
      )
      // TensorFlow gives the variance times n / (n − 1).
      const count = x.size / scale.size
      const variance = tf.mul(element(outputs, 2), count > 1 ? (count - 1) / count : 1)
      return [tf.reshape(element(outputs, 0), x.shape), element(outputs, 1), variance, ...outputs.slice(3)]
    })
)

const trainingGradient = gradient({
  name: kernelName,
  inputs: ["x", "scale"],
  outputs: [false, false, false, true, true, true],
  run: ({ dy, inputs, outputs, attributes, engine }: GradientCall<NativeBackend, "x" | "scale">) => {
    const epsilon = attributes["epsilon"] as number
    const [x, scale, offset] = backward(engine, dy, inputs.x, inputs.scale, outputs, epsilon, true)
    return { x: () => x, scale: () => scale, offset: () => offset }
  }
})

/**
 * Of tfjs's own normalization by a given mean and variance. As functions of the mean and the variance, its values change as
 * those of offset and scale do, up to factors per channel.
 */
const givenGradient = (call: GradientCall<NativeBackend>): InputGradients => {
  const { dy, inputs, attributes, engine, replaced } = call
  const [x, mean, variance] = [get(inputs, "x"), get(inputs, "mean"), get(inputs, "variance")]
  const scale: tf.Tensor | null | undefined = inputs["scale"]
  if (mean.rank !== 1 || scale == null) return replaced()
  const epsilon = attributes["varianceEpsilon"] as number
  const [byX, byScale, byOffset] = backward(engine, dy, x, scale, [mean, variance, tf.tensor1d([])], epsilon, false)
  const factor = () => tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)))
  return {
    x: () => byX,
    scale: () => byScale,
    offset: () => byOffset,
    mean: () => tf.neg(tf.mul(byOffset, factor())),
    variance: () => tf.mul(tf.mul(tf.div(byScale, tf.add(variance, epsilon)), scale), -0.5)
  }
}

/** Gradients of the kernel above, and of `FusedBatchNorm`. */
export const batchNormGradients: ReadonlyArray<Gradient<NativeBackend>> = [
  trainingGradient,
  { name: "FusedBatchNorm", inputs: ["x", "mean", "variance", "scale"], run: givenGradient }
]
