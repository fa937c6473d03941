import { assert, layer } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import { map, tidy } from "@etude/core/Tensors"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { Gpt2 } from "../src/index.ts"

const model = Gpt2.model({ layers: 2, heads: 2, width: 8, tokens: 20, positions: 12 })

/** Larger values than the initial ones, so that tokens differ in probability. */
const variables = () => {
  const { parameters, statistics } = model.init(Rng.key(1))
  const wide = map(parameters, ({ shape, size }, path) =>
    tf.tensor(Rng.normals(Rng.named(Rng.key(2), path), size, 0, 0.7), shape)
  )
  return { parameters: wide, statistics }
}

const prompts = [
  [3, 1, 4],
  [1, 5, 9]
]

layer(CpuBackend.layer)("a sequence that GPT-2 continues", (it) => {
  it.effect("is the same with the cache and without, and holds no tensors", () =>
    Effect.sync(() =>
      tidy(() => {
        const state = variables()
        const before = tf.memory().numTensors
        for (let seed = 0; seed < 4; seed++) {
          const options = { length: 9, temperature: 0.9, key: Rng.key(seed), ...(seed % 2 === 0 && { topK: 5 }) }
          const cached = Gpt2.generate(model, state, prompts, options)
          assert.deepStrictEqual(cached, Gpt2.generate(model, state, prompts, { ...options, cache: false }))
          assert.deepStrictEqual(
            cached.map((ids) => [ids.slice(0, 3), ids.length]),
            prompts.map((ids) => [ids, 12])
          )
        }
        assert.strictEqual(tf.memory().numTensors, before)
        return tf.scalar(0)
      })
    )
  )

  it.effect("is that of its key: the same for the same, another one for another", () =>
    Effect.sync(() =>
      tidy(() => {
        const state = variables()
        const of = (seed: number) => Gpt2.generate(model, state, prompts, { length: 9, key: Rng.key(seed) })
        assert.deepStrictEqual(of(1), of(1))
        assert.notDeepEqual(of(1), of(2))
        // A longer text begins as a shorter one.
        const short = Gpt2.generate(model, state, prompts, { length: 4, key: Rng.key(1) })
        assert.deepStrictEqual(
          of(1).map((ids) => ids.slice(0, 7)),
          short
        )
        return tf.scalar(0)
      })
    )
  )

  it.effect("of the one likeliest token is the one of temperature 0", () =>
    Effect.sync(() =>
      tidy(() => {
        const state = variables()
        const one = Gpt2.generate(model, state, prompts, { length: 9, topK: 1, key: Rng.key(1) })
        assert.deepStrictEqual(one, Gpt2.generate(model, state, prompts, { length: 9, temperature: 0 }))
        return tf.scalar(0)
      })
    )
  )

  it.effect("that can't be is refused, with all that is wrong", () =>
    Effect.sync(() =>
      tidy(() => {
        const state = { parameters: {}, statistics: {} }
        const wrong = [
          [3, 1],
          [25, 4, 1.5]
        ]
        assert.throws(
          () => Gpt2.generate(model, state, wrong, { length: 30, temperature: -1, topK: 0 }),
          [
            "Nothing can be generated.",
            "  prompt 1 has 3 tokens, the first one 2; generate by length",
            "  prompt 1 has the token 25, expected whole numbers below 20",
            "  prompts of 2 tokens and 30 more are longer than the model's 12 positions",
            "  temperature is -1, expected a number of at least 0",
            "  topK is 0, expected a whole number of at least 1"
          ].join("\n")
        )
        assert.throws(
          () => Gpt2.generate(model, state, [], { length: 1 }),
          /the first prompt has no tokens.*\n {2}key is missing; give Rng.key\(1\), or a temperature of 0/
        )
        return tf.scalar(0)
      })
    )
  )
})
