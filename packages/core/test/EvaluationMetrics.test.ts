import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Callback from "../src/Callback.ts"
import * as Losses from "../src/Losses.ts"
import type * as Metric from "../src/Metric.ts"
import * as MetricResults from "../src/MetricResults.ts"
import * as Task from "../src/Task.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { task as bare, config, numbers, recorder, scaling } from "./support/tiny.ts"

const error = bare.metrics.error
let measured = 0

const largest: Pick<
  Metric.Metric<tf.Tensor, tf.Tensor, number, number>,
  "state" | "empty" | "measure" | "ofBatch" | "combine"
> = {
  state: Schema.Number,
  empty: 0,
  measure: ({ outputs, targets }) => {
    measured++
    return { worst: tf.max(tf.abs(tf.sub(outputs, targets))) }
  },
  ofBatch: ({ worst }) => worst![0]!,
  combine: Math.max
}
/** The largest error. */
const worst: Metric.Metric<tf.Tensor, tf.Tensor, number, number> = {
  ...largest,
  name: "worst",
  better: "lower",
  result: (state) => (state === 0 ? Option.none() : Option.some(state))
}
/** The same as something that is no number. */
const range: Metric.Metric<tf.Tensor, tf.Tensor, number, { readonly to: number }> = {
  ...largest,
  name: "range",
  better: "neither",
  result: (to) => Option.some({ to }),
  toJson: ({ to }) => ({ from: 0, to }),
  toFigure: ({ to }) => ({
    title: `0 to ${to}`,
    svg: `<svg xmlns="http://www.w3.org/2000/svg"><text>${to}</text></svg>`
  }),
  toText: ({ to }, columns) => `to ${to}`.padEnd(columns, ".")
}

const task = Task.supervised({
  name: "numbers",
  model: scaling,
  loss: Losses.meanAbsoluteError,
  metrics: { error },
  evaluationMetrics: { worst, range }
})
const data = { train: numbers(4), validation: numbers(3) }

describe("evaluation metrics", () => {
  it.effect("are measured at validation and test, never in a training step", () => {
    const { events, layer } = recorder()
    return Effect.gen(function* () {
      measured = 0
      const { state, history } = yield* Trainer.train(task, { config, data })
      // Both share their statistics: measured once while the model is tried, and for each of two batches of the validation.
      assert.strictEqual(measured, 1 + 2)
      assert.deepStrictEqual(Object.keys(history.at(-1)!.values).toSorted(), [
        "train/error",
        "train/loss",
        "validation/error",
        "validation/loss",
        "validation/worst"
      ])
      assert.deepStrictEqual(Object.keys(state.plain.metrics).toSorted(), ["error", "losses"])
      const started = events.find((event) => event._tag === "RunStarted")!
      assert.deepStrictEqual(Object.keys(started.monitors), [
        "train/loss",
        "train/error",
        "validation/loss",
        "validation/error",
        "validation/worst"
      ])
      const { values } = yield* Trainer.test(task, { state, data: numbers(3), batchSize: 2 })
      assert.deepStrictEqual(Object.keys(values), ["loss", "error", "worst"])
    }).pipe(Effect.scoped, Effect.provide([Cpu.layer, layer]))
  })

  it.effect("don't change the training", () =>
    Effect.gen(function* () {
      const [with_, without] = [
        yield* Trainer.train(task, { config, data }),
        yield* Trainer.train(bare, { config, data })
      ]
      assert.deepStrictEqual(with_.state.parameters.w!.dataSync(), without.state.parameters.w!.dataSync())
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("that are more than a number are data and figures of the test, and what hooks are told", () => {
    const { events, layer } = recorder()
    const told: Array<unknown> = []
    const looking = Callback.observer({
      id: "looking",
      hooks: { validationEnd: ({ name, results, figures }) => void told.push([name, results.range, figures!()]) }
    })
    return Effect.gen(function* () {
      const { state } = yield* Trainer.train(task, {
        config: { ...config, learningRate: 1e-30 },
        data,
        callbacks: looking
      })
      const { results, figures, values } = yield* Trainer.test(task, { state, data: numbers(3) })
      const svg = `<svg xmlns="http://www.w3.org/2000/svg"><text>6</text></svg>`
      const expected = [{ metric: "range", title: "0 to 6", svg }]
      assert.deepStrictEqual(figures, expected)
      assert.strictEqual(values["worst"], 6)
      const tested = events.find((event) => event._tag === "Tested")!
      assert.deepStrictEqual(tested.results, { range: { from: 0, to: 6 } })
      assert.deepStrictEqual(tested.figures, expected)
      assert.deepStrictEqual(told, [["validation", Option.some({ to: 6 }), expected]])
      assert.deepStrictEqual(MetricResults.textsOf(Task.whenEvaluated(task).metrics, results, 8), [
        ["range", "to 6...."]
      ])
    }).pipe(Effect.scoped, Effect.provide([Cpu.layer, layer]))
  })

  it.effect("have names of their own, and fail before the first step where they can't be measured", () =>
    Effect.gen(function* () {
      const broken = {
        ...worst,
        measure: () => {
          throw new Error("no such luck")
        }
      }
      const twice = Task.supervised({
        name: "numbers",
        model: scaling,
        loss: Losses.meanAbsoluteError,
        metrics: { error },
        evaluationMetrics: { error, loss: error, broken }
      })
      const failure = yield* Effect.flip(Trainer.train(twice, { config, data }))
      assert.strictEqual(
        failure.message,
        "numbers cannot be run; nothing was trained.\n" +
          '  evaluationMetrics.error: "error" is a loss or metric of the task already, which validation measures too; remove one of them\n' +
          '  evaluationMetrics.loss: "loss" is a loss or metric of the task already, which validation measures too; remove one of them\n' +
          "  model: the metric broken on outputs [batch, 1] float32 and targets [batch, 1] float32 failed: no such luck"
      )
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})
