/** Gradients of sums and means by broadcasting, where tfjs multiplies with ones that it makes on the host. */
import { get } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import type { Gradient, GradientCall } from "../../Gradients.ts"

/** dy, divided by `parts` of the number of elements that each of its values stands for, spread over the input's shape. */
const spread =
  (mean: boolean) =>
  ({ dy, inputs, attributes }: GradientCall<unknown>) => ({
    x: () => {
      const { shape, size } = get(inputs, "x")
      const axes = tf.util.parseAxisParam(attributes["axis"] as number | Array<number>, shape)
      const keptShape = shape.map((side, axis) => (axes.includes(axis) ? 1 : side))
      const each = mean && size > 0 ? tf.mul(dy, dy.size / size) : dy
      return tf.broadcastTo(tf.reshape(each, keptShape), shape)
    }
  })

/** Gradients of `Sum` and `Mean`. */
export const reductionGradients: ReadonlyArray<Gradient> = [
  { name: "Sum", inputs: ["x"], differentiable: true, run: spread(false) },
  { name: "Mean", inputs: ["x"], differentiable: true, run: spread(true) }
]
