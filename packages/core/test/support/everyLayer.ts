/**
 * A small model for every layer of tf.layers, and for the ways in which layers hold layers. Each is built anew at each
 * call, as a user's function for `LayersModel.adapt` does.
 */
import * as tfl from "@tensorflow/tfjs-layers"

const { layers } = tfl

type Layer = tfl.layers.Layer
type Symbolic = tfl.SymbolicTensor

export interface Case {
  readonly build: () => tfl.LayersModel
  /** Of the inputs' samples, in the model's order. */
  readonly shapes: ReadonlyArray<ReadonlyArray<number>>
  /** Inputs are whole numbers below this. */
  readonly integersBelow?: number
}

/** The layer alone, on an input of that shape. */
const one = (shape: ReadonlyArray<number>, layer: () => Layer): Case => ({
  build: () => {
    const input = tfl.input({ shape: [...shape] })
    return tfl.model({ inputs: input, outputs: layer().apply(input) as Symbolic })
  },
  shapes: [shape]
})

/** Two inputs, joined by the layer. */
const joined = (shape: ReadonlyArray<number>, layer: () => Layer): Case => ({
  build: () => {
    const inputs = [tfl.input({ shape: [...shape] }), tfl.input({ shape: [...shape] })]
    return tfl.model({ inputs, outputs: layer().apply(inputs) as Symbolic })
  },
  shapes: [shape, shape]
})

const sequence = [4, 3]
const line = [6, 2]
const image = [6, 6, 2]
const volume = [4, 4, 4, 2]
const film = [3, 6, 6, 2]

