import { assert, describe, it, layer } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { Layer, Sampling } from "../src/index.ts"

const { pick } = Sampling

const logits = Float32Array.from([0, Math.log(3), Math.log(4)])

describe("a token", () => {
  it("is drawn by its share of the probabilities", () => {
    // 4, 3 and 1 of 8, from the likeliest on.
    const draws = [0, 3.9, 4.1, 6.9, 7.1, 7.99].map((eighths) => pick(logits, eighths / 8, {}))
    assert.deepStrictEqual(draws, [2, 2, 1, 1, 0, 0])
  })

  it("is one of the likeliest, whose shares are made larger", () => {
    const draws = [0, 3.9, 4.1, 6.99].map((sevenths) => pick(logits, sevenths / 7, { topK: 2 }))
    assert.deepStrictEqual(draws, [2, 2, 1, 1])
  })

  it("is drawn by the roots of shares at temperature 2", () => {
    const total = 1 + Math.sqrt(3) + 2
    const draws = [1.99, 2.01, 3.73, 3.74].map((share) => pick(logits, share / total, { temperature: 2 }))
    assert.deepStrictEqual(draws, [2, 1, 1, 0])
  })

  it("is the likeliest at temperature 0, of equally likely ones the first", () => {
    assert.strictEqual(pick(Float32Array.from([1, 5, 5]), 0.999, { temperature: 0 }), 1)
  })
})

/** The next token is twice as many, modulo 8, with near certainty; it sees up to three tokens. */
const doubling = Layer.model(
  "doubling",
  Layer.make({
    kind: "doubling",
    init: () => ({}),
    apply: (_, ids: tf.Tensor) => {
      if ((ids.shape[1] ?? 0) > 3) throw new Error("too long")
      return tf.mul(tf.oneHot(tf.cast(tf.mod(tf.mul(ids, 2), 7), "int32"), 7), 20)
    }
  }),
  { inputs: { shape: [1], dtype: "int32" } }
)
const none = { parameters: {}, statistics: {} }

layer(CpuBackend.layer)("sequences", (it) => {
  it.effect("are continued by what the model gives, which reads what it has given", () =>
    Effect.sync(() => {
      const options = { length: 4, window: 3, temperature: 0 }
      const before = tf.memory().numTensors
      assert.deepStrictEqual(Sampling.generate(doubling, none, [[1], Int32Array.of(3)], options), [
        [1, 2, 4, 1, 2],
        [3, 6, 5, 3, 6]
      ])
      assert.strictEqual(tf.memory().numTensors, before)
    })
  )

  it.effect("are the same for the same key, and others for another one", () =>
    Effect.sync(() => {
      const write = (seed: number) =>
        Sampling.generate(doubling, none, [[1, 2]], { length: 20, window: 2, temperature: 20, key: Rng.key(seed) })
      assert.deepStrictEqual(write(1), write(1))
      assert.notDeepEqual(write(1), write(2))
    })
  )

  it.effect("are refused with everything that is wrong", () =>
    Effect.sync(() => {
      const options = { length: -1, temperature: Number.NaN, topK: 0 }
      assert.throws(
        () => Sampling.generate(doubling, none, [[1], [2, 9]], options),
        [
          "Nothing can be generated.",
          "  prompt 1 has 2 tokens, the first one 1; generate by length",
          "  prompt 1 has the token 9, expected whole numbers below 7",
          "  length is -1, expected a whole number of at least 0",
          "  temperature is NaN, expected a number of at least 0",
          "  topK is 0, expected a whole number of at least 1"
        ].join("\n")
      )
    })
  )
})
