import { assert, describe, it } from "@effect/vitest"
import type * as Dataset from "@etude/core/Dataset"
import * as Losses from "@etude/core/Losses"
import type * as Model from "@etude/core/Model"
import * as Scheduled from "@etude/core/Scheduled"
import * as Task from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import type { TrainConfigInput } from "@etude/core/TrainConfig"
import * as Trainer from "@etude/core/Trainer"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as StochasticWeightAveraging from "../src/StochasticWeightAveraging.ts"

/** w·x, with a running mean of it, whose share is 0.1, and a statistic that never moves. */
const model: Model.Model<tf.Tensor, tf.Tensor> = {
  name: "measured",
  init: () => ({ parameters: { w: tf.zeros([1]) }, statistics: { mean: tf.zeros([1]), fixed: tf.tensor1d([7]) } }),
  apply: ({ parameters, statistics }, inputs, { training }) => {
    const outputs = tf.mul(inputs, Tensors.get(parameters, "w"))
    if (!training) return { outputs }
    const [before, fixed] = [Tensors.get(statistics, "mean"), Tensors.get(statistics, "fixed")]
    const mean = tf.add(tf.mul(before, 0.9), tf.mul(tf.mean(outputs, 0), 0.1))
    return { outputs, statistics: { mean, fixed: tf.clone(fixed) } }
  }
}
// |w·x − 2·x|: w grows by rate · mean(x) at each step.
const loss = Losses.meanAbsoluteError
const task = Task.supervised({ name: "measured", model, loss })
const train: Dataset.Dataset = {
  name: "numbers",
  length: 4,
  spec: { inputs: { shape: [1], dtype: "float32" }, targets: { shape: [1], dtype: "float32" } },
  read: (indices) => ({
    inputs: Float32Array.from(indices, (index) => index + 1),
    targets: Float32Array.from(indices, (index) => 2 * (index + 1))
  })
}
const config = {
  ...{ batchSize: 2, shuffle: false, learningRate: 0.01, until: { steps: 6 } },
  optimizer: { _tag: "Sgd" }
} as const satisfies TrainConfigInput
const run = (options: StochasticWeightAveraging.ConfigInput, more: TrainConfigInput = {}) =>
  Trainer.train(task, {
    config: { ...config, ...more },
    data: { train },
    callbacks: StochasticWeightAveraging.layer(options)
  })
const value = (tensors: Partial<Tensors.Tensors> | undefined, path: string) => {
  const tensor = tensors?.[path]
  return tensor === undefined ? undefined : Number(tensor.dataSync()[0]?.toFixed(6))
}

// w after steps 1, …, 6, whose batches have the means 1.5 and 3.5 in turn.
const weights = [0.015, 0.05, 0.065, 0.1, 0.115, 0.15]
const meanOf = (values: ReadonlyArray<number>) => values.reduce((sum, one) => sum + one, 0) / values.length

it.layer(CpuBackend.layer)("stochastic weight averaging", (it) => {
  for (const [options, averaged] of [
    [{ start: 3 }, weights.slice(2)],
    [{ start: 2, every: 2 }, [0.05, 0.1, 0.15]],
    [{ start: 2, every: 3 }, [0.05, 0.115]],
    // Not begun: the last weights.
    [{ start: 60 }, [0.15]]
  ] as const) {
    it.effect(
      `ends with the mean of ${averaged}, and with the mean of what batches have with it: ${JSON.stringify(options)}`,
      () =>
        Effect.gen(function* () {
          const { state } = yield* run(options)
          const mean = meanOf(averaged)
          assert.approximately(value(state.parameters, "w") ?? 0, mean, 2e-6)
          assert.approximately(value(state.statistics, "mean") ?? 0, meanOf([1.5, 3.5]) * mean, 2e-6)
          assert.strictEqual(value(state.statistics, "fixed"), 7)
          assert.strictEqual(value(state.last.parameters, "w"), 0.15)
        }).pipe(Effect.scoped)
    )
  }

  it.effect("measures statistics on the number of batches in its options", () =>
    Effect.gen(function* () {
      const { state } = yield* run({ start: 3, statisticsBatches: 1 })
      assert.approximately(value(state.statistics, "mean") ?? 0, 1.5 * meanOf(weights.slice(2)), 2e-6)
    }).pipe(Effect.scoped)
  )

  it.effect("measures with what is scheduled in a model as it was at the last step", () =>
    Effect.gen(function* () {
      const factor = { _tag: "Ramp", from: 1, to: 0, over: { steps: 10 } } as const
      const fading: typeof model = {
        ...model,
        scheduled: Scheduled.changing({ factor }, Scheduled.notNegative),
        apply: (variables, inputs, context) => {
          const { outputs } = model.apply(variables, inputs, { ...context, training: false })
          if (!context.training) return { outputs }
          const present = Scheduled.factor(factor, context.scheduled, "factor")
          const scaled = tf.mul(tf.mul(tf.mean(outputs, 0), 0.1), present)
          return {
            outputs,
            statistics: { mean: tf.add(tf.mul(Tensors.get(variables.statistics, "mean"), 0.9), scaled) }
          }
        }
      }
      const { state } = yield* Trainer.train(Task.supervised({ ...{ name: "fading", model: fading }, loss }), {
        config,
        data: { train },
        callbacks: StochasticWeightAveraging.layer({ start: 3 })
      })
      // Before the sixth update: 1 − 5 / 10.
      const expected = 0.5 * meanOf([1.5, 3.5]) * meanOf(weights.slice(2))
      assert.approximately(value(state.statistics, "mean") ?? 0, expected, 2e-6)
    }).pipe(Effect.scoped)
  )

  it.effect("leaves the last weights where the config says so", () =>
    Effect.gen(function* () {
      const { state } = yield* run({ start: 3 }, { endWith: "last" })
      assert.deepStrictEqual([value(state.parameters, "w"), state.last], [0.15, {}])
    }).pipe(Effect.scoped)
  )
})

describe("the share of the mean that stays", () => {
  it("is none until the start, then n / (n + 1) at each of its steps", () => {
    const decays = [1, 4, 5, 6, 7, 8, 9].map((step) => StochasticWeightAveraging.decayAt(step, { start: 4, every: 2 }))
    assert.deepStrictEqual(decays, [0, 0, 1, 1 / 2, 1, 2 / 3, 1])
  })
})
