import { assert, describe, layer } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as LayersModel from "../src/LayersModel.ts"
import * as Rng from "../src/Rng.ts"
import { isTensor, type TensorOrRecord } from "../src/Tensors.ts"
import * as Cpu from "./support/cpu.ts"
import { assertClose, assign, context, descend, integers, numbers, reference, weightsOf } from "./support/layers.ts"

const { layers } = tfl

interface Architecture {
  readonly build: () => tfl.LayersModel
  readonly inputs: (batch: number) => TensorOrRecord
  readonly targets: (batch: number) => ReadonlyArray<tf.Tensor>
}

const images = (batch: number) => numbers([4, 6, 6, 2], batch)
const sequences = (batch: number) => numbers([4, 5, 3], batch)
const targets =
  (...shapes: ReadonlyArray<ReadonlyArray<number>>) =>
  (batch: number) =>
    shapes.map((shape, at) => numbers([4, ...shape], 100 + batch + at))

const architectures: { readonly [name: string]: Architecture } = {
  "convolution, batch normalization, L2 and a frozen layer": {
    build: () =>
      tfl.sequential({
        layers: [
          layers.conv2d({
            filters: 3,
            kernelSize: 3,
            inputShape: [6, 6, 2],
            kernelRegularizer: tfl.regularizers.l2({ l2: 0.1 })
          }),
          layers.batchNormalization({ momentum: 0.9 }),
          layers.reLU(),
          layers.conv2d({
            filters: 3,
            kernelSize: 2,
            trainable: false,
            biasRegularizer: tfl.regularizers.l1({ l1: 0.1 })
          }),
          layers.maxPooling2d({ poolSize: 2, strides: 1 }),
          layers.flatten(),
          layers.dense({
            units: 2,
            biasInitializer: "ones",
            kernelRegularizer: tfl.regularizers.l1l2({ l1: 0.01, l2: 0.02 })
          })
        ]
      }),
    inputs: images,
    targets: targets([2])
  },
  "convolutions with strides, other activations and no bias": {
    build: () =>
      tfl.sequential({
        layers: [
          layers.conv2d({
            filters: 3,
            kernelSize: [3, 2],
            strides: [2, 1],
            padding: "same",
            activation: "tanh",
            inputShape: [6, 6, 2]
          }),
          layers.conv2d({ filters: 2, kernelSize: 2, useBias: false, activation: "elu" }),
          layers.conv2d({ filters: 2, kernelSize: 1, activation: "softmax" }),
          layers.flatten(),
          layers.dense({ units: 2, useBias: false, activation: "sigmoid" })
        ]
      }),
    inputs: images,
    targets: targets([2])
  },
  "dense layers on sequences": {
    build: () =>
      tfl.sequential({
        layers: [
          layers.dense({ units: 4, activation: "tanh", inputShape: [5, 3] }),
          layers.timeDistributed({ layer: layers.dense({ units: 2 }) })
        ]
      }),
    inputs: sequences,
    targets: targets([5, 2])
  },
  "depthwise and separable convolution": {
    build: () =>
      tfl.sequential({
        layers: [
          layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, inputShape: [6, 6, 2] }),
          layers.separableConv2d({ filters: 3, kernelSize: 2, activation: "tanh" }),
          layers.globalAveragePooling2d({} as never)
        ]
      }),
    inputs: images,
    targets: targets([3])
  },
  "layer normalization": {
    build: () =>
      tfl.sequential({
        layers: [layers.dense({ units: 4, inputShape: [3] }), layers.layerNormalization(), layers.dense({ units: 2 })]
      }),
    inputs: (batch) => numbers([4, 3], batch),
    targets: targets([2])
  },
  LSTM: {
    build: () =>
      tfl.sequential({
        layers: [
          layers.lstm({ units: 4, inputShape: [5, 3], returnSequences: true }),
          layers.lstm({ units: 2, unitForgetBias: true })
        ]
      }),
    inputs: sequences,
    targets: targets([2])
  },
  "GRU and SimpleRNN": {
    build: () =>
      tfl.sequential({
        layers: [layers.gru({ units: 4, inputShape: [5, 3], returnSequences: true }), layers.simpleRNN({ units: 2 })]
      }),
    inputs: sequences,
    targets: targets([2])
  },
  "bidirectional LSTM after a masking embedding": {
    build: () =>
      tfl.sequential({
        layers: [
          layers.embedding({ inputDim: 7, outputDim: 3, inputLength: 5, maskZero: true }),
          layers.bidirectional({ layer: layers.lstm({ units: 2 }), mergeMode: "concat" })
        ]
      }),
    inputs: (batch) => integers([4, 5], 7, batch),
    targets: targets([4])
  },
  "time-distributed dense and stacked cells": {
    build: () =>
      tfl.sequential({
        layers: [
          layers.timeDistributed({ layer: layers.dense({ units: 3 }), inputShape: [5, 3] }),
          layers.rnn({ cell: [layers.gruCell({ units: 3 }), layers.lstmCell({ units: 2 })] as never })
        ]
      }),
    inputs: sequences,
    targets: targets([2])
  },
  "several inputs and outputs": {
    build: () => {
      const left = tfl.input({ shape: [3], name: "left" })
      const right = tfl.input({ shape: [2], name: "right" })
      const joined = layers.concatenate().apply([left, right])
      const sum = layers.dense({ units: 2, name: "sum" }).apply(joined) as tfl.SymbolicTensor
      const gate = layers.dense({ units: 1, name: "gate", activation: "sigmoid" }).apply(left) as tfl.SymbolicTensor
      return tfl.model({ inputs: [left, right], outputs: [sum, gate] })
    },
    inputs: (batch) => ({ left: numbers([4, 3], batch), right: numbers([4, 2], batch + 50) }),
    targets: targets([2], [1])
  },
  "a shared layer": {
    build: () => {
      const input = tfl.input({ shape: [3] })
      const shared = layers.dense({ units: 3, activation: "tanh", name: "shared" })
      const twice = shared.apply(shared.apply(input)) as tfl.SymbolicTensor
      return tfl.model({ inputs: input, outputs: layers.dense({ units: 2 }).apply(twice) as tfl.SymbolicTensor })
    },
    inputs: (batch) => numbers([4, 3], batch),
    targets: targets([2])
  },
  "a shared batch normalization": {
    build: () => {
      const input = tfl.input({ shape: [3] })
      const shared = layers.batchNormalization({ momentum: 0.5 })
      const once = shared.apply(input) as tfl.SymbolicTensor
      const twice = shared.apply(layers.dense({ units: 3 }).apply(once)) as tfl.SymbolicTensor
      return tfl.model({ inputs: input, outputs: twice })
    },
    inputs: (batch) => numbers([4, 3], batch),
    targets: targets([3])
  },
  "nested models, one of them frozen": {
    build: () => {
      const block = tfl.sequential({
        name: "block",
        layers: [layers.dense({ units: 3, inputShape: [3], name: "inner" }), layers.batchNormalization()]
      })
      const frozen = tfl.sequential({ name: "frozen", layers: [layers.dense({ units: 3, inputShape: [3] })] })
      frozen.trainable = false
      return tfl.sequential({ layers: [block, frozen, layers.dense({ units: 2 })] })
    },
    inputs: (batch) => numbers([4, 3], batch),
    targets: targets([2])
  }
}

