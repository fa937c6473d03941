/**
 * Initial weights from a random stream. The initializers of tf.layers draw from `Math.random`, or from a seed that
 * gives layers of one shape equal weights; here their distributions are drawn from a stream of the weight's own. Like
 * there, normal ones of the variance-scaling family are cut off at two standard deviations without a correction, so
 * that their deviation is 0.88 of the nominal one (Keras corrects it).
 */
import * as tfl from "@tensorflow/tfjs-layers"
import * as Rng from "../Rng.ts"
import { sideOf, sizeOf } from "../Tensors.ts"
import * as Mends from "./Mends.ts"
import { orthogonal } from "./orthogonal.ts"
import { type Initializer, type Layer, partsOf } from "./TfLayers.ts"

type Values = Float32Array | Int32Array
type Shape = ReadonlyArray<number>

/** Draws a weight, or says in a sentence why it cannot. */
export type Draw = ((stream: Rng.Key) => Values) | string

type Config = { readonly [name: string]: any } // each initializer has its own config

type Rule = (config: Config, shape: Shape) => Draw

const filled = (shape: Shape, value: number): Float32Array => new Float32Array(sizeOf(shape)).fill(value)

/** The fan-in and fan-out of a weight of this shape. */
const fans = (shape: Shape): readonly [fanIn: number, fanOut: number] => {
  if (shape.length < 2 || shape.length > 5) return [Math.sqrt(sizeOf(shape)), Math.sqrt(sizeOf(shape))]
  const field = sizeOf(shape.slice(0, -2))
  return [sideOf(shape, -2) * field, sideOf(shape, -1) * field]
}

const varianceScaling: Rule = ({ scale, mode, distribution }, shape) => {
  const [fanIn, fanOut] = fans(shape)
  const fan = mode === "fanIn" ? fanIn : mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2
  const variance = scale / Math.max(1, fan)
  const bound = Math.sqrt(3 * variance)
  return distribution === "normal"
    ? (stream) => Rng.truncatedNormals(stream, sizeOf(shape), 0, Math.sqrt(variance))
    : (stream) => Rng.uniforms(stream, sizeOf(shape), -bound, bound)
}

const identity: Rule = ({ gain }, shape) =>
  shape.length !== 2 || shape[0] !== shape[1]
    ? `identity is for square matrices, and this weight is [${shape.join(", ")}]`
    : () => filled(shape, 0).map((_, index) => (index % (sideOf(shape, 1) + 1) === 0 ? gain : 0))

const orthogonalOf: Rule = ({ gain }, shape) =>
  shape.length < 2
    ? `orthogonal is for matrices, and this weight is [${shape.join(", ")}]`
    : (stream) => orthogonal(stream, sizeOf(shape.slice(0, -1)), sideOf(shape, -1), gain)

const zeros: Rule = (_, shape) => () => filled(shape, 0)
const ones: Rule = (_, shape) => () => filled(shape, 1)
const constant: Rule =
  ({ value }, shape) =>
  () =>
    filled(shape, value)
const randomUniform: Rule =
  ({ minval, maxval }, shape) =>
  (stream) =>
    Rng.uniforms(stream, sizeOf(shape), minval, maxval)
const randomNormal: Rule =
  ({ mean, stddev }, shape) =>
  (stream) =>
    Rng.normals(stream, sizeOf(shape), mean, stddev)
const truncatedNormal: Rule =
  ({ mean, stddev }, shape) =>
  (stream) =>
    Rng.truncatedNormals(stream, sizeOf(shape), mean, stddev)

let ruleByMethod: Map<unknown, Rule> | undefined

const rules = (): ReadonlyMap<unknown, Rule> => {
  if (ruleByMethod !== undefined) return ruleByMethod
  Mends.install()
  const { initializers } = tfl
  const scaling = initializers.varianceScaling({ scale: 1, mode: "fanIn", distribution: "normal" })
  ruleByMethod = new Map<unknown, Rule>([
    [initializers.zeros().apply, zeros],
    [initializers.ones().apply, ones],
    [initializers.constant({ value: 0 }).apply, constant],
    [initializers.identity({}).apply, identity],
    [initializers.randomUniform({}).apply, randomUniform],
    [initializers.randomNormal({}).apply, randomNormal],
    [initializers.truncatedNormal({}).apply, truncatedNormal],
    [scaling.apply, varianceScaling],
    [initializers.orthogonal({}).apply, orthogonalOf]
  ])
  return ruleByMethod
}

/**
 * How weights of `shape` are drawn as `initializer` would. Known ones are recognized by their method, which subclasses
 * may change.
 */
export const drawOf = (initializer: Initializer, shape: Shape): Draw => {
  const rule = rules().get(initializer.apply)
  if (rule === undefined) {
    const className = initializer.getClassName() ?? "(without a class name)"
    return (
      `its initializer ${className} is not one of tf.initializers, and might draw from anything. ` +
      `Use one of those, or build the model with its initial values and keep them ` +
      `({ weights: "keep" })`
    )
  }
  return rule(initializer.getConfig(), shape)
}

/** How a weight named `name` of `layer` with the requested `initializer` is drawn. */
export const drawFor = (layer: Layer, name: string, initializer: Initializer, shape: Shape): Draw => {
  const { unitForgetBias, biasInitializer } = partsOf<{ unitForgetBias?: boolean; biasInitializer?: Initializer }>(
    layer
  )
  if (name !== "bias" || unitForgetBias !== true || biasInitializer === undefined) return drawOf(initializer, shape)
  // The bias of an LSTM: as `biasInitializer` gives, but 1 for the second quarter, the forget gate's.
  const draw = drawOf(biasInitializer, shape)
  if (typeof draw === "string") return draw
  const units = sideOf(shape, 0) / 4
  return (stream) => draw(stream).fill(1, units, 2 * units)
}
