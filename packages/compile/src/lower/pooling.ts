/** Pooling and its gradients, in two and three dimensions. */
import { element } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import { five, four, zip } from "../Lists.ts"
import type { Scalar } from "../plan/Plan.ts"
import * as Reshape from "../plan/Reshape.ts"
import * as S from "../plan/Scalars.ts"
import { forEachIndex, type Shape, sizeOf, stridesOf } from "../plan/Shapes.ts"
import { allocate, type Builder, known, map, read, type View } from "./Builder.ts"
import { type Call, input, type Lowering, type Lowerings, numbers } from "./Kernel.ts"
import { reduceTail } from "./reductions.ts"
import * as Views from "./Views.ts"
import * as Windows from "./Windows.ts"

type Rounding = Parameters<typeof tf.backend_util.computePool2DInfo>[5]

const roundingOf = (call: Call): Rounding => {
  const mode = call.attributes["dimRoundingMode"]
  return mode === "floor" || mode === "round" || mode === "ceil" ? mode : undefined
}

const padOf = (call: Call): "same" | "valid" | number | undefined => {
  const pad = call.attributes["pad"]
  return pad === "same" || pad === "valid" || typeof pad === "number" ? pad : undefined
}

const repeated = (values: ReadonlyArray<number>): [number, number, number] => {
  const first = element(values, 0)
  return [first, values[1] ?? first, values[2] ?? first]
}

/** The windows over an input of a shape; `undefined` for paddings or formats that pooling knows nothing of. */
const windowsOf = (call: Call, shape: Shape): Windows.Windows | undefined => {
  const pad = padOf(call)
  if (pad === undefined || String(call.attributes["dataFormat"] ?? "N").startsWith("NC")) return undefined
  const [filter, strides] = [repeated(numbers(call, "filterSize")), repeated(numbers(call, "strides"))]
  const rounding = roundingOf(call)
  if (shape.length === 5) {
    return Windows.ofSpace(tf.backend_util.computePool3DInfo(five(shape), filter, strides, 1, pad, rounding))
  }
  const plane = ([height, width]: [number, number, number]): [number, number] => [height, width]
  const info = tf.backend_util.computePool2DInfo(four(shape), plane(filter), plane(strides), 1, pad, rounding)
  return Windows.ofPlane(info)
}

/** The view with its channels before the windows' own dimensions, which are then the last: [b, …output, c, …filter]. */
const windowsLast = (seen: View, spatial: number): View => {
  const axes = [...seen.shape.keys()]
  return Views.permute(seen, [...axes.slice(0, spatial + 1), element(axes, -1), ...axes.slice(spatial + 1, -1)])
}

const lowest = Number.NEGATIVE_INFINITY

const maximum: Lowering = (call) => {
  const x = input(call, "x")
  const windows = windowsOf(call, x.shape)
  if (windows === undefined || x.dtype !== "float32") return undefined
  const seen = windowsLast(Windows.unfold(call.builder, x, windows, lowest), windows.length)
  return [reduceTail(call.builder, seen, x.shape.length, { operator: "max", dtype: "float32" })]
}

/** How many elements each window has inside of the input, [...output, 1]. */
const countsOf = (builder: Builder, windows: Windows.Windows): View => {
  const counts: Array<number> = []
  const output = windows.map((slide) => slide.output)
  forEachIndex(output, (position) => {
    const inside = zip(position, windows).map(([place, { input, filter, stride, before }]) => {
      const start = place * stride - before
      return Math.min(input, start + filter) - Math.max(0, start)
    })
    counts.push(sizeOf(inside))
  })
  return known(builder, [...output, 1], "float32", counts)
}

/** `value` divided by the number of elements of the window that it belongs to. */
const perElement = (builder: Builder, windows: Windows.Windows, shape: Shape, value: Scalar): Scalar => {
  const counts = countsOf(builder, windows)
  const all = [...new Float32Array(bytesOf(builder, counts).buffer)]
  const divisor = all.every((count) => count === all[0]) ? S.f32(all[0] ?? 1) : read(Views.broadcastTo(counts, shape))
  return S.div(value, divisor)
}

const bytesOf = (builder: Builder, view: View): Uint8Array => {
  const { place } = element(builder.buffers, view.access.buffer)
  return place._tag === "Constant" ? place.bytes : new Uint8Array(0)
}

const average: Lowering = (call) => {
  const x = input(call, "x")
  const windows = windowsOf(call, x.shape)
  if (windows === undefined || x.dtype !== "float32") return undefined
  const { builder } = call
  const seen = windowsLast(Windows.unfold(builder, x, windows, 0), windows.length)
  const shape = seen.shape.slice(0, x.shape.length)
  const finish = (sum: Scalar) => perElement(builder, windows, shape, sum)
  return [reduceTail(builder, seen, x.shape.length, { operator: "sum", finish, dtype: "float32" })]
}

