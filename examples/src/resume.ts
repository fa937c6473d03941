/** Stopped in the middle of an epoch and resumed: the same bits as the run that was not stopped. */
import assert from "node:assert/strict"
import { Wasm } from "@etude/backend"
import { ReduceOnPlateau } from "@etude/callbacks"
import { MemoryStore, Resume, SaveWhen, Saving } from "@etude/checkpoint"
import { PlanExecutor } from "@etude/compile"
import { Losses, Model, RandomBits, Rng, Task, Trainer } from "@etude/core"
import { Arrays } from "@etude/data"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const task = Task.supervised({
  name: "a noisy line",
  model: Model.make({
    name: "line",
    init: () => ({ slope: tf.scalar(0), intercept: tf.scalar(0) }),
    apply: ({ slope, intercept }, x: tf.Tensor, { training, random }) => {
      const given = training ? RandomBits.dropout(random, "dropout", x, 0.1) : x
      return tf.add(tf.mul(given, slope), intercept)
    }
  }),
  loss: Losses.meanSquaredError
})

const program = Effect.gen(function* () {
  const x = Rng.normals(Rng.key(1), 320)
  const train = yield* Arrays.fromArrays({
    inputs: { values: x },
    targets: { values: x.map((value) => 3 * value + 1) }
  })
  const config = { seed: 3, until: { epochs: 6 }, batchSize: 32, learningRate: 0.1 }
  const plateau = ReduceOnPlateau.layer({ monitor: "train/loss", patience: { evaluations: 1 } })
  const whole = yield* Trainer.train(task, { config, data: { train }, callbacks: plateau })

  const saving = Saving.layer({ when: SaveWhen.everySteps(1) })
  // Ends after 37 steps, in the middle of the fourth epoch.
  const short = { ...config, until: { steps: 37 } }
  yield* Trainer.train(task, { config: short, data: { train }, callbacks: Layer.mergeAll(plateau, saving) })
  const { state } = yield* Resume.point(task, config)
  const rest = yield* Trainer.train(task, { config, data: { train }, state, callbacks: plateau })

  const bits = ({ state }: typeof whole) => Object.values(state.parameters).map((tensor) => [...tensor.dataSync()])
  return { whole: bits(whole), rest: bits(rest), from: state.plain.progress, losses: [whole.history, rest.history] }
}).pipe(Effect.provide(MemoryStore.layer))

const { whole, rest, from, losses } = await Effect.runPromise(
  program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer)))
)
console.log(`resumed after step ${from.step} (epoch ${from.epoch}, batch ${from.batch}): the same bits`)
assert.deepEqual(rest, whole)
assert.deepEqual(
  losses[1]!.map(({ values }) => values),
  losses[0]!.map(({ values }) => values)
)
assert.deepEqual([from.step, from.epoch, from.batch], [37, 3, 7])
