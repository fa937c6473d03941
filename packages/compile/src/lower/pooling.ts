/** Pooling and its gradients, in two and three dimensions. */
import * as tf from "@tensorflow/tfjs-core"
import type { Scalar } from "../plan/Plan.ts"
import * as Reshape from "../plan/Reshape.ts"
import * as S from "../plan/Scalars.ts"
import { forEachIndex, type Shape, sizeOf } from "../plan/Shapes.ts"
import { allocate, type Builder, known, map, read, type View, write } from "./Builder.ts"
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

const repeated = (values: ReadonlyArray<number>): [number, number, number] => [
  values[0]!,
  values[1] ?? values[0]!,
  values[2] ?? values[0]!
]

/** The windows over an input of a shape; `undefined` for paddings or formats that pooling knows nothing of. */
const windowsOf = (call: Call, shape: Shape): Windows.Windows | undefined => {
  const pad = padOf(call)
  if (pad === undefined || String(call.attributes["dataFormat"] ?? "N").startsWith("NC")) return undefined
  const [filter, strides] = [repeated(numbers(call, "filterSize")), repeated(numbers(call, "strides"))]
  const rounding = roundingOf(call)
  if (shape.length === 5) {
    const space: [number, number, number, number, number] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!, shape[4]!]
    return Windows.ofSpace(tf.backend_util.computePool3DInfo(space, filter, strides, 1, pad, rounding))
  }
  const plane: [number, number, number, number] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!]
  const [window, steps] = [filter, strides].map(([height, width]): [number, number] => [height, width])
  return Windows.ofPlane(tf.backend_util.computePool2DInfo(plane, window!, steps!, 1, pad, rounding))
}

/** The view with its channels before the windows' own dimensions, which are then the last: [b, …output, c, …filter]. */
const windowsLast = (seen: View, spatial: number): View => {
  const axes = [...seen.shape.keys()]
  return Views.permute(seen, [...axes.slice(0, spatial + 1), axes.at(-1)!, ...axes.slice(spatial + 1, -1)])
}

const lowest = Number.NEGATIVE_INFINITY

const maximum: Lowering = (call) => {
  const x = input(call, "x")
  const windows = windowsOf(call, x.shape)
  if (windows === undefined || x.dtype !== "float32") return undefined
  const seen = windowsLast(Windows.unfold(call.builder, x, windows, lowest), windows.filter.length)
  return [reduceTail(call.builder, seen, x.shape.length, { operator: "max", dtype: "float32" })]
}

/** How many elements each window has inside of the input, [...output, 1]. */
const countsOf = (builder: Builder, windows: Windows.Windows): View => {
  const counts: Array<number> = []
  forEachIndex(windows.output, (position) => {
    const inside = position.map((place, axis) => {
      const start = place * windows.strides[axis]! - windows.before[axis]!
      return Math.min(windows.input[axis]!, start + windows.filter[axis]!) - Math.max(0, start)
    })
    counts.push(sizeOf(inside))
  })
  return known(builder, [...windows.output, 1], "float32", counts)
}

/** `value` divided by the number of elements of the window that it belongs to. */
const perElement = (builder: Builder, windows: Windows.Windows, shape: Shape, value: Scalar): Scalar => {
  const counts = countsOf(builder, windows)
  const all = [...new Float32Array(bytesOf(builder, counts).buffer)]
  const divisor = all.every((count) => count === all[0]) ? S.f32(all[0] ?? 1) : read(Views.broadcastTo(counts, shape))
  return S.div(value, divisor)
}

const bytesOf = (builder: Builder, view: View): Uint8Array => {
  const { place } = builder.buffers[view.access.buffer]!
  return place._tag === "Constant" ? place.bytes : new Uint8Array(0)
}

const average: Lowering = (call) => {
  const x = input(call, "x")
  const windows = windowsOf(call, x.shape)
  if (windows === undefined || x.dtype !== "float32") return undefined
  const { builder } = call
  const seen = windowsLast(Windows.unfold(builder, x, windows, 0), windows.filter.length)
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
  const seen = windowsLast(Windows.foldBack(builder, share, windows, 0), windows.filter.length)
  return [reduceTail(builder, seen, x.shape.length, { operator: "sum", dtype: "float32" })]
}

