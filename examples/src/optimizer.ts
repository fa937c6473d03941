/** Optimizers of one's own, from their papers: Lion, sharpness-aware minimization and Lookahead, chained with links that exist. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { Gradient, Losses, type Optimizer, Rng, Task, Tensors, Trainer, Update, Updates } from "@etude/core"
import { Arrays } from "@etude/data"
import { dense, Layer } from "@etude/layers"
import { Links } from "@etude/optimizers"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

/** sign(0.9 · m + 0.1 · g), then m ← 0.99 · m + 0.01 · g. Chen et al. 2023, Algorithm 2. */
const lion = Update.each({
  name: "lion",
  slots: ["m"],
  update: (g, { m }) => [
    tf.sign(tf.add(tf.mul(m, 0.9), tf.mul(g, 0.1))),
    { m: tf.add(tf.mul(m, 0.99), tf.mul(g, 0.01)) }
  ]
})

/** The gradient of the same batch at p + 0.05 · g / ‖g‖. Foret et al. 2021, Algorithm 1. */
const sharpness = Update.stateless(
  "sharpness",
  (gradients, { parameters, gradient }) => {
    const scale = tf.div(0.05, tf.add(Gradient.globalNorm(gradients), 1e-12))
    return gradient(Tensors.map(parameters, (p, path) => tf.add(p, tf.mul(Tensors.get(gradients, path), scale))))
  },
  { secondGradient: true }
)

/** Every fifth step: s ← s + ½ · (p − s), p ← s. Zhang et al. 2019, Algorithm 1. */
const slowly = Update.each({
  name: "slowly",
  slots: ["slow"],
  initial: (parameter) => tf.clone(parameter),
  numbers: (step) => ({ meets: step % 5 === 0 ? 1 : 0 }),
  update: (update, { slow }, { parameter, numbers: { meets } }) => {
    const fast = tf.add(parameter, update)
    const next = tf.add(slow, tf.mul(tf.sub(fast, slow), tf.mul(meets, 0.5)))
    return [tf.add(update, tf.mul(tf.sub(next, fast), meets)), { slow: next }]
  }
})

const [rate, decay] = [Updates.scaleByLearningRate(), Updates.addDecayedWeights(0.01)]
const own = Update.chain(sharpness, lion, decay, rate, slowly)
const theirs = Update.chain(Updates.sharpnessAware(), Links.scaleByLion(), decay, rate, Updates.lookahead())

const network = Layer.sequential([dense(16, { activation: tf.tanh }), dense(1)])
const model = Layer.model("network", network, { inputs: [2] })
const task = Task.supervised({ name: "a product", model, loss: Losses.meanSquaredError })

const program = Effect.gen(function* () {
  const values = Rng.normals(Rng.key(1), 1000)
  const products = Float32Array.from({ length: 500 }, (_, at) => values[2 * at]! * values[2 * at + 1]!)
  const train = yield* Arrays.fromArrays({ inputs: { values, shape: [2] }, targets: { values: products, shape: [1] } })
  const run = (optimizer: Optimizer.Optimizer) =>
    Trainer.train(task, { config: { until: { epochs: 40 }, optimizer, learningRate: 0.003 }, data: { train } })
  const runs = yield* Effect.all([run(own), run(theirs)])
  return runs.map(({ history }) => history.map(({ values }) => values["train/loss"]!))
})

const [losses, expected] = await Effect.runPromise(
  program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer)))
)
const [first, last] = [losses![0]!, losses!.at(-1)!]
console.log(`loss ${first.toFixed(2)} at first, ${last.toFixed(3)} in the end, the same as with the links that exist`)
assert.deepEqual(losses, expected)
assert.ok(last > 0.01 && last < 0.1)
