import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Metric from "../src/Metric.ts"
import * as MetricResults from "../src/MetricResults.ts"
import * as Cpu from "./support/cpu.ts"

/** A metric's state over batches. */
const over = <State>(
  metric: Metric.Metric<tf.Tensor, tf.Tensor, State, number>,
  batches: ReadonlyArray<Metric.Scored<tf.Tensor, tf.Tensor>>
): State =>
  batches.reduce((state, batch) => {
    const measured = metric.measure(batch)
    const values = Object.fromEntries(Object.entries(measured).map(([name, tensor]) => [name, tensor.dataSync()]))
    return metric.combine(state, metric.ofBatch(values))
  }, metric.empty)
const logits = (...rows: ReadonlyArray<ReadonlyArray<number>>) => tf.tensor2d(rows.map((row) => [...row]))
const labels = (...values: ReadonlyArray<number>) => tf.tensor1d([...values], "int32")

describe("accuracy", () => {
  it.effect("is the share of samples whose largest logit is the label's, over all batches", () =>
    Effect.gen(function* () {
      const state = over(Metric.accuracy, [
        { outputs: logits([0, 1], [2, 1], [0, 5]), targets: labels(1, 0, 0) },
        { outputs: logits([0, 1]), targets: labels(1) }
      ])
      assert.deepStrictEqual(state, { sum: 3, weight: 4 })
      assert.deepStrictEqual(Metric.accuracy.result(state), Option.some(0.75))
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("takes one-hot targets, and the lower class of a tie", () =>
    Effect.gen(function* () {
      const state = over(Metric.accuracy, [
        { outputs: logits([1, 1], [1, 1], [0, 1]), targets: logits([1, 0], [0, 1], [0, 1]) }
      ])
      assert.deepStrictEqual(state, { sum: 2, weight: 3 })
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("is a share of weight where samples have one, and leaves out what is masked", () =>
    Effect.gen(function* () {
      const outputs = logits([0, 1], [0, 1], [0, 1])
      const targets = labels(1, 0, 1)
      const weights = tf.tensor1d([1, 2, 5])
      const mask = tf.tensor1d([1, 1, 0])
      assert.deepStrictEqual(over(Metric.accuracy, [{ outputs, targets, weights }]), { sum: 6, weight: 8 })
      assert.deepStrictEqual(over(Metric.accuracy, [{ outputs, targets, mask }]), { sum: 1, weight: 2 })
      assert.deepStrictEqual(over(Metric.accuracy, [{ outputs, targets, weights, mask }]), { sum: 1, weight: 3 })
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("of sequences counts elements, and a sample's weight for each of them", () =>
    Effect.gen(function* () {
      const outputs = tf.tensor3d([
        [
          [0, 1],
          [0, 1]
        ],
        [
          [0, 1],
          [0, 1]
        ]
      ])
      const targets = tf.tensor2d(
        [
          [1, 0],
          [1, 1]
        ],
        [2, 2],
        "int32"
      )
      const weights = tf.tensor1d([1, 3])
      const mask = tf.tensor2d([
        [1, 1],
        [1, 0]
      ])
      assert.deepStrictEqual(over(Metric.accuracy, [{ outputs, targets }]), { sum: 3, weight: 4 })
      assert.deepStrictEqual(over(Metric.accuracy, [{ outputs, targets, weights, mask }]), { sum: 4, weight: 5 })
    }).pipe(Effect.provide(Cpu.layer))
  )

  it("of nothing is none, and NaN as a number", () => {
    assert.isTrue(Option.isNone(Metric.accuracy.result(Metric.accuracy.empty)))
    assert.isNaN(MetricResults.numberOf(Metric.accuracy, Metric.accuracy.empty))
  })
})

describe("metrics that measure the same", () => {
  it("share one state, the first one's", () => {
    const shared = { ...Metric.accuracy, name: "error", result: () => Option.some(0) }
    const other = Metric.mean({ name: "other", better: "lower", values: (outputs: tf.Tensor) => outputs })
    const metrics = { accuracy: Metric.accuracy, error: shared, other }
    assert.deepStrictEqual(
      Object.keys(metrics).map((name) => Metric.sharedBy(metrics, name)),
      ["accuracy", "accuracy", "other"]
    )
  })
})
