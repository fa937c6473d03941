import "@tensorflow/tfjs-backend-cpu"
import * as Backend from "@etude/core/Backend"
import { kernelName, type RandomBitsAttributes, type RandomBitsInputs } from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import type { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

/** Draws random bits on a backend that holds its data in JavaScript arrays. */
export const registerRandomBits = (backendName: string): void => {
  if (tf.getKernel(kernelName, backendName) !== undefined) return
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const [cpu, { key }] = [backend as MathBackendCPU, inputs as unknown as RandomBitsInputs]
      const { shape } = attrs as unknown as RandomBitsAttributes
      const [hi, lo] = cpu.readSync(key.dataId) as Int32Array
      const size = shape.reduce((product, side) => product * side, 1)
      const bits = Rng.fillStateless({ hi: hi!, lo: lo! }, new Int32Array(size))
      return cpu.makeTensorInfo([...shape], "int32", bits)
    }
  })
}

/** The cpu backend, with nothing of `@etude/backend`. */
export const layer = Backend.layer(
  Effect.suspend(() => {
    registerRandomBits("cpu")
    const info = { name: "cpu", version: tf.version_core, device: "CPU", threads: 1, reason: "tests need no other" }
    return Backend.acquire("cpu", info)
  })
)
