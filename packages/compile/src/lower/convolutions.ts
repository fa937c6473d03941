/** Convolutions and their gradients, in two and three dimensions, as products over what windows see. */
import { element } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import { five, four } from "../Lists.ts"
import * as S from "../plan/Scalars.ts"
import type { Shape } from "../plan/Shapes.ts"
import type { Builder, View } from "./Builder.ts"
import { allocate, read } from "./Builder.ts"
import { finished } from "./elementwise.ts"
import { type Call, input, type Lowering, type Lowerings, numbers, pairs, text } from "./Kernel.ts"
import { product } from "./products.ts"
import * as Views from "./Views.ts"
import * as Windows from "./Windows.ts"

type Pad = Parameters<typeof tf.backend_util.computeConv2DInfo>[4]
type Rounding = Parameters<typeof tf.backend_util.computeConv2DInfo>[5]

const padOf = (call: Call): Pad => {
  const pad = call.attributes["pad"]
  if (pad === "same" || pad === "valid" || typeof pad === "number") return pad
  return four(pairs(call, "pad").map(([before, after]): [number, number] => [before, after]))
}

const roundingOf = (call: Call): Rounding => {
  const mode = call.attributes["dimRoundingMode"]
  return mode === "floor" || mode === "round" || mode === "ceil" ? mode : undefined
}

const isFirst = (call: Call): boolean => text(call, "dataFormat", "NHWC").startsWith("NC")

/** One number for each of three dimensions, or one for all of them; 1 where there is none. */
const tripleOf = (call: Call, name: string): [number, number, number] => {
  const given = call.attributes[name] === undefined || call.attributes[name] === null ? [1] : numbers(call, name)
  const first = element(given, 0)
  return [first, given[1] ?? first, given[2] ?? first]
}

const pairOf = (call: Call, name: string): [number, number] => {
  const [height, width] = tripleOf(call, name)
  return [height, width]
}

/** The windows of a convolution over an input [batch, …spatial, channels] with a filter [...spatial, in, out]. */
const windowsOf = (call: Call, shape: Shape, filter: Shape, isDepthwise = false): Windows.Windows => {
  if (shape.length === 5) {
    const pad = padOf(call)
    if (Array.isArray(pad)) throw new Error(`${call.kernel} with paddings spelled out`)
    return Windows.ofSpace(
      tf.backend_util.computeConv3DInfo(
        five(shape),
        five(filter),
        tripleOf(call, "strides"),
        tripleOf(call, "dilations"),
        pad
      )
    )
  }
  return Windows.ofPlane(
    tf.backend_util.computeConv2DInfo(
      four(shape),
      four(filter),
      pairOf(call, "strides"),
      pairOf(call, "dilations"),
      padOf(call),
      roundingOf(call),
      isDepthwise
    )
  )
}

/** out[b, p, o] = Σ x[b, window p at k, c] · filter[k, c, o] */
const forward = (call: Call): View => {
  const { builder } = call
  const x = Windows.channelsLast(input(call, "x"), isFirst(call))
  const filter = input(call, "filter")
  const windows = windowsOf(call, x.shape, filter.shape)
  const left = Windows.unfold(builder, x, windows, 0)
  return product(builder, { left, right: filter, batch: 0, rows: x.shape.length - 1, columns: 1 })
}

const convolution: Lowering = (call) => [Windows.channelsFirst(forward(call), isFirst(call))]

const fusedConvolution: Lowering = (call) => {
  const result = finished(call, forward(call))
  return result?.map((view) => Windows.channelsFirst(view, isFirst(call)))
}

/** dx[b, p, c] = Σ dy[b, windows that hold p, o] · filter[mirrored k, c, o] */
const byInput: Lowering = (call) => {
  const { builder } = call
  const dy = Windows.channelsLast(input(call, "dy"), isFirst(call))
  const filter = input(call, "filter")
  const spatial = filter.shape.length - 2
  const given = numbers(call, "inputShape")
  const shape = isFirst(call) ? [element(given, 0), ...given.slice(2), element(given, 1)] : given
  const windows = windowsOf(call, shape, filter.shape)
  const mirrored = Views.reverse(filter, [...windows.keys()])
  const right = Views.permute(mirrored, [...windows.keys(), spatial + 1, spatial])
  const left = Windows.foldBack(builder, dy, windows, 0)
  const result = product(builder, { left, right, batch: 0, rows: spatial + 1, columns: 1 })
  return [Windows.channelsFirst(result, isFirst(call))]
}

/** dfilter[k, c, o] = Σ x[b, window p at k, c] · dy[b, p, o] */
const byFilter: Lowering = (call) => {
  const { builder } = call
  const x = Windows.channelsLast(input(call, "x"), isFirst(call))
  const dy = Windows.channelsLast(input(call, "dy"), isFirst(call))
  const windows = windowsOf(call, x.shape, numbers(call, "filterShape"))
  const seen = Windows.unfold(builder, x, windows, 0)
  const spatial = windows.length
  const positions = [...Array(spatial + 1).keys()]
  const places = seen.shape.slice(spatial + 1).map((_, axis) => spatial + 1 + axis)
  const left = Views.permute(seen, [...places, ...positions])
  return [product(builder, { left, right: dy, batch: 0, rows: spatial + 1, columns: 1 })]
}

