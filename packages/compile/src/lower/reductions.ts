/** Sums, extremes and their places, over some axes. */
import type { Reduce, Scalar } from "../plan/Plan.ts"
import * as Reshape from "../plan/Reshape.ts"
import * as S from "../plan/Scalars.ts"
import { type Shape, sizeOf } from "../plan/Shapes.ts"
import { allocate, type Builder, read, stored, type View } from "./Builder.ts"
import { axes, axis, type Call, input, type Lowering, type Lowerings } from "./Kernel.ts"
import * as Views from "./Views.ts"

type Operator = Reduce["operator"]

export interface Reduction {
  readonly operator: Operator
  /** What is reduced, of an element of the view. */
  readonly value?: (element: Scalar) => Scalar
  /** What is written, of what was reduced. */
  readonly finish?: (accumulator: Scalar) => Scalar
  readonly dtype: "float32" | "int32" | "bool"
}

/** The axes in one piece where the view's strides allow it. */
const together = (view: View, kept: number): View => {
  const over = view.shape.slice(kept)
  if (over.length < 2) return view
  const flat = [...view.shape.slice(0, kept), sizeOf(over)]
  const access = Reshape.access(view.shape, view.access, flat)
  return access === undefined ? view : { ...view, shape: flat, access }
}

/** Vectors run along what is reduced where it lies densely, else along what is kept. */
const orderOf = (view: View, kept: number, operator: Operator): Reduce["order"] => {
  const last = view.shape.length - 1
  const dense = last >= kept && view.access.strides[last] === 1 && view.shape[last]! >= 16
  return dense && operator !== "argMax" && operator !== "argMin" ? "lanes" : "sequence"
}

/** Reduces the dimensions of a view behind the first `kept`. */
export const reduceTail = (builder: Builder, view: View, kept: number, reduction: Reduction): View => {
  const { operator, dtype } = reduction
  const flat = together(view, kept)
  const shape = view.shape.slice(0, kept)
  const element = read(flat)
  const value = reduction.value?.(element) ?? element
  const result = operator === "argMax" || operator === "argMin" ? "i32" : value.type === "f32" ? "f32" : "i32"
  const sum = S.accumulator(result)
  const target = allocate(builder, shape, dtype)
  builder.push({
    _tag: "Reduce",
    shape,
    over: flat.shape.slice(kept),
    operator,
    order: orderOf(flat, kept, operator),
    value,
    writes: [{ access: target.access, value: stored(dtype, reduction.finish?.(sum) ?? sum) }]
  })
  return target
}

/** Reduces some axes; the others keep their order. */
export const reduce = (builder: Builder, view: View, over: ReadonlyArray<number>, reduction: Reduction): View => {
  const kept = [...view.shape.keys()].filter((dimension) => !over.includes(dimension))
  return reduceTail(builder, Views.permute(view, [...kept, ...over]), kept.length, reduction)
}

/** The shape that is left, with extents of 1 where something was reduced. */
export const keptShape = (shape: Shape, over: ReadonlyArray<number>): Shape =>
  shape.map((extent, dimension) => (over.includes(dimension) ? 1 : extent))

const reducing =
  (make: (call: Call, view: View, count: number) => Reduction, axisName = "axis"): Lowering =>
  (call) => {
    const x = input(call, "x")
    const over = axes(call, axisName, x.shape.length)
    const count = sizeOf(over.map((dimension) => x.shape[dimension]!))
    const result = reduce(call.builder, x, over, make(call, x, count))
    return [Views.reshape(call.builder, result, call.outputs[0]!.shape)]
  }

const numeric = (dtype: View["dtype"]): "float32" | "int32" => (dtype === "float32" ? "float32" : "int32")
const asNumber = (element: Scalar): Scalar => (element.type === "bool" ? S.convert("i32", element) : element)
const asInteger = (element: Scalar): Scalar => S.convert("i32", S.convert("bool", element))

/** In the dtype that the kernel gave. */
const plain = (operator: Operator): Lowering =>
  reducing((call) => {
    const { dtype } = call.outputs[0]!
    return { operator, value: asNumber, dtype: dtype === "bool" ? "bool" : numeric(dtype) }
  })

const mean = reducing((_, __, count) => ({
  operator: "sum",
  value: (element) => S.convert("f32", element),
  finish: (sum) => S.div(sum, S.f32(count)),
  dtype: "float32"
}))

/** Whether all, or any: the identity of either operator is far from 0 on the right side. */
const truth = (operator: "min" | "max"): Lowering =>
  reducing(() => ({
    operator,
    value: asInteger,
    finish: (found) => S.compare("gt", found, S.i32(0)),
    dtype: "bool"
  }))

const place =
  (operator: "argMax" | "argMin"): Lowering =>
  (call) => {
    const x = input(call, "x")
    const along = axis(call, "axis", x.shape.length)
    return [reduce(call.builder, x, [along], { operator, value: asNumber, dtype: "int32" })]
  }

const extreme = (operator: "max" | "min"): Lowering => {
  const [byAxis, byIndices] = [
    plain(operator),
    reducing((call) => ({ operator, value: asNumber, dtype: numeric(call.outputs[0]!.dtype) }), "reductionIndices")
  ]
  return (call) => (call.attributes["reductionIndices"] === undefined ? byAxis(call) : byIndices(call))
}

export const reductionLowerings: Lowerings = {
  Sum: plain("sum"),
  Prod: plain("product"),
  Max: extreme("max"),
  Min: extreme("min"),
  Mean: mean,
  All: truth("min"),
  Any: truth("max"),
  ArgMax: place("argMax"),
  ArgMin: place("argMin")
}
