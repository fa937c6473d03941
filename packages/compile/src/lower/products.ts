/** Matrix products, with either side transposed, over batches. */
import { element } from "@etude/core/Lookup"
import * as S from "../plan/Scalars.ts"
import { broadcast, type Shape, sizeOf } from "../plan/Shapes.ts"
import { allocate, type Builder, type View } from "./Builder.ts"
import { finished } from "./elementwise.ts"
import { type Call, flag, input, type Lowering, type Lowerings, output } from "./Kernel.ts"
import * as Views from "./Views.ts"

/** left [batch, rows, inner] · right [batch, inner, columns]; each group may have any number of dimensions. */
export interface Product {
  readonly left: View
  readonly right: View
  readonly batch: number
  readonly rows: number
  readonly columns: number
}

/** The product, as a view over [...batch, ...rows, ...columns]. */
export const product = (builder: Builder, { left, right, batch, rows, columns }: Product): View => {
  const groups = {
    batch: left.shape.slice(0, batch),
    rows: left.shape.slice(batch, batch + rows),
    columns: right.shape.slice(right.shape.length - columns)
  }
  const target = allocate(builder, [...groups.batch, ...groups.rows, ...groups.columns], "float32")
  builder.push({
    _tag: "Contract",
    ...groups,
    inner: left.shape.slice(batch + rows),
    parts: 1,
    left: left.access,
    right: right.access,
    writes: [{ access: target.access, value: S.accumulator("f32") }]
  })
  return target
}

const swapped = (view: View, isSwapped: boolean): View => {
  if (!isSwapped) return view
  const axes = [...view.shape.keys()]
  return Views.permute(view, [...axes.slice(0, -2), element(axes, -1), element(axes, -2)])
}

const float = (view: View): boolean => view.dtype === "float32"

const matMul = (call: Call): View | undefined => {
  const a = swapped(input(call, "a"), flag(call, "transposeA"))
  const b = swapped(input(call, "b"), flag(call, "transposeB"))
  if (!float(a) || !float(b)) return undefined
  const outer = (view: View): Shape => view.shape.slice(0, -2)
  // A right side that all batches share: they are rows.
  if (sizeOf(outer(b)) === 1) {
    const right = Views.reshape(call.builder, b, b.shape.slice(-2))
    const rows = a.shape.length - 1
    return product(call.builder, { left: a, right, batch: 0, rows, columns: 1 })
  }
  const batch = broadcast(outer(a), outer(b))
  const spread = (view: View) => Views.broadcastTo(view, [...batch, ...view.shape.slice(-2)])
  return product(call.builder, { left: spread(a), right: spread(b), batch: batch.length, rows: 1, columns: 1 })
}

const shaped = (call: Call, view: View | undefined): View | undefined =>
  view === undefined ? undefined : Views.reshape(call.builder, view, output(call).shape)

const batchMatMul: Lowering = (call) => {
  const result = shaped(call, matMul(call))
  return result === undefined ? undefined : [result]
}

const fusedMatMul: Lowering = (call) => {
  const result = shaped(call, matMul(call))
  return result === undefined ? undefined : finished(call, result)
}

export const productLowerings: Lowerings = { BatchMatMul: batchMatMul, _FusedMatMul: fusedMatMul }
