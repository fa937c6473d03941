import { assert, describe, it } from "@effect/vitest"
import { KernelUnsupported } from "@etude/core/Errors"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Wasm from "../../src/Wasm.ts"
import { on, random } from "./agreement.ts"

const thrown = (f: () => unknown) =>
  on(Wasm.layer, () => {
    try {
      f()
    } catch (error) {
      return error
    }
    return undefined
  })

const refuses = (name: string, f: () => unknown, message: string) =>
  it.live(name, () =>
    Effect.gen(function* () {
      const error = yield* thrown(f)
      assert.instanceOf(error, KernelUnsupported)
      assert.strictEqual((error as KernelUnsupported).message, message)
    })
  )

const complex =
  "It has no complex numbers. Run this on the native or the cpu backend, or keep real and imaginary parts in two tensors."

describe("operations that WASM does not have say so", () => {
  refuses("complex", () => tf.complex([1], [2]), `The wasm backend has no kernel for Complex. ${complex}`)
  refuses(
    "rfft",
    () => tf.spectral.rfft(tf.tensor1d([1, 2, 3, 4])),
    `The wasm backend has no kernel for Complex. ${complex}`
  )
  refuses(
    "gradients of convolutions with channels first",
    () =>
      tf
        .engine()
        .runKernel(
          "Conv2DBackpropFilter",
          { x: random<tf.Rank.R4>([1, 2, 5, 5], 1), dy: random<tf.Rank.R4>([1, 3, 3, 3], 2) },
          { strides: [1, 1], pad: "valid", dataFormat: "NCHW", filterShape: [3, 3, 2, 3] }
        ),
    'The wasm backend has no kernel for Conv2DBackpropFilter with dataFormat "NCHW". Use channelsLast (NHWC) tensors, ' +
      "or the native backend."
  )
})
