import { assert, describe, layer } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as LayersModel from "../src/LayersModel.ts"
import * as Rng from "../src/Rng.ts"
import type { Tensors } from "../src/Tensors.ts"
import * as Cpu from "./support/cpu.ts"
import { assertClose } from "./support/layers.ts"

const { layers } = tfl

interface Moments {
  readonly mean: number
  readonly deviation: number
  readonly lowest: number
  readonly highest: number
}

const momentsOf = (values: ArrayLike<number>): Moments => {
  const list = Array.from(values)
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length
  return { mean, deviation: Math.sqrt(variance), lowest: Math.min(...list), highest: Math.max(...list) }
}

const dense = (kernelInitializer: unknown, inputs = 100, units = 200) =>
  LayersModel.adapt(() =>
    tfl.sequential({
      layers: [layers.dense({ name: "d", units, inputShape: [inputs], kernelInitializer: kernelInitializer as never })]
    })
  )

/** Deviation of a standard normal cut off at ±2. */
const cut = 0.8796256610342398
const uniform = (bound: number, mean = 0) => ({ mean, deviation: bound / Math.sqrt(3), bound })
const normal = (deviation: number, mean = 0) => ({ mean, deviation: deviation * cut, bound: 2 * deviation })

// Of a kernel [100, 200]: fan-in 100, fan-out 200, mean 150.
const distributions: {
  readonly [name: string]: readonly [unknown, { mean: number; deviation: number; bound: number }]
} = {
  "randomUniform between 1 and 3": [tfl.initializers.randomUniform({ minval: 1, maxval: 3 }), uniform(1, 2)],
  "randomUniform by default within ±0.05": ["randomUniform", uniform(0.05)],
  "randomNormal of mean 1 and deviation 2": [
    tfl.initializers.randomNormal({ mean: 1, stddev: 2 }),
    { mean: 1, deviation: 2, bound: 12 }
  ],
  "truncatedNormal within two deviations": [tfl.initializers.truncatedNormal({ mean: 3, stddev: 0.5 }), normal(0.5, 3)],
  "varianceScaling by fan-out": [
    tfl.initializers.varianceScaling({ scale: 2, mode: "fanOut", distribution: "uniform" }),
    uniform(Math.sqrt((3 * 2) / 200))
  ],
  glorotUniform: ["glorotUniform", uniform(Math.sqrt(3 / 150))],
  glorotNormal: ["glorotNormal", normal(Math.sqrt(1 / 150))],
  heUniform: ["heUniform", uniform(Math.sqrt((3 * 2) / 100))],
  heNormal: ["heNormal", normal(Math.sqrt(2 / 100))],
  leCunUniform: ["leCunUniform", uniform(Math.sqrt(3 / 100))],
  leCunNormal: ["leCunNormal", normal(Math.sqrt(1 / 100))]
}

