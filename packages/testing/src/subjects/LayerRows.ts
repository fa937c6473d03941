/**
 * Tiny models of tf.layers, one for each kind of layer, with data for each: between the inputs and a last dense layer that
 * a squared error pulls at. Data; `ExecutorRows.ts` makes runs of them.
 */
import type { Backend } from "@etude/core/Backend"
import * as LayersModel from "@etude/core/LayersModel"
import * as Losses from "@etude/core/Losses"
import * as Rng from "@etude/core/Rng"
import * as Task from "@etude/core/Task"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as Data from "./Data.ts"
import type { Subject } from "./Trajectory.ts"

export interface Kind {
  /** The class of tf.layers, or what else is tried. */
  readonly name: string
  readonly subject: Effect.Effect<Omit<Subject, "name">, unknown, Backend>
}

const samples = 5

interface Inputs {
  readonly shape: ReadonlyArray<number>
  /** Whole numbers from 0 to below this instead of normal ones. */
  readonly below?: number
}

const valuesOf = ({ shape, below }: Inputs): ArrayLike<number> => {
  const size = samples * shape.reduce((product, side) => product * side, 1)
  const key = Rng.named(Rng.key(1), "inputs")
  return below === undefined ? Rng.normals(key, size) : Rng.uniforms(key, size, 0, below).map(Math.floor)
}

type Symbolic = tfl.SymbolicTensor
const kind = (
  name: string,
  inputs: Inputs,
  wire: (inputs: Symbolic) => Symbolic,
  config: Subject["config"] = {}
): Kind => ({
  name,
  subject: Effect.map(
    LayersModel.adapt(() => {
      const input = tfl.input({ shape: [...inputs.shape] })
      const wired = wire(input)
      const flat = wired.shape.length === 2 ? wired : (tfl.layers.flatten().apply(wired) as Symbolic)
      const outputs = tfl.layers.dense({ units: 2 }).apply(flat) as Symbolic
      return tfl.model({ inputs: input, outputs })
    }),
    (model) => ({
      task: Task.supervised({ name, model, loss: Losses.meanSquaredError }),
      config: { learningRate: 0.01, ...config },
      data: {
        train: Data.arrays({
          name,
          inputs: { shape: inputs.shape, values: valuesOf(inputs) },
          targets: { shape: [2], values: Rng.normals(Rng.named(Rng.key(1), "targets"), 2 * samples) }
        })
      }
    })
  )
})

/** One layer alone. */
const one =
  (inputs: Inputs) =>
  (layers: { readonly [name: string]: () => tfl.layers.Layer }, config?: Subject["config"]): ReadonlyArray<Kind> =>
    Object.entries(layers).map(([name, make]) => kind(name, inputs, (x) => make().apply(x) as Symbolic, config))

/** Several layers on the same inputs, put together by another one. */
const merged = (layers: { readonly [name: string]: () => tfl.layers.Layer }): ReadonlyArray<Kind> =>
  Object.entries(layers).map(([name, make]) =>
    kind(name, { shape: [4] }, (x) => {
      const ways = [3, 3].map((units) => tfl.layers.dense({ units, activation: "tanh" }).apply(x) as Symbolic)
      return make().apply(ways) as Symbolic
    })
  )

const { layers: l } = tfl
const vector = one({ shape: [4] })
const time = one({ shape: [4, 3] })
const image = one({ shape: [4, 4, 2] })
const volume = one({ shape: [3, 3, 3, 1] })
const film = one({ shape: [2, 3, 3, 1] })

const activations = (
  [
    "elu",
    "selu",
    "relu",
    "relu6",
    "linear",
    "sigmoid",
    "hardSigmoid",
    "softplus",
    "softsign",
    "tanh",
    "softmax"
  ] as const
).concat(["logSoftmax", "gelu", "gelu_new", "mish", "swish"] as never)

const dense = (options: object) => () => l.dense({ units: 3, ...options })
const regularizer = () => tfl.regularizers.l1l2({ l1: 0.01, l2: 0.01 })

/** Layers without a row: tfjs 4.22 itself cannot train them on every backend. */
export const untrainable: { readonly [className: string]: string } = {
  CategoryEncoding: "needs a kernel, DenseBincount, that the native binding does not have",
  Conv3DTranspose: "has no gradient in tfjs",
  Resizing: "gives its list of inputs to an operation that takes one tensor",
  RandomWidth: "draws from Math.random"
}

