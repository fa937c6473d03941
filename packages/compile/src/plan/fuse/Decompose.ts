/**
 * Where a reader's element was computed: a map from the reader's indices to those of the node that wrote the buffer. Strides are
 * taken apart by the writer's own, as numbers are into digits; nothing may carry.
 */
import { element } from "@etude/core/Lookup"
import { zip } from "../../Lists.ts"
import type { Access, Scalar } from "../Plan.ts"
import { affine } from "../Reshape.ts"
import { rewriter } from "../Rewrite.ts"
import { dimensionsOf, type Shape } from "../Shapes.ts"

/** index[d] of the writer = offset + Σ factors[r] · index[r] of the reader, one for each d. */
export type IndexMap = ReadonlyArray<Position>

interface Position {
  readonly offset: number
  readonly factors: ReadonlyArray<number>
}

interface Digit {
  readonly axis: number
  readonly stride: number
}

/** The writer's dimensions of more than one element, those with the longest strides first. */
const digitsOf = (write: Access, shape: Shape): ReadonlyArray<Digit> =>
  dimensionsOf(shape, write.strides)
    .map(({ extent, stride }, axis) => ({ axis, extent, stride }))
    .filter(({ extent }) => extent > 1)
    .sort((a, b) => b.stride - a.stride)

/** A distance in elements as steps along each dimension; `undefined` if there is a remainder. */
const steps = (distance: number, digits: ReadonlyArray<Digit>, rank: number): ReadonlyArray<number> | undefined => {
  const result = new Array<number>(rank).fill(0)
  let rest = distance
  for (const { axis, stride } of digits) {
    if (stride <= 0) return undefined
    const count = Math.trunc(rest / stride)
    result[axis] = count
    rest -= count * stride
  }
  return rest === 0 ? result : undefined
}

/** Whether a position is inside of the writer's dimension, wherever the reader is. */
const isInside = ({ offset, factors }: Position, readShape: Shape, extent: number): boolean => {
  const reaches = zip(factors, readShape).map(([factor, count]) => factor * (count - 1))
  const lowest = reaches.reduce((sum, reach) => sum + Math.min(reach, 0), offset)
  const highest = reaches.reduce((sum, reach) => sum + Math.max(reach, 0), offset)
  return lowest >= 0 && highest < extent
}

/** `undefined` where some element that is read lies elsewhere, or takes a division to find. */
export const indexMap = (read: Access, readShape: Shape, write: Access, writeShape: Shape): IndexMap | undefined => {
  const digits = digitsOf(write, writeShape)
  const offsets = steps(read.offset - write.offset, digits, writeShape.length)
  if (offsets === undefined) return undefined
  const columns: Array<ReadonlyArray<number>> = []
  for (const { extent, stride } of dimensionsOf(readShape, read.strides)) {
    const column = steps(extent === 1 ? 0 : stride, digits, writeShape.length)
    if (column === undefined) return undefined
    columns.push(column)
  }
  const map = offsets.map((offset, axis) => ({ offset, factors: columns.map((column) => element(column, axis)) }))
  return zip(map, writeShape).every(([position, extent]) => isInside(position, readShape, extent)) ? map : undefined
}

/** An access of the writer's, by the reader's indices. */
const moved = ({ buffer, offset, strides }: Access, map: IndexMap, rank: number): Access => {
  const along = zip(strides, map)
  return {
    buffer,
    offset: along.reduce((sum, [stride, position]) => sum + stride * position.offset, offset),
    strides: Array.from({ length: rank }, (_, reader) =>
      along.reduce((sum, [stride, { factors }]) => sum + stride * element(factors, reader), 0)
    )
  }
}

/** Expressions of the writer's iteration as expressions of a reader's of `rank` dimensions. */
export const mover = (map: IndexMap, rank: number): ((scalar: Scalar) => Scalar) =>
  rewriter((scalar) => {
    if (scalar.op === "read") return { ...scalar, access: moved(scalar.access, map, rank) }
    if (scalar.op !== "index") return scalar
    const { factors, offset } = element(map, scalar.dimension)
    return affine(factors, offset)
  })
