/** Other ways to read the same elements. None of them computes anything, but for reshaping what no strides describe. */
import { element } from "@etude/core/Lookup"
import { zip } from "../Lists.ts"
import * as Reshape from "../plan/Reshape.ts"
import { type Dimension, dimensionsOf, type Shape, sameShape, sizeOf, stridesOf } from "../plan/Shapes.ts"
import { type Builder, map, read, type View } from "./Builder.ts"

/** The dimensions of a view. */
export const dimensions = ({ shape, access }: View): ReadonlyArray<Dimension> => dimensionsOf(shape, access.strides)

/** The buffer of a view, from the same element on, with other dimensions. */
export const withDimensions = (view: View, dimensions: ReadonlyArray<Dimension>): View => ({
  ...view,
  shape: dimensions.map(({ extent }) => extent),
  access: { ...view.access, strides: dimensions.map(({ stride }) => stride) }
})

/** The given axes in the given order; an axis that is left out must be of extent 1. */
export const permute = (view: View, axes: ReadonlyArray<number>): View => {
  const own = dimensions(view)
  return withDimensions(
    view,
    axes.map((axis) => element(own, axis))
  )
}

/** From `begin`, `shape` elements in each dimension, `steps` apart (1 when absent; negative: backwards). */
export const slice = (view: View, begin: Shape, shape: Shape, steps?: Shape): View => {
  const { buffer, offset, strides } = view.access
  const first = zip(begin, strides).reduce((sum, [start, stride]) => sum + start * stride, offset)
  return {
    ...view,
    shape,
    access: { buffer, offset: first, strides: strides.map((stride, axis) => stride * (steps?.[axis] ?? 1)) }
  }
}

/** Backwards along some axes. */
export const reverse = (view: View, axes: ReadonlyArray<number>): View => {
  const isFlipped = view.shape.map((extent, axis) => axes.includes(axis) && extent > 0)
  return slice(
    view,
    zip(view.shape, isFlipped).map(([extent, flipped]) => (flipped ? extent - 1 : 0)),
    view.shape,
    isFlipped.map((flipped) => (flipped ? -1 : 1))
  )
}

/** Dimensions of extent 1 repeated, and new ones in front. */
export const broadcastTo = (view: View, shape: Shape): View => {
  const added = shape.length - view.shape.length
  const old = zip(shape.slice(added), dimensions(view))
  return withDimensions(view, [
    ...shape.slice(0, added).map((extent) => ({ extent, stride: 0 })),
    ...old.map(([extent, before]) => ({ extent, stride: before.extent === 1 && extent !== 1 ? 0 : before.stride }))
  ])
}

/** In row-major order, without gaps or repetitions. */
export const isWhole = (view: View): boolean =>
  view.access.offset === 0 &&
  zip(dimensions(view), stridesOf(view.shape)).every(([{ extent, stride }, dense]) => extent <= 1 || stride === dense)

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
  const { size, type } = element(builder.buffers, view.access.buffer)
  const complete = sizeOf(view.shape) === size
  return complete && type !== "u8" && isWhole(view) ? view : copy(builder, view)
}
