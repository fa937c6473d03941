/** Augmentation inside the step: images are mirrored at random, by draws that a resumed run draws again. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { Callback, Losses, Metric, RandomBits, Rng, Task, Trainer } from "@etude/core"
import { Arrays } from "@etude/data"
import { dense, flatten, Layer } from "@etude/layers"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

/** Mirrors every other image [height, width, 1] or so from left to right. */
const mirroring = Callback.transform({
  id: "mirroring",
  transform: {
    batch: (batch, { random }) => {
      const images = batch.inputs as tf.Tensor4D
      const mirrored = RandomBits.keepMask(random, "mirror", [images.shape[0], 1, 1, 1], 0.5)
      return { ...batch, inputs: tf.where(tf.cast(mirrored, "bool"), tf.reverse(images, 2), images) }
    }
  }
})

const task = Task.supervised({
  name: "above or below",
  model: Layer.model("linear", Layer.sequential([flatten(), dense(2)]), { inputs: [8, 8, 1] }),
  loss: Losses.softmaxCrossEntropy(),
  metrics: { accuracy: Metric.accuracy }
})

/** Images 8×8 of noise with a bright spot above (0) or below (1), in columns from `left` on, four of them. */
const spots = (seed: number, left: number) => {
  const places = Rng.uniforms(Rng.key(seed), 900)
  const labels = Int32Array.from({ length: 300 }, (_, at) => (places[3 * at]! < 0.5 ? 0 : 1))
  const spot = (at: number) =>
    8 * (Math.floor(4 * places[3 * at + 1]!) + 4 * labels[at]!) + left + Math.floor(4 * places[3 * at + 2]!)
  const noise = Rng.normals(Rng.key(seed + 1), 300 * 64, 0, 0.05)
  const values = noise.map((value, at) => value + (at % 64 === spot(Math.floor(at / 64)) ? 1 : 0))
  return Arrays.fromArrays({
    inputs: { values, shape: [8, 8, 1] },
    targets: { values: labels, shape: [], dtype: "int32" }
  })
}

const program = Effect.gen(function* () {
  // Spots are on the left in training, and on the right in the test.
  const [train, test] = [yield* spots(1, 0), yield* spots(3, 4)]
  const options = { config: { until: { epochs: 30 }, learningRate: 0.05 }, data: { train } }
  const plain = yield* Trainer.train(task, options)
  const augmented = yield* Trainer.train(task, { ...options, callbacks: mirroring })
  const tests = yield* Effect.all([plain, augmented].map(({ state }) => Trainer.test(task, { state, data: test })))
  return tests.map(({ values }) => values.accuracy!)
})

const [plain, augmented] = await Effect.runPromise(
  program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer)))
)
console.log(`${(plain! * 100).toFixed(1)} % without mirroring, ${(augmented! * 100).toFixed(1)} % with it`)
assert.ok(plain! < 0.7 && augmented! > 0.95)
