import { assert, describe, it, layer } from "@effect/vitest"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as RateFinder from "../src/RateFinder.ts"

const config = { batchSize: 4, optimizer: { _tag: "Sgd" }, seed: 1 } as const

layer(CpuBackend.layer)("the range test", (it) => {
  it.effect("raises the rate by the same factor, ends where the loss grows, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const before = tf.memory().numTensors
      const options = { config, data: { train: Tiny.regressionData() }, from: 1e-4, to: 100, steps: 61 }
      const { points, steepest, belowMinimum, figure } = yield* RateFinder.find(Tiny.regression(), options)
      assert.isBelow(points.length, 61)
      points.slice(1).forEach(({ rate }, index) => {
        assert.approximately(rate / (points[index]?.rate ?? Number.NaN), 10 ** 0.1, 1e-9)
      })
      // Least squares by gradient descent: any rate far below 1 is too small, any above about 1 diverges.
      assert.isAbove(steepest, 1e-3)
      assert.isBelow(steepest, 1)
      assert.isBelow(belowMinimum, 1)
      assert.match(figure.svg, /^<svg .*<\/svg>$/)
      assert.include(figure.svg, "learning rate")
      assert.strictEqual(tf.memory().numTensors, before)
    })
  )

  it.effect("is the same twice", () =>
    Effect.gen(function* () {
      const options = { config, data: { train: Tiny.regressionData() }, steps: 20 }
      const [first, second] = [
        yield* RateFinder.find(Tiny.regression(), options),
        yield* RateFinder.find(Tiny.regression(), options)
      ]
      assert.deepStrictEqual(second.points, first.points)
    })
  )
})

describe("suggestions", () => {
  const curve = (smoothed: ReadonlyArray<number>) =>
    smoothed.map((loss, index) => ({ rate: 10 ** (index - 6), loss, smoothed: loss }))

  it("are where the loss falls fastest, and a tenth of where it is least", () => {
    const { steepest, belowMinimum } = RateFinder.suggestions(curve([10, 9.9, 9, 4, 2, 1.9, 3, 20]))
    // By differences of both neighbours: (2 − 9) / 2 a decade.
    assert.approximately(steepest, 1e-3, 1e-12)
    assert.approximately(belowMinimum, 1e-2, 1e-12)
  })

  it("don't come from the first tenth of the test, where a mean of few losses moves by chance", () => {
    const noisy = [20, 9, ...Array.from({ length: 18 }, (_, index) => 9 - index / 9)]
    assert.isAbove(RateFinder.suggestions(curve(noisy)).steepest, 1e-5)
  })
})

describe("the picture", () => {
  const points = [5, 5, 4, 2, 1, 2, 400].map((loss, index) => ({ rate: 10 ** (index - 6), loss, smoothed: loss }))

  it("shows the fall, and cuts off what comes after it", () => {
    const [low, high] = RateFinder.shownLosses(points)
    assert.deepStrictEqual([low, high], [1, 6])
    assert.deepStrictEqual(RateFinder.shownLosses(points.slice(0, 5)), [1, 5])
  })
})
