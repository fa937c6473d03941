import { assert, describe, layer } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as LayersModel from "../src/LayersModel.ts"
import type { Model, Variables } from "../src/Model.ts"
import * as Rng from "../src/Rng.ts"
import { dispose, retain, type TensorOrRecord } from "../src/Tensors.ts"
import * as Cpu from "./support/cpu.ts"
import { assertClose, assign, context, descend, integers, numbers, reference } from "./support/layers.ts"

const { layers } = tfl

const pathsOf = (model: Model<any, any>) => {
  const { parameters, statistics } = model.init(Rng.key(0))
  return { parameters: Object.keys(parameters), statistics: Object.keys(statistics) }
}

/** Convolution, normalization, dropout and a regularizer, none of them named. */
const unnamed = () =>
  tfl.sequential({
    layers: [
      layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [6, 6, 1], kernelRegularizer: "l1l2" }),
      layers.batchNormalization(),
      layers.conv2d({ filters: 2, kernelSize: 3, useBias: false }),
      layers.dropout({ rate: 0.5 }),
      layers.flatten(),
      layers.dense({ units: 2, name: "out" })
    ]
  })

/** A layer of somebody's own, pure, that holds another layer, which is built when it is first called. */
class Residual extends tfl.layers.Layer {
  static className = "Residual"
  readonly inner = layers.dense({ units: 3, activation: "tanh" })
  override call(inputs: tf.Tensor | Array<tf.Tensor>) {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs
    return tf.tidy(() => tf.add(x, this.inner.apply(x) as tf.Tensor))
  }
  override computeOutputShape(shape: tfl.Shape) {
    return shape
  }
}
tf.serialization.registerClass(Residual)

/** A layer of somebody's own that subtracts the mean of the batch and remembers it. */
class Centring extends tfl.layers.Layer {
  static className = "Centring"
  mean: tfl.LayerVariable | undefined
  override build() {
    this.mean = this.addWeight("mean", [], "float32", tfl.initializers.zeros(), undefined, false)
    this.built = true
  }
  override call(inputs: tf.Tensor | Array<tf.Tensor>, options: { readonly training?: boolean }) {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs
    return tf.tidy(() => {
      if (options.training !== true) return tf.sub(x, this.mean!.read())
      const mean = tf.mean(x)
      this.mean!.write(mean)
      return tf.sub(x, mean)
    })
  }
}

