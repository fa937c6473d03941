/** Running sums and products along an axis that is counted from the end, which tfjs passes to its kernels unchanged. */
import { element } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import { type Kernel, kernel } from "../Kernels.ts"

/** `Cumsum` and `Cumprod` for any axis. */
export const runningAlongAnyAxis: ReadonlyArray<Kernel> = [tf.Cumsum, tf.Cumprod].map((name) =>
  kernel<{ readonly x: tf.Tensor }, tf.CumsumAttrs>(name, ({ inputs, attributes, replaced }) => {
    const axis = element(tf.util.parseAxisParam(attributes.axis, inputs.x.shape), 0)
    return replaced(inputs, { ...attributes, axis })
  })
)
