import { assert, describe, it } from "@effect/vitest"
import * as RandomBits from "@etude/core/RandomBits"
import { randomBits, type StepRandom } from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Cpu from "../../src/Cpu.ts"
import * as Wasm from "../../src/Wasm.ts"
import { agrees, on } from "./agreement.ts"

const key = (hi: number, lo: number) => tf.tensor1d([hi, lo], "int32")

/**
 * Seeds and the numbers that libtensorflow 2.21.0 (linux x64) gives for them:
 * `tf.raw_ops.StatelessRandomUniformFullInt(shape=[6], seed=[hi, lo], dtype=tf.int32)`.
 */
const known: ReadonlyArray<ReadonlyArray<number>> = [
  [0, 0, -409271666, -1596301687, 1306945658, -1411208878, 556907846, 1542416368],
  [1, 2, 1105988140, 1738052849, -335576002, 370444179, 10670227, -246211131],
  [-1, 7, 654173465, 325151222, 1252640588, -1314820227, -563819082, 1485578415],
  [2147483647, -2147483648, 100911306, 1810945611, 1166822098, 1252998700, -1299747737, -1451396043]
]

for (const [name, layer] of [
  ["cpu", Cpu.layer],
  ["wasm", Wasm.layer]
] as const) {
  describe(`RandomBits on ${name}`, () => {
    it.live("gives the numbers of TensorFlow's StatelessRandomUniformFullInt", () =>
      Effect.gen(function* () {
        for (const [hi, lo, ...expected] of known) {
          const found = yield* on(layer, () => [...randomBits(key(hi!, lo!), [6]).dataSync()])
          assert.deepStrictEqual(found, expected)
        }
      })
    )

    it.live("gives what the host draws, for every shape", () =>
      Effect.gen(function* () {
        for (const shape of [[], [1], [3, 7], [2, 2, 2, 2], [1000]]) {
          const found = yield* on(layer, () => {
            const bits = randomBits(key(-3, 9), shape)
            return { shape: bits.shape, dtype: bits.dtype, values: [...bits.dataSync()] }
          })
          const values = [...Rng.fillStateless({ hi: -3, lo: 9 }, new Int32Array(shape.reduce((a, b) => a * b, 1)))]
          assert.deepStrictEqual(found, { shape, dtype: "int32", values })
        }
      })
    )

    it.live("gives an empty tensor for an empty shape", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* on(layer, () => randomBits(key(1, 2), [0, 3]).shape), [0, 3])
      })
    )
  })
}

const draws = (f: (random: StepRandom) => tf.Tensor) => () => [
  f(RandomBits.make({ key: key(2 ** 31 - 5, -7), batchSize: 4 })),
  f(RandomBits.make({ key: key(3, 4), batchSize: 6, samples: tf.tensor1d([4, 1, 5, 2], "int32") }))
]

describe("what is derived from RandomBits", () => {
  agrees(
    "masks are the same bit for bit",
    draws((random) => RandomBits.keepMask(random, "a", [4, 500], 0.3)),
    0
  )
  agrees(
    "uniform numbers are the same bit for bit",
    draws((random) => RandomBits.uniform(random, "a", [4, 500])),
    0
  )
  agrees(
    "normal numbers are the same up to rounding",
    draws((random) => RandomBits.normal(random, "a", [4, 500]))
  )

  it.live("uniform numbers lie in [0, 1) and are 1/2 on average", () =>
    Effect.gen(function* () {
      const values = yield* on(Wasm.layer, () => [
        ...RandomBits.uniform(RandomBits.make({ key: key(5, 6), batchSize: 1 }), "a", [1, 100_000]).dataSync()
      ])
      assert.isTrue(values.every((value) => value >= 0 && value < 1))
      // Standard deviation of the mean: 1 / sqrt(12 · 100 000) = 0.0009.
      assert.approximately(values.reduce((a, b) => a + b) / values.length, 0.5, 0.004)
    })
  )
})