/** By the name of the function that makes the layer. `input` and `inputLayer` are in all of them. */
export const everyLayer: { readonly [name: string]: Case } = {
  activation: one([4], () => layers.activation({ activation: "softsign" })),
  elu: one([4], () => layers.elu()),
  reLU: one([4], () => layers.reLU({ maxValue: 1 })),
  leakyReLU: one([4], () => layers.leakyReLU({ alpha: 0.2 })),
  prelu: one([4], () => layers.prelu({ alphaInitializer: "randomUniform" })),
  softmax: one([4], () => layers.softmax()),
  thresholdedReLU: one([4], () => layers.thresholdedReLU({ theta: 0.5 })),
  conv1d: one(line, () => layers.conv1d({ filters: 3, kernelSize: 2 })),
  conv2d: one(image, () => layers.conv2d({ filters: 3, kernelSize: 3, strides: 2 })),
  conv2dTranspose: one(image, () => layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2 })),
  conv3d: one(volume, () => layers.conv3d({ filters: 3, kernelSize: 2 })),
  conv3dTranspose: one(volume, () => layers.conv3dTranspose({ filters: 2, kernelSize: 2 })),
  separableConv2d: one(image, () => layers.separableConv2d({ filters: 3, kernelSize: 3, depthMultiplier: 2 })),
  depthwiseConv2d: one(image, () => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 })),
  cropping2D: one(image, () =>
    layers.cropping2D({
      cropping: [
        [1, 1],
        [2, 1]
      ]
    })
  ),
  upSampling2d: one(image, () => layers.upSampling2d({ size: [2, 2] })),
  zeroPadding2d: one(image, () =>
    layers.zeroPadding2d({
      padding: [
        [1, 0],
        [2, 1]
      ]
    })
  ),
  dense: one([4], () => layers.dense({ units: 3, activation: "tanh" })),
  dropout: one([4], () => layers.dropout({ rate: 0.5 })),
  spatialDropout1d: one(sequence, () => layers.spatialDropout1d({ rate: 0.5 })),
  flatten: one(image, () => layers.flatten()),
  repeatVector: one([4], () => layers.repeatVector({ n: 3 })),
  reshape: one([4], () => layers.reshape({ targetShape: [2, 2] })),
  permute: one(sequence, () => layers.permute({ dims: [2, 1] })),
  embedding: { ...one([4], () => layers.embedding({ inputDim: 5, outputDim: 3 })), integersBelow: 5 },
  add: joined([4], () => layers.add()),
  average: joined([4], () => layers.average()),
  concatenate: joined([4], () => layers.concatenate()),
  maximum: joined([4], () => layers.maximum()),
  minimum: joined([4], () => layers.minimum()),
  multiply: joined([4], () => layers.multiply()),
  dot: joined([4], () => layers.dot({ axes: 1, normalize: true })),
  batchNormalization: one(image, () => layers.batchNormalization({ gammaInitializer: "randomUniform" })),
  layerNormalization: one([4], () => layers.layerNormalization({ betaInitializer: "randomNormal" })),
  averagePooling1d: one(line, () => layers.averagePooling1d({ poolSize: 2 })),
  averagePooling2d: one(image, () => layers.averagePooling2d({ poolSize: 2 })),
  averagePooling3d: one(volume, () => layers.averagePooling3d({ poolSize: 2, strides: 2 } as never)),
  globalAveragePooling1d: one(line, () => layers.globalAveragePooling1d()),
  globalAveragePooling2d: one(image, () => layers.globalAveragePooling2d({})),
  globalMaxPooling1d: one(line, () => layers.globalMaxPooling1d()),
  globalMaxPooling2d: one(image, () => layers.globalMaxPooling2d({})),
  maxPooling1d: one(line, () => layers.maxPooling1d({ poolSize: 2 })),
  maxPooling2d: one(image, () => layers.maxPooling2d({ poolSize: 2 })),
  maxPooling3d: one(volume, () => layers.maxPooling3d({ poolSize: 2, strides: 2 } as never)),
  gru: one(sequence, () => layers.gru({ units: 3 })),
  lstm: one(sequence, () => layers.lstm({ units: 3, returnSequences: true })),
  simpleRNN: one(sequence, () => layers.simpleRNN({ units: 3 })),
  gruCell: one(sequence, () => layers.rnn({ cell: layers.gruCell({ units: 3 }) })),
  lstmCell: one(sequence, () => layers.rnn({ cell: layers.lstmCell({ units: 3 }) })),
  simpleRNNCell: one(sequence, () => layers.rnn({ cell: layers.simpleRNNCell({ units: 3 }) })),
  convLstm2d: one(film, () => layers.convLstm2d({ filters: 2, kernelSize: 3 })),
  convLstm2dCell: one(film, () => layers.convLstm2d({ filters: 2, kernelSize: 3, padding: "same", goBackwards: true })),
  rnn: one(sequence, () =>
    layers.rnn({ cell: [layers.lstmCell({ units: 3 }), layers.gruCell({ units: 2 })], returnSequences: true })
  ),
  stackedRNNCells: one(sequence, () =>
    layers.rnn({
      cell: layers.stackedRNNCells({
        cells: [layers.simpleRNNCell({ units: 3 }), layers.simpleRNNCell({ units: 2, name: "upper" })]
      })
    })
  ),
  bidirectional: one(sequence, () => layers.bidirectional({ layer: layers.lstm({ units: 3 }), mergeMode: "concat" })),
  timeDistributed: one(sequence, () => layers.timeDistributed({ layer: layers.dense({ units: 2 }) })),
  gaussianNoise: one([4], () => layers.gaussianNoise({ stddev: 0.5 })),
  gaussianDropout: one([4], () => layers.gaussianDropout({ rate: 0.5 })),
  alphaDropout: one([4], () => layers.alphaDropout({ rate: 0.5 })),
  masking: one(sequence, () => layers.masking({ maskValue: 0 })),
  rescaling: one([4], () => layers.rescaling({ scale: 2, offset: 1 })),
  centerCrop: one(image, () => layers.centerCrop({ height: 4, width: 4 })),
  categoryEncoding: {
    ...one([4], () => layers.categoryEncoding({ numTokens: 5, outputMode: "multiHot" })),
    integersBelow: 5
  }
}

