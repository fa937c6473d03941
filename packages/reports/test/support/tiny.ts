import * as Backend from "@etude/core/Backend"
import type { Dataset } from "@etude/core/Dataset"
import * as Losses from "@etude/core/Losses"
import * as Metric from "@etude/core/Metric"
import * as Model from "@etude/core/Model"
import { kernelName, type RandomBitsAttributes, type RandomBitsInputs } from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as Task from "@etude/core/Task"
import type { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import "@tensorflow/tfjs-backend-cpu"
import * as Effect from "effect/Effect"

/** The random bits of a step, where the data are JavaScript arrays. */
const registerRandomBits = (): void => {
  if (tf.getKernel(kernelName, "cpu") !== undefined) return
  tf.registerKernel({
    kernelName,
    backendName: "cpu",
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

/** The plain JavaScript backend. */
export const cpu = Backend.layer(
  Effect.suspend(() => {
    Object.assign(tf.findBackend("cpu"), { firstUse: false })
    registerRandomBits()
    return Backend.acquire("cpu", { name: "cpu", version: "4.22.0", device: "CPU", threads: 1, reason: "test" })
  })
)

/** Two classes of points in the plane: above the line y = x or below it. */
export const points = (name: string, length: number): Dataset => ({
  name,
  length,
  spec: { inputs: { shape: [2], dtype: "float32" }, targets: { shape: [], dtype: "int32" } },
  read: (indices) => {
    const inputs = new Float32Array(indices.length * 2)
    const targets = new Int32Array(indices.length)
    for (const [at, index] of indices.entries()) {
      const [x, y] = [Math.sin(index * 1.7), Math.cos(index * 2.3)]
      inputs.set([x, y], at * 2)
      targets[at] = y > x ? 1 : 0
    }
    return { inputs, targets }
  }
})

export const task = Task.supervised({
  name: "points",
  model: Model.make({
    name: "linear",
    init: () => ({ kernel: tf.zeros([2, 2]), bias: tf.zeros([2]) }),
    apply: ({ kernel, bias }, inputs: tf.Tensor) =>
      tf.add(tf.matMul(inputs as tf.Tensor2D, kernel as tf.Tensor2D), bias)
  }),
  loss: Losses.softmaxCrossEntropy(),
  metrics: { accuracy: Metric.accuracy }
})
