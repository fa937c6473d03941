import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Dataset, HostBatch } from "../../src/Dataset.ts"
import type { DataError } from "../../src/Errors.ts"
import * as Event from "../../src/Event.ts"
import * as Losses from "../../src/Losses.ts"
import * as Metric from "../../src/Metric.ts"
import * as Model from "../../src/Model.ts"
import * as Task from "../../src/Task.ts"

/** Samples x = 1, 2, …, with targets 2x; a read gives `batch` of them. */
export const numbers = (
  length: number,
  change: (batch: HostBatch, indices: Int32Array) => HostBatch | Effect.Effect<HostBatch, DataError> = (batch) => batch
): Dataset => ({
  name: "numbers",
  length,
  spec: { inputs: { shape: [1], dtype: "float32" }, targets: { shape: [1], dtype: "float32" } },
  read: (indices) =>
    change(
      {
        inputs: Float32Array.from(indices, (index) => index + 1),
        targets: Float32Array.from(indices, (index) => 2 * (index + 1))
      },
      indices
    )
})

/** The model w·x from w = 0. */
export const scaling = Model.make({
  name: "scaling",
  init: () => ({ w: tf.zeros([1]) }),
  apply: ({ w }, inputs: tf.Tensor) => tf.mul(inputs, w)
})

/** |w·x − y| as loss: its gradient is −x as long as w < 2, so that w grows by rate · mean(x) at each step of SGD. */
export const task = Task.supervised({
  name: "numbers",
  model: scaling,
  loss: Losses.meanAbsoluteError,
  metrics: {
    error: Metric.mean({
      name: "error",
      better: "lower",
      values: (outputs: tf.Tensor, targets: tf.Tensor) => tf.squeeze(tf.abs(tf.sub(outputs, targets)), [1])
    })
  }
})

/** SGD with a small rate, samples in order, batches of two. */
export const config = {
  batchSize: 2,
  shuffle: false,
  optimizer: { _tag: "Sgd" },
  learningRate: 0.01,
  until: { epochs: 1 }
} as const

/** Collects the events of a run. */
export const recorder = () => {
  const events: Array<Event.Known> = []
  const layer = Layer.succeed(Event.Events, { publish: (event) => Effect.sync(() => void events.push(event)) })
  return { events, layer }
}

/** The single number that a tensor holds. */
export const valueOf = (tensor: tf.Tensor | undefined): number => tensor!.dataSync()[0]!