const learningRate = 0.05

layer(Cpu.layer)("an adapted model", (it) => {
  describe("three steps of gradient descent equal those of tf.layers, in weights and statistics", () => {
    for (const [name, { build, inputs, targets }] of Object.entries(architectures)) {
      it.effect(name, () =>
        Effect.gen(function* () {
          const model = yield* LayersModel.adapt<any, any>(build)
          const twin = reference(build)
          let variables = model.init(Rng.key(3))
          assign(twin, variables)
          twin.compile({ optimizer: tf.train.sgd(learningRate), loss: "meanSquaredError" })
          for (let batch = 0; batch < 3; batch++) {
            const given = inputs(batch)
            const wanted = targets(batch)
            variables = descend(model, variables, given, wanted, learningRate)
            const list = isTensor(given) ? [given] : Object.values(given)
            yield* Effect.promise(() => twin.trainOnBatch(list, [...wanted]))
          }
          const found = { ...variables.parameters, ...variables.statistics }
          const expected = weightsOf(twin)
          assert.deepStrictEqual(Object.keys(found).sort(), Object.keys(expected).sort())
          for (const path in expected) assertClose(found[path]!, expected[path]!, 2e-5, path)
        })
      )
    }
  })

  describe("evaluation equals predict", () => {
    for (const [name, { build, inputs }] of Object.entries(architectures)) {
      it.effect(name, () =>
        Effect.gen(function* () {
          const model = yield* LayersModel.adapt<any, any>(build)
          const twin = reference(build)
          const variables = model.init(Rng.key(4))
          assign(twin, variables)
          const given = inputs(0)
          const { outputs, statistics } = model.apply(variables, given, context(false))
          const expected = twin.predict(isTensor(given) ? given : Object.values(given))
          assert.isUndefined(statistics)
          const found = isTensor(outputs) ? [outputs] : Object.values(outputs as object)
          for (const [at, tensor] of [expected].flat().entries()) assertClose(found[at]!, tensor)
        })
      )
    }
  })

  it.effect("computes no gradient by a model's inputs, nor by frozen weights", () =>
    Effect.gen(function* () {
      const model = yield* LayersModel.adapt<any, any>(() =>
        tfl.sequential({
          layers: [
            layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [6, 6, 2] }),
            layers.conv2d({ filters: 2, kernelSize: 2, activation: "tanh", trainable: false }),
            layers.flatten(),
            layers.dense({ units: 2 })
          ]
        })
      )
      const variables = model.init(Rng.key(3))
      const { kernelNames } = yield* Effect.promise(() =>
        tf.profile(() => descend(model, variables, images(0), targets([2])(0), learningRate).parameters as never)
      )
      // Of two convolutions the second has an input that matters, and the first a kernel to train.
      assert.deepStrictEqual(
        kernelNames.filter((name) => name.startsWith("Conv2DBackprop")),
        ["Conv2DBackpropInput", "Conv2DBackpropFilter"]
      )
    })
  )

  it.effect("gives the same running statistics as fit over two epochs", () =>
    Effect.gen(function* () {
      const build = () =>
        tfl.sequential({
          layers: [layers.batchNormalization({ inputShape: [3], momentum: 0.8 }), layers.dense({ units: 3 })]
        })
      const model = yield* LayersModel.adapt(build)
      const twin = reference(build)
      let variables = model.init(Rng.key(0))
      assign(twin, variables)
      twin.compile({ optimizer: tf.train.sgd(0), loss: "meanSquaredError" })
      const [x, y] = [numbers([12, 3], 1), numbers([12, 3], 2)]
      yield* Effect.promise(() => twin.fit(x, y, { batchSize: 4, epochs: 2, shuffle: false }))
      for (let step = 0; step < 6; step++) {
        const begin = [(step % 3) * 4, 0]
        const [inputs, targets] = [tf.slice(x, begin, [4, 3]), tf.slice(y, begin, [4, 3])]
        variables = descend(model, variables, inputs, [targets], 0)
      }
      const expected = weightsOf(twin)
      for (const path in variables.statistics) assertClose(variables.statistics[path]!, expected[path]!, 1e-5, path)
      assert.isTrue(model.crossSample)
    })
  )

  describe("keeps frozen batch normalization in inference mode, as Keras does", () => {
    const normalization = (options: object = {}) =>
      layers.batchNormalization({
        name: "norm",
        inputShape: [3],
        movingMeanInitializer: "ones",
        movingVarianceInitializer: tfl.initializers.constant({ value: 4 }),
        ...options
      })
    const block = (inner: tfl.layers.Layer) => tfl.sequential({ name: "block", layers: [inner] })
    class Normalization extends (normalization().constructor as any as new (options: object) => tfl.layers.Layer) {
      static className = "Normalization"
    }
    const frozenOnes: { readonly [name: string]: () => tfl.layers.Layer } = {
      "by its own option": () => normalization({ trainable: false }),
      "set afterwards": () => Object.assign(normalization(), { trainable: false }),
      "without scale and centre": () => normalization({ trainable: false, scale: false, center: false }),
      "along another axis": () => normalization({ trainable: false, scale: false, axis: 1 }),
      "by a model around it": () => Object.assign(block(normalization()), { trainable: false }),
      "by a model around a model around it": () =>
        Object.assign(tfl.sequential({ layers: [block(normalization())] }), { trainable: false }),
      "at each time": () =>
        layers.timeDistributed({ layer: normalization(), inputShape: [2, 3], trainable: false } as never),
      "of a class made from it": () => new Normalization({ name: "norm", inputShape: [3], trainable: false })
    }
    for (const [name, frozen] of Object.entries(frozenOnes)) {
      it.effect(name, () =>
        Effect.gen(function* () {
          const model = yield* LayersModel.adapt(() =>
            tfl.sequential({ layers: [frozen(), layers.dense({ units: 2 })] })
          )
          const variables = model.init(Rng.key(1))
          const shape = name === "at each time" ? [5, 2, 3] : [5, 3]
          const inputs = numbers(shape)
          const training = model.apply(variables, inputs, context(true))
          assertClose(training.outputs, model.apply(variables, inputs, context(false)).outputs, 1e-6)
          assert.isUndefined(training.statistics)
          assert.isFalse(model.crossSample)
          const next = descend(model, variables, inputs, [tf.zeros([...shape.slice(0, -1), 2])], 0.1)
          for (const path of Object.keys(variables.parameters)) {
            const kept = path.includes("norm/")
            const difference = tf
              .max(tf.abs(tf.sub(next.parameters[path]!, variables.parameters[path]!)))
              .dataSync()[0]!
            assert.strictEqual(difference === 0, kept, path)
          }
        })
      )
    }
    it.effect("but not one whose parameters alone are in a frozen group", () =>
      Effect.gen(function* () {
        const model = yield* LayersModel.adapt(() => tfl.sequential({ layers: [normalization()] }))
        const { statistics } = model.apply(model.init(Rng.key(1)), numbers([5, 3]), context(true))
        assert.deepStrictEqual(Object.keys(statistics ?? {}), ["norm/moving_mean", "norm/moving_variance"])
      })
    )
  })

  it.effect("trains batch normalization without scale and centre", () =>
    Effect.gen(function* () {
      const model = yield* LayersModel.adapt(() =>
        tfl.sequential({
          layers: [layers.batchNormalization({ inputShape: [1], scale: false, center: false, epsilon: 0 })]
        })
      )
      const variables = model.init(Rng.key(0))
      assert.deepStrictEqual(Object.keys(variables.parameters), [])
      // Mean 3 and variance 4 become 0 and 1.
      const { outputs } = model.apply(variables, tf.tensor2d([[1], [5]]), context(true))
      assertClose(outputs, tf.tensor2d([[-1], [1]]))
    })
  )

  it.effect("applies a constraint after the update", () =>
    Effect.gen(function* () {
      const model = yield* LayersModel.adapt(() =>
        tfl.sequential({
          layers: [
            layers.dense({
              name: "out",
              units: 1,
              inputShape: [2],
              useBias: false,
              kernelConstraint: tfl.constraints.maxNorm({ maxValue: 5, axis: 0 })
            })
          ]
        })
      )
      assert.deepStrictEqual(Object.keys(model.constraints!), ["out/kernel"])
      const variables = { parameters: { "out/kernel": tf.tensor2d([[6], [8]]) }, statistics: {} }
      const next = descend(model, variables, tf.zeros([1, 2]), [tf.zeros([1, 1])], 1)
      // Norm 10 is scaled to 5.
      assertClose(next.parameters["out/kernel"]!, tf.tensor2d([[3], [4]]), 1e-5)
    })
  )

  it.effect("penalizes each weight once: shared layers and recurrent cells too", () =>
    Effect.gen(function* () {
      const l2 = () => tfl.regularizers.l2({ l2: 1 })
      const model = yield* LayersModel.adapt(() => {
        const input = tfl.input({ shape: [2, 1] })
        const shared = layers.dense({ units: 1, name: "shared", useBias: false, kernelRegularizer: l2() })
        const twice = shared.apply(shared.apply(input))
        const rnn = layers.simpleRNN({
          name: "rnn",
          units: 1,
          useBias: false,
          kernelRegularizer: l2(),
          recurrentRegularizer: l2()
        })
        return tfl.model({ inputs: input, outputs: rnn.apply(twice) as tfl.SymbolicTensor })
      })
      const parameters = {
        "shared/kernel": tf.tensor2d([[2]]),
        "rnn/kernel": tf.tensor2d([[3]]),
        "rnn/recurrent_kernel": tf.tensor2d([[5]])
      }
      const { penalty } = model.apply({ parameters, statistics: {} }, tf.zeros([1, 2, 1]), context(false))
      assert.strictEqual(penalty!.dataSync()[0], 4 + 9 + 25)
      assert.deepStrictEqual(penalty!.shape, [])
    })
  )
})
