/** Logistic regression by Kingma and Ba 2015, §6.1: Adam beside Nesterov's momentum and Adagrad, each at its best rate. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { Losses, Optimizer, Task, Trainer } from "@etude/core"
import { Mnist, Split } from "@etude/data"
import { dense, flatten, Initializer, Layer } from "@etude/layers"
import * as Effect from "effect/Effect"

const model = Layer.model("logistic regression", Layer.sequential([flatten(), dense(10)]), {
  inputs: [28, 28, 1],
  initial: { "**": Initializer.zeros }
})
const task = Task.supervised({ name: "digits", model, loss: Losses.softmaxCrossEntropy() })

const optimizers = {
  adam: { optimizer: Optimizer.adam(), rates: [0.003, 0.01, 0.03] },
  nesterov: { optimizer: Optimizer.sgd({ momentum: 0.9, nesterov: true }), rates: [0.03, 0.1, 0.3] },
  adagrad: { optimizer: Optimizer.adagrad(), rates: [0.03, 0.1, 0.3] }
}

const program = Effect.gen(function* () {
  const digits = yield* Mnist.fromPackage({ normalize: "unit" })
  const train = yield* Split.take(digits.train, 6400)
  // The paper's decay: α / √t. Batches of 128.
  const costAt = (optimizer: Optimizer.Optimizer, rate: number) =>
    Trainer.train(task, {
      config: {
        until: { epochs: 4 },
        batchSize: 128,
        optimizer,
        learningRate: (step) => rate / Math.sqrt(step + 1)
      },
      data: { train }
    }).pipe(Effect.map(({ history }) => history.at(-1)!.values["train/loss"]!))
  const best = ({ optimizer, rates }: (typeof optimizers)["adam"]) =>
    Effect.all(rates.map((rate) => costAt(optimizer, rate))).pipe(Effect.map((costs) => Math.min(...costs)))
  const { adam, nesterov, adagrad } = optimizers
  return yield* Effect.all({ adam: best(adam), nesterov: best(nesterov), adagrad: best(adagrad) })
})

const costs = await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer))))
console.log(
  `training cost adam ${costs.adam.toFixed(3)}, nesterov ${costs.nesterov.toFixed(3)}, adagrad ${costs.adagrad.toFixed(3)}`
)
assert.ok(costs.adam > 0.2 && costs.adam < costs.nesterov && costs.nesterov < costs.adagrad)
