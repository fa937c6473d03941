/**
 * A backend for tests: plain JavaScript, everywhere and at once, as tfjs-backend-cpu has it, with the one operation that core
 * needs besides. `@etude/backend` has one with more kernels; this one is here so that plugins can be tested without it.
 */
import * as Backend from "@etude/core/Backend"
import type { BackendBusy, BackendUnavailable } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import { kernelName, type RandomBitsAttributes, type RandomBitsInputs } from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import type { StepExecutor } from "@etude/core/StepExecutor"
import type { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"

/** Draws random bits on a backend that holds its data in JavaScript arrays. */
const registerRandomBits = (backendName: string): void => {
  if (tf.getKernel(kernelName, backendName) !== undefined) return
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const [cpu, { key }] = [backend as MathBackendCPU, inputs as RandomBitsInputs]
      const { shape } = attrs as RandomBitsAttributes
      const words = cpu.readSync(key.dataId) as Int32Array
      const size = shape.reduce((product, side) => product * side, 1)
      const bits = Rng.fillStateless({ hi: element(words, 0), lo: element(words, 1) }, new Int32Array(size))
      return cpu.makeTensorInfo([...shape], "int32", bits)
    }
  })
}

/** Loads tfjs-backend-cpu, with the operation that core needs besides. */
export const load = Effect.gen(function* () {
  const loaded = yield* Effect.promise(() => import("@tensorflow/tfjs-backend-cpu"))
  // The first tensor would print five lines of advertisement for tfjs-node.
  Object.assign(tf.findBackend("cpu"), { firstUse: false })
  registerRandomBits("cpu")
  return loaded
})

/** The cpu backend, one thread. */
export const layer: Layer.Layer<Backend.Backend | StepExecutor, BackendBusy | BackendUnavailable> = Backend.layer(
  Effect.gen(function* () {
    yield* load
    const info = { name: "cpu", version: tf.version_core, device: "CPU", threads: 1, reason: "tests need no other" }
    return yield* Backend.acquire("cpu", info)
  })
)
