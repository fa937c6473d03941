/** Elementwise kernels, and small ones, that tfjs has wrong. */
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"
import { keptShape } from "./emptyReductions.ts"

/** −1, 0, 1, and NaN of NaN, as in TensorFlow. */
export const sign = kernel<{ readonly x: tf.Tensor }, unknown>("Sign", ({ inputs: { x } }) => {
  const values = x.dataSync()
  const signs = x.dtype === "int32" ? new Int32Array(x.size) : new Float32Array(x.size)
  for (let place = 0; place < values.length; place++) signs[place] = Math.sign(values[place]!)
  return tf.tensor(signs, x.shape, x.dtype as "float32")
})

/** ⌊a / b⌋ in the dtype of its inputs; the backend's own makes int32 of everything, NaN and infinity included. */
export const floorDiv = kernel<{ readonly a: tf.Tensor; readonly b: tf.Tensor }, unknown>(
  "FloorDiv",
  ({ inputs, attributes, replaced }) =>
    inputs.a.dtype === "int32"
      ? replaced(inputs, attributes)
      : tf.tidy(() => tf.floor(tf.div(tf.cast(inputs.a, "float32"), tf.cast(inputs.b, "float32"))))
)

/** Means of no elements are NaN, as in TensorFlow. */
export const mean = kernel<{ readonly x: tf.Tensor }, tf.MeanAttrs>("Mean", ({ inputs, attributes, replaced }) => {
  const { x } = inputs
  const axes = tf.util.parseAxisParam(attributes.axis, x.shape)
  if (!axes.some((axis) => x.shape[axis] === 0)) return replaced(inputs, attributes)
  return tf.fill(keptShape(x.shape, axes, attributes.keepDims), Number.NaN)
})

/** Sums of rows by segment. The backend's own multiplies with 0 what belongs elsewhere, and NaN and infinity spread. */
export const unsortedSegmentSum = kernel<
  { readonly x: tf.Tensor; readonly segmentIds: tf.Tensor1D },
  tf.UnsortedSegmentSumAttrs
>("UnsortedSegmentSum", ({ inputs: { x, segmentIds }, attributes: { numSegments } }) => {
  const shape = [numSegments, ...x.shape.slice(1)]
  const size = tf.util.sizeFromShape(x.shape.slice(1))
  const [values, segments, sums] = [x.dataSync(), segmentIds.dataSync(), new Float64Array(numSegments * size)]
  for (const [row, segment] of segments.entries()) {
    if (segment < 0 || segment >= numSegments) continue
    for (let place = 0; place < size; place++) sums[segment * size + place]! += values[row * size + place]!
  }
  return tf.tensor(x.dtype === "int32" ? Int32Array.from(sums) : Float32Array.from(sums), shape, x.dtype as "float32")
})

/** max(x, 0) + alpha · min(x, 0), with broadcasting. */
export const prelu = kernel<{ readonly x: tf.Tensor; readonly alpha: tf.Tensor }, unknown>(
  tf.Prelu,
  ({ inputs: { x, alpha } }) => tf.tidy(() => tf.add(tf.relu(x), tf.mul(alpha, tf.minimum(x, 0))))
)
