/** Two validation sets, each with its own values and monitors: one like the training data, one that is harder. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { EarlyStopping } from "@etude/callbacks"
import { PlanExecutor } from "@etude/compile"
import { Losses, Metric, Rng, Task, Trainer } from "@etude/core"
import { Arrays } from "@etude/data"
import { dense, Layer } from "@etude/layers"
import * as Effect from "effect/Effect"

const task = Task.supervised({
  name: "two classes",
  model: Layer.model("logistic regression", dense(2), { inputs: [2] }),
  loss: Losses.softmaxCrossEntropy(),
  metrics: { accuracy: Metric.accuracy }
})

/** Points around (1, 1) and (−1, −1), with noise of the given deviation. */
const points = (seed: number, noise: number) => {
  const labels = Int32Array.from(Rng.uniforms(Rng.key(seed), 600), (u) => (u < 0.5 ? 0 : 1))
  const values = Rng.normals(Rng.key(seed + 1), 1200, 0, noise).map((z, at) => z + (labels[at >> 1]! === 1 ? 1 : -1))
  return Arrays.fromArrays({
    inputs: { values, shape: [2] },
    targets: { values: labels, shape: [], dtype: "int32" }
  })
}

const program = Effect.gen(function* () {
  const [train, alike, noisy] = [yield* points(1, 0.5), yield* points(3, 0.5), yield* points(5, 1.5)]
  const { history, reason } = yield* Trainer.train(task, {
    config: { until: { epochs: 100 }, learningRate: 0.05, validation: { every: { epochs: 1 } } },
    data: { train, validation: { alike, noisy } },
    // A key of the task and its sets: another one would not compile.
    callbacks: EarlyStopping.layer({ monitor: "noisy/loss", patience: { evaluations: 3 } })
  })
  return { values: history.at(-1)!.values, reason, epochs: history.length }
})

const { values, reason, epochs } = await Effect.runPromise(
  program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer)))
)
const [alike, noisy] = [values["alike/accuracy"]!, values["noisy/accuracy"]!]
console.log(`accuracy ${alike.toFixed(3)} on points like those of training, ${noisy.toFixed(3)} on noisier ones`)
// The best possible: Φ(√2 / 0.5) = 0.998 and Φ(√2 / 1.5) = 0.827.
assert.ok(alike > 0.98 && noisy > 0.78 && noisy < 0.88)
assert.ok(reason.includes("noisy/loss") && epochs < 100)
