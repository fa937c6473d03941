/** Other ways to read the same elements. None of them computes anything, but for reshaping what no strides describe. */
import * as Reshape from "../plan/Reshape.ts"
import { type Shape, sameShape, stridesOf } from "../plan/Shapes.ts"
import { type Builder, map, read, type View } from "./Builder.ts"

/** The given axes in the given order; an axis that is left out must be of extent 1. */
export const permute = ({ shape, dtype, access }: View, axes: ReadonlyArray<number>): View => ({
  shape: axes.map((axis) => shape[axis]!),
  dtype,
  access: { ...access, strides: axes.map((axis) => access.strides[axis]!) }
})

/** From `begin`, `shape` elements in each dimension, `steps` apart (1 when absent; negative: backwards). */
export const slice = (view: View, begin: Shape, shape: Shape, steps?: Shape): View => {
  const { buffer, offset, strides } = view.access
  const first = begin.reduce((sum, start, axis) => sum + start * strides[axis]!, offset)
  return {
    ...view,
    shape,
    access: { buffer, offset: first, strides: strides.map((stride, axis) => stride * (steps?.[axis] ?? 1)) }
  }
}

/** Backwards along some axes. */
export const reverse = (view: View, axes: ReadonlyArray<number>): View => {
  const flipped = (axis: number) => axes.includes(axis) && view.shape[axis]! > 0
  return slice(
    view,
    view.shape.map((extent, axis) => (flipped(axis) ? extent - 1 : 0)),
    view.shape,
    view.shape.map((_, axis) => (flipped(axis) ? -1 : 1))
  )
}

/** Dimensions of extent 1 repeated, and new ones in front. */
export const broadcastTo = (view: View, shape: Shape): View => {
  const added = shape.length - view.shape.length
  const strides = shape.map((extent, axis) =>
    axis < added || (view.shape[axis - added] === 1 && extent !== 1) ? 0 : view.access.strides[axis - added]!
  )
  return { ...view, shape, access: { ...view.access, strides } }
}

/** In row-major order, without gaps or repetitions. */
export const isWhole = ({ shape, access }: View): boolean =>
  access.offset === 0 && stridesOf(shape).every((stride, axis) => shape[axis]! <= 1 || stride === access.strides[axis])

/** A copy in row-major order. */
export const copy = (builder: Builder, view: View): View =>
  map(builder, view.shape, view.dtype === "uint8" ? "int32" : view.dtype, read(view))

/** The same elements in another shape. */
export const reshape = (builder: Builder, view: View, shape: Shape): View => {
  if (sameShape(view.shape, shape)) return view
  const access = Reshape.access(view.shape, view.access, shape)
  return access === undefined ? reshape(builder, copy(builder, view), shape) : { ...view, shape, access }
}

/** A buffer of its own in row-major order, as kernels of the backend want it. */
export const settle = (builder: Builder, view: View): View => {
  const { size, type } = builder.buffers[view.access.buffer]!
  const complete = view.shape.reduce((product, extent) => product * extent, 1) === size
  return complete && type !== "u8" && isWhole(view) ? view : copy(builder, view)
}
