/** Every layer of this package in a few sizes, odd ones among them, with the inputs that it takes. */
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import * as L from "../../src/index.ts"

/** The shape of a sample by name (`""` for a single input): normal numbers, tokens below a number, or a mask of 0 and 1. */
export interface Inputs {
  readonly [name: string]: {
    readonly shape: ReadonlyArray<number>
    readonly tokens?: number
    readonly mask?: boolean
  }
}

/** Of one tensor, or of several by name. */
const unnamed = <A>(inputs: Inputs, f: (input: Inputs[string]) => A): A | { readonly [name: string]: A } => {
  const named = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, f(input)]))
  return named[""] ?? named
}

export const specsOf = (inputs: Inputs): L.Layer.Inputs =>
  unnamed(inputs, ({ shape, tokens }) => ({ shape, dtype: tokens === undefined ? "float32" : "int32" }))

const sizeOf = (shape: ReadonlyArray<number>) => shape.reduce((size, side) => size * side, 1)

const drawn = ({ shape, tokens, mask = false }: Inputs[string], samples: number): Float32Array | Int32Array => {
  const [size, row] = [samples * sizeOf(shape), sizeOf(shape)]
  if (tokens !== undefined) return Int32Array.from(Rng.uniforms(Rng.key(1), size, 0, tokens))
  if (!mask) return Rng.normals(Rng.key(2), size)
  // The first two times of each sample count, and all of every third one.
  const counts = (index: number) => index % row < 2 || Math.floor(index / row) % 3 === 0
  return Float32Array.from({ length: size }, (_, index) => (counts(index) ? 1 : 0))
}

/** So many samples, as a batch. */
export const batchOf = (inputs: Inputs, samples: number) =>
  unnamed(inputs, (input) => ({ values: drawn(input, samples), shape: [samples, ...input.shape] }))

/** So many samples, as the fields of a dataset. */
export const fieldsOf = (inputs: Inputs, samples: number) =>
  unnamed(inputs, (input) => {
    const values = drawn(input, samples)
    return {
      values,
      shape: input.shape,
      dtype: values instanceof Int32Array ? ("int32" as const) : ("float32" as const)
    }
  })

export interface Tried {
  readonly name: string
  readonly layer: L.Layer.Layer<any, any> // of its own inputs and outputs
  readonly inputs: Inputs
}

const of = (name: string, layer: L.Layer.Layer<any, any>, inputs: Inputs | ReadonlyArray<number>): Tried => ({
  name,
  layer,
  inputs: Array.isArray(inputs) ? { "": { shape: inputs } } : (inputs as Inputs)
})
const images = [5, 4, 4]
const sequences = [5, 4]

