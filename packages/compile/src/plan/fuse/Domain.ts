/** Other views of a map's iteration. */
import { element } from "@etude/core/Lookup"
import { accessesIn } from "../Nodes.ts"
import type { Access, Map as MapNode, Scalar, Write } from "../Plan.ts"
import * as Reshape from "../Reshape.ts"
import { everyOf, rewriter } from "../Rewrite.ts"
import { type Shape, sameShape, sizeOf } from "../Shapes.ts"

/** The map over another shape of the same size; `undefined` where its strides don't allow that. */
export const reshaped = (map: MapNode, shape: Shape): MapNode | undefined => {
  if (sameShape(map.shape, shape)) return map
  if (sizeOf(map.shape) !== sizeOf(shape)) return undefined
  const rewrite = Reshape.scalars(map.shape, shape)
  const writes: Array<Write> = []
  for (const { access, value } of map.writes) {
    const [target, moved] = [Reshape.access(map.shape, access, shape), rewrite(value)]
    if (target === undefined || moved === undefined) return undefined
    writes.push({ access: target, value: moved })
  }
  return { ...map, shape, writes }
}

/** The map with its dimensions in another order: the one at `axes[0]` comes first. */
export const permuted = (map: MapNode, axes: ReadonlyArray<number>): MapNode => {
  if (axes.every((axis, at) => axis === at)) return map
  const moved = (access: Access): Access => ({ ...access, strides: axes.map((axis) => element(access.strides, axis)) })
  const rewrite = rewriter((scalar): Scalar => {
    if (scalar.op === "read") return { ...scalar, access: moved(scalar.access) }
    return scalar.op === "index" ? { ...scalar, dimension: axes.indexOf(scalar.dimension) } : scalar
  })
  const writes = map.writes.map(({ access, value }) => ({ access: moved(access), value: rewrite(value) }))
  return { ...map, shape: axes.map((axis) => element(map.shape, axis)), writes }
}

/** Neighbouring dimensions as one wherever all accesses allow that, and none of extent 1. */
export const collapsedShape = (
  shape: Shape,
  accesses: ReadonlyArray<Access>,
  fixed: ReadonlySet<number>
): ReadonlyArray<number> => {
  const joins = (axis: number, inner: number) =>
    !fixed.has(axis) &&
    !fixed.has(inner) &&
    accesses.every(({ strides }) => strides[axis] === element(strides, inner) * element(shape, inner))
  const result: Array<number> = []
  let last: { readonly axis: number; readonly extent: number } | undefined
  for (const [axis, extent] of [...shape.entries()].reverse()) {
    if (extent === 1) continue
    const joined = last !== undefined && joins(axis, last.axis) ? last.extent * extent : undefined
    if (joined !== undefined) result.shift()
    result.unshift(joined ?? extent)
    last = { axis, extent: joined ?? extent }
  }
  return result
}

/** Dimensions whose index an expression uses as a number. */
export const indexed = (scalars: ReadonlyArray<Scalar>): ReadonlySet<number> =>
  new Set(everyOf(scalars).flatMap((scalar) => (scalar.op === "index" ? [scalar.dimension] : [])))

export const collapsed = (map: MapNode): MapNode => {
  const values = map.writes.map(({ value }) => value)
  const accesses = [...map.writes.map(({ access }) => access), ...values.flatMap(accessesIn)]
  return reshaped(map, collapsedShape(map.shape, accesses, indexed(values))) ?? map
}
