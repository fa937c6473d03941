/** `RandomBits` for backends that compute on the host: core's own numbers, which are TensorFlow's. */
import type { RandomBitsAttributes } from "@etude/core/RandomBits"
import { kernelName } from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"

/** int32 of `shape`, 32 random bits each, from a key int32[2]; see `Rng.fillStateless`. */
export const randomBits = kernel<{ readonly key: tf.Tensor }, RandomBitsAttributes>(
  kernelName,
  ({ inputs, attributes: { shape } }) => {
    const [hi, lo] = inputs.key.dataSync()
    const bits = Rng.fillStateless({ hi: hi!, lo: lo! }, new Int32Array(tf.util.sizeFromShape([...shape])))
    return tf.tensor(bits, [...shape], "int32")
  }
)
