import { readFileSync } from "node:fs"
import { assert, layer } from "@effect/vitest"
import * as RandomBits from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import { get, type TensorOrRecord, type Tensors, tidy } from "@etude/core/Tensors"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layers from "../src/index.ts"

interface Stored {
  readonly shape: Array<number>
  readonly values: Array<number>
  readonly dtype: "float32" | "int32"
}
type Fields = { readonly [path: string]: Stored }
interface Case {
  readonly name: string
  readonly layer: string
  readonly args: ReadonlyArray<any> // the arguments of each layer
  readonly inputs: Fields
  readonly parameters: Fields
  readonly outputs: Stored
  readonly dy: Stored
  readonly inputGradients: Fields
  readonly gradients: Fields
}
const { cases }: { readonly cases: ReadonlyArray<Case> } = JSON.parse(
  readFileSync(new URL("../fixtures/sequences.json", import.meta.url), "utf8")
)

const makers: { readonly [name: string]: (...args: any) => Layers.Layer.Layer<any> } = {
  multiHeadAttention: Layers.multiHeadAttention,
  lstm: Layers.lstm,
  gru: Layers.gru,
  embedding: Layers.embedding,
  learnedPositions: Layers.learnedPositions,
  sinusoidalPositions: Layers.sinusoidalPositions,
  transformerBlock: Layers.transformerBlock
}

const tensorOf = ({ values, shape, dtype }: Stored): tf.Tensor => tf.tensor(values, shape, dtype)
const tensorsOf = (fields: Fields): Tensors =>
  Object.fromEntries(Object.entries(fields).map(([path, stored]) => [path, tensorOf(stored)]))
const unnamed = (tensors: Tensors): TensorOrRecord => tensors[""] ?? tensors

const assertNear = (what: string, found: tf.Tensor, expected: Stored) => {
  assert.deepStrictEqual(found.shape, expected.shape, `${what}: shape`)
  const values = found.dataSync()
  for (const [index, wanted] of expected.values.entries()) {
    const value = values[index] ?? Number.NaN
    const isNear = Math.abs(value - wanted) <= 5e-5 * Math.abs(wanted) + 5e-5
    assert.isTrue(isNear, `${what}: value ${index} is ${value}, expected ${wanted}`)
  }
}

const context = {
  training: true,
  random: { bits: (_: string, shape: ReadonlyArray<number>) => tf.zeros([...shape], "int32") }
}

layer(CpuBackend.layer)("outputs and gradients are those of PyTorch", (it) => {
  for (const one of cases) {
    it.effect(`${one.layer}: ${one.name}`, () =>
      Effect.sync(() =>
        tidy(() => {
          const layer = makers[one.layer]?.(...one.args) ?? assert.fail(`no layer ${one.layer}`)
          const specs = Object.fromEntries(
            Object.entries(one.inputs).map(([name, { shape, dtype }]) => [name, { shape: shape.slice(1), dtype }])
          )
          const initialized = layer.initialize(Rng.key(1), specs[""] ?? specs)
          const { parameters } = initialized.variables
          assert.deepStrictEqual(
            Object.fromEntries(Object.entries(parameters).map(([path, { shape }]) => [path, shape])),
            Object.fromEntries(Object.entries(one.parameters).map(([path, { shape }]) => [path, shape]))
          )
          assert.deepStrictEqual(initialized.outputs.shape, one.outputs.shape.slice(1))
          const forward = (given: Tensors, inputs: Tensors) =>
            layer.apply({ parameters: given, statistics: {} }, unnamed(inputs), context).outputs
          const [inputs, given] = [tensorsOf(one.inputs), tensorsOf(one.parameters)]
          const outputs = forward(given, inputs)
          assertNear("outputs", outputs, one.outputs)

          const names = [...Object.keys(one.inputGradients), ...Object.keys(one.gradients).map((path) => `/${path}`)]
          const leaves = names.map((name) => (name.startsWith("/") ? get(given, name.slice(1)) : get(inputs, name)))
          const slopes = tf.grads((...all) => {
            const changed = Object.fromEntries(names.map((name, index) => [name, all[index] ?? tf.scalar(0)]))
            const own = Object.fromEntries(
              Object.keys(given).map((path) => [path, changed[`/${path}`] ?? get(given, path)])
            )
            return tf.sum(tf.mul(forward(own, { ...inputs, ...changed }), tensorOf(one.dy)))
          })(leaves)
          for (const [index, name] of names.entries()) {
            const expected = name.startsWith("/") ? one.gradients[name.slice(1)] : one.inputGradients[name]
            if (expected !== undefined) assertNear(`gradient by ${name}`, slopes[index] ?? outputs, expected)
          }
          return outputs
        })
      )
    )
  }
})

