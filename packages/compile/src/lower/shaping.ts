/** Kernels that move elements: most are other ways to read a buffer, the rest are copies. */
import { element } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import { four, zip } from "../Lists.ts"
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
  output,
  pairs,
  text
} from "./Kernel.ts"
import * as Views from "./Views.ts"

const same: Lowering = (call) => [input(call, "x")]

/** In the recorded shape. */
const reshaped =
  (name: string): Lowering =>
  (call) => [Views.reshape(call.builder, input(call, name), output(call).shape)]

const transpose: Lowering = (call) => [Views.permute(input(call, "x"), numbers(call, "perm"))]

const slice: Lowering = (call) => [Views.slice(input(call, "x"), numbers(call, "begin"), output(call).shape)]

const reverse: Lowering = (call) => {
  const x = input(call, "x")
  return [Views.reverse(x, axes(call, "dims", x.shape.length))]
}

/** Repetition of what is longer than 1 is a view of one dimension more. */
const tile: Lowering = (call) => {
  const x = input(call, "x")
  const reps = numbers(call, "reps")
  const wide = zip(reps, Views.dimensions(x)).flatMap(([extent, own]) => [{ extent, stride: 0 }, own])
  return [Views.reshape(call.builder, Views.withDimensions(x, wide), output(call).shape)]
}

/** Parts of the given shapes, as they lie one behind the other along an axis of a view. */
const cut = (view: View, along: number, shapes: ReadonlyArray<Shape>): ReadonlyArray<View> => {
  let next = 0
  return shapes.map((shape) => {
    const begin = at(view.shape.length, along, next)
    next += element(shape, along)
    return Views.slice(view, begin, shape)
  })
}

const at = (rank: number, along: number, position: number): Shape =>
  Array.from({ length: rank }, (_, dimension) => (dimension === along ? position : 0))

const split: Lowering = (call) => {
  const x = input(call, "x")
  const along = axis(call, "axis", x.shape.length)
  const shapes = call.outputs.map(({ shape }) => shape)
  return cut(x, along, shapes)
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
  const shapes = parts.map((part) => part.shape)
  for (const [part, place] of zip(parts, cut(target, along, shapes))) {
    if (sizeOf(part.shape) > 0) write(builder, place, read(part))
  }
  return target
}

const concat: Lowering = (call) => {
  const parts = inputList(call)
  const result = output(call)
  const filled = parts.filter((part) => sizeOf(part.shape) > 0)
  if (filled.length === 1) return filled
  return [joined(call.builder, filled, axis(call, "axis", result.shape.length), result)]
}

const pack: Lowering = (call) => {
  const result = output(call)
  const along = axis(call, "axis", result.shape.length)
  const parts = inputList(call).map((part) =>
    Views.withDimensions(part, Views.dimensions(part).toSpliced(along, 0, { extent: 1, stride: 0 }))
  )
  return [joined(call.builder, parts, along, result)]
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
  const before = element(begin, along)
  const end = before + element(view.shape, along)
  return [[0, before] as const, [end, element(shape, along) - end] as const].flatMap(([start, extent]) =>
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
  const { shape } = output(call)
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
  if (sizeOf(counts) === 0) return [map(call.builder, output(call).shape, x.dtype, S.i32(0))]
  return [Views.reshape(call.builder, Views.slice(x, info.begin, counts, info.strides), output(call).shape)]
}
type Masks = [number, number, number, number, number]

/** Blocks of pixels move into the batch. */
const spaceToBatch: Lowering = (call) => {
  const x = input(call, "x")
  const blocks = numbers(call, "blockShape")
  const paddings = pairs(call, "paddings")
  const margins = x.shape.map((_, dimension) => paddings[dimension - 1] ?? ([0, 0] as const))
  const shape = zip(x.shape, margins).map(([extent, [before, after]]) => extent + before + after)
  const padded = surrounded(call.builder, x, { begin: margins.map(([before]) => before), shape, value: 0 })
  const spatial = zip(shape.slice(1, 1 + blocks.length), blocks)
  const wide = [element(shape, 0), ...spatial.flatMap(([extent, block]) => [extent / block, block])]
  const rest = shape.slice(blocks.length + 1)
  const order = [
    ...blocks.map((_, block) => 2 + 2 * block),
    0,
    ...blocks.map((_, block) => 1 + 2 * block),
    ...rest.map((_, dimension) => 1 + 2 * blocks.length + dimension)
  ]
  const moved = Views.permute(Views.reshape(call.builder, padded, [...wide, ...rest]), order)
  return [Views.reshape(call.builder, moved, output(call).shape)]
}

const batchToSpace: Lowering = (call: Call) => {
  const x = input(call, "x")
  const blocks = numbers(call, "blockShape")
  const crops = pairs(call, "crops")
  const batch = element(x.shape, 0) / sizeOf(blocks)
  const wide = Views.reshape(call.builder, x, [...blocks, batch, ...x.shape.slice(1)])
  const count = blocks.length
  const rest = x.shape.slice(1 + count)
  const order = [
    count,
    ...blocks.flatMap((_, block) => [count + 1 + block, block]),
    ...rest.map((_, dimension) => 2 * count + 1 + dimension)
  ]
  const whole = [batch, ...zip(blocks, x.shape.slice(1, 1 + count)).map(([block, extent]) => block * extent), ...rest]
  const joinedView = Views.reshape(call.builder, Views.permute(wide, order), whole)
  const begin = whole.map((_, dimension) => crops[dimension - 1]?.[0] ?? 0)
  return [Views.slice(joinedView, begin, output(call).shape)]
}

/** Channels become blocks of pixels. */
const depthToSpace: Lowering = (call) => {
  const x = input(call, "x")
  const size = number(call, "blockSize")
  if (text(call, "dataFormat", "NHWC") !== "NHWC") return undefined
  const [batch, height, width, channels] = four(x.shape)
  const wide = [batch, height, width, size, size, channels / size ** 2]
  const moved = Views.permute(Views.reshape(call.builder, x, wide), [0, 1, 3, 2, 4, 5])
  return [Views.reshape(call.builder, moved, output(call).shape)]
}

export const shapingLowerings: Lowerings = {
  Identity: same,
  StopGradient: same,
  Reshape: reshaped("x"),
  ExpandDims: reshaped("input"),
  BroadcastTo: (call) => [Views.broadcastTo(input(call, "x"), output(call).shape)],
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