/** Σ over the dimensions of both views behind the first `kept` of their products, in order. */
const sumOfProducts = (builder: Builder, left: View, right: View, kept: number): View => {
  const shape = left.shape.slice(0, kept)
  const target = allocate(builder, shape, "float32")
  builder.push({
    _tag: "Reduce",
    shape,
    over: left.shape.slice(kept),
    operator: "sum",
    order: "sequence",
    value: S.mul(read(left), read(right)),
    writes: [{ access: target.access, value: S.accumulator("f32") }]
  })
  return target
}

/** New dimensions of the given extents, along which nothing changes, before the dimension `place`. */
const spread = (view: View, place: number, extents: Shape): View => {
  const added = extents.map((extent) => ({ extent, stride: 0 }))
  return Views.withDimensions(view, Views.dimensions(view).toSpliced(place, 0, ...added))
}

/** out[b, y, x, c, q] = Σ seen[b, y, x, ky, kx, c] · filter[ky, kx, c, q] */
const depthwise = (call: Call): View => {
  const { builder } = call
  const x = Windows.channelsLast(input(call, "x"), isFirst(call))
  const filter = input(call, "filter")
  const windows = windowsOf(call, x.shape, filter.shape, true)
  const seen = Windows.unfold(builder, x, windows, 0)
  const [, , channels, multiplier] = four(filter.shape)
  const left = spread(Views.permute(seen, [0, 1, 2, 5, 3, 4]), 4, [multiplier])
  const positions = left.shape.slice(0, 3)
  const right = spread(Views.permute(filter, [2, 3, 0, 1]), 0, positions)
  const result = sumOfProducts(builder, left, right, 5)
  return Views.reshape(builder, result, [...positions, channels * multiplier])
}

const depthwiseConvolution: Lowering = (call) => [Windows.channelsFirst(depthwise(call), isFirst(call))]

const fusedDepthwise: Lowering = (call) =>
  finished(call, depthwise(call))?.map((view) => Windows.channelsFirst(view, isFirst(call)))

/** dx[b, y, x, c] = Σ over ky, kx, q */
const depthwiseByInput: Lowering = (call) => {
  const { builder } = call
  const dy = Windows.channelsLast(input(call, "dy"), isFirst(call))
  const filter = input(call, "filter")
  const shape = numbers(call, "inputShape")
  const windows = windowsOf(call, shape, filter.shape, true)
  const [, , channels, multiplier] = four(filter.shape)
  const folded = Windows.foldBack(builder, dy, windows, 0)
  const split = Views.reshape(builder, folded, [...folded.shape.slice(0, 5), channels, multiplier])
  const left = Views.permute(split, [0, 1, 2, 5, 3, 4, 6])
  const mirrored = Views.permute(Views.reverse(filter, [0, 1]), [2, 0, 1, 3])
  const right = spread(mirrored, 0, left.shape.slice(0, 3))
  return [Windows.channelsFirst(sumOfProducts(builder, left, right, 4), isFirst(call))]
}

/** dfilter[ky, kx, c, q] = Σ over b, y, x */
const depthwiseByFilter: Lowering = (call) => {
  const { builder } = call
  const x = Windows.channelsLast(input(call, "x"), isFirst(call))
  const dy = Windows.channelsLast(input(call, "dy"), isFirst(call))
  const filter = four(numbers(call, "filterShape"))
  const [height, width, channels, multiplier] = filter
  const windows = windowsOf(call, x.shape, filter, true)
  const seen = Windows.unfold(builder, x, windows, 0)
  const left = spread(Views.permute(seen, [3, 4, 5, 0, 1, 2]), 3, [multiplier])
  const split = Views.reshape(builder, dy, [...dy.shape.slice(0, 3), channels, multiplier])
  const right = spread(Views.permute(split, [3, 4, 0, 1, 2]), 0, [height, width])
  return [sumOfProducts(builder, left, right, 4)]
}

/** Where something is written in a way that has no windows here, the backend's kernel runs. */
const floats =
  (lowering: Lowering): Lowering =>
  (call) =>
    Object.values(call.inputs).every(({ dtype }) => dtype === "float32") ? lowering(call) : undefined

export const convolutionLowerings: Lowerings = Object.fromEntries(
  Object.entries({
    Conv2D: convolution,
    FusedConv2D: fusedConvolution,
    Conv2DBackpropInput: byInput,
    Conv2DBackpropFilter: byFilter,
    Conv3D: convolution,
    Conv3DBackpropInputV2: byInput,
    Conv3DBackpropFilterV2: byFilter,
    DepthwiseConv2dNative: depthwiseConvolution,
    FusedDepthwiseConv2D: fusedDepthwise,
    DepthwiseConv2dNativeBackpropInput: depthwiseByInput,
    DepthwiseConv2dNativeBackpropFilter: depthwiseByFilter
  }).map(([kernel, lowering]) => [kernel, floats(lowering)])
)
