/** Kernels that move elements: most are other ways to read a buffer, the rest are copies. */
import * as tf from "@tensorflow/tfjs-core"
import * as S from "../plan/Scalars.ts"
import { type Shape, sizeOf } from "../plan/Shapes.ts"
import { allocate, type Builder, map, read, type View, write } from "./Builder.ts"
import {
  axes,
  axis,
  type Call,
  input,
  inputList,
  type Lowering,
  type Lowerings,
  number,
  numbers,
  pairs,
  text
} from "./Kernel.ts"
import * as Views from "./Views.ts"

const same: Lowering = (call) => [input(call, "x")]

/** In the recorded shape. */
const reshaped =
  (name: string): Lowering =>
  (call) => [Views.reshape(call.builder, input(call, name), call.outputs[0]!.shape)]

const transpose: Lowering = (call) => [Views.permute(input(call, "x"), numbers(call, "perm"))]

const slice: Lowering = (call) => [Views.slice(input(call, "x"), numbers(call, "begin"), call.outputs[0]!.shape)]

const reverse: Lowering = (call) => {
  const x = input(call, "x")
  return [Views.reverse(x, axes(call, "dims", x.shape.length))]
}

/** Repetition of what is longer than 1 is a view of one dimension more. */
const tile: Lowering = (call) => {
  const x = input(call, "x")
  const reps = numbers(call, "reps")
  const wide = x.shape.flatMap((extent, at) => [reps[at]!, extent])
  const strides = x.access.strides.flatMap((stride) => [0, stride])
  const view: View = { ...x, shape: wide, access: { ...x.access, strides } }
  return [Views.reshape(call.builder, view, call.outputs[0]!.shape)]
}

/** Where parts begin along an axis. */
const starts = (extents: ReadonlyArray<number>): ReadonlyArray<number> => {
  let next = 0
  return extents.map((extent) => {
    next += extent
    return next - extent
  })
}

const at = (rank: number, along: number, position: number): Shape =>
  Array.from({ length: rank }, (_, dimension) => (dimension === along ? position : 0))

const split: Lowering = (call) => {
  const x = input(call, "x")
  const along = axis(call, "axis", x.shape.length)
  const begins = starts(call.outputs.map(({ shape }) => shape[along]!))
  return call.outputs.map(({ shape }, part) => Views.slice(x, at(x.shape.length, along, begins[part]!), shape))
}

const unpack: Lowering = (call) => {
  const value = input(call, "value")
  const along = axis(call, "axis", value.shape.length)
  const rest = [...value.shape.keys()].filter((dimension) => dimension !== along)
  const one = value.shape.map((extent, dimension) => (dimension === along ? 1 : extent))
  return call.outputs.map((_, part) =>
    Views.permute(Views.slice(value, at(value.shape.length, along, part), one), rest)
  )
}

/** Parts side by side along an axis of one buffer. */
export const joined = (
  builder: Builder,
  parts: ReadonlyArray<View>,
  along: number,
  { shape, dtype }: Pick<View, "shape" | "dtype">
): View => {
  const target = allocate(builder, shape, dtype)
  const begins = starts(parts.map((part) => part.shape[along]!))
  for (const [which, part] of parts.entries()) {
    if (sizeOf(part.shape) === 0) continue
    write(builder, Views.slice(target, at(shape.length, along, begins[which]!), part.shape), read(part))
  }
  return target
}

const concat: Lowering = (call) => {
  const parts = inputList(call)
  const output = call.outputs[0]!
  const filled = parts.filter((part) => sizeOf(part.shape) > 0)
  if (filled.length === 1) return [filled[0]!]
  return [joined(call.builder, filled, axis(call, "axis", output.shape.length), output)]
}

const pack: Lowering = (call) => {
  const output = call.outputs[0]!
  const along = axis(call, "axis", output.shape.length)
  const parts = inputList(call).map((part): View => {
    const strides = [...part.access.strides]
    strides.splice(along, 0, 0)
    return {
      ...part,
      shape: [...part.shape.slice(0, along), 1, ...part.shape.slice(along)],
      access: { ...part.access, strides }
    }
  })
  return [joined(call.builder, parts, along, output)]
}

interface Surroundings {
  readonly begin: Shape
  readonly shape: Shape
  /** How far apart neighbours come to lie, 1 when absent. */
  readonly steps?: Shape
  readonly value: number
}

/** The parts of `target` before and behind what lies from `begin` on, along the one axis that has such parts. */
const marginsOf = (
  target: View,
  view: View,
  { begin, shape, steps }: Surroundings
): ReadonlyArray<View> | undefined => {
  const wide = [...shape.keys()].filter((along) => shape[along] !== view.shape[along])
  const [along] = wide
  if (along === undefined || wide.length > 1 || (steps?.[along] ?? 1) !== 1) return undefined
  const end = begin[along]! + view.shape[along]!
  return [[0, begin[along]!] as const, [end, shape[along]! - end] as const].flatMap(([start, extent]) =>
    extent === 0 ? [] : [Views.slice(target, at(shape.length, along, start), shape.with(along, extent))]
  )
}