/** One for each class of layer, activation, regularizer and constraint of tf.layers. */
export const kinds: ReadonlyArray<Kind> = [
  ...vector({
    Dense: dense({}),
    Activation: () => l.activation({ activation: "tanh" }),
    Dropout: () => l.dropout({ rate: 0.4 }),
    GaussianNoise: () => l.gaussianNoise({ stddev: 0.5 }),
    GaussianDropout: () => l.gaussianDropout({ rate: 0.4 }),
    AlphaDropout: () => l.alphaDropout({ rate: 0.4 }),
    BatchNormalization: () => l.batchNormalization(),
    "BatchNormalization, frozen": () => l.batchNormalization({ trainable: false }),
    LayerNormalization: () => l.layerNormalization(),
    ReLU: () => l.reLU(),
    LeakyReLU: () => l.leakyReLU(),
    PReLU: () => l.prelu({ alphaInitializer: "ones" }),
    ELU: () => l.elu(),
    ThresholdedReLU: () => l.thresholdedReLU({ theta: 0.1 }),
    Softmax: () => l.softmax(),
    RepeatVector: () => l.repeatVector({ n: 2 }),
    Reshape: () => l.reshape({ targetShape: [2, 2] }),
    Rescaling: () => l.rescaling({ scale: 0.5, offset: 1 })
  }),
  ...activations.map((activation) =>
    kind(`activation ${activation}`, { shape: [4] }, (x) => l.dense({ units: 3, activation }).apply(x) as Symbolic)
  ),
  ...vector({
    "regularizer L1L2": dense({ kernelRegularizer: regularizer(), biasRegularizer: regularizer() }),
    "constraint MaxNorm": dense({ kernelConstraint: tfl.constraints.maxNorm({ maxValue: 0.5, axis: 0 }) }),
    "constraint UnitNorm": dense({ kernelConstraint: tfl.constraints.unitNorm({ axis: 0 }) }),
    "constraint NonNeg": dense({ kernelConstraint: tfl.constraints.nonNeg() }),
    "constraint MinMaxNorm": dense({
      kernelConstraint: tfl.constraints.minMaxNorm({ minValue: 0.1, maxValue: 0.5, axis: 0 })
    }),
    "a layer that is frozen": () => l.dense({ units: 3, trainable: false })
  }),
  ...one({ shape: [3], below: 6 })({
    Embedding: () => l.embedding({ inputDim: 6, outputDim: 2 }),
    "Embedding with a mask": () => l.embedding({ inputDim: 6, outputDim: 2, maskZero: true })
  }),
  ...time({
    Flatten: () => l.flatten(),
    Permute: () => l.permute({ dims: [2, 1] }),
    Masking: () => l.masking({ maskValue: 0 }),
    Conv1D: () => l.conv1d({ filters: 2, kernelSize: 3 }),
    MaxPooling1D: () => l.maxPooling1d({ poolSize: 2 }),
    AveragePooling1D: () => l.averagePooling1d({ poolSize: 2 }),
    GlobalAveragePooling1D: () => l.globalAveragePooling1d(),
    GlobalMaxPooling1D: () => l.globalMaxPooling1d(),
    SpatialDropout1D: () => l.spatialDropout1d({ rate: 0.4 }),
    TimeDistributed: () => l.timeDistributed({ layer: l.dense({ units: 2 }) }),
    SimpleRNN: () => l.simpleRNN({ units: 2, dropout: 0.3, recurrentDropout: 0.3 }),
    GRU: () => l.gru({ units: 2, dropout: 0.3, recurrentDropout: 0.3, returnSequences: true }),
    LSTM: () => l.lstm({ units: 2, dropout: 0.3, recurrentDropout: 0.3 }),
    RNN: () => l.rnn({ cell: l.gruCell({ units: 2, dropout: 0.3 }) }),
    StackedRNNCells: () =>
      l.rnn({ cell: l.stackedRNNCells({ cells: [l.simpleRNNCell({ units: 2 }), l.lstmCell({ units: 2 })] }) }),
    Bidirectional: () => l.bidirectional({ layer: l.gru({ units: 2 }), mergeMode: "concat" })
  }),
  ...image({
    Conv2D: () => l.conv2d({ filters: 2, kernelSize: 3, padding: "same", activation: "relu" }),
    Conv2DTranspose: () => l.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2 }),
    SeparableConv2D: () => l.separableConv2d({ filters: 2, kernelSize: 3 }),
    DepthwiseConv2D: () => l.depthwiseConv2d({ kernelSize: 3 }),
    MaxPooling2D: () => l.maxPooling2d({ poolSize: 2 }),
    AveragePooling2D: () => l.averagePooling2d({ poolSize: 2 }),
    GlobalAveragePooling2D: () => l.globalAveragePooling2d({}),
    GlobalMaxPooling2D: () => l.globalMaxPooling2d({}),
    ZeroPadding2D: () => l.zeroPadding2d(),
    Cropping2D: () =>
      l.cropping2D({
        cropping: [
          [1, 0],
          [0, 1]
        ]
      }),
    UpSampling2D: () => l.upSampling2d({ size: [2, 2] }),
    CenterCrop: () => l.centerCrop({ height: 2, width: 2 }),
    "BatchNormalization of images": () => l.batchNormalization({ momentum: 0.9 })
  }),
  ...volume({
    Conv3D: () => l.conv3d({ filters: 2, kernelSize: 2 }),
    MaxPooling3D: () => l.maxPooling3d({ poolSize: 2 }),
    AveragePooling3D: () => l.averagePooling3d({ poolSize: 2 })
  }),
  ...film({ ConvLSTM2D: () => l.convLstm2d({ filters: 2, kernelSize: 2, recurrentDropout: 0.3 }) }),
  ...merged({
    Add: () => l.add(),
    Multiply: () => l.multiply(),
    Average: () => l.average(),
    Maximum: () => l.maximum(),
    Minimum: () => l.minimum(),
    Concatenate: () => l.concatenate(),
    Dot: () => l.dot({ axes: 1 })
  }),
  kind("a nested model", { shape: [4] }, (x) => {
    const inner = tfl.sequential({ layers: [l.dense({ units: 3, inputShape: [4] }), l.batchNormalization()] })
    return inner.apply(x) as Symbolic
  }),
  kind("a shared layer", { shape: [4] }, (x) => {
    const shared = l.dense({ units: 4, activation: "tanh" })
    return shared.apply(shared.apply(x)) as Symbolic
  }),
  kind(
    "microbatches through dropout",
    { shape: [4] },
    (x) => l.dropout({ rate: 0.4 }).apply(l.dense({ units: 4, activation: "relu" }).apply(x)) as Symbolic,
    { batchSize: 3, microbatchSize: 2 }
  )
]