layer(Cpu.layer)("an adapted model", (it) => {
  describe("names weights by their path", () => {
    it.effect("layers without a name are counted within the model, whatever was built before", () =>
      Effect.gen(function* () {
        const [, second] = [yield* LayersModel.adapt(unnamed), yield* LayersModel.adapt(unnamed)]
        assert.deepStrictEqual(pathsOf(second), {
          parameters: [
            "conv2d/kernel",
            "conv2d/bias",
            "batch_normalization/gamma",
            "batch_normalization/beta",
            "conv2d_1/kernel",
            "out/kernel",
            "out/bias"
          ],
          statistics: ["batch_normalization/moving_mean", "batch_normalization/moving_variance"]
        })
        assert.strictEqual(second.name, "sequential")
      })
    )

    it.effect("a name of the author's own is not given to a layer without one", () =>
      Effect.gen(function* () {
        const model = yield* LayersModel.adapt(() =>
          tfl.sequential({
            layers: [layers.dense({ units: 1, inputShape: [1] }), layers.dense({ units: 1, name: "dense" })]
          })
        )
        assert.deepStrictEqual(pathsOf(model).parameters, [
          "dense_1/kernel",
          "dense_1/bias",
          "dense/kernel",
          "dense/bias"
        ])
      })
    )

    it.effect("nested models, wrappers and cells stand in the path", () =>
      Effect.gen(function* () {
        const dense = () => layers.dense({ units: 2, useBias: false })
        const cell = (name?: string) =>
          layers.simpleRNNCell({ units: 2, useBias: false, ...(name === undefined ? {} : { name }) })
        const model = yield* LayersModel.adapt(() =>
          tfl.sequential({
            name: "outer",
            layers: [
              layers.timeDistributed({ layer: dense(), inputShape: [3, 2] }),
              layers.bidirectional({
                layer: layers.gru({ units: 2, useBias: false, returnSequences: true }),
                name: "both",
                mergeMode: "sum"
              }),
              layers.lstm({ units: 2, useBias: false, returnSequences: true }),
              layers.rnn({ cell: cell(), returnSequences: true }),
              layers.rnn({ cell: [cell(), cell("mine")] as never, name: "stack" }),
              tfl.sequential({
                name: "block",
                layers: [
                  tfl.sequential({ layers: [layers.dense({ units: 2, inputShape: [2], useBias: false })] }),
                  dense()
                ]
              })
            ]
          })
        )
        assert.strictEqual(model.name, "outer")
        assert.deepStrictEqual(pathsOf(model).parameters, [
          "time_distributed/dense/kernel",
          "both/forward/kernel",
          "both/forward/recurrent_kernel",
          "both/backward/kernel",
          "both/backward/recurrent_kernel",
          "lstm/kernel",
          "lstm/recurrent_kernel",
          "rnn/cell/kernel",
          "rnn/cell/recurrent_kernel",
          "stack/cell_0/kernel",
          "stack/cell_0/recurrent_kernel",
          "stack/mine/kernel",
          "stack/mine/recurrent_kernel",
          "block/sequential/dense/kernel",
          "block/dense/kernel"
        ])
      })
    )

    it.effect("a shared layer is there once", () =>
      Effect.gen(function* () {
        const model = yield* LayersModel.adapt(() => {
          const input = tfl.input({ shape: [2] })
          const shared = layers.dense({ units: 2, name: "shared" })
          const inner = tfl.sequential({
            name: "inner",
            layers: [layers.inputLayer({ inputShape: [2] }), layers.reLU()]
          })
          return tfl.model({
            inputs: input,
            outputs: shared.apply(inner.apply(shared.apply(input))) as tfl.SymbolicTensor
          })
        })
        assert.deepStrictEqual(pathsOf(model).parameters, ["shared/kernel", "shared/bias"])
      })
    )
  })

  it.effect("trains a parameter unless its layer, or a model around it, is frozen", () =>
    Effect.gen(function* () {
      const dense = (name: string, trainable = true) => layers.dense({ name, trainable, units: 2, useBias: false })
      const model = yield* LayersModel.adapt(() => {
        const block = tfl.sequential({ name: "block", layers: [layers.inputLayer({ inputShape: [3, 2] }), dense("d")] })
        block.trainable = false
        const wrapped = layers.timeDistributed({ layer: dense("inside", false), inputShape: [3, 2], name: "times" })
        return tfl.sequential({ layers: [wrapped, block, dense("free"), dense("frozen", false)] })
      })
      const trained = pathsOf(model).parameters.map((path) => [path, model.trainable!(path)])
      assert.deepStrictEqual(Object.fromEntries(trained), {
        "times/inside/kernel": false,
        "block/d/kernel": false,
        "free/kernel": true,
        "frozen/kernel": false
      })
    })
  )

  describe("takes and gives a tensor, or a record by layer name", () => {
    const several = () => {
      const left = tfl.input({ shape: [2], name: "left" })
      const right = tfl.input({ shape: [2] })
      const lstm = layers.lstm({ units: 2, returnState: true, name: "lstm" })
      const states = lstm.apply(layers.reshape({ targetShape: [1, 2] }).apply(left)) as Array<tfl.SymbolicTensor>
      const sum = layers.add({ name: "sum" }).apply([left, right]) as tfl.SymbolicTensor
      return tfl.model({ inputs: [left, right], outputs: [sum, ...states] })
    }

    it.effect("in any order of the record's keys", () =>
      Effect.gen(function* () {
        const model = yield* LayersModel.adapt<any, { readonly [name: string]: tf.Tensor }>(several)
        const variables = model.init(Rng.key(0))
        const [left, input] = [tf.tensor2d([[1, 2]]), tf.tensor2d([[10, 20]])]
        const { outputs } = model.apply(variables, { input, left }, context(false))
        assert.deepStrictEqual(Object.keys(outputs), ["sum", "lstm", "lstm_1", "lstm_2"])
        assert.deepStrictEqual([...outputs["sum"]!.dataSync()], [11, 22])
        assert.deepStrictEqual([...outputs["lstm"]!.dataSync()], [...outputs["lstm_1"]!.dataSync()])
      })
    )

    it.effect("and says which input is missing, and which weight", () =>
      Effect.gen(function* () {
        const model = yield* LayersModel.adapt<TensorOrRecord, any>(several)
        const variables = model.init(Rng.key(0))
        const x = tf.zeros([1, 2])
        assert.throws(
          () => model.apply(variables, { left: x }, context(false)),
          "the model's input is a record of left, input, but it was given one tensor, without input"
        )
        assert.throws(
          () => model.apply(variables, x, context(false)),
          "the model's input is a record of left, input, but it was given one tensor"
        )
        assert.throws(
          () => model.apply({ parameters: {}, statistics: {} }, { left: x, input: x }, context(false)),
          "the parameters that were given have no lstm/kernel"
        )
      })
    )
  })

  describe("is described as JSON", () => {
    it.effect("the same for each model of the same architecture", () =>
      Effect.gen(function* () {
        const [one, other] = [yield* LayersModel.adapt(unnamed), yield* LayersModel.adapt(unnamed)]
        assert.deepStrictEqual(one.topology, other.topology)
        assert.notMatch(JSON.stringify(one.topology), /_Conv2D\d/)
      })
    )

    it.effect("from which tf.layers makes a model with the same paths and outputs", () =>
      Effect.gen(function* () {
        const build = () => {
          const input = tfl.input({ shape: [3] })
          const joined = layers.add().apply([layers.dense({ units: 3 }).apply(input) as tfl.SymbolicTensor, input])
          const nested = tfl.sequential({ layers: [layers.dense({ units: 2, inputShape: [3] }), layers.reLU()] })
          return tfl.model({ inputs: input, outputs: nested.apply(joined) as tfl.SymbolicTensor })
        }
        const model = yield* LayersModel.adapt(build)
        const modelTopology = JSON.parse(JSON.stringify(model.topology))
        const loaded = yield* Effect.promise(() => tfl.loadLayersModel({ load: async () => ({ modelTopology }) }))
        const again = yield* LayersModel.adapt(() => loaded, { weights: "keep" })
        assert.deepStrictEqual(pathsOf(again), pathsOf(model))
        const variables = model.init(Rng.key(3))
        const x = numbers([2, 3])
        assertClose(
          again.apply(variables, x, context(false)).outputs,
          model.apply(variables, x, context(false)).outputs
        )
      })
    )
  })

  describe("holds no tensors", () => {
    const count = () => tf.memory().numTensors

    it.effect("after it was adapted, nor when that failed", () =>
      Effect.gen(function* () {
        const before = count()
        yield* LayersModel.adapt(unnamed)
        assert.strictEqual(count(), before)
        yield* Effect.flip(
          LayersModel.adapt(() => {
            unnamed()
            throw new Error("no")
          })
        )
        assert.strictEqual(count(), before)
        yield* Effect.flip(
          LayersModel.adapt(() =>
            tfl.sequential({ layers: [layers.lstm({ units: 1, stateful: true, batchInputShape: [1, 2, 1] })] })
          )
        )
        assert.strictEqual(count(), before)
      })
    )

    it.effect("after steps of training: each leaves only what it gives", () =>
      Effect.gen(function* () {
        const model = yield* LayersModel.adapt(() =>
          tfl.sequential({
            layers: [
              layers.embedding({ inputDim: 5, outputDim: 3, maskZero: true, inputLength: 4 }),
              layers.lstm({ units: 3, dropout: 0.3, recurrentDropout: 0.3, kernelRegularizer: "l1l2" }),
              layers.batchNormalization(),
              layers.dense({ units: 2 })
            ]
          })
        )
        const before = count()
        let variables: Variables = model.init(Rng.key(0))
        const held = count()
        for (let step = 0; step < 3; step++) {
          const tokens = () => integers([2, 4], 5, step)
          let next: Variables | undefined
          tf.tidy(() => {
            const drawing = context(true, { seed: step })
            const { parameters, statistics } = descend(model, variables, tokens(), [tf.zeros([2, 2])], 0.1, drawing)
            // `descend` keeps statistics already.
            next = { parameters: retain(parameters), statistics }
          })
          dispose(variables.parameters)
          dispose(variables.statistics)
          variables = next!
          assert.strictEqual(count(), held, `step ${step}`)
        }
        tf.tidy(() => {
          model.apply(variables, integers([2, 4], 5), context(false))
        })
        assert.strictEqual(count(), held)
        dispose(variables.parameters)
        dispose(variables.statistics)
        assert.strictEqual(count(), before)
      })
    )

    it.effect("after a forward pass that failed", () =>
      Effect.gen(function* () {
        const model = yield* LayersModel.adapt(unnamed)
        const variables = model.init(Rng.key(0))
        const before = count()
        tf.tidy(() => assert.throws(() => model.apply(variables, tf.zeros([1, 5, 5, 2]), context(true))))
        assert.strictEqual(count(), before)
        tf.tidy(() => {
          model.apply(variables, tf.zeros([1, 6, 6, 1]), context(true))
        })
        assert.strictEqual(count(), before)
      })
    )
  })

  it.effect("takes layers of one's own that are pure, with the layers that they hold", () =>
    Effect.gen(function* () {
      const build = () => tfl.sequential({ layers: [layers.dense({ units: 3, inputShape: [3] }), new Residual({})] })
      const model = yield* LayersModel.adapt(build)
      const paths = ["dense/kernel", "dense/bias", "residual/inner/kernel", "residual/inner/bias"]
      assert.deepStrictEqual(pathsOf(model).parameters, paths)
      assert.isFalse(model.crossSample)
      const variables = model.init(Rng.key(2))
      const x = numbers([4, 3])
      const twin = reference(build)
      twin.predict(x)
      assign(twin, variables)
      assertClose(model.apply(variables, x, context(false)).outputs, twin.predict(x) as tf.Tensor)
      const next = descend(model, variables, x, [tf.zeros([4, 3])], 0.1)
      assert.notDeepEqual(
        [...next.parameters["residual/inner/kernel"]!.dataSync()],
        [...variables.parameters["residual/inner/kernel"]!.dataSync()]
      )
    })
  )

  it.effect("gives back what a layer of one's own writes, and says that its samples influence each other", () =>
    Effect.gen(function* () {
      const model = yield* LayersModel.adapt(() =>
        tfl.sequential({ layers: [layers.inputLayer({ inputShape: [1] }), new Centring({ name: "centre" })] })
      )
      assert.isTrue(model.crossSample)
      const { outputs, statistics } = model.apply(model.init(Rng.key(0)), tf.tensor2d([[1], [3]]), context(true))
      assert.deepStrictEqual([...outputs.dataSync()], [-1, 1])
      assert.deepStrictEqual([...statistics!["centre/mean"]!.dataSync()], [2])
      const evaluated = model.apply({ parameters: {}, statistics: statistics! }, tf.tensor2d([[5]]), context(false))
      assert.deepStrictEqual([...evaluated.outputs.dataSync()], [3])
    })
  )

  it.effect("gives gradients by the tensors that were passed in", () =>
    Effect.gen(function* () {
      const model = yield* LayersModel.adapt(() =>
        tfl.sequential({
          layers: [
            layers.dense({ name: "d", units: 1, inputShape: [1], kernelRegularizer: tfl.regularizers.l2({ l2: 3 }) })
          ]
        })
      )
      const loss = (kernel: tf.Tensor, bias: tf.Tensor) => {
        const parameters = { "d/kernel": kernel, "d/bias": bias }
        const { outputs, penalty } = model.apply({ parameters, statistics: {} }, tf.tensor2d([[2]]), context(true))
        return tf.add(tf.sum(tf.square(outputs)), penalty!) as tf.Scalar
      }
      const [kernel, bias] = tf.grads(loss as (...tensors: Array<tf.Tensor>) => tf.Tensor)([
        tf.tensor2d([[5]]),
        tf.tensor1d([1])
      ])
      // (2k + b)² + 3k² at k = 5, b = 1: 4·11 + 6·5 and 2·11.
      assertClose(kernel!, tf.tensor2d([[74]]))
      assertClose(bias!, tf.tensor1d([22]))
    })
  )
})