/** `view` inside of a buffer of `shape`, from `begin`, elements `steps` apart, with `value` all around and between. */
export const surrounded = (builder: Builder, view: View, surroundings: Surroundings): View => {
  const { begin, shape, steps, value } = surroundings
  return builder.once(JSON.stringify(["surrounded", view, begin, shape, steps, String(value)]), () => {
    const target = allocate(builder, shape, view.dtype === "uint8" ? "int32" : view.dtype)
    const filling = target.dtype === "float32" ? S.f32(value) : S.i32(value)
    for (const margin of marginsOf(target, view, surroundings) ?? [target]) write(builder, margin, filling)
    if (sizeOf(view.shape) > 0) write(builder, Views.slice(target, begin, view.shape, steps), read(view))
    return target
  })
}

const pad: Lowering = (call) => {
  const { shape } = call.outputs[0]!
  const begin = pairs(call, "paddings").map(([before]) => before)
  const value = number(call, "constantValue", 0)
  return [surrounded(call.builder, input(call, "x"), { begin, shape, value })]
}

const stridedSlice: Lowering = (call) => {
  const x = input(call, "x")
  const info = tf.slice_util.sliceInfo(
    [...x.shape],
    [...numbers(call, "begin")],
    [...numbers(call, "end")],
    [...numbers(call, "strides")],
    ...((["beginMask", "endMask", "ellipsisMask", "newAxisMask", "shrinkAxisMask"] as const).map((name) =>
      number(call, name, 0)
    ) as Masks)
  )
  const counts = tf.slice_util.computeOutShape(info.begin, info.end, info.strides)
  if (sizeOf(counts) === 0) return [map(call.builder, call.outputs[0]!.shape, x.dtype, S.i32(0))]
  return [Views.reshape(call.builder, Views.slice(x, info.begin, counts, info.strides), call.outputs[0]!.shape)]
}
type Masks = [number, number, number, number, number]

/** Blocks of pixels move into the batch. */
const spaceToBatch: Lowering = (call) => {
  const x = input(call, "x")
  const blocks = numbers(call, "blockShape")
  const paddings = [[0, 0] as const, ...pairs(call, "paddings")]
  const margin = (dimension: number) => paddings[dimension] ?? [0, 0]
  const shape = x.shape.map((extent, dimension) => extent + margin(dimension)[0]! + margin(dimension)[1]!)
  const padded = surrounded(call.builder, x, {
    begin: shape.map((_, dimension) => margin(dimension)[0]!),
    shape,
    value: 0
  })
  const spatial = blocks.map((_, dimension) => dimension + 1)
  const wide = [shape[0]!, ...spatial.flatMap((dimension, at) => [shape[dimension]! / blocks[at]!, blocks[at]!])]
  const rest = shape.slice(blocks.length + 1)
  const order = [
    ...blocks.map((_, block) => 2 + 2 * block),
    0,
    ...blocks.map((_, block) => 1 + 2 * block),
    ...rest.map((_, dimension) => 1 + 2 * blocks.length + dimension)
  ]
  const moved = Views.permute(Views.reshape(call.builder, padded, [...wide, ...rest]), order)
  return [Views.reshape(call.builder, moved, call.outputs[0]!.shape)]
}

const batchToSpace: Lowering = (call: Call) => {
  const x = input(call, "x")
  const blocks = numbers(call, "blockShape")
  const crops = pairs(call, "crops")
  const batch = x.shape[0]! / sizeOf(blocks)
  const wide = Views.reshape(call.builder, x, [...blocks, batch, ...x.shape.slice(1)])
  const count = blocks.length
  const rest = x.shape.slice(1 + count)
  const order = [
    count,
    ...blocks.flatMap((_, block) => [count + 1 + block, block]),
    ...rest.map((_, dimension) => 2 * count + 1 + dimension)
  ]
  const whole = [batch, ...blocks.map((block, at) => block * x.shape[at + 1]!), ...rest]
  const joinedView = Views.reshape(call.builder, Views.permute(wide, order), whole)
  const begin = whole.map((_, dimension) => crops[dimension - 1]?.[0] ?? 0)
  return [Views.slice(joinedView, begin, call.outputs[0]!.shape)]
}

/** Channels become blocks of pixels. */
const depthToSpace: Lowering = (call) => {
  const x = input(call, "x")
  const size = number(call, "blockSize")
  if (text(call, "dataFormat", "NHWC") !== "NHWC") return undefined
  const [batch, height, width, channels] = x.shape
  const wide = [batch!, height!, width!, size, size, channels! / size ** 2]
  const moved = Views.permute(Views.reshape(call.builder, x, wide), [0, 1, 3, 2, 4, 5])
  return [Views.reshape(call.builder, moved, call.outputs[0]!.shape)]
}

export const shapingLowerings: Lowerings = {
  Identity: same,
  StopGradient: same,
  Reshape: reshaped("x"),
  ExpandDims: reshaped("input"),
  BroadcastTo: (call) => [Views.broadcastTo(input(call, "x"), call.outputs[0]!.shape)],
  Transpose: transpose,
  Slice: slice,
  StridedSlice: stridedSlice,
  Reverse: reverse,
  Tile: tile,
  SplitV: split,
  Unpack: unpack,
  Concat: concat,
  Pack: pack,
  PadV2: pad,
  FlipLeftRight: (call) => [Views.reverse(input(call, "image"), [2])],
  DepthToSpace: depthToSpace,
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace
}
