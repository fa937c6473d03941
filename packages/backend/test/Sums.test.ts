/** Sums of losses and norms of gradients on every backend: many elements, and elements that don't count. */
import { assert, describe, layer } from "@effect/vitest"
import * as Gradient from "@etude/core/Gradient"
import * as Losses from "@etude/core/Losses"
import * as Metric from "@etude/core/Metric"
import * as Model from "@etude/core/Model"
import * as Task from "@etude/core/Task"
import * as Trainer from "@etude/core/Trainer"
import * as Data from "@etude/testing/subjects/Data"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Cpu from "../src/Cpu.ts"
import * as Native from "../src/Native.ts"
import * as Wasm from "../src/Wasm.ts"
import { isInstalled } from "./native/Installed.ts"

/** y = w · x, w from 0.5. */
const line = (loss: Parameters<typeof Task.supervised>[0]["loss"], metrics = {}) =>
  Task.supervised({
    name: "line",
    model: Model.make({
      name: "line",
      init: () => ({ w: tf.tensor1d([0.5]) }),
      apply: ({ w }, inputs: tf.Tensor) => tf.mul(inputs, w)
    }),
    loss,
    metrics
  })

const error = Metric.mean({
  name: "error",
  better: "lower",
  values: (outputs: tf.Tensor, targets: tf.Tensor) => tf.abs(tf.sub(outputs, targets))
})

/** A state in which w is 0.5: after a step without a slope. */
const untrained = (task: ReturnType<typeof line>) => {
  const train = Data.arrays({
    inputs: { shape: [], values: Float32Array.of(1) },
    targets: { shape: [], values: Float32Array.of(0.5) }
  })
  return Trainer.train(task, {
    config: { until: { steps: 1 }, batchSize: 1, optimizer: { _tag: "Sgd" } },
    data: { train }
  })
}

const losses = {
  meanSquaredError: Losses.meanSquaredError,
  meanAbsoluteError: Losses.meanAbsoluteError,
  huber: Losses.huber(0.7),
  "meanSquaredError over time": Losses.overTime(Losses.meanSquaredError)
}

for (const [name, backend] of [
  ["cpu", Cpu.layer],
  ["wasm", Wasm.layer],
  ["native", Native.layer]
] as const) {
  describe.skipIf(name === "native" && !isInstalled)(`on ${name}`, () =>
    layer(backend, { excludeTestServices: true })((it) => {
      it("the norm of gradients is right to 1e-6 for millions of them, whatever their number and value", () => {
        for (const [size, value] of [
          [3_000_000, 0.1],
          [3_000_001, 1 / 3],
          [70_003, 0.01],
          [4096, 0.7],
          [63, 0.3]
        ] as const) {
          tf.tidy(() => {
            const expected = Math.fround(value) * Math.sqrt(size)
            const one = { w: tf.fill([size], value) }
            const two = { a: tf.fill([Math.floor(size / 3), 3], value), b: tf.fill([size % 3], value) }
            for (const gradients of [one, two])
              assert.closeTo(Gradient.globalNorm(gradients).dataSync()[0]! / expected, 1, 1e-6)
            const clipped = [Gradient.clipByGlobalNorm(1)(one), Gradient.clipByNorm(1)(one)]
            for (const { w } of clipped) assert.closeTo(tf.slice(w!, 0, 1).dataSync()[0]! * Math.sqrt(size), 1, 1e-6)
          })
        }
      })

      it.effect("a loss of a million samples is told to 1e-6, in one batch or in several, and equals its metric", () =>
        Effect.gen(function* () {
          const size = 1_000_000
          const data = Data.arrays({
            inputs: { shape: [], values: new Float32Array(size).fill(0.2) },
            targets: { shape: [], values: new Float32Array(size) }
          })
          const task = line(Losses.meanSquaredError, { error })
          const { state } = yield* untrained(task)
          for (const batchSize of [size, 300_000]) {
            const { values } = yield* Trainer.test(task, { state, data, batchSize })
            assert.closeTo(values["loss"]! / 0.01, 1, 1e-6)
            assert.closeTo(values["error"]! / 0.1, 1, 1e-6)
          }
        }).pipe(Effect.scoped)
      )

      for (const [loss, function_] of Object.entries(losses)) {
        it.effect(`targets that are missing and don't count change no step by ${loss}`, () =>
          Effect.gen(function* () {
            const overTime = loss.endsWith("time")
            const [samples, size] = [6, 3]
            const inputs = Float32Array.from({ length: samples * size }, (_, at) => Math.sin(at))
            const counts = Array.from({ length: samples * (overTime ? size : 1) }, (_, at) => Number(at % 3 !== 1))
            const train = (missing: number, kind: "weights" | "mask") => {
              const targets = inputs.map((x, at) => {
                const counted = counts[overTime ? at : Math.floor(at / size)]
                return counted === 1 ? 2 * x : missing
              })
              const weighing = { shape: kind === "mask" && overTime ? [size] : [], values: Float32Array.from(counts) }
              const data = Data.arrays({
                inputs: { shape: overTime ? [size, 1] : [size], values: inputs },
                targets: { shape: overTime ? [size, 1] : [size], values: targets },
                [kind]: weighing
              })
              return Trainer.train(line(function_, { error }), {
                config: { until: { epochs: 2 }, batchSize: 4, optimizer: { _tag: "Sgd" }, learningRate: 0.1 },
                data: { train: data, validation: data }
              })
            }
            for (const kind of overTime ? (["mask"] as const) : (["weights", "mask"] as const)) {
              const expected = yield* train(0, kind)
              const [w] = expected.state.parameters["w"]!.dataSync()
              assert.isTrue(w! > 0.5 && w! < 2)
              for (const missing of [Number.NaN, Number.POSITIVE_INFINITY]) {
                const { state, history } = yield* train(missing, kind)
                assert.deepStrictEqual(state.parameters["w"]!.dataSync(), expected.state.parameters["w"]!.dataSync())
                assert.deepStrictEqual(
                  history.map(({ values }) => values),
                  expected.history.map(({ values }) => values)
                )
              }
            }
          }).pipe(Effect.scoped)
        )
      }

      it.effect("outputs that are NaN and don't count are in no loss of an evaluation", () =>
        Effect.gen(function* () {
          const values = Float32Array.of(1, Number.NaN, 3)
          const data = Data.arrays({
            inputs: { shape: [], values },
            targets: { shape: [], values: new Float32Array(3) },
            weights: { shape: [], values: Float32Array.of(1, 0, 1) }
          })
          const task = line(Losses.meanSquaredError, { error })
          const { state } = yield* untrained(task)
          const result = yield* Trainer.test(task, { state, data, batchSize: 3 })
          assert.deepStrictEqual({ ...result.values }, { loss: 1.25, error: 1 })
        }).pipe(Effect.scoped)
      )
    })
  )
}