const dense: ReadonlyArray<Tried> = [
  of("dense", L.dense(3), [4]),
  of("dense over time", L.dense(3, { bias: false }), sequences)
]
const convolutions: ReadonlyArray<Tried> = [
  of("conv1d", L.conv1d(3, 3, { strides: 2 }), sequences),
  of("conv1d, causal and dilated", L.conv1d(3, 2, { padding: "causal", dilation: 2 }), sequences),
  of("conv2d", L.conv2d(3, 3), images),
  of("conv2d, valid with strides", L.conv2d(3, [3, 2], { padding: "valid", strides: 2 }), images),
  of("conv2d, dilated", L.conv2d(3, 3, { dilation: 2 }), images),
  of("conv2d, grouped", L.conv2d(6, 3, { groups: 2 }), images),
  of("depthwiseConv2d", L.depthwiseConv2d(3, { multiplier: 2 }), images),
  of("depthwiseConv2d, dilated", L.depthwiseConv2d(2, { dilation: 2, padding: "valid" }), images),
  of("separableConv2d", L.separableConv2d(3, 3, { strides: 2 }), images),
  of("transposedConv2d", L.transposedConv2d(3, 3, { strides: 2 }), images),
  of("conv3d", L.conv3d(2, 2), [3, 4, 3, 2])
]
const normalizations: ReadonlyArray<Tried> = [
  of("batchNorm", L.batchNorm(), images),
  of("batchNorm, frozen", L.batchNorm({ frozen: true }), images),
  of("layerNorm", L.layerNorm(), sequences),
  of("rmsNorm", L.rmsNorm(), sequences),
  of("groupNorm", L.groupNorm(2), images)
]
const pooling: ReadonlyArray<Tried> = [
  of("maxPool", L.maxPool(2, { padding: "same" }), images),
  of("maxPool over time", L.maxPool(2), sequences),
  of("averagePool", L.averagePool(3, { strides: 2, padding: "same" }), images),
  of("globalAveragePool", L.globalAveragePool(), images),
  of("globalMaxPool", L.globalMaxPool(), images),
  of("flatten and reshape", L.Layer.sequential([L.flatten(), L.reshape([4, 20])]), images)
]
const fading = { _tag: "Ramp", from: 0.5, to: 0.1, over: { steps: 3 } } as const
const dropping: ReadonlyArray<Tried> = [
  of("dropout", L.dropout(0.5), images),
  of("dropPath", L.dropPath(0.5), images),
  of("dropout at a rate that is scheduled", L.dropout(fading), images),
  of("dropPath at a rate that is scheduled", L.dropPath(fading), images),
  of("dropout over time", L.overTime(L.dropout(0.5)), sequences)
]
const attention: ReadonlyArray<Tried> = [
  of("embedding", L.embedding(7, 4), { "": { shape: [5], tokens: 7 } }),
  of(
    "embedding, tied",
    L.Layer.compose({ tokens: L.embedding(7, 4), body: L.dense(4) }, ({ tokens, body }, ids: tf.Tensor) =>
      tokens({ hidden: body(tokens(ids)) })
    ),
    { "": { shape: [5], tokens: 7 } }
  ),
  of("learnedPositions", L.learnedPositions(5), sequences),
  of("sinusoidalPositions", L.sinusoidalPositions(), sequences),
  of("multiHeadAttention", L.multiHeadAttention({ heads: 2, bias: false }), sequences),
  of("multiHeadAttention, masked", L.multiHeadAttention({ heads: 2, bias: false }), {
    x: { shape: sequences },
    mask: { shape: [5], mask: true }
  }),
  of("multiHeadAttention to a context", L.multiHeadAttention({ heads: 2, bias: false }), {
    x: { shape: sequences },
    context: { shape: [3, 6] }
  }),
  of(
    "multiHeadAttention, grouped",
    L.multiHeadAttention({ heads: 2, keyValueHeads: 1, causal: true, rotary: 100 }),
    sequences
  ),
  of("transformerBlock", L.transformerBlock({ heads: 2, width: 4, hidden: 6, causal: true, dropout: 0.2 }), sequences),
  of(
    "multiHeadAttention with dropout that is scheduled",
    L.multiHeadAttention({ heads: 2, bias: false, dropout: fading }),
    sequences
  ),
  of(
    "transformerBlock with dropout that is scheduled",
    L.transformerBlock({ heads: 2, width: 4, hidden: 6, dropout: fading }),
    sequences
  )
]
const recurrent: ReadonlyArray<Tried> = [
  of("lstm", L.lstm(3), sequences),
  of("lstm, masked and reversed", L.lstm(3, { reverse: true }), {
    x: { shape: sequences },
    mask: { shape: [5], mask: true }
  }),
  of("gru", L.gru(3, { outputs: "last" }), sequences),
  of(
    "bidirectional",
    L.bidirectional(({ reverse }) => L.gru(2, { reverse })),
    sequences
  )
]
const composed: ReadonlyArray<Tried> = [
  of("residual", L.residual(L.Layer.sequential([L.layerNorm(), L.dense(4), tf.relu])), sequences),
  of(
    "repeat",
    L.repeat(2, () => L.dense(4)),
    [4]
  )
]

export const layers: ReadonlyArray<Tried> = [
  ...dense,
  ...convolutions,
  ...normalizations,
  ...pooling,
  ...dropping,
  ...attention,
  ...recurrent,
  ...composed
]
