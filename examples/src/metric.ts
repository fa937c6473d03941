/** A custom metric: F1, which no average over batches gives. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { Losses, Metric, Rng, Task, Trainer } from "@etude/core"
import { Arrays, Split } from "@etude/data"
import { dense, Layer } from "@etude/layers"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** 2 · both / (predicted + actual), with the numbers of samples that are predicted positive, actually positive, and both. */
const f1 = Metric.make({
  name: "f1",
  better: "higher",
  state: Schema.Struct({ both: Schema.Number, predicted: Schema.Number, actual: Schema.Number }),
  empty: { both: 0, predicted: 0, actual: 0 },
  measure: ({ outputs, targets }) => {
    const predicted = tf.cast(tf.greater(outputs, 0), "float32")
    return { both: tf.sum(tf.mul(predicted, targets)), predicted: tf.sum(predicted), actual: tf.sum(targets) }
  },
  ofBatch: ({ both, predicted, actual }) => ({ both: both[0]!, predicted: predicted[0]!, actual: actual[0]! }),
  combine: (a, b) => ({ both: a.both + b.both, predicted: a.predicted + b.predicted, actual: a.actual + b.actual }),
  result: ({ both, predicted, actual }) =>
    predicted + actual === 0 ? Option.none() : Option.some((2 * both) / (predicted + actual))
})

const task = Task.supervised({
  name: "a rare class",
  model: Layer.model("logistic regression", dense(1), { inputs: [2] }),
  loss: Losses.binaryCrossEntropy(),
  metrics: { f1 }
})

const program = Effect.gen(function* () {
  // One sample in ten is positive; its features are shifted by 2.
  const positive = Rng.uniforms(Rng.key(1), 4000).map((u) => (u < 0.1 ? 1 : 0))
  const x = Rng.normals(Rng.key(2), 8000).map((noise, at) => noise + 2 * positive[at >> 1]!)
  const all = yield* Arrays.fromArrays({
    inputs: { values: x, shape: [2] },
    targets: { values: positive, shape: [1] }
  })
  const { rest: train, heldOut: data } = yield* Split.split(all, { key: 1, fraction: 0.25 })
  const { state } = yield* Trainer.train(task, {
    config: { until: { epochs: 5 }, learningRate: 0.02 },
    data: { train }
  })
  const small = yield* Trainer.validate(task, { state, data, batchSize: 16 })
  const large = yield* Trainer.validate(task, { state, data, batchSize: 1000 })
  const ofBatches = small.batches.map(({ values }) => values.f1!).filter((value) => !Number.isNaN(value))
  const mean = ofBatches.reduce((sum, value) => sum + value, 0) / ofBatches.length
  return { small: small.values.f1!, large: large.values.f1!, mean }
})

const { small, large, mean } = await Effect.runPromise(
  program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer)))
)
console.log(
  `F1 is ${small.toFixed(3)} in batches of 16 and ${large.toFixed(3)} in one; the mean over batches is ${mean.toFixed(3)}`
)
assert.equal(small, large)
assert.ok(large > 0.7 && large < 0.95 && Math.abs(mean - large) > 0.02)
