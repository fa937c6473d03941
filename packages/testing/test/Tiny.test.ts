import { assert, describe, it } from "@effect/vitest"
import type { HostBatch } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Trainer from "@etude/core/Trainer"
import * as TrainState from "@etude/core/TrainState"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import * as Close from "../src/Close.ts"
import * as Cpu from "../src/doubles/CpuBackend.ts"
import * as Events from "../src/doubles/Events.ts"
import * as StateJson from "../src/StateJson.ts"
import * as Data from "../src/subjects/Data.ts"
import * as Tiny from "../src/subjects/Tiny.ts"

const sgd = { _tag: "Sgd" } as const

describe("tiny tasks", () => {
  it.effect("regression reaches its solution in one step", () =>
    Effect.gen(function* () {
      const { state, history } = yield* Trainer.train(Tiny.regression(), {
        config: { until: { epochs: 2 }, batchSize: 4, optimizer: sgd, learningRate: 0.5 },
        data: { train: Tiny.regressionData([2, -1], 0.5) }
      })
      Close.assertClose(state.parameters["kernel"]!, [2, -1])
      Close.assertClose(state.parameters["bias"]!, [0.5])
      // Zero at first: the mean of y² is 2² + 1² + 0.5².
      assert.deepStrictEqual(
        history.map(({ values }) => values["train/loss"]),
        [5.25, 0]
      )
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("exclusive or is learned", () =>
    Effect.gen(function* () {
      const { state } = yield* Trainer.train(Tiny.xor(), {
        config: { until: { epochs: 150 }, batchSize: 4, learningRate: 0.1 },
        data: { train: Tiny.xorData() }
      })
      const { values } = yield* Trainer.test(Tiny.xor(), { state, data: Tiny.xorData() })
      assert.strictEqual(values["right"], 1)
      assert.isBelow(values["loss"]!, 0.05)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("images, vectors and sequences are learned far beyond chance", () =>
    Effect.gen(function* () {
      const tasks = [
        [Tiny.convolution(), Tiny.images(30)],
        [Tiny.perceptron({ centred: "batch" }), Tiny.vectors(30)],
        [Tiny.tagger(), Tiny.sequences(30)]
      ] as const
      for (const [task, train] of tasks) {
        const config = { until: { epochs: 40 }, batchSize: 10, learningRate: 0.03 }
        const { history } = yield* Trainer.train(task, { config, data: { train } })
        assert.isAbove(history.at(-1)!.values["train/accuracy"]!, 0.85)
      }
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("datasets for tests", () => {
  const pairs = Data.arrays({
    inputs: { a: { shape: [2], values: [1, 2, 3, 4] }, b: { shape: [], dtype: "int32", values: [5, 6] } },
    targets: { shape: [], dtype: "bool", values: [1, 0] },
    weights: { shape: [], values: [0.5, 2] }
  })

  it("give the values of the samples asked for, in that order", () => {
    assert.strictEqual(pairs.length, 2)
    assert.deepStrictEqual(pairs.read(Int32Array.of(1, 0), Draw.fixed), {
      inputs: { a: Float32Array.of(3, 4, 1, 2), b: Int32Array.of(6, 5) },
      targets: Uint8Array.of(0, 1),
      weights: Float32Array.of(2, 0.5)
    })
  })

  it("may leave samples out, weigh and mask them", () => {
    const weighted = Data.weighted(Tiny.xorData(), (sample) => sample / 2)
    const masked = Data.masked(weighted, [2], (sample, element) => sample > element)
    const dataset = Data.without(masked, (sample) => sample === 2)
    assert.deepStrictEqual(dataset.spec.mask, { shape: [2], dtype: "float32" })
    assert.deepStrictEqual(dataset.read(Int32Array.of(1, 2, 3), Draw.fixed), {
      inputs: Float32Array.of(0, 1, 1, 1),
      targets: Float32Array.of(1, 0),
      weights: Float32Array.of(0.5, 1.5),
      mask: Float32Array.of(1, 0, 1, 1)
    })
  })

  it.effect("fail at the sample they are told to, as an Effect or by a throw", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Data.failing(Tiny.xorData(), 2).read(Int32Array.of(1, 2), Draw.fixed) as Effect.Effect<HostBatch, Error>
      )
      assert.strictEqual(
        error.message,
        "xor: found an unreadable sample 2, expected a sample. This dataset fails there on purpose."
      )
      assert.throws(() => Data.failing(Tiny.xorData(), 2, true).read(Int32Array.of(2), Draw.fixed), error.message)
      assert.deepStrictEqual(
        Data.failing(Tiny.xorData(), 2).read(Int32Array.of(0), Draw.fixed),
        Tiny.xorData().read(Int32Array.of(0), Draw.fixed)
      )
    })
  )

  it.effect("may come later, when the clock says so", () =>
    Effect.gen(function* () {
      const { dataset, reads } = Data.watched(Data.delayed(Tiny.xorData(), "1 minute"))
      const reading = yield* Effect.forkChild(dataset.read(Int32Array.of(3), Draw.fixed) as Effect.Effect<HostBatch>, {
        startImmediately: true
      })
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual((yield* Fiber.join(reading)).targets, Float32Array.of(0))
      assert.deepStrictEqual(reads, [[3]])
    })
  )
})

describe("comparisons", () => {
  it("are relative to the largest element, and NaN equals NaN", () => {
    assert.isUndefined(Close.difference([1000, 0.009], [1000, 0], { relative: 1e-5, absolute: 0 }))
    assert.isUndefined(Close.difference([Number.NaN, Number.POSITIVE_INFINITY], [Number.NaN, Number.POSITIVE_INFINITY]))
    assert.strictEqual(Close.difference([1, 2.1], [1, 2]), "is 2.1 instead of 2 at element 1")
    assert.strictEqual(Close.difference([Number.NaN], [2]), "is NaN instead of 2")
    assert.strictEqual(Close.difference([1], [1, 2]), "has 1 elements instead of 2")
  })

  it("by bits tell −0 from 0", () => {
    assert.strictEqual(Close.bitDifference([1, -0], [1, 0]), "is -0 instead of 0 at element 1")
    assert.isUndefined(Close.bitDifference([Number.NaN], [Number.NaN]))
  })
})

describe("a state as JSON text", () => {
  it.effect("is the same state afterwards, bit for bit", () =>
    Effect.gen(function* () {
      const data: TrainState.TrainStateData = {
        plain: TrainState.encodePlain(TrainState.initialPlain(1)),
        tensors: {
          "parameters/w": { dtype: "float32", shape: [4], values: Float32Array.of(-0, Number.NaN, 1e-45, 3.4e38) },
          "slots/i": { dtype: "int32", shape: [1, 1], values: Int32Array.of(-7) },
          "callbacks/b": { dtype: "bool", shape: [], values: Uint8Array.of(1) }
        }
      }
      assert.deepStrictEqual(StateJson.decode(StateJson.encode(data)), data)
    })
  )
})

describe("the recorder of events", () => {
  it.effect("collects a run's events in order", () => {
    const { events, layer } = Events.recorder()
    return Effect.gen(function* () {
      yield* Trainer.train(Tiny.regression(), { data: { train: Tiny.regressionData() } })
      assert.deepStrictEqual(
        events.map(({ _tag }) => _tag),
        ["RunStarted", "EpochStarted", "EpochEnded", "RunEnded"]
      )
      assert.strictEqual(tf.getBackend(), "cpu")
    }).pipe(Effect.provide([Cpu.layer, layer]))
  })
})