layer(Cpu.layer)("the initial weights of an adapted model", (it) => {
  describe("have mean, deviation and bounds of their initializer", () => {
    for (const [name, [initializer, { mean, deviation, bound }]] of Object.entries(distributions)) {
      it.effect(name, () =>
        Effect.gen(function* () {
          const model = yield* dense(initializer)
          const found = momentsOf(model.init(Rng.key(11)).parameters["d/kernel"]!.dataSync())
          // 20 000 draws: four standard errors of the mean, and 2 % of the deviation.
          assert.closeTo(found.mean, mean, (4 * deviation) / Math.sqrt(20_000))
          assert.closeTo(found.deviation / deviation, 1, 0.02)
          assert.isAtLeast(found.lowest, (mean - bound) * (1 + 1e-6) - 1e-6)
          assert.isAtMost(found.highest, mean + bound + 1e-6)
        })
      )
    }
  })

  it.effect("count a convolution's receptive field in its fans", () =>
    Effect.gen(function* () {
      const model = yield* LayersModel.adapt(() =>
        tfl.sequential({
          layers: [
            layers.conv2d({
              name: "c",
              filters: 40,
              kernelSize: 5,
              inputShape: [9, 9, 20],
              kernelInitializer: "heUniform"
            })
          ]
        })
      )
      const { deviation } = momentsOf(model.init(Rng.key(1)).parameters["c/kernel"]!.dataSync())
      assert.closeTo(deviation / Math.sqrt(2 / (5 * 5 * 20)), 1, 0.02)
    })
  )

  it.effect("are what zeros, ones, constant and identity say", () =>
    Effect.gen(function* () {
      const kernel = (initializer: unknown) =>
        Effect.map(dense(initializer, 2, 2), (model) => [...model.init(Rng.key(1)).parameters["d/kernel"]!.dataSync()])
      assert.deepStrictEqual(yield* kernel("zeros"), [0, 0, 0, 0])
      assert.deepStrictEqual(yield* kernel("ones"), [1, 1, 1, 1])
      assert.deepStrictEqual(yield* kernel(tfl.initializers.constant({ value: 0.5 })), [0.5, 0.5, 0.5, 0.5])
      assert.deepStrictEqual(yield* kernel(tfl.initializers.identity({ gain: 3 })), [3, 0, 0, 3])
    })
  )

  for (const [rows, columns] of [
    [6, 4],
    [4, 6],
    [5, 5]
  ] as const) {
    it.effect(`are orthonormal, times the gain, for an orthogonal [${rows}, ${columns}]`, () =>
      Effect.gen(function* () {
        const model = yield* dense(tfl.initializers.orthogonal({ gain: 2 }), rows, columns)
        const q = model.init(Rng.key(5)).parameters["d/kernel"]! as tf.Tensor2D
        const product = rows < columns ? tf.matMul(q, q, false, true) : tf.matMul(q, q, true, false)
        assertClose(product, tf.mul(tf.eye(Math.min(rows, columns)), 4), 1e-6)
      })
    )
  }

  it.effect("leave the forget gate of an LSTM open, when asked to", () =>
    Effect.gen(function* () {
      const model = yield* LayersModel.adapt(() =>
        tfl.sequential({ layers: [layers.lstm({ name: "l", units: 2, inputShape: [3, 1], unitForgetBias: true })] })
      )
      assert.deepStrictEqual([...model.init(Rng.key(1)).parameters["l/bias"]!.dataSync()], [0, 0, 1, 1, 0, 0, 0, 0])
    })
  )

  const twoAlike = () =>
    tfl.sequential({
      layers: [layers.dense({ units: 4, inputShape: [4] }), layers.dense({ units: 4 }), layers.batchNormalization()]
    })
  const values = (tensors: Tensors) =>
    Object.fromEntries(Object.entries(tensors).map(([path, tensor]) => [path, [...tensor.dataSync()]]))

  it.effect("are equal for equal keys, of another model of the same architecture too", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* LayersModel.adapt(twoAlike), yield* LayersModel.adapt(twoAlike)]
      assert.deepStrictEqual(values(other.init(Rng.key(1)).parameters), values(one.init(Rng.key(1)).parameters))
      assert.notDeepEqual(values(one.init(Rng.key(2)).parameters), values(one.init(Rng.key(1)).parameters))
    })
  )

  it.effect("differ between layers of one shape, a shared seed notwithstanding", () =>
    Effect.gen(function* () {
      const seeded = () => tfl.initializers.glorotNormal({ seed: 3 })
      const model = yield* LayersModel.adapt(() =>
        tfl.sequential({
          layers: [
            layers.dense({ units: 4, inputShape: [4], kernelInitializer: seeded() }),
            layers.dense({ units: 4, kernelInitializer: seeded() })
          ]
        })
      )
      const found = values(model.init(Rng.key(1)).parameters)
      assert.notDeepEqual(found["dense/kernel"], found["dense_1/kernel"])
    })
  )

  it.effect("are not moved by another layer before them", () =>
    Effect.gen(function* () {
      const build = (hidden: number) => () =>
        tfl.sequential({
          layers: [
            layers.inputLayer({ inputShape: [4] }),
            ...Array.from({ length: hidden }, () => layers.dense({ units: 4 })),
            layers.dense({ units: 4, name: "last" })
          ]
        })
      const [short, long] = [yield* LayersModel.adapt(build(1)), yield* LayersModel.adapt(build(2))]
      const last = (parameters: Tensors) => [...parameters["last/kernel"]!.dataSync()]
      assert.deepStrictEqual(last(long.init(Rng.key(1)).parameters), last(short.init(Rng.key(1)).parameters))
    })
  )

  it.effect("are those that the model has, when they shall be kept", () =>
    Effect.gen(function* () {
      const pretrained = twoAlike()
      const kernel = tf.fill([4, 4], 7)
      pretrained.layers[0]!.setWeights([kernel, tf.ones([4])])
      const before = pretrained.getWeights().map((tensor) => [...tensor.dataSync()])
      const model = yield* LayersModel.adapt(() => pretrained, { weights: "keep" })
      const { parameters, statistics } = model.init(Rng.key(1))
      assert.deepStrictEqual([...Object.values(values(parameters)), ...Object.values(values(statistics))], before)
      assert.deepStrictEqual(values(parameters)["dense/bias"], [1, 1, 1, 1])
    })
  )

  it.effect("are kept where a function of the path says so, and drawn elsewhere", () =>
    Effect.gen(function* () {
      const base = tfl.sequential({
        name: "base",
        layers: [layers.dense({ units: 2, inputShape: [2], name: "d", kernelInitializer: "ones" })]
      })
      const model = yield* LayersModel.adapt(
        () =>
          tfl.sequential({ layers: [base, layers.dense({ units: 2, name: "head", kernelInitializer: "identity" })] }),
        { weights: (path) => (path.startsWith("base/") ? "keep" : "draw") }
      )
      const found = values(model.init(Rng.key(1)).parameters)
      assert.deepStrictEqual(found["base/d/kernel"], [1, 1, 1, 1])
      assert.deepStrictEqual(found["head/kernel"], [1, 0, 0, 1])
    })
  )

  it.effect("are those that are set while the model is built", () =>
    Effect.gen(function* () {
      const model = yield* LayersModel.adapt(() => {
        const built = tfl.sequential({
          layers: [
            layers.dense({
              name: "given",
              units: 1,
              inputShape: [2],
              weights: [tf.tensor2d([[3], [4]]), tf.tensor1d([5])]
            }),
            layers.dense({ name: "set", units: 1, kernelInitializer: "ones" }),
            layers.dense({ name: "drawn", units: 1, kernelInitializer: "ones" })
          ]
        })
        built.layers[1]!.setWeights([tf.tensor2d([[8]]), tf.tensor1d([9])])
        return built
      })
      const found = values(model.init(Rng.key(1)).parameters)
      assert.deepStrictEqual([found["given/kernel"], found["given/bias"]], [[3, 4], [5]])
      assert.deepStrictEqual([found["set/kernel"], found["set/bias"]], [[8], [9]])
      assert.deepStrictEqual([found["drawn/kernel"], found["drawn/bias"]], [[1], [0]])
    })
  )
})
