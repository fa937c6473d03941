/**
 * The right operand as vectors want it: neighbours along the last columns dimension lie side by side. Where no dimension of
 * the columns has unit stride, the operand is copied first.
 */
import type { Buffer, Map, Node } from "../Plan.ts"
import { type Contraction, count, type Dimension } from "./Contraction.ts"

const isUnit = ({ right }: Dimension): boolean => right === 1

/** The columns with the longest dimension of unit stride last: their order means nothing to the sums. */
const reordered = (columns: ReadonlyArray<Dimension>): ReadonlyArray<Dimension> => {
  const units = columns.filter(isUnit).sort((a, b) => a.size - b.size)
  const last = units.at(-1)
  return last === undefined ? columns : [...columns.filter((dimension) => dimension !== last), last]
}

/** Row-major strides over these dimensions. */
const dense = (dimensions: ReadonlyArray<Dimension>): ReadonlyMap<Dimension, number> => {
  const strides = new globalThis.Map<Dimension, number>()
  let stride = 1
  for (const dimension of dimensions.toReversed()) {
    strides.set(dimension, stride)
    stride *= dimension.size
  }
  return strides
}

/** A copy of the right operand into the buffer `id`, and the contraction that reads it. */
const copied = (
  contraction: Contraction,
  id: number
): { readonly contraction: Contraction; readonly node: Map; readonly buffer: Buffer } => {
  const all = [...contraction.batch, ...contraction.inner, ...contraction.columns]
  const own = all.filter((dimension) => dimension.right !== 0 || dimension === all.at(-1))
  const strides = dense(own)
  const moved = (dimensions: ReadonlyArray<Dimension>) =>
    dimensions.map((dimension) => ({ ...dimension, right: strides.get(dimension) ?? 0 }))
  const read = { ...contraction.right, strides: own.map(({ right }) => right) }
  const write = { buffer: id, offset: 0, strides: own.map((dimension) => strides.get(dimension) ?? 0) }
  return {
    contraction: {
      ...contraction,
      batch: moved(contraction.batch),
      inner: moved(contraction.inner),
      columns: moved(contraction.columns),
      right: { buffer: id, offset: 0 }
    },
    node: {
      _tag: "Map",
      shape: own.map(({ size }) => size),
      writes: [{ access: write, value: { op: "read", type: "f32", access: read } }]
    },
    buffer: { id, type: "f32", size: count(own), place: { _tag: "Temporary" } }
  }
}

/** The nodes that give the contraction unit stride in its last column dimension, followed by the contraction. `id` is the next free buffer. */
export const pack = (
  contraction: Contraction,
  id: number
): {
  readonly contraction: Contraction
  readonly nodes: ReadonlyArray<Node>
  readonly buffers: ReadonlyArray<Buffer>
} => {
  const columns = reordered(contraction.columns)
  const last = columns.at(-1)
  if (last === undefined || isUnit(last)) return { contraction: { ...contraction, columns }, nodes: [], buffers: [] }
  const copy = copied(contraction, id)
  return { contraction: copy.contraction, nodes: [copy.node], buffers: [copy.buffer] }
}
