/** A batch in parts, when it does not fit into memory at once: the update is that of the whole batch, dropout included. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { Losses, Model, RandomBits, Rng, Task, Trainer } from "@etude/core"
import { Arrays } from "@etude/data"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

const kernel = (key: Rng.Key, name: string, shape: [number, number]) =>
  tf.tensor2d(Rng.normals(Rng.named(key, name), shape[0] * shape[1], 0, 0.5), shape)

const task = Task.supervised({
  name: "a product",
  model: Model.make({
    name: "perceptron",
    init: (key) => ({ hidden: kernel(key, "hidden", [2, 32]), output: kernel(key, "output", [32, 1]) }),
    apply: ({ hidden, output }, x: tf.Tensor2D, { training, random }) => {
      const units = tf.tanh(tf.matMul(x, hidden))
      // Masks are keyed by step and sample: a part draws what the whole batch would.
      const kept = training ? RandomBits.dropout(random, "dropout", units, 0.2) : units
      return tf.matMul(kept as tf.Tensor2D, output)
    }
  }),
  loss: Losses.meanSquaredError
})

const program = Effect.gen(function* () {
  const values = Rng.normals(Rng.key(1), 1000)
  const products = Float32Array.from({ length: 500 }, (_, at) => values[2 * at]! * values[2 * at + 1]!)
  const train = yield* Arrays.fromArrays({ inputs: { values, shape: [2] }, targets: { values: products, shape: [1] } })
  const config = { until: { epochs: 2 }, batchSize: 64, optimizer: { _tag: "Sgd" }, learningRate: 0.05 } as const
  const whole = yield* Trainer.train(task, { config, data: { train } })
  const parts = yield* Trainer.train(task, { config: { ...config, microbatchSize: 24 }, data: { train } })
  const [a, b] = [whole.state.parameters.hidden!, parts.state.parameters.hidden!]
  const furthest = tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!)
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
