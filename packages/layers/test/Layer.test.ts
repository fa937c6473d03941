import { assert, layer } from "@effect/vitest"
import * as Model from "@etude/core/Model"
import * as RandomBits from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import { get, tidy } from "@etude/core/Tensors"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import {
  conv2d,
  dense,
  depthwiseConv2d,
  Initializer,
  Layer,
  Summary,
  separableConv2d,
  transposedConv2d
} from "../src/index.ts"

const network = Layer.sequential({ hidden: dense(5), relu: tf.relu, output: dense(2) })
const model = Layer.model("network", network, { inputs: [3] })

/** A mean over all samples, kept as a statistic. */
const centred = Layer.stateful({
  kind: "centred",
  init: (_, { shape }) => ({ parameters: {}, statistics: { mean: tf.zeros([...shape]) } }),
  apply: ({ statistics: { mean } }, x: tf.Tensor, { training }) => {
    const now = training ? tf.mean(x, 0) : mean
    return { outputs: tf.sub(x, now), ...(training && { statistics: { mean: now } }) }
  },
  crossSample: true
})

const noise = Layer.make({
  kind: "noise",
  init: () => ({}),
  apply: (_, x: tf.Tensor, { random }) => tf.add(x, RandomBits.uniform(random, "noise", x.shape))
})

layer(CpuBackend.layer)("a layer", (it) => {
  it.effect("of layers is what the same functions give, with paths that say where a parameter is", () =>
    Effect.sync(() =>
      tidy(() => {
        const variables = model.init(Rng.key(1))
        const p = variables.parameters
        assert.deepStrictEqual(
          Object.entries(p).map(([path, { shape }]) => [path, shape]),
          [
            ["hidden/kernel", [3, 5]],
            ["hidden/bias", [5]],
            ["output/kernel", [5, 2]],
            ["output/bias", [2]]
          ]
        )
        const x = tf.tensor2d([[1, 2, 3]])
        const hidden = tf.relu(tf.add(tf.matMul(x, get(p, "hidden/kernel")), get(p, "hidden/bias")))
        const expected = tf.add(tf.matMul(hidden, get(p, "output/kernel")), get(p, "output/bias"))
        assert.deepStrictEqual(Model.predict(model, variables, x).arraySync(), expected.arraySync())
        return x
      })
    )
  )

  it.effect("begins with the same values whatever stands beside it", () =>
    Effect.sync(() =>
      tidy(() => {
        const more = Layer.model("more", Layer.sequential({ hidden: dense(5), extra: dense(5), output: dense(2) }), {
          inputs: [3]
        })
        const values = (of: typeof model, path: string) => get(of.init(Rng.key(1)).parameters, path).arraySync()
        assert.deepStrictEqual(values(more, "hidden/kernel"), values(model, "hidden/kernel"))
        assert.deepStrictEqual(values(more, "output/kernel"), values(model, "output/kernel"))
        return tf.scalar(0)
      })
    )
  )

  it.effect("applies its activation after the bias", () =>
    Effect.sync(() =>
      tidy(() => {
        const images = [4, 4, 2]
        const options = { biasInitializer: Initializer.normal(1) }
        for (const [make, shape] of [
          [(more: { activation?: typeof tf.tanh }) => dense(3, { ...options, ...more }), [5]],
          [(more: { activation?: typeof tf.tanh }) => conv2d(3, 3, { ...options, ...more }), images],
          [(more: { activation?: typeof tf.tanh }) => depthwiseConv2d(3, { ...options, ...more }), images],
          [(more: { activation?: typeof tf.tanh }) => separableConv2d(3, 3, { ...options, ...more }), images],
          [(more: { activation?: typeof tf.tanh }) => transposedConv2d(3, 3, { ...options, ...more }), images]
        ] as const) {
          const [plain, squashed] = [make({}), make({ activation: tf.tanh })].map((layer) =>
            Layer.model("one", layer, { inputs: shape })
          )
          if (plain === undefined || squashed === undefined) return assert.fail("two models")
          const [variables, x] = [plain.init(Rng.key(1)), tf.randomUniform([2, ...shape], -1, 1, "float32", 1)]
          const outputs = Model.predict(squashed, variables, x)
          assert.deepStrictEqual(outputs.arraySync(), tf.tanh(Model.predict(plain, variables, x)).arraySync())
        }
        return tf.scalar(0)
      })
    )
  )

  it.effect("may begin with other values, by pattern of paths, from the streams that the paths name", () =>
    Effect.sync(() =>
      tidy(() => {
        const initial = { "output/*": Initializer.constant(2), "**/kernel": Initializer.uniform(0.5) }
        const changed = Layer.model("changed", network, { inputs: [3], initial }).init(Rng.key(1)).parameters
        const values = (path: string) => [...get(changed, path).dataSync()]
        assert.deepStrictEqual(values("hidden/kernel"), [
          ...Rng.uniforms(Rng.named(Rng.key(1), "hidden/kernel"), 15, -0.5, 0.5)
        ])
        assert.deepStrictEqual(values("hidden/bias"), Array(5).fill(0))
        assert.deepStrictEqual([...values("output/kernel"), ...values("output/bias")], Array(12).fill(2))
        return tf.scalar(0)
      })
    )
  )

  it.effect("says which initial values fit no parameter", () =>
    Effect.sync(() => {
      const withInitial = (initial: { readonly [pattern: string]: Initializer.Unscaled }) => () =>
        Layer.model("wrong", network, { inputs: [3], initial }).init(Rng.key(1))
      assert.throws(
        withInitial({ "hiden/*": Initializer.ones, "**": Initializer.ones, "*/weights": Initializer.ones }),
        "initial: no parameter matches hiden/*, */weights; there is hidden/kernel, hidden/bias, output/kernel, output/bias"
      )
      assert.throws(
        withInitial({ "hidden/bias": () => tf.zeros([4]) }),
        "the initializer of hidden/bias gives [4]; expected [5]"
      )
    })
  )

  it.effect("that is called twice shares its variables and draws anew", () =>
    Effect.sync(() =>
      tidy(() => {
        const twice = Layer.compose({ dense: dense(3), noise }, ({ dense, noise }, x: tf.Tensor) =>
          tf.concat([noise(dense(dense(x))), noise(tf.zerosLike(x)), noise(tf.zerosLike(x))], 1)
        )
        const shared = Layer.model("twice", twice, { inputs: [3] })
        const variables = shared.init(Rng.key(1))
        assert.deepStrictEqual(Object.keys(variables.parameters), ["dense/kernel", "dense/bias"])
        const outputs = Model.predict(shared, variables, tf.zeros([1, 3])).dataSync()
        assert.notDeepEqual(outputs.slice(3, 6), outputs.slice(6, 9))
        const [row] = Summary.rows(twice, [3])
        assert.deepStrictEqual([row?.parameters, row?.multiplyAdds], [12, 18])
        return tf.scalar(0)
      })
    )
  )

  it.effect("keeps statistics below its name, and says that samples influence each other", () =>
    Effect.sync(() =>
      tidy(() => {
        const inner = Layer.sequential({ centred, dense: dense(1) })
        const nested = Layer.model("nested", Layer.sequential({ block: inner }), { inputs: [2] })
        assert.isTrue(nested.crossSample)
        const variables = nested.init(Rng.key(1))
        assert.deepStrictEqual(Object.keys(variables.statistics), ["block/centred/mean"])
        const random = RandomBits.make({ key: tf.tensor1d([0, 0], "int32"), batchSize: 2 })
        const x = tf.tensor2d([
          [1, 2],
          [3, 4]
        ])
        const { statistics = {} } = nested.apply(variables, x, { training: true, random })
        assert.deepStrictEqual(get(statistics, "block/centred/mean").arraySync(), [2, 3])
        return x
      })
    )
  )

  it.effect("names layers of a list by their kind, and counts those of a kind", () =>
    Effect.sync(() => {
      const listed = Layer.sequential([dense(4), tf.relu, dense(2), centred])
      assert.deepStrictEqual(
        Summary.rows(listed, [3]).map(({ path }) => path),
        ["dense-1", "relu", "dense-2", "centred"]
      )
    })
  )

  it.effect("whose inputs don't fit is named by its path", () =>
    Effect.sync(() => {
      const picky = Layer.make({
        kind: "picky",
        init: (_, { shape }) => {
          if (shape.length !== 3)
            throw new Error(`expected images [height, width, channels], found [${shape.join(", ")}]`)
          return {}
        },
        apply: (_, x: tf.Tensor) => x
      })
      const nested = Layer.sequential({ block: Layer.sequential({ dense: dense(4), picky }) })
      assert.throws(
        () => Summary.rows(nested, [3]),
        "block/picky (picky): expected images [height, width, channels], found [4]"
      )
      const unused = Layer.compose({ dense: dense(4) }, (_, x: tf.Tensor) => x)
      assert.throws(() => Summary.rows(unused, [3]), "dense: never called")
    })
  )

  it.effect("is summed up with shapes, parameters and multiply-adds", () =>
    Effect.sync(() =>
      assert.deepStrictEqual(Summary.text(network, [3]).split("\n"), [
        "layer   kind   outputs  parameters  multiply-adds",
        "hidden  dense  [5]              20             15",
        "relu    relu   [5]               0              0",
        "output  dense  [2]              12             10",
        "in all                          32             25"
      ])
    )
  )

  it.effect("leaves no tensor behind", () =>
    Effect.sync(() => {
      const before = tf.memory().numTensors
      const { parameters } = model.init(Rng.key(1))
      assert.strictEqual(tf.memory().numTensors, before + 4)
      for (const tensor of Object.values(parameters)) tensor.dispose()
      Summary.text(network, [3])
      assert.strictEqual(tf.memory().numTensors, before)
    })
  )
})

