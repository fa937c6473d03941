/** The plain JavaScript backend for core's own tests: with random bits, and without tfjs's advertisement. */
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Backend from "../../src/Backend.ts"
import { kernelName } from "../../src/RandomBits.ts"
import * as Rng from "../../src/Rng.ts"

/** Provides `Backend` and the eager `StepExecutor`. */
export const layer = Backend.layer(
  Effect.suspend(() => {
    Object.assign(tf.findBackend("cpu"), { firstUse: false })
    if (tf.getKernel(kernelName, "cpu") === undefined)
      tf.registerKernel({
        kernelName,
        backendName: "cpu",
        kernelFunc: ({ inputs, attrs, backend }: any) => {
          const [hi, lo] = backend.readSync(inputs.key.dataId)
          const shape = attrs.shape as number[]
          const out = Rng.fillStateless({ hi, lo }, new Int32Array(shape.reduce((a, b) => a * b, 1)))
          return backend.makeTensorInfo(shape, "int32", out)
        }
      })
    return Backend.acquire("cpu", { name: "cpu", version: "4.22.0", device: "CPU", threads: 1, reason: "test" })
  })
)
