/** Slices with strides: which elements they take, and the kernel for axes that a single index removes. */
import { element } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import { kernel } from "../Kernels.ts"

/** The places, row-major, of what a strided slice takes of a tensor of `shape`, and the shape that it makes of them. */
export const slicePlaces = (
  shape: ReadonlyArray<number>,
  attributes: tf.StridedSliceAttrs
): { readonly places: Int32Array; readonly shape: Array<number> } => {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes
  const [sides, masks] = [[...shape], [beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] as const]
  const info = tf.slice_util.sliceInfo(sides, begin, end, strides, ...masks)
  const counts = tf.slice_util.computeOutShape(info.begin, info.end, info.strides)
  const apart = shape.map((_, axis) => tf.util.sizeFromShape(shape.slice(axis + 1)))
  let places = [0]
  for (const [axis, count] of counts.entries()) {
    const [first, stride, size] = [element(info.begin, axis), element(info.strides, axis), element(apart, axis)]
    const steps = Array.from({ length: count }, (_, step) => (first + step * stride) * size)
    places = places.flatMap((place) => steps.map((step) => place + step))
  }
  return { places: Int32Array.from(places), shape: info.finalShape }
}

/** tfjs's own takes the first element of an axis that an index removes, whichever the index; on WASM, int32 for float32's bits. */
export const stridedSlice = kernel<{ readonly x: tf.Tensor }, tf.StridedSliceAttrs>(
  "StridedSlice",
  ({ inputs, attributes, replaced }) => {
    const { x } = inputs
    if (attributes.shrinkAxisMask === 0 && x.dtype === "float32") return replaced(inputs, attributes)
    const { places, shape } = slicePlaces(x.shape, attributes)
    return tf.tidy(() => tf.reshape(tf.gather(tf.reshape(x, [-1]), tf.tensor1d(places, "int32")), shape))
  }
)
