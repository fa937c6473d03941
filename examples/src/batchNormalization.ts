/** The experiment of Ioffe and Szegedy 2015, §4.1: the same perceptron learns in fewer steps with batch normalization. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { Losses, Metric, Task, Trainer } from "@etude/core"
import { Mnist, Split } from "@etude/data"
import { batchNorm, dense, flatten, Initializer, Layer, repeat } from "@etude/layers"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

/** Three hidden layers of 100 sigmoids on images 28×28, by the paper. */
const taskOf = (name: string, hidden: () => Layer.Layer) =>
  Task.supervised({
    name,
    model: Layer.model(name, Layer.sequential({ flatten: flatten(), hidden: repeat(3, hidden), output: dense(10) }), {
      inputs: [28, 28, 1],
      initial: { "**/kernel": Initializer.normal(0.05) }
    }),
    loss: Losses.softmaxCrossEntropy(),
    metrics: { accuracy: Metric.accuracy }
  })

const plain = taskOf("plain", () => Layer.sequential([dense(100), tf.sigmoid]))

const normalized = taskOf("normalized", () => Layer.sequential([dense(100, { bias: false }), batchNorm(), tf.sigmoid]))

const program = Effect.gen(function* () {
  const digits = yield* Mnist.fromPackage({ normalize: "unit" })
  const [train, test] = [yield* Split.take(digits.train, 6000), yield* Split.take(digits.test, 2000)]
  const config = { until: { steps: 300 }, batchSize: 60, optimizer: { _tag: "Sgd" }, learningRate: 0.2 } as const
  const accuracyOf = (task: typeof plain) =>
    Effect.gen(function* () {
      const { state } = yield* Trainer.train(task, { config, data: { train } })
      return (yield* Trainer.test(task, { state, data: test })).values.accuracy!
    })
  return yield* Effect.all([accuracyOf(plain), accuracyOf(normalized)])
})

const [without, withIt] = await Effect.runPromise(
  program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer)))
)
console.log(
  `after 300 steps ${(100 * without!).toFixed(1)} % of the test's digits are right, ${(100 * withIt!).toFixed(1)} % with batch normalization`
)
assert.ok(without! < 0.5 && withIt! > 0.8 && withIt! < 0.98)
