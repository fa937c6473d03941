/** A transformer that predicts the next character of a text, trained on a file, and what it writes. */
import assert from "node:assert/strict"
import { fileURLToPath } from "node:url"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { Losses, Rng, Task, Trainer } from "@etude/core"
import { Split, Text, TextFile, Tokenizer } from "@etude/data"
import { embedding, Layer, layerNorm, learnedPositions, repeat, Sampling, transformerBlock } from "@etude/layers"
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

const [length, width] = [32, 48]

const transformer = (tokens: number) =>
  Layer.compose(
    {
      tokens: embedding(tokens, width),
      positions: learnedPositions(length),
      blocks: repeat(2, () => transformerBlock({ heads: 4, width, hidden: 4 * width, causal: true })),
      norm: layerNorm()
    },
    ({ tokens, positions, blocks, norm }, ids: tf.Tensor) => tokens({ hidden: norm(blocks(positions(tokens(ids)))) })
  )

const program = Effect.gen(function* () {
  const text = yield* TextFile.read(fileURLToPath(new URL("../../CONTRIBUTING.md", import.meta.url)))
  const tokenizer = Tokenizer.characters(text)
  const windows = yield* Text.windows(yield* tokenizer.encode(text), { length, stride: 8 })
  const { rest: train, heldOut: validation } = yield* Split.split(windows, { key: 1, fraction: 0.1 })

  const inputs = { shape: [length], dtype: "int32" } as const
  const model = Layer.model("characters", transformer(tokenizer.size), { inputs })
  const task = Task.supervised({ name: "characters", model, loss: Losses.softmaxCrossEntropy() })
  const config = { until: { epochs: 10 }, batchSize: 32, learningRate: 0.003 }
  const { state, history } = yield* Trainer.train(task, { config, data: { train, validation } })

  const prompt = yield* tokenizer.encode("The ")
  const options = { length: 60, window: length, temperature: 0.5, key: Rng.key(1) }
  const [ids = []] = Sampling.generate(model, state, [prompt], options)
  return {
    text: yield* tokenizer.decode(ids),
    bits: history.at(-1)!.values["validation/loss"]! / Math.LN2
  }
})

const { text, bits } = await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer))))
console.log(text)
console.log(`${bits.toFixed(2)} bits for each character that was held out`)
assert.ok(bits > 1 && bits < 4 && text.length === 64, `${bits} bits`)
