import { assert } from "@effect/vitest"
import type { Dataset } from "@etude/core/Dataset"
import * as Losses from "@etude/core/Losses"
import type { Scored } from "@etude/core/Metric"
import * as Model from "@etude/core/Model"
import * as Task from "@etude/core/Task"
import type { TrainConfigInput } from "@etude/core/TrainConfig"
import * as Trainer from "@etude/core/Trainer"
import type { TrainState } from "@etude/core/TrainState"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Classification from "../src/Classification.ts"
import * as Confusion from "../src/Confusion.ts"
import { onCpu } from "./support/cpu.ts"

const three = { task: "multiclass", classes: 3 } as const
const precision = Classification.precision(three)

/** A task with several readings of the same counts, and how often these are measured. */
const counting = () => {
  let measured = 0
  const measure = (scored: Scored<tf.Tensor, tf.Tensor>) => {
    measured++
    return precision.measure(scored)
  }
  const metrics = {
    precision: { ...precision, measure },
    recall: { ...Classification.recall(three), measure },
    accuracy: { ...Classification.accuracy(three), measure },
    best2: Classification.f1({ ...three, topK: 2 }),
    confusion: { ...Confusion.confusionMatrix(three), measure }
  }
  const model = Model.make({
    name: "none",
    init: () => ({ factor: tf.scalar(1) }),
    apply: ({ factor }, x: tf.Tensor) => tf.mul(x, factor)
  })
  return {
    task: Task.supervised({ name: "three", model, loss: Losses.softmaxCrossEntropy(), metrics }),
    times: () => measured
  }
}

const outputs = [1, 0, 0, 0, 2, 1, 3, 2, 1, 0, 0, 1]
const labels = [0, 1, 1, 2]
const train: Dataset = {
  name: "four",
  length: 4,
  spec: { inputs: { shape: [3], dtype: "float32" }, targets: { shape: [], dtype: "int32" } },
  read: (indices) => ({
    inputs: Float32Array.from([...indices].flatMap((index) => outputs.slice(3 * index, 3 * index + 3))),
    targets: Int32Array.from(indices, (index) => labels[index]!)
  })
}
const run = (task: Task.Task, more: { readonly config?: TrainConfigInput; readonly state?: TrainState } = {}) =>
  Trainer.train(task, {
    ...more,
    config: { batchSize: 3, shuffle: false, learningRate: 1e-9, ...more.config },
    data: { train }
  })

onCpu("metrics of one task", (it) => {
  it.effect("that measure the same do so once, and write one state where they share it", () =>
    Effect.gen(function* () {
      const [many, one] = [counting(), counting()]
      const { state } = yield* run(many.task)
      const { precision: alone } = one.task.metrics
      yield* run({ ...one.task, metrics: { precision: alone! } })
      assert.strictEqual(many.times(), one.times())
      const { metrics, history } = state.plain
      assert.deepStrictEqual(Object.keys(metrics), ["losses", "precision", "best2", "confusion"])
      assert.strictEqual(history[0]?.values["train/accuracy"], 3 / 4)
      assert.deepStrictEqual(metrics["confusion"], { undefined: 0, cells: [1, 0, 0, 1, 1, 0, 0, 0, 1] })
    }).pipe(Effect.scoped)
  )

  it.effect("are read again also when they are listed in another order", () =>
    Effect.gen(function* () {
      const { task } = counting()
      const { precision: first, recall, ...others } = task.metrics as Task.Task["metrics"]
      const reordered = { ...task, metrics: { recall: recall!, precision: first!, ...others } }
      const whole = yield* run(task)
      const begun = yield* run(task, { config: { until: { steps: 1 } } })
      const { state } = yield* run(reordered, { state: begun.state })
      assert.strictEqual(
        state.plain.history[0]?.values["train/recall"],
        whole.state.plain.history[0]?.values["train/recall"]
      )
    }).pipe(Effect.scoped)
  )
})
