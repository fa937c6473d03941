/**
 * Where a reader's element was computed: a map from the reader's indices to those of the node that wrote the buffer. Strides are
 * taken apart by the writer's own, as numbers are into digits; nothing may carry.
 */
import type { Access, Scalar } from "../Plan.ts"
import { affine } from "../Reshape.ts"
import { rewriter } from "../Rewrite.ts"
import type { Shape } from "../Shapes.ts"

/** index[d] of the writer = offsets[d] + Σ factors[d][r] · index[r] of the reader. */
export interface IndexMap {
  readonly offsets: ReadonlyArray<number>
  readonly factors: ReadonlyArray<ReadonlyArray<number>>
}

/** The writer's dimensions of more than one element, those with the longest strides first. */
const digitsOf = (write: Access, shape: Shape): ReadonlyArray<number> =>
  [...shape.keys()].filter((axis) => shape[axis]! > 1).sort((a, b) => write.strides[b]! - write.strides[a]!)

/** A distance in elements as steps along each dimension; `undefined` where that leaves a rest. */
const steps = (distance: number, write: Access, digits: ReadonlyArray<number>, rank: number) => {
  const result = new Array<number>(rank).fill(0)
  let rest = distance
  for (const axis of digits) {
    const stride = write.strides[axis]!
    if (stride <= 0) return undefined
    const count = Math.trunc(rest / stride)
    result[axis] = count
    rest -= count * stride
  }
  return rest === 0 ? result : undefined
}

/** `undefined` where some element that is read lies elsewhere, or takes a division to find. */
export const indexMap = (read: Access, readShape: Shape, write: Access, writeShape: Shape): IndexMap | undefined => {
  const digits = digitsOf(write, writeShape)
  const rank = writeShape.length
  const offsets = steps(read.offset - write.offset, write, digits, rank)
  const columns = read.strides.map((stride, axis) => steps(readShape[axis] === 1 ? 0 : stride, write, digits, rank))
  if (offsets === undefined || columns.some((column) => column === undefined)) return undefined
  const factors = offsets.map((_, axis) => columns.map((column) => column?.[axis] ?? 0))
  for (const [axis, row] of factors.entries()) {
    let [lowest, highest] = [offsets[axis]!, offsets[axis]!]
    for (const [reader, factor] of row.entries()) {
      const last = factor * (readShape[reader]! - 1)
      if (last < 0) lowest += last
      else highest += last
    }
    if (lowest < 0 || highest >= writeShape[axis]!) return undefined
  }
  return { offsets, factors }
}

/** An access of the writer's, by the reader's indices. */
const moved = (access: Access, { offsets, factors }: IndexMap, rank: number): Access => ({
  buffer: access.buffer,
  offset: access.strides.reduce((sum, stride, axis) => sum + stride * offsets[axis]!, access.offset),
  strides: Array.from({ length: rank }, (_, reader) =>
    access.strides.reduce((sum, stride, axis) => sum + stride * factors[axis]![reader]!, 0)
  )
})

/** Expressions of the writer's iteration as expressions of a reader's of `rank` dimensions. */
export const mover = (map: IndexMap, rank: number): ((scalar: Scalar) => Scalar) =>
  rewriter((scalar) => {
    if (scalar.op === "read") return { ...scalar, access: moved(scalar.access, map, rank) }
    if (scalar.op !== "index") return scalar
    return affine(map.factors[scalar.dimension]!, map.offsets[scalar.dimension]!)
  })
