import { assert, describe, it } from "@effect/vitest"
import * as Metric from "@etude/core/Metric"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Cpu from "../src/doubles/CpuBackend.ts"
import * as MetricLaw from "../src/laws/MetricLaw.ts"
import * as Suites from "../src/Suites.ts"

const samples = {
  outputs: { values: Float32Array.from([1, 5, 2, 8, 3, 9, 4, 7]), shape: [8] },
  targets: { values: Float32Array.from([1, 4, 0, 8, 1, 1, 9, 2]), shape: [8] },
  weights: { values: Float32Array.from([1, 2, 1, 0, 1, 3, 1, 1]), shape: [8] }
}
const error = Metric.mean({
  name: "error",
  better: "lower",
  values: (x: tf.Tensor, y: tf.Tensor) => tf.abs(tf.sub(x, y))
})

Suites.metric({ name: "a mean", metric: error, samples, backend: Cpu.layer })
Suites.metric({
  name: "core's accuracy",
  metric: Metric.accuracy,
  exact: true,
  samples: {
    outputs: { values: Float32Array.from([1, 2, 5, 3, 0, 1, 2, 2]), shape: [4, 2] },
    targets: { values: Int32Array.from([1, 1, 0, 0]), shape: [4] }
  },
  backend: Cpu.layer
})

const caught = (name: string, metric: Metric.Metric<any, any, any, any>, message: string) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const broken = yield* Effect.flip(MetricLaw.check({ name: metric.name, metric, samples }))
      assert.strictEqual(broken.message, message)
    }).pipe(Effect.provide(Cpu.layer))
  )

describe("the law of metrics catches", () => {
  caught(
    "an average of averages",
    Metric.make({
      name: "mean of means",
      better: "lower",
      state: Schema.Struct({ mean: Schema.Number, batches: Schema.Number }),
      empty: { mean: 0, batches: 0 },
      measure: ({ outputs }) => ({ sum: tf.sum(outputs), weight: tf.scalar(outputs.size) }),
      ofBatch: ({ sum, weight }) =>
        weight[0] === 0 ? { mean: 0, batches: 0 } : { mean: sum[0]! / weight[0]!, batches: 1 },
      combine: (a, b) =>
        a.batches + b.batches === 0
          ? a
          : {
              mean: (a.mean * a.batches + b.mean * b.batches) / (a.batches + b.batches),
              batches: a.batches + b.batches
            },
      result: ({ mean, batches }) => (batches === 0 ? Option.none() : Option.some(mean))
    }),
    'mean of means breaks the law "metric": the result is 4.9 instead of 4.875. To reproduce: measure its samples ' +
      "in the order of partition 0 of seed 0 in batches of 1, 0, 1, 2, 2, 2, and merge neighbours in a drawn order."
  )
  caught(
    "a metric that is 0 before anything was seen",
    { ...error, result: ({ sum }) => Option.some(sum) },
    'error breaks the law "metric": nothing has a result. To reproduce: take the result of its empty state.'
  )
  caught(
    "a state whose schema leaves something out",
    { ...error, state: Schema.Struct({ sum: Schema.Number }) as never },
    'error breaks the law "metric": the result is NaN instead of 4. To reproduce: write the state of all samples ' +
      "as JSON and read it."
  )
  caught(
    "a metric of order that doesn't say so",
    { ...error, combine: (_, later) => later },
    'error breaks the law "metric": the result is nothing instead of 4. To reproduce: combine the state of all ' +
      "samples with the empty one."
  )
})