const averageGradient: Lowering = (call) => {
  const [dy, x] = [input(call, "dy"), input(call, "input")]
  const windows = windowsOf(call, x.shape)
  if (windows === undefined) return undefined
  const { builder } = call
  const share = map(builder, dy.shape, "float32", perElement(builder, windows, dy.shape, read(dy)))
  const seen = windowsLast(Windows.foldBack(builder, share, windows, 0), windows.length)
  return [reduceTail(builder, seen, x.shape.length, { operator: "sum", dtype: "float32" })]
}

/** Whether no element lies in two windows, nor any window outside of the input. */
const areApart = (windows: Windows.Windows): boolean =>
  windows.every(
    ({ input, output, filter, stride, before }) =>
      filter <= stride && before === 0 && (output - 1) * stride + filter <= input
  )

/** Which element of each window is its first maximum, [batch, …output, channels]. */
const chosenOf = (builder: Builder, x: View, windows: Windows.Windows): View => {
  const spatial = windows.length
  const seen = windowsLast(Windows.unfold(builder, x, windows, lowest), spatial)
  return reduceTail(builder, seen, spatial + 2, { operator: "argMax", dtype: "int32" })
}

/** Elements of a window that are compared in one expression. */
const mostAtOnce = 16

/** A view [batch, …output, …filter, channels] at one position of the windows, [batch, …output, channels]. */
const atPosition = (seen: View, position: Shape): View => {
  const spatial = position.length
  const dimensions = Views.dimensions(seen)
  const { buffer, offset, strides } = seen.access
  const within = zip(position, strides.slice(spatial + 1, -1))
  const first = within.reduce((sum, [place, stride]) => sum + place * stride, offset)
  const outer = [...dimensions.slice(0, spatial + 1), element(dimensions, -1)]
  return Views.withDimensions({ ...seen, access: { buffer, offset: first, strides } }, outer)
}

/** The place of the first maximum; NaN is passed over, unless there is nothing else. */
const firstMaximum = (values: ReadonlyArray<Scalar>): Scalar => {
  let [best, found] = [element(values, 0), S.i32(0)]
  for (const [place, value] of [...values.entries()].slice(1)) {
    const isFirst = S.logic("and", S.compare("ne", best, best), S.compare("eq", value, value))
    const isBetter = S.logic("or", S.compare("gt", value, best), isFirst)
    best = S.select(isBetter, value, best)
    found = S.select(isBetter, S.i32(place), found)
  }
  return found
}

/** No element has two windows: each window writes all of its own. */
const apart = (builder: Builder, dy: View, x: View, windows: Windows.Windows): View => {
  const covered = windows.every(({ input, output, filter, stride }) => stride === filter && output * stride === input)
  const target = covered ? allocate(builder, x.shape, "float32") : map(builder, x.shape, "float32", S.f32(0))
  const positions: Array<Shape> = []
  forEachIndex(Windows.filterOf(windows), (position) => positions.push([...position]))
  const [from, to] = [Windows.unfold(builder, x, windows, 0), Windows.unfold(builder, target, windows, 0)]
  const chosen = firstMaximum(positions.map((position) => read(atPosition(from, position))))
  const writes = positions.map((position, place) => ({
    access: atPosition(to, position).access,
    value: S.select(S.compare("eq", chosen, S.i32(place)), read(dy), S.f32(0))
  }))
  builder.push({ _tag: "Map", shape: dy.shape, writes })
  return target
}

/** The windows that hold an element add what they give it, in a fixed order. */
const overlapping = (builder: Builder, dy: View, x: View, windows: Windows.Windows): View => {
  const spatial = windows.length
  const gradients = windowsLast(Windows.foldBack(builder, dy, windows, 0), spatial)
  const chosen = windowsLast(Windows.foldBack(builder, chosenOf(builder, x, windows), windows, -1), spatial)
  const filter = Windows.filterOf(windows)
  // Positions in the window are mirrored: the last comes first.
  const mirrored = Reshape.affine([...x.shape.map(() => 0), ...stridesOf(filter)], 0)
  const position = S.sub(S.i32(sizeOf(filter) - 1), mirrored)
  const target = allocate(builder, x.shape, "float32")
  builder.push({
    _tag: "Reduce",
    shape: x.shape,
    over: filter,
    operator: "sum",
    order: "sequence",
    value: S.select(S.compare("eq", read(chosen), position), read(gradients), S.f32(0)),
    writes: [{ access: target.access, value: S.accumulator("f32") }]
  })
  return target
}

const maximumGradient: Lowering = (call) => {
  const [dy, x] = [input(call, "dy"), input(call, "input")]
  const windows = windowsOf(call, x.shape)
  if (windows === undefined) return undefined
  const isSmall = sizeOf(Windows.filterOf(windows)) <= mostAtOnce
  return [(areApart(windows) && isSmall ? apart : overlapping)(call.builder, dy, x, windows)]
}

export const poolingLowerings: Lowerings = {
  MaxPool: maximum,
  MaxPool3D: maximum,
  MaxPoolGrad: maximumGradient,
  MaxPool3DGrad: maximumGradient,
  AvgPool: average,
  AvgPool3D: average,
  AvgPoolGrad: averageGradient,
  AvgPool3DGrad: averageGradient
}
