/** A model of text that predicts the next character from the last seven, trained on a file. */
import assert from "node:assert/strict"
import { fileURLToPath } from "node:url"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { LayersModel, Losses, Task, Trainer } from "@etude/core"
import { Split, Text, TextFile, Tokenizer } from "@etude/data"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"

const program = Effect.gen(function* () {
  const text = yield* TextFile.read(fileURLToPath(new URL("../../CONTRIBUTING.md", import.meta.url)))
  const tokenizer = Tokenizer.characters(text)
  const windows = yield* Text.windows(yield* tokenizer.encode(text), { length: 32 })
  const { rest: train, heldOut: validation } = yield* Split.split(windows, { key: 1, fraction: 0.1 })

  const causal = { filters: 64, kernelSize: 4, padding: "causal" as const, activation: "relu" as const }
  const model = yield* LayersModel.adapt(() =>
    tfl.sequential({
      name: "characters",
      layers: [
        tfl.layers.embedding({ name: "embedding", inputDim: tokenizer.size, outputDim: 32, inputLength: 32 }),
        tfl.layers.conv1d({ name: "near", ...causal }),
        tfl.layers.conv1d({ name: "far", ...causal }),
        tfl.layers.dense({ name: "logits", units: tokenizer.size })
      ]
    })
  )
  const task = Task.supervised({ name: "characters", model, loss: Losses.softmaxCrossEntropy() })
  const config = { until: { epochs: 40 }, batchSize: 16, learningRate: 0.003 }
  const { history } = yield* Trainer.train(task, { config, data: { train, validation } })
  return history.at(-1)!.values["validation/loss"]! / Math.LN2
})

const bits = await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer))))
console.log(`${bits.toFixed(2)} bits for each character that was held out`)
assert.ok(bits > 1 && bits < 4, `${bits} bits`)
