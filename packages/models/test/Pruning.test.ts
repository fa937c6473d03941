import { assert, layer } from "@effect/vitest"
import * as Losses from "@etude/core/Losses"
import type * as Model from "@etude/core/Model"
import * as Rng from "@etude/core/Rng"
import * as Step from "@etude/core/Step"
import * as Task from "@etude/core/Task"
import { get, tidy } from "@etude/core/Tensors"
import { dense, Layer } from "@etude/layers"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { Pruning } from "../src/index.ts"

const base = Layer.model("network", Layer.sequential({ hidden: dense(5), tanh: tf.tanh, output: dense(2) }), {
  inputs: [3]
})

const parameters = () => ({
  "a/kernel": tf.tensor2d([
    [1, -2, 3],
    [-4, 5, 0.5]
  ]),
  "b/kernel": tf.tensor1d([0.1, -0.2, 0.3, 10]),
  "b/bias": tf.tensor1d([0])
})

const keptOf = (masks: Pruning.Masks) =>
  Object.fromEntries(Object.entries(masks).map(([path, { kept }]) => [path, [...kept].join("")]))

layer(CpuBackend.layer)("pruning", (it) => {
  it.effect("takes the smallest of each kernel, or of all together, and of equal ones the first", () =>
    Effect.sync(() =>
      tidy(() => {
        const of = (options: Pruning.Options) => keptOf(Pruning.byMagnitude(parameters(), options))
        assert.deepStrictEqual(of({ fraction: 0.5 }), { "a/kernel": "001110", "b/kernel": "0011" })
        assert.deepStrictEqual(of({ fraction: 0.5, scope: "all" }), { "a/kernel": "011110", "b/kernel": "0001" })
        assert.deepStrictEqual(of({ fraction: { "b/**": 0.5 } }), { "b/kernel": "0011", "b/bias": "0" })
        assert.deepStrictEqual(of({ fraction: { "b/*s": 0.4 } }), { "b/bias": "1" })
        assert.deepStrictEqual(of({ fraction: { "b/kernel": 0.5, "*/kernel": 0 } }), {
          "b/kernel": "0011",
          "a/kernel": "111111"
        })
        return tf.scalar(0)
      })
    )
  )

  it.effect("goes on from what is left, whatever the values of the rest", () =>
    Effect.sync(() =>
      tidy(() => {
        const masks = Pruning.byMagnitude(parameters(), { fraction: 0.5 })
        const next = Pruning.byMagnitude(parameters(), { fraction: { "a/kernel": 1 / 3 }, masks })
        assert.deepStrictEqual(keptOf(next), { "a/kernel": "000110", "b/kernel": "0011" })
        assert.strictEqual(Pruning.kept(next), 0.4)
        assert.strictEqual(Pruning.kept({}), 1)
        return tf.scalar(0)
      })
    )
  )

  it.effect("leaves a model's first values where a mask is 1, and zeros that no optimizer changes elsewhere", () =>
    Effect.sync(() => {
      const initial = base.init(Rng.key(3))
      const masks = Pruning.byMagnitude(initial.parameters, { fraction: 0.4 })
      const model = Pruning.apply(base, masks)
      const before = tf.memory().numTensors
      const task = Task.supervised({ name: "pruned", model, loss: Losses.meanSquaredError })
      const { init, step } = Step.make(task, { optimizer: { _tag: "AdamW", weightDecay: 0.1 }, learningRate: 0.1 })
      const zeros = (tensors: Model.Variables["parameters"], path: string) =>
        [...get(tensors, path).dataSync()].map((value) => (value === 0 ? 0 : 1)).join("")
      const batch = { inputs: tf.tensor2d([[1, -1, 2]]), targets: tf.tensor2d([[3, -3]]) }
      let state = init(3)
      for (const _ of [1, 2, 3]) {
        const next = step(state, batch)
        Step.dispose(state)
        state = next.state
      }
      for (const [path, { kept }] of Object.entries(masks))
        assert.strictEqual(zeros(state.parameters, path), kept.join(""))
      Step.dispose(state)
      tf.dispose(batch)
      assert.strictEqual(tf.memory().numTensors, before)

      const first = model.init(Rng.key(3)).parameters
      for (const [path, tensor] of Object.entries(initial.parameters)) {
        const mask = masks[path]?.kept ?? new Uint8Array(tensor.size).fill(1)
        assert.deepStrictEqual(
          [...get(first, path).dataSync()].map((value) => value + 0), // −0 is 0
          [...tensor.dataSync()].map((value, index) => (mask[index] === 1 ? value : 0))
        )
      }
    })
  )

  it.effect("says what does not fit", () =>
    Effect.sync(() =>
      tidy(() => {
        assert.throws(
          () => Pruning.byMagnitude(parameters(), { fraction: { "*/kernel": 2, "c/*": Number.NaN, "a/*": 0.5 } }),
          "the fraction of */kernel is 2, expected a number in [0, 1]; the fraction of c/* is NaN, expected a number in [0, 1]; " +
            "c/* matches none of the parameters a/kernel, b/kernel, b/bias; a/* matches none of the parameters a/kernel, b/kernel, b/bias"
        )
        const masks = Pruning.byMagnitude({ ...parameters(), "hidden/kernel": tf.ones([2]) }, { fraction: 0 })
        assert.throws(
          () => Pruning.apply(base, masks).init(Rng.key(1)),
          "the masks do not fit: the model has no parameter a/kernel; the model has no parameter b/kernel; hidden/kernel is [3, 5], its mask [2]"
        )
        return tf.scalar(0)
      })
    )
  )
})