/** Whether no element lies in two windows, nor any window outside of the input. */
const areApart = ({ filter, strides, before, input: extents, output }: Windows.Windows): boolean =>
  filter.every(
    (extent, axis) =>
      extent <= strides[axis]! && before[axis] === 0 && (output[axis]! - 1) * strides[axis]! + extent <= extents[axis]!
  )

/** Positions in a window as numbers, from the index along each of its dimensions. */
const numbered = (filter: Shape, dimensions: ReadonlyArray<number>): Scalar =>
  Reshape.affine(
    dimensions.reduce<Array<number>>(
      (factors, dimension, axis) => {
        factors[dimension] = sizeOf(filter.slice(axis + 1))
        return factors
      },
      new Array<number>(Math.max(...dimensions) + 1).fill(0)
    ),
    0
  )

/** Which element of each window is its first maximum, [batch, …output, channels]. */
const chosenOf = (builder: Builder, x: View, windows: Windows.Windows): View => {
  const spatial = windows.filter.length
  const seen = windowsLast(Windows.unfold(builder, x, windows, lowest), spatial)
  return reduceTail(builder, seen, spatial + 2, { operator: "argMax", dtype: "int32" })
}

/** No element has two windows: each asks its own whether it was chosen. */
const apart = (builder: Builder, dy: View, x: View, windows: Windows.Windows): View => {
  const spatial = windows.filter.length
  const covered = windows.output.every((count, axis) => {
    const step = windows.strides[axis]!
    return step === windows.filter[axis] && count * step === windows.input[axis]
  })
  const target = covered ? allocate(builder, x.shape, "float32") : map(builder, x.shape, "float32", S.f32(0))
  // [batch, output, place in the window, output, place, …, channels]: in the order of the input.
  const order = [0, ...windows.filter.flatMap((_, axis) => [1 + axis, 1 + spatial + axis]), 1 + 2 * spatial]
  const elements = Views.permute(Windows.unfold(builder, target, windows, 0), order)
  const perWindow = (view: View): Scalar => {
    const strides = elements.shape.map((_, axis) => {
      if (axis === 0) return view.access.strides[0]!
      if (axis === 2 * spatial + 1) return view.access.strides.at(-1)!
      return axis % 2 === 1 ? view.access.strides[(axis + 1) / 2]! : 0
    })
    return read({ ...view, shape: elements.shape, access: { ...view.access, strides } })
  }
  const place = numbered(
    windows.filter,
    windows.filter.map((_, axis) => 2 * axis + 2)
  )
  const isChosen = S.compare("eq", perWindow(chosenOf(builder, x, windows)), place)
  write(builder, elements, S.select(isChosen, perWindow(dy), S.f32(0)))
  return target
}

/** The windows that hold an element add what they give it, in a fixed order. */
const overlapping = (builder: Builder, dy: View, x: View, windows: Windows.Windows): View => {
  const spatial = windows.filter.length
  const [gradients, chosen] = [
    Windows.foldBack(builder, dy, windows, 0),
    Windows.foldBack(builder, chosenOf(builder, x, windows), windows, -1)
  ].map((view) => windowsLast(view, spatial))
  // Positions in the window are mirrored: the last comes first.
  const mirrored = numbered(
    windows.filter,
    windows.filter.map((_, axis) => spatial + 2 + axis)
  )
  const position = S.sub(S.i32(sizeOf(windows.filter) - 1), mirrored)
  const target = allocate(builder, x.shape, "float32")
  builder.push({
    _tag: "Reduce",
    shape: x.shape,
    over: windows.filter,
    operator: "sum",
    order: "sequence",
    value: S.select(S.compare("eq", read(chosen!), position), read(gradients!), S.f32(0)),
    writes: [{ access: target.access, value: S.accumulator("f32") }]
  })
  return target
}

const maximumGradient: Lowering = (call) => {
  const [dy, x] = [input(call, "dy"), input(call, "input")]
  const windows = windowsOf(call, x.shape)
  if (windows === undefined) return undefined
  return [(areApart(windows) ? apart : overlapping)(call.builder, dy, x, windows)]
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
