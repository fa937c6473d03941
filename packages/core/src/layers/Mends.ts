/**
 * What is wrong in classes of tf.layers 4.22 and stops a model from being built or described, mended for the whole process. A backend
 * installs it when it is acquired, so that models may also be built or loaded before they are adapted.
 */
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { element } from "../Lookup.ts"
import { sideOf } from "../Tensors.ts"
import { orthogonalized } from "./orthogonal.ts"
import { type Call, type Initializer, single } from "./TfLayers.ts"

const prototypeOf = <A>(instance: unknown): A => Object.getPrototypeOf(instance)

/**
 * The orthogonal initializer, by which recurrent layers begin, computed on the host. That of tf.layers calls chained
 * methods, which `@tensorflow/tfjs-core` alone does not register: no LSTM could be built. The matrix is the same.
 */
const orthogonal: Initializer["apply"] = function (this: { readonly gain: number; readonly seed?: number }, shape) {
  if (shape.length < 2) throw new Error(`orthogonal is for matrices, and this weight is [${shape.join(", ")}]`)
  const [rows, columns] = [tf.util.sizeFromShape(shape.slice(0, -1)), sideOf(shape, -1)]
  const flat: [number, number] = [Math.max(rows, columns), Math.min(rows, columns)]
  const normals = tf.tidy(() => tf.randomNormal(flat, 0, 1, "float32", this.seed).dataSync())
  return tf.tensor(orthogonalized(normals, rows, columns, this.gain), [...shape], "float32")
}

type Shape = Array<number | null>
interface Shaping {
  computeOutputShape: (this: any, inputShape: Shape | Array<Shape>) => Shape | Array<Shape>
}

/** These layers write their output's shape into their input's, so that the model refuses the input that it was made for. */
const leaveInputShape = (prototype: Shaping): void => {
  const { computeOutputShape } = prototype
  prototype.computeOutputShape = function (inputShape) {
    return computeOutputShape.call(this, structuredClone(inputShape))
  }
}

interface Described {
  getConfig: (this: { readonly depthMultiplier: number }) => tf.serialization.ConfigDict
}

/** Separable convolutions leave this option out of their description, so that they cannot be read back. */
const describeDepthMultiplier = (prototype: Described): void => {
  const { getConfig } = prototype
  prototype.getConfig = function () {
    return { ...getConfig.call(this), depthMultiplier: this.depthMultiplier }
  }
}

interface Convolution1D extends Shaping {
  readonly padding: string
  readonly kernelSize: Array<number>
  readonly dilationRate: number | Array<number>
  readonly dataFormat: "channelsFirst" | "channelsLast"
  call: Call
}

/** The layer as it were with another padding. */
const withPadding = (layer: Convolution1D, padding: string): Convolution1D =>
  Object.create(layer, { padding: { value: padding } })

/** "Causal" padding, which tf.layers knows by name only: zeros before the first element, so that no output sees a later input. */
const padCausally = (prototype: Convolution1D): void => {
  const { call, computeOutputShape } = prototype
  prototype.call = function (this: Convolution1D, inputs, options) {
    if (this.padding !== "causal") return call.call(this, inputs, options)
    const before = (element(this.kernelSize, 0) - 1) * element([this.dilationRate].flat(), 0)
    const time = this.dataFormat === "channelsFirst" ? 2 : 1
    return tf.tidy(() => {
      const x = single(inputs)
      const margins = x.shape.map((_, axis): [number, number] => [axis === time ? before : 0, 0])
      return call.call(withPadding(this, "valid"), tf.pad(x, margins), options)
    })
  }
  prototype.computeOutputShape = function (this: Convolution1D, inputShape) {
    return computeOutputShape.call(this.padding === "causal" ? withPadding(this, "same") : this, inputShape)
  }
}

let installed = false

/** Replaces the methods, once in a process. */
export const install = (): void => {
  if (installed) return
  installed = true
  prototypeOf<{ apply: Initializer["apply"] }>(tfl.initializers.orthogonal({})).apply = orthogonal
  leaveInputShape(prototypeOf<Shaping>(tfl.layers.centerCrop({ height: 1, width: 1 })))
  leaveInputShape(prototypeOf<Shaping>(tfl.layers.categoryEncoding({ numTokens: 1, outputMode: "multiHot" })))
  padCausally(prototypeOf<Convolution1D>(tfl.layers.conv1d({ filters: 1, kernelSize: 1 })))
  describeDepthMultiplier(prototypeOf<Described>(tfl.layers.separableConv2d({ filters: 1, kernelSize: 1 })))
}
