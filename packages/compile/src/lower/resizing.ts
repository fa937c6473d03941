/** Images in other sizes. Which elements an output is mixed of follows from the sizes, so that it is known here. */
import { four } from "../Lists.ts"
import type { Scalar } from "../plan/Plan.ts"
import * as S from "../plan/Scalars.ts"
import { type Builder, known, map, read, type View } from "./Builder.ts"
import { elementAt } from "./indexing.ts"
import { type Call, flag, input, type Lowering, type Lowerings, output } from "./Kernel.ts"
import { product } from "./products.ts"
import * as Views from "./Views.ts"

/** Along one axis, the two elements of the input that an element of the output is mixed of, and the second one's part. */
interface Mix {
  readonly first: number
  readonly second: number
  readonly part: number
}

type Mixes = (call: Call, before: number, after: number) => ReadonlyArray<Mix>

const scaleOf = (call: Call, before: number, after: number): number =>
  flag(call, "alignCorners") && after > 1 ? (before - 1) / (after - 1) : before / after

const nearest: Mixes = (call, before, after) =>
  Array.from({ length: after }, (_, place) => {
    const position = scaleOf(call, before, after) * (flag(call, "halfPixelCenters") ? place + 0.5 : place)
    const source = Math.min(before - 1, flag(call, "alignCorners") ? Math.round(position) : Math.floor(position))
    return { first: Math.max(0, source), second: Math.max(0, source), part: 0 }
  })

const bilinear: Mixes = (call, before, after) =>
  Array.from({ length: after }, (_, place) => {
    const scale = scaleOf(call, before, after)
    const position = flag(call, "halfPixelCenters") ? scale * (place + 0.5) - 0.5 : scale * place
    const first = Math.max(0, Math.floor(position))
    const second = Math.max(0, Math.min(before - 1, Math.ceil(position)))
    return { first, second, part: first === second ? 0 : position - first }
  })

/** Numbers that belong to the positions along one of four axes. */
const alongAxis = (
  builder: Builder,
  values: ReadonlyArray<number>,
  dtype: "int32" | "float32",
  axis: number
): Scalar => {
  const { access } = known(builder, [values.length], dtype, values)
  return read({
    shape: [],
    dtype,
    access: { ...access, strides: [0, 1, 2, 3].map((other) => (other === axis ? 1 : 0)) }
  })
}

/** from + (to − from) · part */
const between = (from: Scalar, to: Scalar, part: Scalar): Scalar => S.add(from, S.mul(S.sub(to, from), part))

const resize =
  (mixes: Mixes): Lowering =>
  (call) => {
    const { builder } = call
    const images = input(call, "images")
    const { shape, dtype } = output(call)
    if (shape.includes(0)) return undefined
    const [, inputHeight, inputWidth] = four(images.shape)
    const [, height, width] = four(shape)
    const [rows, columns] = [mixes(call, inputHeight, height), mixes(call, inputWidth, width)]
    const places = (of: ReadonlyArray<Mix>, side: "first" | "second", axis: number) =>
      alongAxis(
        builder,
        of.map((mix) => mix[side]),
        "int32",
        axis
      )
    const [top, bottom] = [places(rows, "first", 1), places(rows, "second", 1)]
    const [left, right] = [places(columns, "first", 2), places(columns, "second", 2)]
    const at = (row: Scalar, column: Scalar) => elementAt(images, [S.index(0), row, column, S.index(3)])
    if (mixes === nearest) return [map(builder, shape, dtype, at(top, left))]
    const parts = (of: ReadonlyArray<Mix>, axis: number) =>
      alongAxis(
        builder,
        of.map(({ part }) => part),
        "float32",
        axis
      )
    const across = parts(columns, 2)
    const mixed = (row: Scalar) => between(S.convert("f32", at(row, left)), S.convert("f32", at(row, right)), across)
    return [map(builder, shape, dtype, between(mixed(top), mixed(bottom), parts(rows, 1)))]
  }

/** [output, input]: how much of each element of the input is in one of the output. */
const matrixOf = (builder: Builder, mixes: ReadonlyArray<Mix>, extent: number): View => {
  const parts = new Float32Array(mixes.length * extent)
  for (const [place, { first, second, part }] of mixes.entries()) {
    parts[place * extent + first]! += 1 - part
    parts[place * extent + second]! += part
  }
  return known(builder, [mixes.length, extent], "float32", parts)
}

/** Resizing is linear along each axis; its gradient is the transposed of that. */
const gradient =
  (mixes: Mixes): Lowering =>
  (call) => {
    const { builder } = call
    const [images, dy] = [input(call, "images"), input(call, "dy")]
    const [, height, width] = four(images.shape)
    const [, rowsOfDy, columnsOfDy] = four(dy.shape)
    const rows = matrixOf(builder, mixes(call, height, rowsOfDy), height)
    const columns = matrixOf(builder, mixes(call, width, columnsOfDy), width)
    // [batch, column, channel, row], then [batch, row, channel, column].
    const tall = product(builder, { left: Views.permute(dy, [0, 2, 3, 1]), right: rows, batch: 0, rows: 3, columns: 1 })
    const left = Views.permute(tall, [0, 3, 2, 1])
    const whole = product(builder, { left, right: columns, batch: 0, rows: 3, columns: 1 })
    return [Views.permute(whole, [0, 1, 3, 2])]
  }

export const resizingLowerings: Lowerings = {
  ResizeNearestNeighbor: resize(nearest),
  ResizeBilinear: resize(bilinear),
  ResizeNearestNeighborGrad: gradient(nearest),
  ResizeBilinearGrad: gradient(bilinear)
}
