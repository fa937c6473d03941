/** Lottery tickets (Frankle and Carbin 2019): what is left of a pruned network learns well from its first values, not from others. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { Losses, Metric, type Model, Task, Trainer } from "@etude/core"
import { Mnist, Split } from "@etude/data"
import { dense, flatten, Layer } from "@etude/layers"
import { Pruning } from "@etude/models"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

/** The paper's LeNet-300-100. */
const network = Layer.model(
  "LeNet-300-100",
  Layer.sequential({
    flatten: flatten(),
    first: dense(300, { activation: tf.relu }),
    second: dense(100, { activation: tf.relu }),
    output: dense(10)
  }),
  { inputs: [28, 28, 1] }
)

const program = Effect.gen(function* () {
  const digits = yield* Mnist.fromPackage({ normalize: "unit" })
  const [train, test] = [yield* Split.take(digits.train, 6000), yield* Split.take(digits.test, 2000)]
  const run = (model: Model.Model<tf.Tensor, tf.Tensor>, seed: number) =>
    Effect.gen(function* () {
      const metrics = { accuracy: Metric.accuracy }
      const task = Task.supervised({ name: "digits", model, loss: Losses.softmaxCrossEntropy(), metrics })
      const config = { seed, until: { steps: 200 }, batchSize: 60, learningRate: 0.0012 }
      const { state } = yield* Trainer.train(task, { config, data: { train } })
      return { state, accuracy: (yield* Trainer.test(task, { state, data: test })).values.accuracy! }
    })
  /** Trains, and takes two of three weights away; half as many of the output's. */
  const prune = (masks: Pruning.Masks) =>
    Effect.map(run(Pruning.apply(network, masks), 1), ({ state }) =>
      Pruning.byMagnitude(state.parameters, { fraction: { "output/kernel": 1 / 3, "**/kernel": 2 / 3 }, masks })
    )

  const masks = yield* Effect.flatMap(Effect.flatMap(prune({}), prune), prune)
  const ticket = Pruning.apply(network, masks)
  const [whole, won, drawn] = [yield* run(network, 1), yield* run(ticket, 1), yield* run(ticket, 2)]
  return { left: Pruning.kept(masks), whole: whole.accuracy, won: won.accuracy, drawn: drawn.accuracy }
})

const { left, whole, won, drawn } = await Effect.runPromise(
  program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer)))
)
const percent = (share: number) => `${(100 * share).toFixed(1)} %`
console.log(
  `${percent(left)} of the weights: ${percent(won)} right from their first values, ${percent(drawn)} from others; whole, ${percent(whole)}`
)
assert.ok(left < 0.05 && won > drawn && won > whole - 0.05 && whole < 0.98)
