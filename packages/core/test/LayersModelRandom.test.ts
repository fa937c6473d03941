import { assert, describe, layer } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as LayersModel from "../src/LayersModel.ts"
import type { Model, Variables } from "../src/Model.ts"
import * as Rng from "../src/Rng.ts"
import * as Cpu from "./support/cpu.ts"
import { assertClose, context, numbers } from "./support/layers.ts"

const { layers } = tfl

const single = (
  name: string,
  make: (options: { name: string; inputShape: Array<number> }) => tfl.layers.Layer,
  shape: Array<number>
) => LayersModel.adapt(() => tfl.sequential({ layers: [make({ name, inputShape: shape })] }))

const ones = (...shape: Array<number>) => tf.ones(shape)
const none: Variables = { parameters: {}, statistics: {} }

const valuesOf = (tensor: tf.Tensor): Array<number> => [...tensor.dataSync()]
const meanOf = (tensor: tf.Tensor): number => tf.mean(tensor).dataSync()[0]!
const deviationOf = (tensor: tf.Tensor): number => tf.sqrt(tf.moments(tensor).variance).dataSync()[0]!

const recurrent = { units: 3, recurrentInitializer: "glorotUniform", kernelInitializer: "glorotUniform" } as const
const dropped = { dropout: 0.5, recurrentDropout: 0.5 }

/** Models whose training pass draws, by what draws in them. */
const random: {
  readonly [name: string]: { readonly build: () => tfl.LayersModel; readonly shape: ReadonlyArray<number> }
} = {
  Dropout: { build: () => tfl.sequential({ layers: [layers.dropout({ rate: 0.5, inputShape: [6] })] }), shape: [6] },
  "Dropout with a noise shape": {
    build: () =>
      tfl.sequential({
        layers: [layers.dropout({ rate: 0.5, inputShape: [6, 2], noiseShape: [null, 6, 1] as never })]
      }),
    shape: [6, 2]
  },
  SpatialDropout1D: {
    build: () => tfl.sequential({ layers: [layers.spatialDropout1d({ rate: 0.5, inputShape: [3, 6] } as never)] }),
    shape: [3, 6]
  },
  GaussianNoise: {
    build: () => tfl.sequential({ layers: [layers.gaussianNoise({ stddev: 1, inputShape: [6] })] }),
    shape: [6]
  },
  GaussianDropout: {
    build: () => tfl.sequential({ layers: [layers.gaussianDropout({ rate: 0.5, inputShape: [6] })] }),
    shape: [6]
  },
  AlphaDropout: {
    build: () => tfl.sequential({ layers: [layers.alphaDropout({ rate: 0.5, inputShape: [6] })] }),
    shape: [6]
  },
  SimpleRNN: {
    build: () => tfl.sequential({ layers: [layers.simpleRNN({ ...recurrent, ...dropped, inputShape: [4, 6] })] }),
    shape: [4, 6]
  },
  GRU: {
    build: () => tfl.sequential({ layers: [layers.gru({ ...recurrent, ...dropped, inputShape: [4, 6] })] }),
    shape: [4, 6]
  },
  LSTM: {
    build: () => tfl.sequential({ layers: [layers.lstm({ ...recurrent, ...dropped, inputShape: [4, 6] })] }),
    shape: [4, 6]
  },
  "recurrent dropout alone": {
    build: () => tfl.sequential({ layers: [layers.lstm({ ...recurrent, recurrentDropout: 0.5, inputShape: [4, 6] })] }),
    shape: [4, 6]
  },
  ConvLSTM2D: {
    build: () =>
      tfl.sequential({
        layers: [layers.convLstm2d({ ...dropped, filters: 2, kernelSize: 2, inputShape: [3, 4, 4, 1] } as never)]
      }),
    shape: [3, 4, 4, 1]
  },
  Bidirectional: {
    build: () =>
      tfl.sequential({
        layers: [
          layers.bidirectional({
            layer: layers.gru({ ...recurrent, ...dropped }),
            mergeMode: "concat",
            inputShape: [4, 6]
          } as never)
        ]
      }),
    shape: [4, 6]
  },
  "a plain RNN of stacked cells": {
    build: () => {
      const cell = [layers.gruCell({ ...recurrent, ...dropped }), layers.simpleRNNCell({ ...recurrent, ...dropped })]
      return tfl.sequential({ layers: [layers.rnn({ cell, inputShape: [4, 6] } as never)] })
    },
    shape: [4, 6]
  },
  "dropout at each time": {
    build: () =>
      tfl.sequential({
        layers: [layers.timeDistributed({ layer: layers.dropout({ rate: 0.5 }), inputShape: [4, 6] })]
      }),
    shape: [4, 6]
  }
}

