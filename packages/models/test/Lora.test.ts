import { assert, layer } from "@effect/vitest"
import * as Model from "@etude/core/Model"
import * as Rng from "@etude/core/Rng"
import { get, map, type Tensors, tidy } from "@etude/core/Tensors"
import { batchNorm, conv2d, dense, flatten, Layer } from "@etude/layers"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { Lora } from "../src/index.ts"

const base = Layer.model(
  "network",
  Layer.sequential({ conv: conv2d(4, 3), norm: batchNorm(), flatten: flatten(), dense: dense(6), output: dense(3) }),
  { inputs: [4, 4, 2] }
)
const inputs = () => tf.tensor(Rng.normals(Rng.key(5), 3 * 32), [3, 4, 4, 2])

/** Other values for everything that was zero, too. */
const drawn = ({ parameters, statistics }: Model.Variables): Model.Variables => ({
  parameters: map(parameters, ({ shape, size }, path) =>
    tf.tensor(Rng.normals(Rng.named(Rng.key(7), path), size, 0, 0.3), shape)
  ),
  statistics
})

const values = (tensors: Tensors) =>
  Object.fromEntries(Object.entries(tensors).map(([path, tensor]) => [path, Array.from(tensor.dataSync())]))

layer(CpuBackend.layer)("low-rank adaptation", (it) => {
  it.effect("begins as the model itself, with its parameters and outputs", () =>
    Effect.sync(() =>
      tidy(() => {
        const adapted = Lora.apply(base, { rank: 2, alpha: 16 })
        const [variables, plain] = [adapted.init(Rng.key(3)), base.init(Rng.key(3))]
        for (const path of Object.keys(plain.parameters)) {
          assert.deepStrictEqual(
            get(variables.parameters, path).dataSync(),
            get(plain.parameters, path).dataSync(),
            path
          )
        }
        const outputs = Model.predict(adapted, variables, inputs()).dataSync()
        assert.deepStrictEqual(outputs, Model.predict(base, plain, inputs()).dataSync())
        return inputs()
      })
    )
  )

  it.effect("trains the added matrices only, and those of the matched kernels only", () =>
    Effect.sync(() =>
      tidy(() => {
        const adapted = Lora.apply(base, { match: "dense/kernel", rank: 2, train: "output/**" })
        const { parameters } = adapted.init(Rng.key(3))
        assert.deepStrictEqual(
          Object.keys(parameters).filter((path) => adapted.trainable?.(path)),
          ["output/kernel", "output/bias", "dense/kernel/lora/a", "dense/kernel/lora/b"]
        )
        const all = Lora.apply(base)
        const shapes = Object.entries(all.init(Rng.key(3)).parameters)
          .filter(([path]) => all.trainable?.(path))
          .map(([path, { shape }]) => [path, shape])
        // A kernel of a convolution is the matrix of what an output sums over; no rank is above the smaller side.
        assert.deepStrictEqual(shapes, [
          ["conv/kernel/lora/a", [18, 4]],
          ["conv/kernel/lora/b", [4, 4]],
          ["dense/kernel/lora/a", [64, 6]],
          ["dense/kernel/lora/b", [6, 6]],
          ["output/kernel/lora/a", [6, 3]],
          ["output/kernel/lora/b", [3, 3]]
        ])
        return inputs()
      })
    )
  )

  it.effect("adds a · b · alpha / rank to a kernel", () =>
    Effect.sync(() =>
      tidy(() => {
        const model = Layer.model("line", dense(2, { bias: false }), { inputs: [2] })
        const adapted = Lora.apply(model, { rank: 1, alpha: 2 })
        const parameters = {
          kernel: tf.tensor([1, 0, 0, 1], [2, 2]),
          "kernel/lora/a": tf.tensor([1, 2], [2, 1]),
          "kernel/lora/b": tf.tensor([3, 4], [1, 2])
        }
        const merged = Lora.merge(adapted, { parameters, statistics: {} })
        assert.deepStrictEqual(values(merged.parameters), { kernel: [7, 8, 12, 17] })
        return inputs()
      })
    )
  )

  it.effect("is merged into weights of the model with the same outputs", () =>
    Effect.sync(() =>
      tidy(() => {
        for (const [rank, alpha] of [
          [1, 1],
          [3, 8],
          [40, 0.5]
        ] as const) {
          const adapted = Lora.apply(base, { rank, alpha })
          const variables = drawn(adapted.init(Rng.key(3)))
          const merged = Lora.merge(adapted, variables)
          const { parameters, statistics } = base.init(Rng.key(1))
          assert.deepStrictEqual(Object.keys(merged.parameters), Object.keys(parameters))
          assert.deepStrictEqual(Object.keys(merged.statistics), Object.keys(statistics))
          const expected = Model.predict(adapted, variables, inputs()).dataSync()
          const outputs = Model.predict(base, merged, inputs()).dataSync()
          for (const [index, value] of expected.entries())
            assert.approximately(outputs[index] ?? Number.NaN, value, 1e-5)
          assert.isFalse(get(variables.parameters, "conv/kernel").isDisposed)
        }
        return inputs()
      })
    )
  )

  it.effect("has the gradients of the formula: of a by bᵀ, of b by aᵀ", () =>
    Effect.sync(() =>
      tidy(() => {
        const model = Layer.model("line", dense(2, { bias: false }), { inputs: [3] })
        const adapted = Lora.apply(model, { rank: 1, alpha: 3 })
        const parameters = drawn(adapted.init(Rng.key(3))).parameters
        const [a, b] = [get(parameters, "kernel/lora/a"), get(parameters, "kernel/lora/b")]
        const x = tf.tensor([1, 2, 3], [1, 3])
        const context = { training: true, random: { bits: () => tf.zeros([1], "int32") } }
        const slopes = tf.grads((first, second) => {
          const changed = { ...parameters, "kernel/lora/a": first ?? a, "kernel/lora/b": second ?? b }
          return tf.sum(adapted.apply({ parameters: changed, statistics: {} }, x, context).outputs)
        })([a, b])
        const byKernel = tf.tensor([1, 1, 2, 2, 3, 3], [3, 2])
        const expected = [tf.matMul(byKernel, b, false, true), tf.matMul(a, byKernel, true)]
        for (const [index, slope] of slopes.entries()) {
          const wanted = expected[index]?.dataSync() ?? assert.fail("two gradients")
          for (const [position, value] of slope.dataSync().entries())
            assert.approximately(value, 3 * (wanted[position] ?? Number.NaN), 1e-5)
        }
        return x
      })
    )
  )

  it.effect("that can't be is refused, with what the model has", () =>
    Effect.sync(() => {
      const init = (options: Lora.Options) => () => tidy(() => Lora.apply(base, options).init(Rng.key(1)).parameters)
      assert.throws(init({ match: "head/**" }), "no parameter matches head/**; the model has conv/kernel, conv/bias")
      assert.throws(init({ match: "**/bias" }), "conv/bias has the shape [4]; only matrices and kernels have a rank")
      assert.throws(() => Lora.apply(base, { rank: 0 }), "rank is 0, expected a whole number of at least 1")
      assert.throws(() => Lora.apply(base, { alpha: Number.NaN }), "alpha is NaN, expected a finite number")
    })
  )
})
