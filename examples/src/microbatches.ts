/** A batch in parts, when it does not fit into memory at once: the update is that of the whole batch, dropout included. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { Losses, Rng, Task, Trainer } from "@etude/core"
import { Arrays } from "@etude/data"
import { dense, dropout, Layer } from "@etude/layers"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

// Masks are keyed by step and sample: a part draws what the whole batch would.
const network = Layer.sequential([dense(32, { activation: tf.tanh }), dropout(0.2), dense(1)])
const task = Task.supervised({
  name: "a product",
  model: Layer.model("perceptron", network, { inputs: [2] }),
  loss: Losses.meanSquaredError
})

const program = Effect.gen(function* () {
  const values = Rng.normals(Rng.key(1), 1000)
  const products = Float32Array.from({ length: 500 }, (_, at) => values[2 * at]! * values[2 * at + 1]!)
  const train = yield* Arrays.fromArrays({ inputs: { values, shape: [2] }, targets: { values: products, shape: [1] } })
  const config = { until: { epochs: 2 }, batchSize: 64, optimizer: { _tag: "Sgd" }, learningRate: 0.05 } as const
  const whole = yield* Trainer.train(task, { config, data: { train } })
  const parts = yield* Trainer.train(task, { config: { ...config, microbatchSize: 24 }, data: { train } })
  const [a, b] = [whole, parts].map(({ state }) => state.parameters["dense-1/kernel"]!)
  const furthest = tf.tidy(() => tf.max(tf.abs(tf.sub(a!, b!))).dataSync()[0]!)
  return { furthest, steps: [whole.counts.steps, parts.counts.steps] }
})

const { furthest, steps } = await Effect.runPromise(
  program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer)))
)
console.log(
  `${steps[1]} updates in parts of 24: parameters are at most ${furthest.toExponential(0)} from those of whole batches`
)
assert.deepEqual(steps, [16, 16])
assert.ok(furthest < 1e-5)