layer(CpuBackend.layer)("a sequence", (it) => {
  it.effect("written time by time with a cache is the sequence written at once", () =>
    Effect.sync(() =>
      tidy(() => {
        for (const options of [{ heads: 2 }, { heads: 4, keyValueHeads: 2, headSize: 2, rotary: 100 }]) {
          const [whole, single] = [
            Layers.multiHeadAttention({ ...options, causal: true }),
            Layers.cachedAttention(options)
          ]
          const variables = whole.initialize(Rng.key(3), { shape: [5, 8], dtype: "float32" }).variables
          const x = tf.tensor(Rng.normals(Rng.key(4), 2 * 5 * 8), [2, 5, 8])
          const expected = whole.apply(variables, x, context).outputs.arraySync() as Array<Array<Array<number>>>
          let cache = Layers.emptyCache(options, { batch: 2, width: 8, length: 5 })
          for (let time = 0; time < 5; time++) {
            const inputs = { x: tf.slice(x, [0, time, 0], [2, 1, 8]), ...cache }
            const { y, keys, values } = single.apply(variables, inputs, context).outputs
            cache = { keys, values, position: tf.tensor1d([time + 1], "int32") }
            const found = Array.from(y.dataSync())
            const wanted = expected.flatMap((sample) => sample[time] ?? [])
            for (const [index, value] of wanted.entries()) assert.approximately(found[index] ?? Number.NaN, value, 1e-5)
          }
        }
        return tf.scalar(0)
      })
    )
  )

  it.effect("written time by time through positions and blocks is the sequence written at once", () =>
    Effect.sync(() =>
      tidy(() => {
        const options = { heads: 2, width: 8, hidden: 12 }
        const causal = Layers.transformerBlock({ ...options, causal: true })
        const parts = { positions: Layers.learnedPositions(7), block: causal }
        const whole = Layers.Layer.compose(parts, ({ positions, block }, x: tf.Tensor) => block(positions(x)))
        const next = Layers.Layer.compose(
          { positions: Layers.learnedPositions(7), block: Layers.cachedTransformerBlock(options) },
          ({ positions, block }, { x, ...cache }: Layers.CachedBlockInputs) =>
            block({ ...cache, x: positions({ x, position: cache.position }) })
        )
        const { variables } = whole.initialize(Rng.key(3), { shape: [5, 8], dtype: "float32" })
        const x = tf.tensor(Rng.normals(Rng.key(4), 2 * 5 * 8), [2, 5, 8])
        const expected = whole.apply(variables, x, { ...context, training: false }).outputs
        let cache = Layers.emptyCache(options, { batch: 2, width: 8, length: 5 })
        for (let time = 0; time < 5; time++) {
          const slice = (of: tf.Tensor) => tf.slice(of, [0, time, 0], [2, 1, 8])
          const { y, keys, values } = next.apply(variables, { x: slice(x), ...cache }, context).outputs
          cache = { keys, values, position: tf.tensor1d([time + 1], "int32") }
          const [found, wanted] = [y.dataSync(), slice(expected).dataSync()]
          for (const [index, value] of wanted.entries()) assert.approximately(found[index] ?? Number.NaN, value, 1e-5)
        }
        return expected
      })
    )
  )

  it.effect("of a causal model doesn't see what comes later", () =>
    Effect.sync(() =>
      tidy(() => {
        const block = Layers.transformerBlock({ heads: 2, width: 4, hidden: 8, causal: true, rotary: 100 })
        const { variables } = block.initialize(Rng.key(5), { shape: [4, 4], dtype: "float32" })
        const values = Rng.normals(Rng.key(6), 16)
        const outputs = (of: Float32Array) =>
          Array.from(block.apply(variables, tf.tensor(of, [1, 4, 4]), context).outputs.dataSync())
        const changed = values.map((value, index) => (index < 12 ? value : value + 1))
        assert.deepStrictEqual(outputs(changed).slice(0, 12), outputs(values).slice(0, 12))
        assert.notDeepEqual(outputs(changed).slice(12), outputs(values).slice(12))
        return tf.scalar(0)
      })
    )
  )

  it.effect("in both directions has the features of both side by side", () =>
    Effect.sync(() => {
      const both = Layers.bidirectional(({ reverse }) => Layers.gru(3, { reverse }))
      assert.deepStrictEqual(
        Layers.Summary.rows(both, [5, 2]).map(({ path, outputs }) => [path, outputs.shape]),
        [
          ["forward", [5, 3]],
          ["backward", [5, 3]]
        ]
      )
    })
  )

  it.effect("of a layer for each time draws by sample, whatever the microbatch", () =>
    Effect.sync(() =>
      tidy(() => {
        const layer = Layers.overTime(Layers.dropout(0.5))
        const key = tf.tensor1d([3, 4], "int32")
        const run = (x: tf.Tensor, samples?: tf.Tensor) =>
          layer.apply({ parameters: {}, statistics: {} }, x, {
            training: true,
            random: RandomBits.make({ key, batchSize: 4, samples })
          }).outputs
        const whole = run(tf.ones([4, 3, 2])).arraySync() as Array<unknown>
        const part = run(tf.ones([2, 3, 2]), tf.tensor1d([2, 3], "int32")).arraySync() as Array<unknown>
        assert.deepStrictEqual(part, whole.slice(2))
        return key
      })
    )
  )
})
