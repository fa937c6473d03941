/**
 * A contraction by its dimensions: each knows its stride in every operand. So dimensions can be merged, reordered,
 * cut and moved from one group to another without looking at accesses one by one.
 */
import type { Access, Contract, Scalar, Write } from "../Plan.ts"
import * as Rewrite from "../Rewrite.ts"

export interface Dimension {
  readonly size: number
  /** Strides in elements; 0 where the operand doesn't have the dimension. */
  readonly left: number
  readonly right: number
  /** The strides of the writes' accesses, in the order of `Contraction.accesses`; none for inner dimensions. */
  readonly outer: ReadonlyArray<number>
  /** The node's dimension, if the writes use its index. */
  readonly named?: number
}

/** The start of an operand. */
export type Origin = Pick<Access, "buffer" | "offset">

export interface Contraction {
  readonly batch: ReadonlyArray<Dimension>
  readonly rows: ReadonlyArray<Dimension>
  readonly columns: ReadonlyArray<Dimension>
  readonly inner: ReadonlyArray<Dimension>
  readonly left: Origin
  readonly right: Origin
  /** The writes of the node, unchanged. */
  readonly writes: ReadonlyArray<Write>
  /** All accesses in the writes, each once. */
  readonly accesses: ReadonlyArray<Access>
  /** An additional offset of each of them, in elements. Default: 0. */
  readonly shifts?: ReadonlyArray<number>
}

/** The number of indices. */
export const count = (dimensions: ReadonlyArray<Dimension>): number =>
  dimensions.reduce((product, { size }) => product * size, 1)

/** The dimensions of a contraction. */
export const of = (node: Contract): Contraction => {
  const accesses = new Set(node.writes.map(({ access }) => access))
  const named = new Set<number>()
  for (const scalar of Rewrite.everyOf(node.writes.map(({ value }) => value))) {
    if (scalar.op === "read") accesses.add(scalar.access)
    if (scalar.op === "index") named.add(scalar.dimension)
  }
  const [b, r, k] = [node.batch.length, node.rows.length, node.inner.length]
  const outer = (dimension: number) => ({
    outer: [...accesses].map(({ strides }) => strides[dimension] ?? 0),
    ...(named.has(dimension) ? { named: dimension } : {})
  })
  const left = (position: number) => node.left.strides[position] ?? 0
  const right = (position: number) => node.right.strides[position] ?? 0
  return {
    batch: node.batch.map((size, i) => ({ size, left: left(i), right: right(i), ...outer(i) })),
    rows: node.rows.map((size, i) => ({ size, left: left(b + i), right: 0, ...outer(b + i) })),
    columns: node.columns.map((size, i) => ({ size, left: 0, right: right(b + k + i), ...outer(b + r + i) })),
    inner: node.inner.map((size, i) => ({ size, left: left(b + r + i), right: right(b + i), outer: [] })),
    left: node.left,
    right: node.right,
    writes: node.writes,
    accesses: [...accesses]
  }
}

/** The contraction over these dimensions. A named dimension that is missing had size 1. */
export const toNode = (contraction: Contraction): Contract => {
  const outer = [...contraction.batch, ...contraction.rows, ...contraction.columns]
  const sizes = (dimensions: ReadonlyArray<Dimension>) => dimensions.map(({ size }) => size)
  return {
    _tag: "Contract",
    batch: sizes(contraction.batch),
    rows: sizes(contraction.rows),
    columns: sizes(contraction.columns),
    inner: sizes(contraction.inner),
    parts: 1,
    left: {
      buffer: contraction.left.buffer,
      offset: contraction.left.offset,
      strides: [...contraction.batch, ...contraction.rows, ...contraction.inner].map((dimension) => dimension.left)
    },
    right: {
      buffer: contraction.right.buffer,
      offset: contraction.right.offset,
      strides: [...contraction.batch, ...contraction.inner, ...contraction.columns].map((dimension) => dimension.right)
    },
    writes: writesOf(contraction, outer)
  }
}

/** The writes over these dimensions. */
const writesOf = (contraction: Contraction, outer: ReadonlyArray<Dimension>): ReadonlyArray<Write> => {
  const moved = (access: Access): Access => {
    const position = contraction.accesses.indexOf(access)
    const offset = access.offset + (contraction.shifts?.[position] ?? 0)
    return { ...access, offset, strides: outer.map((dimension) => dimension.outer[position] ?? 0) }
  }
  const rewritten = Rewrite.rewriter((scalar): Scalar => {
    if (scalar.op === "read") return { ...scalar, access: moved(scalar.access) }
    if (scalar.op !== "index") return scalar
    const dimension = outer.findIndex(({ named }) => named === scalar.dimension)
    return dimension < 0 ? { op: "constant", type: "i32", value: 0 } : { ...scalar, dimension }
  })
  return contraction.writes.map(({ access, value }) => ({ access: moved(access), value: rewritten(value) }))
}