layer(CpuBackend.layer)("an initializer", (it) => {
  const size = 100_000
  const fans = { fanIn: 50, fanOut: 150 }
  const cases: ReadonlyArray<readonly [name: string, initializer: Initializer.Initializer, variance: number]> = [
    ["glorotUniform", Initializer.glorotUniform, 2 / 200],
    ["glorotNormal", Initializer.glorotNormal, 2 / 200],
    ["heUniform", Initializer.heUniform, 2 / 50],
    ["heNormal", Initializer.heNormal, 2 / 50],
    ["lecunUniform", Initializer.lecunUniform, 1 / 50],
    ["lecunNormal", Initializer.lecunNormal, 1 / 50],
    ["truncatedNormal", Initializer.truncatedNormal(0.02), 0.0004],
    ["normal", Initializer.normal(3), 9]
  ]
  for (const [name, initializer, variance] of cases) {
    it.effect(`${name} has the variance that it says`, () =>
      Effect.sync(() => {
        const tensor = initializer(Rng.key(7), [size], fans)
        const values = Array.from(tensor.dataSync())
        tensor.dispose()
        const mean = values.reduce((sum, value) => sum + value, 0) / size
        const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size
        // Five deviations of a sample variance of normal numbers, √(2 / n); of the others it is less.
        assert.approximately(squares / variance, 1, 5 * Math.sqrt(2 / size))
        assert.approximately(mean / Math.sqrt(variance), 0, 5 / Math.sqrt(size))
      })
    )
  }
})
