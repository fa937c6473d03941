/** Outputs of a trained model, for inputs that stand alone. */
import { assert, layer } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as LayersModel from "../src/LayersModel.ts"
import * as Model from "../src/Model.ts"
import * as RandomBits from "../src/RandomBits.ts"
import * as Rng from "../src/Rng.ts"
import * as Task from "../src/Task.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { assertClose, numbers } from "./support/layers.ts"

const net = LayersModel.adapt(() =>
  tfl.sequential({
    layers: [
      tfl.layers.dense({ units: 4, inputShape: [3] }),
      tfl.layers.batchNormalization(),
      tfl.layers.dropout({ rate: 0.5 })
    ]
  })
)

layer(Cpu.layer)("a trained model", (it) => {
  it.effect("predicts one sample as it does within a batch, and keeps nothing but its outputs", () =>
    Effect.gen(function* () {
      const model = yield* net
      const state = model.init(Rng.key(1))
      const inputs = numbers([5, 3])
      const before = tf.memory().numTensors
      const all = Model.predict(model, state, inputs)
      assert.strictEqual(tf.memory().numTensors, before + 1)
      assert.deepStrictEqual(all.shape, [5, 4])
      const third = Model.predict(model, state, tf.slice(inputs, [2, 0], [1, 3]))
      assertClose(third, tf.slice(all, [2, 0], [1, 4]), 1e-6)
    })
  )
  it.effect("gives what it gets as a copy, in a record too", () =>
    Effect.sync(() => {
      const same = Model.make({ name: "same", init: () => ({}), apply: (_, x: { readonly a: tf.Tensor }) => x })
      const a = tf.tensor1d([1, 2])
      const outputs = Model.predict(same, same.init(Rng.key(1)), { a })
      outputs.a.dispose()
      assert.deepStrictEqual([...a.dataSync()], [1, 2])
    })
  )
  it.effect("draws by a key, where it samples in evaluation", () =>
    Effect.sync(() => {
      const sampler = Model.make({
        name: "sampler",
        init: () => ({}),
        apply: (_, x: tf.Tensor, { random }) => RandomBits.uniform(random, "draw", x.shape)
      })
      const draw = (seed?: number) => [
        ...Model.predict(
          sampler,
          sampler.init(Rng.key(1)),
          tf.zeros([4]),
          seed === undefined ? {} : { key: Rng.key(seed) }
        ).dataSync()
      ]
      assert.deepStrictEqual(draw(), draw())
      assert.deepStrictEqual(draw(7), draw(7))
      assert.notDeepEqual(draw(7), draw(8))
    })
  )
  it.effect("of several models gives the task's outputs", () =>
    Effect.sync(() => {
      const scaling = (name: string) =>
        Model.make({
          name,
          init: () => ({ scale: tf.scalar(name === "a" ? 2 : 3) }),
          apply: ({ scale }, x: tf.Tensor) => tf.mul(x, scale!)
        })
      const task = Task.make({
        name: "pair",
        models: { a: scaling("a"), b: scaling("b") },
        forward: ({ batch, models }) => models.b(models.a(batch.inputs)) as tf.Tensor,
        objectives: { loss: { values: (outputs: tf.Tensor) => outputs } }
      })
      const state = Trainer.initialWeights(task, 1)
      assert.deepStrictEqual([...Trainer.predictBatch(task, state, tf.tensor1d([1, 2])).dataSync()], [6, 12])
    })
  )
})