const activations = [
  "elu",
  "hardSigmoid",
  "linear",
  "relu",
  "relu6",
  "selu",
  "sigmoid",
  "softmax",
  "softplus",
  "softsign",
  "tanh",
  "swish",
  "mish",
  "gelu"
] as const

/** Options that change what a layer computes, away from their defaults. */
export const everyOption: { readonly [name: string]: Case } = {
  ...Object.fromEntries(
    activations.map((activation) => [
      `dense with ${activation}`,
      one([4], () => layers.dense({ units: 3, activation: activation as never }))
    ])
  ),
  "prelu with shared axes": one(image, () => layers.prelu({ alphaInitializer: "randomUniform", sharedAxes: [1, 2] })),
  "dense without bias": one([4], () => layers.dense({ units: 3, useBias: false })),
  "dense with regularizers and constraints": one([4], () =>
    layers.dense({
      units: 3,
      kernelRegularizer: tfl.regularizers.l1l2({ l1: 0.1, l2: 0.2 }),
      activityRegularizer: undefined as never,
      biasRegularizer: "l1l2",
      kernelConstraint: tfl.constraints.minMaxNorm({ minValue: 0.1, maxValue: 0.5 }),
      biasConstraint: "nonNeg",
      kernelInitializer: tfl.initializers.varianceScaling({ scale: 3, mode: "fanOut", distribution: "uniform" }),
      biasInitializer: tfl.initializers.truncatedNormal({ stddev: 2 })
    })
  ),
  "conv1d, dilated, padded": one(line, () =>
    layers.conv1d({ filters: 3, kernelSize: 2, dilationRate: 2, padding: "same", useBias: false })
  ),
  "conv2d, dilated, padded": one(image, () =>
    layers.conv2d({ filters: 3, kernelSize: [2, 3], dilationRate: [2, 1], padding: "same", activation: "relu" })
  ),
  "conv2d, channels first": one([2, 6, 6], () =>
    layers.conv2d({ filters: 3, kernelSize: 3, dataFormat: "channelsFirst" })
  ),
  "conv2dTranspose, padded": one(image, () =>
    layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: [2, 1], padding: "same", useBias: false })
  ),
  "conv3d, strided, padded": one(volume, () =>
    layers.conv3d({ filters: 2, kernelSize: [2, 1, 3], strides: 2, padding: "same" })
  ),
  "conv3dTranspose, strided": one(volume, () => layers.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2 })),
  "depthwiseConv2d, strided": one(image, () =>
    layers.depthwiseConv2d({ kernelSize: 2, strides: 2, padding: "same", depthMultiplier: 3, activation: "tanh" })
  ),
  "separableConv2d, strided": one(image, () =>
    layers.separableConv2d({ filters: 3, kernelSize: 2, strides: 2, padding: "same", activation: "tanh" })
  ),
  "cropping2D, channels first": one([2, 6, 6], () =>
    layers.cropping2D({
      dataFormat: "channelsFirst",
      cropping: [
        [1, 2],
        [0, 1]
      ]
    })
  ),
  "zeroPadding2d, channels first": one([2, 6, 6], () =>
    layers.zeroPadding2d({
      dataFormat: "channelsFirst",
      padding: [
        [1, 2],
        [0, 1]
      ]
    })
  ),
  "upSampling2d, bilinear": one(image, () => layers.upSampling2d({ size: [2, 3], interpolation: "bilinear" })),
  "flatten, channels first": one([2, 3, 3], () => layers.flatten({ dataFormat: "channelsFirst" })),
  "reshape with an unknown side": one([6], () => layers.reshape({ targetShape: [3, -1] as never })),
  "embedding with a mask": {
    build: () =>
      tfl.sequential({
        layers: [
          layers.embedding({ inputDim: 5, outputDim: 3, inputLength: 4, maskZero: true }),
          layers.lstm({ units: 3 })
        ]
      }),
    shapes: [[4]],
    integersBelow: 5
  },
  "concatenate along another axis": joined(sequence, () => layers.concatenate({ axis: 1 })),
  "dot along two axes": joined(sequence, () => layers.dot({ axes: [2, 2] })),
  "batchNormalization along another axis": one(image, () =>
    layers.batchNormalization({
      axis: 1,
      epsilon: 0.1,
      center: false,
      movingVarianceInitializer: "randomUniform" as never
    })
  ),
  "layerNormalization along two axes": one(sequence, () =>
    layers.layerNormalization({ axis: [1, 2], epsilon: 0.1, scale: false })
  ),
  "averagePooling1d, padded": one([5, 2], () => layers.averagePooling1d({ poolSize: 2, strides: 1, padding: "same" })),
  "maxPooling2d, strided": one(image, () =>
    layers.maxPooling2d({ poolSize: [3, 2], strides: [1, 2], padding: "same" })
  ),
  "maxPooling2d, channels first": one([2, 6, 6], () =>
    layers.maxPooling2d({ poolSize: 2, dataFormat: "channelsFirst" })
  ),
  "gru with other gates, backwards": one(sequence, () =>
    layers.gru({ units: 3, activation: "relu", recurrentActivation: "sigmoid", goBackwards: true, useBias: false })
  ),
  "lstm with a forget bias": one(sequence, () =>
    layers.lstm({ units: 3, unitForgetBias: true, recurrentActivation: "sigmoid", unroll: true } as never)
  ),
  "lstm that gives its states": one(sequence, () => layers.lstm({ units: 3, returnState: true })),
  "lstm with dropout": one(sequence, () => layers.lstm({ units: 3, dropout: 0.3, recurrentDropout: 0.2 })),
  "convLstm2d, padded": one(film, () =>
    layers.convLstm2d({ filters: 2, kernelSize: 2, padding: "same", returnSequences: true, activation: "relu" })
  ),
  ...Object.fromEntries(
    (["sum", "mul", "ave", "concat"] as const).map((mergeMode) => [
      `bidirectional, merged by ${mergeMode}`,
      one(sequence, () =>
        layers.bidirectional({ layer: layers.gru({ units: 2, returnSequences: true, name: "reader" }), mergeMode })
      )
    ])
  ),
  "bidirectional, not merged": one(sequence, () =>
    layers.bidirectional({ layer: layers.lstm({ units: 2 }), mergeMode: null as never })
  ),
  "stacked cells in stacked cells": one(sequence, () =>
    layers.rnn({
      cell: layers.stackedRNNCells({
        cells: [
          layers.stackedRNNCells({ cells: [layers.gruCell({ units: 2 }), layers.gruCell({ units: 3 })] }),
          layers.lstmCell({ units: 2 })
        ]
      })
    })
  ),
  "timeDistributed over a convolution": one(film, () =>
    layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 3 }) })
  ),
  "timeDistributed over timeDistributed": one([2, ...sequence], () =>
    layers.timeDistributed({ layer: layers.timeDistributed({ layer: layers.dense({ units: 2, name: "inner" }) }) })
  ),
  "masking of another value": {
    build: () =>
      tfl.sequential({ layers: [layers.masking({ maskValue: 2, inputShape: sequence }), layers.gru({ units: 2 })] }),
    shapes: [sequence],
    integersBelow: 4
  },
  "categoryEncoding by one-hot": {
    ...one([1], () => layers.categoryEncoding({ numTokens: 5, outputMode: "oneHot" })),
    integersBelow: 5
  }
}

