/** Kernels that read or write at computed places, and cumulative ones. */
import { element } from "@etude/core/Lookup"
import { zip } from "../Lists.ts"
import type { Scalar } from "../plan/Plan.ts"
import * as Reshape from "../plan/Reshape.ts"
import * as S from "../plan/Scalars.ts"
import { dimensionsOf, sizeOf, stridesOf } from "../plan/Shapes.ts"
import { allocate, elementOf, map, read, scalarType, stored, type View } from "./Builder.ts"
import { axis, type Call, flag, input, type Lowering, type Lowerings, number, output } from "./Kernel.ts"
import * as Views from "./Views.ts"

/** Kept within 0 … extent − 1. */
const within = (index: Scalar, extent: number): Scalar => S.min(S.max(index, S.i32(0)), S.i32(Math.max(0, extent - 1)))

/** The element of a view at computed indices, one for each dimension. */
export const elementAt = (view: View, indices: ReadonlyArray<Scalar>): Scalar => {
  const { buffer, offset, strides } = view.access
  const place = zip(indices, strides)
    .map(([index, stride]) => S.mul(index, S.i32(stride)))
    .reduce(S.add, S.i32(offset))
  return S.convert(scalarType(view.dtype), S.gather(view.dtype === "float32" ? "f32" : "i32", buffer, place))
}

/** out[b, o, i, s] = x[b, o, indices[b, i], s] */
const gather: Lowering = (call) => {
  const [x, indices] = [input(call, "x"), input(call, "indices")]
  const { shape, dtype } = output(call)
  if (x.dtype === "uint8") return undefined
  const along = axis(call, "axis", x.shape.length)
  const batch = number(call, "batchDims", 0)
  const inner = indices.shape.length - batch
  const { strides } = indices.access
  const constant = (from: number, to: number) => new Array<number>(to - from).fill(0)
  const places = [
    ...strides.slice(0, batch),
    ...constant(batch, along),
    ...strides.slice(batch),
    ...constant(along + inner, shape.length)
  ]
  const index = read({ ...indices, access: { ...indices.access, strides: places } })
  const chosen = within(S.convert("i32", index), element(x.shape, along))
  const indexes = x.shape.map((_, at) => {
    if (at < along) return S.index(at)
    return at === along ? chosen : S.index(at + inner - 1)
  })
  if (sizeOf(x.shape) === 0) return undefined
  return [map(call.builder, shape, dtype, elementAt(x, indexes))]
}

/** out[i, …] = x[indices[i, 0], indices[i, 1], …] */
const gatherNd: Lowering = (call) => {
  const [x, indices] = [input(call, "params"), input(call, "indices")]
  const { shape, dtype } = output(call)
  if (sizeOf(x.shape) === 0) return undefined
  const outer = indices.shape.length - 1
  const depth = element(indices.shape, -1)
  const indexes = x.shape.map((extent, at) => {
    if (at >= depth) return S.index(outer + at - depth)
    return within(indexAt(indices, at, shape.length), extent)
  })
  return [map(call.builder, shape, dtype, elementAt(x, indexes))]
}

/** Component `which` of the index vectors, over an iteration whose first dimensions are theirs. */
const indexAt = (indices: View, which: number, rank: number): Scalar => {
  const { buffer, offset, strides } = indices.access
  const rest = strides.slice(0, -1)
  return S.read("i32", {
    buffer,
    offset: offset + which * element(strides, -1),
    strides: [...rest, ...new Array<number>(rank - rest.length).fill(0)]
  })
}

/** Sums of what has the same index vector; vectors out of range are passed over. */
const scatterNd: Lowering = (call) => {
  const { builder } = call
  const [indices, updates] = [input(call, "indices"), input(call, "updates")]
  const { shape, dtype } = output(call)
  if (dtype === "bool") return undefined
  const depth = element(indices.shape, -1)
  const outer = sizeOf(indices.shape.slice(0, -1))
  const inner = sizeOf(shape.slice(depth))
  const flat = Views.reshape(builder, indices, [outer, depth])
  const value = read(Views.reshape(builder, updates, [outer, inner]))
  const parts = dimensionsOf(shape, stridesOf(shape))
    .slice(0, depth)
    .map((dimension, at) => ({ ...dimension, part: indexAt(flat, at, 2) }))
  const place = parts.map(({ part, stride }) => S.mul(part, S.i32(stride))).reduce(S.add, S.index(1))
  const valid = parts
    .map(({ part, extent }) => S.logic("and", S.compare("ge", part, S.i32(0)), S.compare("lt", part, S.i32(extent))))
    .reduce((all, one) => S.logic("and", all, one))
  const target = allocate(builder, shape, dtype)
  builder.push({
    _tag: "Scatter",
    shape: [outer, inner],
    disjoint: 0,
    buffer: target.access.buffer,
    initial: 0,
    operator: "add",
    index: S.select(valid, place, S.i32(-1)),
    value: stored(dtype, value)
  })
  return [target]
}

