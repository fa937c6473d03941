/** Sums, extremes and their places, over some axes. */
import { element } from "@etude/core/Lookup"
import type { Reduce, Scalar } from "../plan/Plan.ts"
import * as Reshape from "../plan/Reshape.ts"
import * as S from "../plan/Scalars.ts"
import { type Shape, sizeOf } from "../plan/Shapes.ts"
import { allocate, type Builder, read, stored, type View } from "./Builder.ts"
import { axes, axis, type Call, input, type Lowering, type Lowerings, output } from "./Kernel.ts"
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
  const dense = last >= kept && view.access.strides[last] === 1 && element(view.shape, last) >= 16
  return dense && operator !== "argMax" && operator !== "argMin" ? "lanes" : "sequence"
}

/** Elements of one part of a long reduction: enough to be worth a task of its own, few enough to be exact. */
const partOf: { readonly [order in Reduce["order"]]: number } = { sequence: 512, lanes: 8192 }

const resultOf = ({ operator }: Reduction, value: Scalar): "f32" | "i32" =>
  operator === "argMax" || operator === "argMin" || value.type !== "f32" ? "i32" : "f32"

/** One node: all of what `view` has behind the first `kept` dimensions, written to `target`. */
const reduceInto = (builder: Builder, view: View, target: View, order: Reduce["order"], reduction: Reduction): void => {
  const kept = target.shape.length
  const element = read(view)
  const value = reduction.value?.(element) ?? element
  const sum = S.accumulator(resultOf(reduction, value))
  builder.push({
    _tag: "Reduce",
    shape: target.shape,
    over: view.shape.slice(kept),
    operator: reduction.operator,
    order,
    value,
    writes: [{ access: target.access, value: stored(target.dtype, reduction.finish?.(sum) ?? sum) }]
  })
}

/** A dimension as parts of equal length, and what is left over. */
interface Parts {
  readonly length: number
  readonly whole: number
  readonly rest: number
}

/** Parts of what is reduced; `undefined` where it is short, or more than one dimension. */
const partsOf = (view: View, kept: number, length: number): Parts | undefined => {
  const [extent, ...others] = view.shape.slice(kept)
  if (extent === undefined || others.length > 0 || extent < 2 * length) return undefined
  return { length, whole: Math.floor(extent / length), rest: extent % length }
}

/** [...kept, extent] as [parts, ...kept, length], from `first` on. */
const cut = (view: View, kept: number, first: number, parts: number, length: number): View => {
  const stride = element(view.access.strides, kept)
  return {
    ...view,
    shape: [parts, ...view.shape.slice(0, kept), length],
    access: {
      ...view.access,
      offset: view.access.offset + first * stride,
      strides: [length * stride, ...view.access.strides.slice(0, kept), stride]
    }
  }
}

/** A long sum in parts, which are summed up in turn: shapes alone decide, so that no bit depends on who computes. */
const inParts = (
  builder: Builder,
  view: View,
  { length, whole, rest }: Parts,
  order: Reduce["order"],
  reduction: Reduction
): View => {
  const { finish, value: _, ...plain } = reduction
  const kept = view.shape.length - 1
  const partial: Reduction = { ...plain, ...(reduction.value === undefined ? {} : { value: reduction.value }) }
  const shape = view.shape.slice(0, kept)
  const dtype = elementType(resultOf(reduction, reduction.value?.(read(view)) ?? read(view)))
  const parts = allocate(builder, [whole + (rest > 0 ? 1 : 0), ...shape], dtype)
  const target = (first: number, count: number) => Views.slice(parts, [first, ...shape.map(() => 0)], [count, ...shape])
  reduceInto(builder, cut(view, kept, 0, whole, length), target(0, whole), order, partial)
  if (rest > 0) reduceInto(builder, cut(view, kept, whole * length, 1, rest), target(whole, 1), order, partial)
  const partsLast = Views.permute(parts, [...shape.map((_, axis) => axis + 1), 0])
  return reduceTail(builder, partsLast, kept, { ...plain, ...(finish === undefined ? {} : { finish }) })
}

const elementType = (type: "f32" | "i32"): "float32" | "int32" => (type === "f32" ? "float32" : "int32")

/** Reduces the dimensions of a view behind the first `kept`. */
export const reduceTail = (builder: Builder, view: View, kept: number, reduction: Reduction): View => {
  const flat = together(view, kept)
  const order = orderOf(flat, kept, reduction.operator)
  const parts = partsOf(flat, kept, partOf[order])
  if (parts !== undefined && reduction.operator === "sum") return inParts(builder, flat, parts, order, reduction)
  const target = allocate(builder, view.shape.slice(0, kept), reduction.dtype)
  reduceInto(builder, flat, target, order, reduction)
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
    const count = sizeOf(over.map((dimension) => element(x.shape, dimension)))
    const result = reduce(call.builder, x, over, make(call, x, count))
    return [Views.reshape(call.builder, result, output(call).shape)]
  }

const numeric = (dtype: View["dtype"]): "float32" | "int32" => (dtype === "float32" ? "float32" : "int32")
const asNumber = (element: Scalar): Scalar => (element.type === "bool" ? S.convert("i32", element) : element)
const asInteger = (element: Scalar): Scalar => S.convert("i32", S.convert("bool", element))

/** In the dtype that the kernel gave. */
const plain = (operator: Operator): Lowering =>
  reducing((call) => {
    const { dtype } = output(call)
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
    reducing((call) => ({ operator, value: asNumber, dtype: numeric(output(call).dtype) }), "reductionIndices")
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
