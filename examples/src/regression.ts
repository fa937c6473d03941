/** A straight line through noisy points: the smallest whole program. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { Losses, Model, Rng, Task, Trainer } from "@etude/core"
import { Arrays } from "@etude/data"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

const line = Model.make({
  name: "line",
  init: () => ({ slope: tf.scalar(0), intercept: tf.scalar(0) }),
  apply: ({ slope, intercept }, x: tf.Tensor) => tf.add(tf.mul(x, slope), intercept)
})
const task = Task.supervised({ name: "regression", model: line, loss: Losses.meanSquaredError })

const program = Effect.gen(function* () {
  const [x, noise] = [Rng.normals(Rng.key(1), 500), Rng.normals(Rng.key(2), 500, 0, 0.1)]
  const y = x.map((value, at) => 3 * value + 2 + noise[at]!)
  const train = yield* Arrays.fromArrays({ inputs: { values: x }, targets: { values: y } })
  const config = { until: { epochs: 10 }, learningRate: 0.05 }
  const { state, history } = yield* Trainer.train(task, { config, data: { train } })
  const [slope, intercept] = [state.parameters.slope!.dataSync()[0]!, state.parameters.intercept!.dataSync()[0]!]
  return { slope, intercept, loss: history.at(-1)!.values["train/loss"]! }
})

const { slope, intercept, loss } = await Effect.runPromise(
  program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer)))
)
console.log(`y = ${slope.toFixed(2)} x + ${intercept.toFixed(2)}, mean squared error ${loss.toFixed(4)}`)
// The noise alone has variance 0.01: a loss far below it would be too good to be true.
assert.ok(Math.abs(slope - 3) < 0.02 && Math.abs(intercept - 2) < 0.02 && loss > 0.008 && loss < 0.015)
