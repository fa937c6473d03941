import { assert, layer } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import { get, tidy } from "@etude/core/Tensors"
import * as Trainer from "@etude/core/Trainer"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as CutMix from "../src/CutMix.ts"

/** Two images [4, 4, 1] of zeros and of ones. */
const batch = () => ({
  inputs: tf.concat([tf.zeros([1, 4, 4, 1]), tf.ones([1, 4, 4, 1])]),
  targets: tf.tensor1d([0, 1], "int32")
})

const box = (top: number, bottom: number, left: number, right: number): CutMix.Box => {
  const one = (value: number) => tf.tensor1d([value])
  return { top: one(top), bottom: one(bottom), left: one(left), right: one(right) }
}
const numbers = (tensor: unknown) => (tensor instanceof tf.Tensor ? Array.from(tensor.dataSync()) : [])

layer(CpuBackend.layer)("CutMix", (it) => {
  it.effect("puts the rectangle of the mirrored place into each image, and blends targets by what stays", () =>
    Effect.sync(() =>
      tidy(() => {
        const { inputs, targets } = CutMix.cut(batch(), box(1, 3, 0, 2), { classes: 2 })
        assert.deepStrictEqual(numbers(inputs).slice(0, 16), [0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0])
        assert.deepStrictEqual(numbers(inputs).slice(16), [1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1])
        assert.deepStrictEqual(numbers(targets), [0.75, 0.25, 0.25, 0.75])
        return tf.scalar(0)
      })
    )
  )

  it.effect("an empty rectangle changes nothing, a whole one exchanges the images", () =>
    Effect.sync(() =>
      tidy(() => {
        assert.deepStrictEqual(numbers(CutMix.cut(batch(), box(2, 2, 0, 4), { classes: 2 }).targets), [1, 0, 0, 1])
        const { inputs, targets } = CutMix.cut(batch(), box(0, 4, 0, 4), { classes: 2 })
        assert.deepStrictEqual(numbers(targets), [0, 1, 1, 0])
        assert.deepStrictEqual(numbers(inputs), [...Array<number>(16).fill(1), ...Array<number>(16).fill(0)])
        return tf.scalar(0)
      })
    )
  )

  it.effect("rectangles lie inside of the images, and cover 1 − λ of them where nothing is cut off", () =>
    Effect.sync(() =>
      tidy(() => {
        const [height, width, draws] = [40, 60, 200]
        const uniforms = Rng.uniforms(Rng.key(1), 3 * draws)
        for (let draw = 0; draw < draws; draw++) {
          const [lambda = 0, y = 0, x = 0] = uniforms.subarray(3 * draw, 3 * draw + 3)
          const one = (value: number) => tf.tensor1d([value])
          const found = CutMix.boxOf(one(lambda), { y: one(y), x: one(x) }, { height, width })
          const side = (tensor: tf.Tensor) => tensor.dataSync()[0] ?? Number.NaN
          const [top, bottom, left, right] = [found.top, found.bottom, found.left, found.right].map(side)
          // torchvision: half = int(0.5 · √(1 − λ) · side), around int(u · side), clamped.
          const half = (length: number) => Math.floor(0.5 * Math.fround(Math.sqrt(1 - lambda)) * length)
          const [row, column] = [Math.floor(y * height), Math.floor(x * width)]
          assert.deepStrictEqual(
            [top, bottom, left, right],
            [
              Math.max(row - half(height), 0),
              Math.min(row + half(height), height),
              Math.max(column - half(width), 0),
              Math.min(column + half(width), width)
            ]
          )
        }
        return tf.scalar(0)
      })
    )
  )

  it.effect("what is not finite in one image stays out of what is not cut from it", () =>
    Effect.sync(() =>
      tidy(() => {
        const inputs = tf.concat([tf.fill([1, 4, 4, 1], Number.NaN), tf.ones([1, 4, 4, 1])])
        const changed = CutMix.cut({ ...batch(), inputs }, box(0, 1, 0, 1), { classes: 2 })
        const second = numbers(changed.inputs).slice(16)
        assert.isNaN(second[0])
        assert.deepStrictEqual(second.slice(1), Array<number>(15).fill(1))
        return tf.scalar(0)
      })
    )
  )

  it.effect("masks and what are no images are refused", () =>
    Effect.sync(() => {
      assert.throws(() => CutMix.cut({ ...batch(), mask: tf.ones([2]) }, box(0, 1, 0, 1), { classes: 2 }), "has a mask")
      assert.throws(
        () => CutMix.cut({ inputs: tf.zeros([2, 3]), targets: tf.zeros([2]) }, box(0, 1, 0, 1)),
        "cutMix needs images [batch, height, width, channels] of one size, but inputs are [2, 3]"
      )
    })
  )

  it.effect("trains", () =>
    Effect.gen(function* () {
      const { counts, state } = yield* Trainer.train(Tiny.convolution(), {
        config: { until: { epochs: 2 }, batchSize: 4, learningRate: 0.05 },
        data: { train: Tiny.images() },
        callbacks: CutMix.layer({ classes: 3 })
      })
      assert.strictEqual(counts.steps, 8)
      const [path = ""] = Object.keys(state.parameters)
      assert.isTrue(numbers(get(state.parameters, path)).every(Number.isFinite))
    }).pipe(Effect.scoped)
  )
})
