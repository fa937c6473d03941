/** What a convolution needs to be trained on tfjs-backend-wasm, in Node and in browsers. */
import * as tf from "@tensorflow/tfjs-core"

/**
 * tfjs-backend-wasm can't train a convolution: it has no `Conv2DBackpropFilter`. Its gradient of a convolution in space, with
 * depth 1, does the same.
 */
export const completeWasm = (): void => {
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
