/** Models that are written in the format of tf.js, and read by it. */
import { assert, layer } from "@effect/vitest"
import type * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as LayersArtifacts from "../src/LayersArtifacts.ts"
import * as LayersModel from "../src/LayersModel.ts"
import { innermost } from "../src/layers/TfLayers.ts"
import * as Rng from "../src/Rng.ts"
import { isTensor, type Tensors } from "../src/Tensors.ts"
import type { TensorData } from "../src/TrainState.ts"
import * as Cpu from "./support/cpu.ts"
import { type Case, everyCase } from "./support/everyLayer.ts"
import { assertClose, context, integers, numbers } from "./support/layers.ts"

const { layers } = tfl

const host = (tensor: tf.Tensor): TensorData => ({
  dtype: tensor.dtype as TensorData["dtype"],
  shape: tensor.shape,
  values: tensor.dataSync().slice() as TensorData["values"]
})

const loaded = ({ modelTopology, weightSpecs, weightData }: LayersArtifacts.Artifacts) =>
  Effect.promise(() =>
    tfl.loadLayersModel({
      load: async () => ({ modelTopology, weightSpecs: [...weightSpecs], weightData: weightData.slice().buffer })
    })
  )

const inputsOf = ({ shapes, integersBelow }: Case) =>
  shapes.map((shape, at) =>
    integersBelow === undefined ? numbers([2, ...shape], at) : integers([2, ...shape], integersBelow, at)
  )

/** Predicts by the adapted model, and by plain tf.js after the model has been written. */
const predictedTwice = (tried: Case) =>
  Effect.gen(function* () {
    const model = yield* LayersModel.adapt<any, any>(tried.build)
    const { parameters, statistics } = model.init(Rng.key(3))
    const weights = Object.fromEntries(
      Object.entries({ ...parameters, ...statistics }).map(([path, tensor]) => [path, host(tensor)])
    )
    const read = yield* loaded(yield* LayersArtifacts.encode(model.topology, weights))
    const inputs = inputsOf(tried)
    const { inputNames } = innermost(read)
    const given = inputs.length === 1 ? inputs[0]! : Object.fromEntries(inputs.map((x, at) => [inputNames[at]!, x]))
    const { outputs } = model.apply({ parameters, statistics }, given, context(false))
    return {
      expected: isTensor(outputs) ? [outputs] : Object.values(outputs as Tensors),
      found: [read.predict(inputs.length === 1 ? inputs[0]! : inputs)].flat()
    }
  })

/** A model of layers drawn by a seed: recurrent, convolutional and dense ones, nested, wrapped, shared, in several branches. */
const drawn = (seed: number): Case => {
  const shapes = [
    [4, 3],
    [6, 6, 2]
  ].slice(0, 1 + (seed % 2))
  const build = () => {
    let draws = 0
    const pick = <A>(...options: ReadonlyArray<A>): A =>
      options[Math.floor(Rng.uniforms(Rng.named(Rng.key(seed), String(draws++)), 1)[0]! * options.length)]!
    const apply = (own: tfl.layers.Layer, x: tfl.SymbolicTensor) => own.apply(x) as tfl.SymbolicTensor
    const name = () => (pick(true, false) ? {} : { name: `own${draws}` })
    const cell = () =>
      pick<(options: { units: number }) => tfl.layers.Layer>(
        layers.gruCell,
        layers.lstmCell,
        layers.simpleRNNCell
      )({ units: pick(2, 3), ...name() }) as tfl.RNN["cell"]
    const reader = () =>
      pick<() => tfl.layers.Layer>(
        () => layers.lstm({ units: 3, returnSequences: true, ...name() }),
        () => layers.gru({ units: 2, returnSequences: true, ...name() }),
        () => layers.rnn({ cell: [cell(), cell()], returnSequences: true, ...name() }),
        () =>
          layers.bidirectional({
            layer: pick(layers.gru, layers.lstm, layers.simpleRNN)({ units: 2, returnSequences: true, ...name() }),
            mergeMode: pick("sum", "concat"),
            ...name()
          } as never),
        () => layers.timeDistributed({ layer: layers.dense({ units: pick(2, 3) }), ...name() }),
        () => layers.batchNormalization(name()),
        () => layers.layerNormalization(name())
      )()
    const looker = () =>
      pick<() => tfl.layers.Layer>(
        () => layers.conv2d({ filters: pick(2, 3), kernelSize: 3, padding: "same", ...name() }),
        () => layers.separableConv2d({ filters: 2, kernelSize: 2, depthMultiplier: 2, padding: "same", ...name() }),
        () => layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: pick(1, 2), padding: "same", ...name() }),
        () => layers.batchNormalization(name())
      )()
    const nested = (x: tfl.SymbolicTensor, layer: () => tfl.layers.Layer, depth: number): tfl.SymbolicTensor => {
      if (depth === 0 || pick(true, false)) return apply(layer(), x)
      const inner = tfl.input({ shape: x.shape.slice(1) })
      const outputs = nested(apply(layer(), inner), layer, depth - 1)
      return apply(tfl.model({ inputs: inner, outputs, ...name() }), x)
    }
    const inputs = shapes.map((shape) => tfl.input({ shape, ...name() }))
    const flat = inputs.flatMap((input, at) => {
      const layer = at === 0 ? reader : looker
      const ends = [nested(input, layer, 2), nested(nested(input, layer, 1), layer, 2)]
      return ends.map((end) => apply(layers.flatten(), end))
    })
    const shared = layers.dense({ units: 3, ...name() })
    const heads = flat.map((end) => apply(shared, apply(layers.dense({ units: 4, activation: "tanh" }), end)))
    const sum = layers.add().apply(heads) as tfl.SymbolicTensor
    const outputs = pick(true, false) ? [sum] : [sum, apply(layers.dense({ units: 2, ...name() }), sum)]
    return tfl.model({ inputs, outputs })
  }
  return { build, shapes }
}

layer(Cpu.layer)("a model in the format of tf.js predicts there what it predicted before", (it) => {
  for (let seed = 0; seed < 40; seed++) {
    it.effect(`drawn by seed ${seed}`, () =>
      Effect.gen(function* () {
        const { expected, found } = yield* predictedTwice(drawn(seed))
        assert.strictEqual(found.length, expected.length)
        for (const [at, tensor] of expected.entries()) assertClose(found[at]!, tensor, 1e-6)
      })
    )
  }
  it.effect("or is refused, where tf.js does not know its activation when it reads it", () =>
    Effect.gen(function* () {
      const build = () =>
        tfl.sequential({ layers: [layers.dense({ units: 2, inputShape: [2], activation: "gelu_new" as never })] })
      const error = yield* Effect.flip(predictedTwice({ build, shapes: [[2]] }))
      assert.match(
        error.message,
        /^The model cannot be written for tf.js: tf.js cannot read it back: Unknown activation: geluNew/
      )
    })
  )
  for (const [name, tried] of Object.entries(everyCase)) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { expected, found } = yield* predictedTwice(tried)
        assert.strictEqual(found.length, expected.length)
        for (const [at, tensor] of expected.entries()) assertClose(found[at]!, tensor, 1e-6)
      })
    )
  }
})
