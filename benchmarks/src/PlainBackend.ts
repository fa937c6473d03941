/** TensorFlow.js's backends as they come, for those who are compared with Etude. */
import { Native } from "@etude/backend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export type BackendName = "native" | "wasm" | "cpu"

/**
 * tfjs-backend-wasm can't train a convolution: it has no `Conv2DBackpropFilter`. Its gradient of a convolution in space, with
 * depth 1, does the same.
 */
const completeWasm = (): void => {
  tf.registerKernel({
    kernelName: "Conv2DBackpropFilter",
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => {
      // What this kernel is called with is tfjs's business: its own gradient of `conv2d` calls it.
      const { x, dy } = inputs as unknown as { readonly x: tf.Tensor4D; readonly dy: tf.Tensor4D }
      const { filterShape, strides, pad } = attrs as unknown as tf.Conv2DBackpropFilterAttrs
      const [down, across] = typeof strides === "number" ? [strides, strides] : strides
      return tf.tidy(() => {
        const [, height, width, channels] = x.shape
        const [, outHeight, outWidth, filters] = dy.shape
        const gradient = tf.engine().runKernel(
          "Conv3DBackpropFilterV2",
          {
            x: tf.reshape(x, [-1, 1, height, width, channels]),
            dy: tf.reshape(dy, [-1, 1, outHeight, outWidth, filters])
          },
          { filterShape: [1, ...filterShape], strides: [1, down, across], pad }
        ) as tf.Tensor
        return tf.reshape(gradient, filterShape)
      })
    }
  })
}

const started = (name: string) => Effect.promise(() => tf.setBackend(name))

export const layers = {
  // TensorFlow's library by tfjs-node's binding is loaded as Etude loads it, the one way that works here. What Etude puts
  // in the place of tfjs-node's kernels and of tfjs's gradients is gone once its layer is closed.
  native: Layer.effectDiscard(
    Effect.gen(function* () {
      yield* Effect.scoped(Layer.build(Native.layer))
      yield* started("tensorflow")
    })
  ),
  wasm: Layer.effectDiscard(
    Effect.gen(function* () {
      yield* Effect.promise(() => import("@tensorflow/tfjs-backend-wasm"))
      yield* started("wasm")
      completeWasm()
    })
  ),
  cpu: Layer.effectDiscard(
    Effect.gen(function* () {
      yield* Effect.promise(() => import("@tensorflow/tfjs-backend-cpu"))
      // The first tensor would print five lines of advertisement for tfjs-node.
      Object.assign(tf.findBackend("cpu"), { firstUse: false })
      yield* started("cpu")
    })
  )
}
