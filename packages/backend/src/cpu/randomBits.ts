/** `RandomBits` for backends that compute on the host: core's own numbers, which are TensorFlow's. */
import { element } from "@etude/core/Lookup"
import type { RandomBitsAttributes } from "@etude/core/RandomBits"
import { kernelName } from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"

/** int32 of `shape`, 32 random bits each, from a key int32[2]; see `Rng.fillStateless`. */
export const randomBits = kernel<{ readonly key: tf.Tensor }, RandomBitsAttributes>(
  kernelName,
  ({ inputs, attributes: { shape } }) => {
    const words = inputs.key.dataSync()
    const bits = new Int32Array(tf.util.sizeFromShape([...shape]))
    Rng.fillStateless({ hi: element(words, 0), lo: element(words, 1) }, bits)
    return tf.tensor(bits, [...shape], "int32")
  }
)
