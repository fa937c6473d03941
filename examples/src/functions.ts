/** A model of plain functions: one makes the parameters, one applies them. Here with dropout, which training switches on. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { Losses, Metric, Model, RandomBits, Rng, Task, Trainer } from "@etude/core"
import { Arrays, Split } from "@etude/data"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

/** Normal weights of variance 2 / inputs (He et al. 2015), from a separate stream. */
const weights = (key: Rng.Key, name: string, inputs: number, outputs: number) =>
  tf.tensor2d(Rng.normals(Rng.named(key, name), inputs * outputs, 0, Math.sqrt(2 / inputs)), [inputs, outputs])

const model = Model.make({
  name: "perceptron",
  init: (key) => ({
    "hidden1/kernel": weights(key, "hidden1", 2, 64),
    "hidden1/bias": tf.zeros([64]),
    "hidden2/kernel": weights(key, "hidden2", 64, 64),
    "hidden2/bias": tf.zeros([64]),
    "output/kernel": weights(key, "output", 64, 2),
    "output/bias": tf.zeros([2])
  }),
  apply: (p, x: tf.Tensor, { training, random }) => {
    const hidden1 = tf.relu(tf.add(tf.matMul(x, p["hidden1/kernel"]), p["hidden1/bias"]))
    const hidden2 = tf.relu(tf.add(tf.matMul(hidden1, p["hidden2/kernel"]), p["hidden2/bias"]))
    const kept = training ? RandomBits.dropout(random, "dropout", hidden2, 0.1) : hidden2
    return tf.add(tf.matMul(kept, p["output/kernel"]), p["output/bias"])
  }
})

const task = Task.supervised({
  name: "two spirals",
  model,
  loss: Losses.softmaxCrossEntropy(),
  metrics: { accuracy: Metric.accuracy }
})

const program = Effect.gen(function* () {
  const labels = Int32Array.from({ length: 2000 }, (_, at) => at % 2)
  const turn = Rng.uniforms(Rng.key(1), 2000, 1, 9)
  const noise = Rng.normals(Rng.key(2), 4000, 0, 0.7)
  const points = noise.map((value, at) => {
    const angle = turn[at >> 1]! + Math.PI * labels[at >> 1]!
    return turn[at >> 1]! * (at % 2 === 0 ? Math.cos(angle) : Math.sin(angle)) + value
  })
  const all = yield* Arrays.fromArrays({ inputs: { values: points, shape: [2] }, targets: { values: labels } })
  const { rest: train, heldOut: validation } = yield* Split.split(all, { key: 1, fraction: 0.2, stratify: true })
  const config = { until: { epochs: 20 }, learningRate: 0.01 }
  const { history } = yield* Trainer.train(task, { config, data: { train, validation } })
  return history.at(-1)!.values["validation/accuracy"]!
})

const accuracy = await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer))))
console.log(`${(100 * accuracy).toFixed(1)} % of held-out points are on the right spiral`)
assert.ok(accuracy > 0.95 && accuracy < 1, `accuracy ${accuracy}`)