/** out[k, …] = Σ x[i, …] over the rows i of segment k */
const segmentSum: Lowering = (call) => {
  const { builder } = call
  const [x, segments] = [input(call, "x"), input(call, "segmentIds")]
  const { shape, dtype } = output(call)
  const [rows, width] = [element(segments.shape, 0), sizeOf(x.shape.slice(1))]
  if (dtype === "bool") return undefined
  const segment = read(Views.broadcastTo(Views.reshape(builder, segments, [rows, 1]), [rows, width]))
  const valid = S.logic("and", S.compare("ge", segment, S.i32(0)), S.compare("lt", segment, S.i32(element(shape, 0))))
  const target = allocate(builder, shape, dtype)
  builder.push({
    _tag: "Scatter",
    shape: [rows, width],
    disjoint: 0,
    buffer: target.access.buffer,
    initial: 0,
    operator: "add",
    index: S.select(valid, S.add(S.mul(segment, S.i32(width)), S.index(1)), S.i32(-1)),
    value: stored(dtype, read(Views.reshape(builder, x, [rows, width])))
  })
  return [target]
}

const oneHot: Lowering = (call) => {
  const indices = input(call, "indices")
  const { shape, dtype } = output(call)
  const label = S.convert(
    "i32",
    read({ ...indices, shape, access: { ...indices.access, strides: [...indices.access.strides, 0] } })
  )
  const level = (name: string, absent: number) =>
    S.constant(dtype === "float32" ? "f32" : "i32", number(call, name, absent))
  const here = S.compare("eq", label, S.index(shape.length - 1))
  return [map(call.builder, shape, dtype, S.select(here, level("onValue", 1), level("offValue", 0)))]
}

/** first, first + step, … */
const range: Lowering = (call) => {
  const { shape, dtype } = output(call)
  const [start, step] = [number(call, "start"), number(call, "step", 1)]
  if (dtype === "float32") {
    return [map(call.builder, shape, dtype, S.add(S.mul(S.convert("f32", S.index(0)), S.f32(step)), S.f32(start)))]
  }
  return [map(call.builder, shape, dtype, Reshape.affine([step], start))]
}

const cumulative =
  (operator: "sum" | "product"): Lowering =>
  (call: Call) => {
    const { builder } = call
    const x = input(call, "x")
    const { shape, dtype } = output(call)
    if (elementOf(x.dtype) !== elementOf(dtype)) return undefined
    const along = axis(call, "axis", shape.length)
    const order = [...shape.keys()].filter((at) => at !== along)
    const target = allocate(builder, shape, dtype)
    const directed = (view: View) =>
      Views.permute(flag(call, "reverse") ? Views.reverse(view, [along]) : view, [...order, along])
    builder.push({
      _tag: "Scan",
      shape: order.map((at) => element(shape, at)),
      length: element(shape, along),
      operator,
      exclusive: flag(call, "exclusive"),
      value: stored(dtype, read(directed(x))),
      write: directed(target).access
    })
    return [target]
  }

/** Indices that run back at the ends of each axis, with or without the last element twice. */
const mirrorPad: Lowering = (call) => {
  const x = input(call, "x")
  const { shape, dtype } = output(call)
  const paddings = call.attributes["paddings"]
  if (!Array.isArray(paddings) || sizeOf(x.shape) === 0) return undefined
  const twice = call.attributes["mode"] === "reflect" ? 0 : 1
  const indices = x.shape.map((extent, at) => {
    const place = S.sub(S.index(at), S.i32(Number(paddings[at][0])))
    const low = S.select(S.compare("lt", place, S.i32(0)), S.sub(S.i32(-twice), place), place)
    const high = S.sub(S.i32(2 * (extent - 1) + twice), low)
    return S.select(S.compare("ge", low, S.i32(extent)), high, low)
  })
  return [map(call.builder, shape, dtype, elementAt(x, indices))]
}

export const indexingLowerings: Lowerings = {
  GatherV2: gather,
  GatherNd: gatherNd,
  ScatterNd: scatterNd,
  UnsortedSegmentSum: segmentSum,
  OneHot: oneHot,
  Range: range,
  Cumsum: cumulative("sum"),
  Cumprod: cumulative("product"),
  MirrorPad: mirrorPad
}
