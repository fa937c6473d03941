/**
 * The slope of max(x, 0) is found from its result as well as from x: above 0 both are, or neither, and NaN both. So x itself need
 * not be kept for the gradient.
 */
import type { Access, Map as MapNode, Scalar } from "../Plan.ts"
import { everyOf, rewriter } from "../Rewrite.ts"
import { type Shape, sameShape } from "../Shapes.ts"
import type { Draft } from "./Draft.ts"

const isZero = (scalar: Scalar): boolean => scalar.op === "constant" && scalar.value === 0

/** The read r of `max(r, 0)`. */
const rectified = (value: Scalar): Access | undefined =>
  value.op === "binary" && value.name === "max" && value.left.op === "read" && isZero(value.right)
    ? value.left.access
    : undefined

/** Whether a value depends only on whether its operand is NaN or above 0. */
const asksForSlope = (value: Scalar): boolean => {
  if (value.op !== "select" || value.test.op !== "compare" || value.test.name !== "ne") return false
  const x = value.yes
  if (x.op !== "read" || value.test.left !== x || value.test.right !== x || value.no.op !== "select") return false
  const { test, yes, no } = value.no
  const isAbove = test.op === "compare" && test.name === "gt" && test.left === x && isZero(test.right)
  return isAbove && everyOf([yes, no]).every(({ op }) => op === "constant")
}

interface Rectified {
  readonly shape: Shape
  readonly of: Access
  readonly result: Access
}

const sameAccess = (a: Access, b: Access): boolean =>
  a.buffer === b.buffer && a.offset === b.offset && sameShape(a.strides, b.strides)

const changed = (map: MapNode, known: ReadonlyArray<Rectified>): MapNode => {
  if (!map.writes.some(({ value }) => asksForSlope(value))) return map
  const rewrite = rewriter((scalar) => {
    if (scalar.op !== "read") return scalar
    const found = known.find(({ of, shape }) => sameShape(shape, map.shape) && sameAccess(of, scalar.access))
    return found === undefined ? scalar : { ...scalar, access: found.result }
  })
  const writes = map.writes.map(({ access, value }) => ({
    access,
    value: asksForSlope(value) ? rewrite(value) : value
  }))
  return { ...map, writes }
}

/** For a plan in which each map does one thing. */
export const slopes = (draft: Draft): Draft => {
  const known: Array<Rectified> = []
  const nodes = draft.nodes.map((node) => {
    if (node._tag !== "Map") return node
    const [write, ...others] = node.writes
    const of = write === undefined || others.length > 0 ? undefined : rectified(write.value)
    if (write !== undefined && of !== undefined) known.push({ shape: node.shape, of, result: write.access })
    return changed(node, known)
  })
  return { ...draft, nodes }
}
