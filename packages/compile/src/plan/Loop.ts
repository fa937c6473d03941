/** One iteration of a loop. */
import { element } from "@etude/core/Lookup"
import type { Access, Contract, Map as MapNode, Scalar, Write } from "./Plan.ts"
import { rewriter } from "./Rewrite.ts"
import * as S from "./Scalars.ts"
import type { Shape } from "./Shapes.ts"

/** A node of a loop's body, without the loop's dimensions, at an index of these. */
export const at = (node: MapNode | Contract, index: Shape): MapNode | Contract => {
  const count = index.length
  const moved = ({ buffer, offset, strides }: Access): Access => ({
    buffer,
    offset: index.reduce((sum, place, axis) => sum + place * element(strides, axis), offset),
    strides: strides.slice(count)
  })
  const rewrite = rewriter((scalar): Scalar => {
    if (scalar.op === "read") return { ...scalar, access: moved(scalar.access) }
    if (scalar.op !== "index") return scalar
    const { dimension } = scalar
    return dimension < count ? S.i32(element(index, dimension)) : S.index(dimension - count)
  })
  const writes = node.writes.map(({ access, value }): Write => ({ access: moved(access), value: rewrite(value) }))
  if (node._tag === "Map") return { ...node, shape: node.shape.slice(count), writes }
  return { ...node, batch: node.batch.slice(count), left: moved(node.left), right: moved(node.right), writes }
}
