/** Sliding windows: how convolutions and pooling walk over their input, in any number of spatial dimensions. */
import { element } from "@etude/core/Lookup"
import type * as tf from "@tensorflow/tfjs-core"
import { zip } from "../Lists.ts"
import type { Builder, View } from "./Builder.ts"
import { surrounded } from "./shaping.ts"
import * as Views from "./Views.ts"

/** How windows slide along one spatial dimension. */
export interface Slide {
  /** How many elements the input has, and how many windows there are. */
  readonly input: number
  readonly output: number
  /** How many elements of the input a window sees. */
  readonly filter: number
  readonly stride: number
  readonly dilation: number
  /** How far the first window reaches beyond the input's beginning. */
  readonly before: number
}

/** One for each spatial dimension. */
export type Windows = ReadonlyArray<Slide>

export const ofPlane = (info: tf.backend_util.Conv2DInfo): Windows => [
  {
    input: info.inHeight,
    output: info.outHeight,
    filter: info.filterHeight,
    stride: info.strideHeight,
    dilation: info.dilationHeight,
    before: info.padInfo.top
  },
  {
    input: info.inWidth,
    output: info.outWidth,
    filter: info.filterWidth,
    stride: info.strideWidth,
    dilation: info.dilationWidth,
    before: info.padInfo.left
  }
]

export const ofSpace = (info: tf.backend_util.Conv3DInfo): Windows => [
  {
    input: info.inDepth,
    output: info.outDepth,
    filter: info.filterDepth,
    stride: info.strideDepth,
    dilation: info.dilationDepth,
    before: info.padInfo.front
  },
  {
    input: info.inHeight,
    output: info.outHeight,
    filter: info.filterHeight,
    stride: info.strideHeight,
    dilation: info.dilationHeight,
    before: info.padInfo.top
  },
  {
    input: info.inWidth,
    output: info.outWidth,
    filter: info.filterWidth,
    stride: info.strideWidth,
    dilation: info.dilationWidth,
    before: info.padInfo.left
  }
]

/** The extents of a window. */
export const filterOf = (windows: Windows): Array<number> => windows.map(({ filter }) => filter)

/** How many elements windows reach over. */
const reachOf = ({ output, filter, stride, dilation }: Slide): number =>
  (output - 1) * stride + (filter - 1) * dilation + 1

/** x [batch, …spatial, channels] as [batch, …output, …filter, channels]: what each window sees; `value` outside of x. */
export const unfold = (builder: Builder, x: View, windows: Windows, value: number): View => {
  const inside = windows.every((slide) => slide.before === 0 && reachOf(slide) <= slide.input)
  const extents = windows.map((slide) => Math.max(reachOf(slide), slide.before + slide.input))
  const begin = [0, ...windows.map(({ before }) => before), 0]
  const shape = [element(x.shape, 0), ...extents, element(x.shape, -1)]
  const space = inside ? x : surrounded(builder, x, { begin, shape, value })
  const dimensions = Views.dimensions(space)
  const spatial = zip(windows, dimensions.slice(1, -1))
  return Views.withDimensions(space, [
    element(dimensions, 0),
    ...spatial.map(([{ output, stride }, along]) => ({ extent: output, stride: along.stride * stride })),
    ...spatial.map(([{ filter, dilation }, along]) => ({ extent: filter, stride: along.stride * dilation })),
    element(dimensions, -1)
  ])
}

/** The windows along one dimension that hold an element of the input, as positions in dy with what lies around them. */
const folded = ({ input, output, filter, stride, dilation, before }: Slide) => {
  const reach = (filter - 1) * dilation
  const first = reach - before
  // Windows that lie outside of the input altogether give nothing.
  const skipped = Math.max(0, Math.ceil(-first / stride))
  const end = input + reach
  const fitting = Math.floor((end - 1 - first) / stride) + 1
  const count = Math.max(0, Math.min(output, fitting) - skipped)
  return { skipped, count, stride, begin: first + skipped * stride, end }
}

/**
 * dy [batch, …output, channels] as [batch, …input, …filter, channels]: for each element of the input, the windows that hold
 * it, by the mirrored position in the window (the last one first); `value` where there is none.
 */
export const foldBack = (builder: Builder, dy: View, windows: Windows, value: number): View => {
  const folds = windows.map(folded)
  const [batch, channels] = [element(dy.shape, 0), element(dy.shape, -1)]
  const skipped = folds.map((fold) => fold.skipped)
  const counts = folds.map(({ count }) => count)
  const ends = folds.map(({ end }) => end)
  const seen = Views.slice(dy, [0, ...skipped, 0], [batch, ...counts, channels])
  const exact = folds.every(({ begin, stride, count, end }) => begin === 0 && stride === 1 && count === end)
  const space = exact
    ? seen
    : surrounded(builder, seen, {
        begin: [0, ...folds.map(({ begin }) => begin), 0],
        shape: [batch, ...ends, channels],
        steps: [1, ...folds.map(({ stride }) => stride), 1],
        value
      })
  const back = zip(windows, ends).map(([slide, end]) => ({
    ...slide,
    input: end,
    output: slide.input,
    stride: 1,
    before: 0
  }))
  return unfold(builder, space, back, value)
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
  return Views.permute(view, [0, element(axes, -1), ...axes.slice(1, -1)])
}
