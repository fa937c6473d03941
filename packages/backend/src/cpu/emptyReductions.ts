/**
 * Reductions over no elements, which give their identity, as in TensorFlow. tfjs's backends give 0, NaN, or what the memory held.
 */
import { entry } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import { type Kernel, kernel } from "../Kernels.ts"
import { holdsNaN } from "./scan.ts"

interface Inputs {
  readonly x: tf.Tensor
}

/** The shape that is left when `axes` are reduced. */
export const keptShape = (
  shape: ReadonlyArray<number>,
  axes: ReadonlyArray<number>,
  keepDims: boolean
): Array<number> =>
  keepDims
    ? shape.map((side, axis) => (axes.includes(axis) ? 1 : side))
    : shape.filter((_, axis) => !axes.includes(axis))

/** The result of a reduction over no elements: its identity. */
const identities: { readonly [name: string]: (dtype: tf.DataType) => number } = {
  Prod: () => 1,
  All: () => 1,
  Any: () => 0,
  Max: (dtype) => (dtype === "int32" ? -(2 ** 31) : Number.NEGATIVE_INFINITY),
  Min: (dtype) => (dtype === "int32" ? 2 ** 31 - 1 : Number.POSITIVE_INFINITY)
}

/** {@link identities} where there are no elements; the backend's own kernel else. */
const orIdentity = (name: string): Kernel =>
  kernel<Inputs, tf.SumAttrs & tf.MaxAttrs>(name, ({ inputs, attributes, replaced }) => {
    const { x } = inputs
    if (x.size > 0) return replaced(inputs, attributes)
    const axes = tf.util.parseAxisParam(attributes.axis ?? attributes.reductionIndices, x.shape)
    return tf.fill(
      keptShape(x.shape, axes, attributes.keepDims),
      entry(identities, name)(x.dtype),
      x.dtype as "float32"
    )
  })

/** The place of the best element that is a number, 0 when none is, as in TensorFlow. There is none of no elements. */
const bestPlace = (name: string, worst: number): Kernel =>
  kernel<Inputs, tf.ArgMaxAttrs>(name, ({ inputs: { x }, attributes, replaced }) => {
    const [axis] = tf.util.parseAxisParam(attributes.axis, x.shape)
    if (x.shape[axis!] === 0) {
      throw new Error(`${name} over axis ${axis} of shape [${x.shape.join(", ")}]: there is no element to choose`)
    }
    const isOfNumbers = x.dtype !== "float32" || !holdsNaN(tf.engine().readSync(x.dataId) as Float32Array)
    if (isOfNumbers) return replaced({ x }, attributes)
    const numbers = tf.tidy(() => tf.where(tf.isNaN(x), tf.fill(x.shape, worst), x))
    try {
      return replaced({ x: numbers }, attributes)
    } finally {
      numbers.dispose()
    }
  })

/** Reductions but sums and means. */
export const emptyReductions: ReadonlyArray<Kernel> = [
  ...Object.keys(identities).map(orIdentity),
  bestPlace("ArgMax", Number.NEGATIVE_INFINITY),
  bestPlace("ArgMin", Number.POSITIVE_INFINITY)
]
