/** Einstein sums of one or two tensors, as a reduction or a product. */
import { zip } from "../Lists.ts"
import * as S from "../plan/Scalars.ts"
import { map, read, type View } from "./Builder.ts"
import { type Call, inputList, type Lowering, output, text } from "./Kernel.ts"
import { product } from "./products.ts"
import { reduceTail } from "./reductions.ts"
import * as Views from "./Views.ts"

/** A tensor whose dimensions have names. */
interface Labelled {
  readonly view: View
  readonly labels: ReadonlyArray<string>
}

const arranged = ({ view, labels }: Labelled, order: ReadonlyArray<string>): View =>
  Views.permute(
    view,
    order.map((label) => labels.indexOf(label))
  )

/** Summed over the dimensions that neither the result nor the other tensor has. */
const without = (call: Call, { view, labels }: Labelled, wanted: ReadonlySet<string>): Labelled => {
  const kept = labels.filter((label) => wanted.has(label))
  if (kept.length === labels.length) return { view, labels }
  const order = [...kept, ...labels.filter((label) => !wanted.has(label))]
  const sum = reduceTail(call.builder, arranged({ view, labels }, order), kept.length, {
    operator: "sum",
    dtype: "float32"
  })
  return { view: sum, labels: kept }
}

/** Both with all dimensions of the result, where nothing is summed. */
const outer = (call: Call, left: Labelled, right: Labelled, result: ReadonlyArray<string>): View => {
  const { shape } = output(call)
  const spread = ({ view, labels }: Labelled) =>
    read({
      ...view,
      shape,
      access: {
        ...view.access,
        strides: result.map((label) => view.access.strides[labels.indexOf(label)] ?? 0)
      }
    })
  return map(call.builder, shape, "float32", S.mul(spread(left), spread(right)))
}

const contracted = (call: Call, left: Labelled, right: Labelled, result: ReadonlyArray<string>): View => {
  const [inLeft, inRight] = [new Set(left.labels), new Set(right.labels)]
  const inner = left.labels.filter((label) => inRight.has(label) && !result.includes(label))
  if (inner.length === 0) return outer(call, left, right, result)
  const batch = result.filter((label) => inLeft.has(label) && inRight.has(label))
  const rows = result.filter((label) => inLeft.has(label) && !inRight.has(label))
  const columns = result.filter((label) => !inLeft.has(label))
  const view = product(call.builder, {
    left: arranged(left, [...batch, ...rows, ...inner]),
    right: arranged(right, [...batch, ...inner, ...columns]),
    batch: batch.length,
    rows: rows.length,
    columns: columns.length
  })
  return arranged({ view, labels: [...batch, ...rows, ...columns] }, result)
}

/** Without a label that occurs twice. */
const isPlain = ({ view, labels }: Labelled): boolean =>
  view.dtype === "float32" && new Set(labels).size === labels.length && labels.length === view.shape.length

/** Without diagonals, dots, and products of three; those are the backend's. */
export const einsum: Lowering = (call) => {
  const [sides, result] = text(call, "equation", "").replaceAll(/\s/g, "").split("->")
  const labels = (sides ?? "").split(",").map((side) => [...side])
  const views = inputList(call)
  if (result === undefined || labels.length !== views.length) return undefined
  const all = zip(views, labels).map(([view, labels]): Labelled => ({ view, labels }))
  const [left, right, ...others] = all
  if (left === undefined || others.length > 0 || !all.every(isPlain)) return undefined
  if (right === undefined) return [arranged(without(call, left, new Set(result)), [...result])]
  const one = without(call, left, new Set([...result, ...right.labels]))
  const other = without(call, right, new Set([...result, ...left.labels]))
  return [contracted(call, one, other, [...result])]
}