layer(Cpu.layer)("random layers of an adapted model", (it) => {
  for (const [name, { build, shape }] of Object.entries(random)) {
    describe(name, () => {
      const given = () => tf.add(numbers([6, ...shape], 5), 3)
      const run = (
        model: Model<tf.Tensor, tf.Tensor>,
        variables: Variables,
        x: tf.Tensor,
        options: Parameters<typeof context>[1]
      ) => model.apply(variables, x, context(true, options)).outputs

      it.effect("draws the same for the same key, and something else for another", () =>
        Effect.gen(function* () {
          const model = yield* LayersModel.adapt(build)
          const variables = model.init(Rng.key(1))
          const x = given()
          const first = valuesOf(run(model, variables, x, { seed: 1 }))
          assert.deepStrictEqual(valuesOf(run(model, variables, x, { seed: 1 })), first)
          assert.notDeepEqual(valuesOf(run(model, variables, x, { seed: 2 })), first)
        })
      )

      it.effect("draws for the samples of a microbatch what it draws for them in the whole batch", () =>
        Effect.gen(function* () {
          const model = yield* LayersModel.adapt(build)
          const variables = model.init(Rng.key(1))
          const x = given()
          const whole = run(model, variables, x, { seed: 3 })
          const samples = [4, 1, 5]
          const part = run(model, variables, tf.gather(x, samples), { seed: 3, batchSize: 6, samples })
          assertClose(part, tf.gather(whole, samples), 1e-6)
        })
      )

      it.effect("is off in evaluation", () =>
        Effect.gen(function* () {
          const model = yield* LayersModel.adapt(build)
          const variables = model.init(Rng.key(1))
          const x = given()
          const [one, other] = [1, 2].map((seed) =>
            valuesOf(model.apply(variables, x, context(false, { seed })).outputs)
          )
          assert.deepStrictEqual(one, other)
        })
      )

      it.effect("differs between samples", () =>
        Effect.gen(function* () {
          const model = yield* LayersModel.adapt(build)
          const variables = model.init(Rng.key(1))
          const rows = valuesOf(tf.max(tf.reshape(run(model, variables, ones(6, ...shape), { seed: 4 }), [6, -1]), 1))
          const all = run(model, variables, ones(6, ...shape), { seed: 4 })
          const texts = new Set(Array.from({ length: 6 }, (_, at) => valuesOf(tf.gather(all, [at])).join()))
          assert.isAbove(texts.size, 1, rows.join())
        })
      )
    })
  }

  it.effect("two layers of one kind draw differently", () =>
    Effect.gen(function* () {
      const build = (name: string) => single(name, (options) => layers.dropout({ ...options, rate: 0.5 }), [64])
      const [one, other] = [yield* build("one"), yield* build("other")]
      const [a, b] = [one, other].map((model) => valuesOf(model.apply(none, ones(1, 64), context(true)).outputs))
      assert.notDeepEqual(a, b)
    })
  )

  it.effect("a layer that is called twice draws anew the second time", () =>
    Effect.gen(function* () {
      const model = yield* LayersModel.adapt<tf.Tensor, { readonly [name: string]: tf.Tensor }>(() => {
        const input = tfl.input({ shape: [64] })
        const dropout = layers.dropout({ rate: 0.5, name: "dropout" })
        const [one, two] = [dropout.apply(input), dropout.apply(input)] as Array<tfl.SymbolicTensor>
        return tfl.model({ inputs: input, outputs: [one!, two!] })
      })
      const { outputs } = model.apply(none, ones(1, 64), context(true))
      assert.deepStrictEqual(Object.keys(outputs), ["dropout", "dropout_1"])
      assert.notDeepEqual(valuesOf(outputs["dropout"]!), valuesOf(outputs["dropout_1"]!))
    })
  )

  it.effect("dropout keeps a share of 1 − rate, scaled by 1 / (1 − rate)", () =>
    Effect.gen(function* () {
      const model = yield* single("drop", (options) => layers.dropout({ ...options, rate: 0.2 }), [100])
      const { outputs } = model.apply(none, ones(100, 100), context(true))
      assert.deepStrictEqual([...new Set(valuesOf(outputs))].sort(), [0, 1.25])
      // Four standard errors: 4·√(0.2·0.8/10⁴)/0.8.
      assert.closeTo(meanOf(outputs), 1, 0.02)
    })
  )

  it.effect("a noise shape repeats the mask along its axes of length 1", () =>
    Effect.gen(function* () {
      const model = yield* single(
        "drop",
        (options) => layers.dropout({ ...options, rate: 0.5, noiseShape: [null, 1, 8] as never }),
        [3, 8]
      )
      const { outputs } = model.apply(none, ones(4, 3, 8), context(true))
      const [first, ...others] = tf.unstack(outputs, 1).map(valuesOf)
      for (const other of others) assert.deepStrictEqual(other, first)
      assert.deepStrictEqual([...new Set(first)].sort(), [0, 2])
    })
  )

  it.effect("spatial dropout drops whole channels", () =>
    Effect.gen(function* () {
      const model = yield* single(
        "drop",
        (options) => layers.spatialDropout1d({ ...options, rate: 0.5 } as never),
        [5, 16]
      )
      const { outputs } = model.apply(none, ones(4, 5, 16), context(true))
      const [first, ...others] = tf.unstack(outputs, 1).map(valuesOf)
      for (const other of others) assert.deepStrictEqual(other, first)
      assert.deepStrictEqual([...new Set(first)].sort(), [0, 2])
    })
  )

  it.effect("Gaussian noise has mean 0 and its deviation", () =>
    Effect.gen(function* () {
      const model = yield* single("noise", (options) => layers.gaussianNoise({ ...options, stddev: 0.5 }), [100])
      const { outputs } = model.apply(none, tf.zeros([100, 100]), context(true))
      assert.closeTo(meanOf(outputs), 0, 0.02)
      assert.closeTo(deviationOf(outputs), 0.5, 0.015)
    })
  )

  it.effect("Gaussian dropout has mean 1 and deviation √(rate / (1 − rate))", () =>
    Effect.gen(function* () {
      const model = yield* single("noise", (options) => layers.gaussianDropout({ ...options, rate: 0.2 }), [100])
      const { outputs } = model.apply(none, ones(100, 100), context(true))
      assert.closeTo(meanOf(outputs), 1, 0.02)
      assert.closeTo(deviationOf(outputs), 0.5, 0.015)
    })
  )

  it.effect("alpha dropout keeps mean 0 and deviation 1 of normal inputs", () =>
    Effect.gen(function* () {
      const model = yield* single("drop", (options) => layers.alphaDropout({ ...options, rate: 0.3 }), [100])
      const x = tf.tensor(Rng.normals(Rng.key(8), 100 * 100), [100, 100])
      const { outputs } = model.apply(none, x, context(true))
      assert.closeTo(meanOf(outputs), 0, 0.04)
      assert.closeTo(deviationOf(outputs), 1, 0.03)
    })
  )

  it.effect("a recurrent layer's mask is the same at all times", () =>
    Effect.gen(function* () {
      // Adds up its inputs: with the mask on the inputs, each sum is 0 or 5·2.
      const model = yield* LayersModel.adapt(() =>
        tfl.sequential({
          layers: [
            layers.simpleRNN({
              name: "sum",
              units: 1,
              activation: "linear",
              useBias: false,
              dropout: 0.5,
              inputShape: [5, 1]
            })
          ]
        })
      )
      const parameters = { "sum/kernel": ones(1, 1), "sum/recurrent_kernel": ones(1, 1) }
      const { outputs } = model.apply({ parameters, statistics: {} }, ones(32, 5, 1), context(true))
      assert.deepStrictEqual([...new Set(valuesOf(outputs))].sort(), [0, 10])
    })
  )

  it.effect("recurrent dropout masks the state between times", () =>
    Effect.gen(function* () {
      const model = yield* LayersModel.adapt(() =>
        tfl.sequential({
          layers: [
            layers.simpleRNN({
              name: "sum",
              units: 1,
              activation: "linear",
              useBias: false,
              recurrentDropout: 0.5,
              inputShape: [3, 1]
            })
          ]
        })
      )
      const parameters = { "sum/kernel": ones(1, 1), "sum/recurrent_kernel": ones(1, 1) }
      const { outputs } = model.apply({ parameters, statistics: {} }, ones(32, 3, 1), context(true))
      // Dropped: only the last input. Kept: h ← 1 + 2h, thrice.
      assert.deepStrictEqual([...new Set(valuesOf(outputs))].sort(), [1, 7])
    })
  )
})