const block = (name?: string) =>
  tfl.sequential({
    ...(name === undefined ? {} : { name }),
    layers: [
      layers.dense({ units: 3, inputShape: [3], activation: "tanh" }),
      layers.batchNormalization({ betaInitializer: "randomUniform" })
    ]
  })

/** Models that hold models, share layers, or have several inputs and outputs. */
export const everyComposition: { readonly [name: string]: Case } = {
  "two nested models with layers of equal names": {
    build: () => tfl.sequential({ layers: [layers.dense({ units: 3, inputShape: [3] }), block(), block("second")] }),
    shapes: [[3]]
  },
  "a nested model in a nested model": {
    build: () => {
      const middle = tfl.sequential({ layers: [layers.dense({ units: 3, inputShape: [3] }), block()] })
      return tfl.sequential({ layers: [middle, layers.dense({ units: 2 })] })
    },
    shapes: [[3]]
  },
  "a layer that is used twice": {
    build: () => {
      const inputs = [tfl.input({ shape: [3] }), tfl.input({ shape: [3] })]
      const shared = layers.dense({ units: 2 })
      const outputs = layers.concatenate().apply(inputs.map((input) => shared.apply(input) as Symbolic)) as Symbolic
      return tfl.model({ inputs, outputs })
    },
    shapes: [[3], [3]]
  },
  "a model that is used twice": {
    build: () => {
      const inputs = [tfl.input({ shape: [3] }), tfl.input({ shape: [3] })]
      const shared = block()
      const outputs = layers.add().apply(inputs.map((input) => shared.apply(input) as Symbolic)) as Symbolic
      return tfl.model({ inputs, outputs })
    },
    shapes: [[3], [3]]
  },
  "a layer that a nested model shares with the model around it": {
    build: () => {
      const shared = layers.dense({ units: 3 })
      const inner = tfl.input({ shape: [3] })
      const nested = tfl.model({ inputs: inner, outputs: shared.apply(inner) as Symbolic })
      const input = tfl.input({ shape: [3] })
      return tfl.model({ inputs: input, outputs: nested.apply(shared.apply(input) as Symbolic) as Symbolic })
    },
    shapes: [[3]]
  },
  "several outputs of unlike shapes": {
    build: () => {
      const [left, right] = [tfl.input({ shape: [3], name: "left" }), tfl.input({ shape: [4, 3], name: "right" })]
      const read = layers.gru({ units: 3 }).apply(right) as Symbolic
      const both = layers.multiply().apply([left, read]) as Symbolic
      const outputs = [layers.dense({ units: 1, name: "score" }), layers.dense({ units: 4 })]
      return tfl.model({ inputs: [left, right], outputs: outputs.map((layer) => layer.apply(both) as Symbolic) })
    },
    shapes: [[3], [4, 3]]
  },
  "bidirectional layers over bidirectional layers": {
    build: () =>
      tfl.sequential({
        layers: [
          layers.bidirectional({
            layer: layers.gru({ units: 2, returnSequences: true }),
            mergeMode: "sum",
            inputShape: sequence
          } as never),
          layers.bidirectional({ layer: layers.lstm({ units: 2 }), mergeMode: "concat", name: "upper" } as never)
        ]
      }),
    shapes: [sequence]
  },
  "a nested model at each time": {
    build: () => tfl.sequential({ layers: [layers.timeDistributed({ layer: block(), inputShape: [4, 3] } as never)] }),
    shapes: [[4, 3]]
  },
  "a bidirectional layer in a nested model": {
    build: () => {
      const nested = () =>
        tfl.sequential({
          layers: [
            layers.bidirectional({
              layer: layers.simpleRNN({ units: 3, returnSequences: true }),
              mergeMode: "ave",
              inputShape: [4, 3]
            } as never)
          ]
        })
      return tfl.sequential({ layers: [nested(), nested()] })
    },
    shapes: [[4, 3]]
  },
  "stacked cells beside layers with names of their own": {
    build: () =>
      tfl.sequential({
        layers: [
          layers.embedding({ inputDim: 5, outputDim: 3, inputLength: 4, name: "words" }),
          layers.rnn({ name: "reader", cell: [layers.gruCell({ units: 3 }), layers.lstmCell({ units: 2 })] }),
          layers.dense({ units: 2, name: "head/out" })
        ]
      }),
    shapes: [[4]],
    integersBelow: 5
  }
}

export const everyCase: { readonly [name: string]: Case } = { ...everyLayer, ...everyOption, ...everyComposition }
