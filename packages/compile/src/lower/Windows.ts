/** Sliding windows: how convolutions and pooling walk over their input, in any number of spatial dimensions. */
import type * as tf from "@tensorflow/tfjs-core"
import type { Shape } from "../plan/Shapes.ts"
import type { Builder, View } from "./Builder.ts"
import { surrounded } from "./shaping.ts"
import * as Views from "./Views.ts"

/** All lists have an entry for each spatial dimension. */
export interface Windows {
  readonly batch: number
  readonly input: Shape
  readonly output: Shape
  readonly filter: Shape
  readonly strides: Shape
  readonly dilations: Shape
  /** How far the first window reaches beyond the input's beginning. */
  readonly before: Shape
}

export const ofPlane = (info: tf.backend_util.Conv2DInfo): Windows => ({
  batch: info.batchSize,
  input: [info.inHeight, info.inWidth],
  output: [info.outHeight, info.outWidth],
  filter: [info.filterHeight, info.filterWidth],
  strides: [info.strideHeight, info.strideWidth],
  dilations: [info.dilationHeight, info.dilationWidth],
  before: [info.padInfo.top, info.padInfo.left]
})

export const ofSpace = (info: tf.backend_util.Conv3DInfo): Windows => ({
  batch: info.batchSize,
  input: [info.inDepth, info.inHeight, info.inWidth],
  output: [info.outDepth, info.outHeight, info.outWidth],
  filter: [info.filterDepth, info.filterHeight, info.filterWidth],
  strides: [info.strideDepth, info.strideHeight, info.strideWidth],
  dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
  before: [info.padInfo.front, info.padInfo.top, info.padInfo.left]
})

/** How many elements windows reach over, in each dimension. */
const reaches = ({ output, filter, strides, dilations }: Windows): Array<number> =>
  output.map((count, axis) => (count - 1) * strides[axis]! + (filter[axis]! - 1) * dilations[axis]! + 1)

/** x [batch, …spatial, channels] as [batch, …output, …filter, channels]: what each window sees; `value` outside of x. */
export const unfold = (builder: Builder, x: View, windows: Windows, value: number): View => {
  const { input, output, filter, strides, dilations, before } = windows
  const wanted = reaches(windows)
  const inside = wanted.every((extent, axis) => before[axis] === 0 && extent <= input[axis]!)
  const extents = wanted.map((extent, axis) => Math.max(extent, before[axis]! + input[axis]!))
  const [batch, channels] = [x.shape[0]!, x.shape.at(-1)!]
  const space = inside
    ? x
    : surrounded(builder, x, { begin: [0, ...before, 0], shape: [batch, ...extents, channels], value })
  const steps = space.access.strides.slice(1, -1)
  return {
    ...space,
    shape: [batch, ...output, ...filter, channels],
    access: {
      ...space.access,
      strides: [
        space.access.strides[0]!,
        ...steps.map((step, axis) => step * strides[axis]!),
        ...steps.map((step, axis) => step * dilations[axis]!),
        space.access.strides.at(-1)!
      ]
    }
  }
}

/**
 * dy [batch, …output, channels] as [batch, …input, …filter, channels]: for each element of the input, the windows that hold
 * it, by the mirrored position in the window (the last one first); `value` where there is none.
 */
export const foldBack = (builder: Builder, dy: View, windows: Windows, value: number): View => {
  const { input, output, filter, strides, dilations, before } = windows
  const reach = filter.map((extent, axis) => (extent - 1) * dilations[axis]!)
  const first = reach.map((extent, axis) => extent - before[axis]!)
  // Windows that lie outside of the input altogether give nothing.
  const skipped = first.map((position, axis) => Math.max(0, Math.ceil(-position / strides[axis]!)))
  const end = input.map((extent, axis) => extent + reach[axis]!)
  const counts = output.map((count, axis) => {
    const fitting = Math.floor((end[axis]! - 1 - first[axis]!) / strides[axis]!) + 1
    return Math.max(0, Math.min(count, fitting) - skipped[axis]!)
  })
  const [batch, channels] = [dy.shape[0]!, dy.shape.at(-1)!]
  const seen = Views.slice(dy, [0, ...skipped, 0], [batch, ...counts, channels])
  const begin = first.map((position, axis) => position + skipped[axis]! * strides[axis]!)
  const exact = counts.every((count, axis) => begin[axis] === 0 && strides[axis] === 1 && count === end[axis])
  const space = exact
    ? seen
    : surrounded(builder, seen, {
        begin: [0, ...begin, 0],
        shape: [batch, ...end, channels],
        steps: [1, ...strides, 1],
        value
      })
  return unfold(
    builder,
    space,
    { ...windows, input: end, output: input, strides: input.map(() => 1), before: input.map(() => 0) },
    value
  )
}

/** Spatial dimensions before the channels, whichever way a tensor has them. */
export const channelsLast = (view: View, isFirst: boolean): View => {
  if (!isFirst) return view
  const axes = [...view.shape.keys()]
  return Views.permute(view, [0, ...axes.slice(2), 1])
}

/** The other way around. */
export const channelsFirst = (view: View, isFirst: boolean): View => {
  if (!isFirst) return view
  const axes = [...view.shape.keys()]
  return Views.permute(view, [0, axes.at(-1)!, ...axes.slice(1, -1)])
}
