/**
 * Long sums of few outputs, the gradients of filters above all, are cut into parts, so that there is work for several threads
 * and what one part reads stays in the cache. How many there are follows from the shape alone: the parts are sums of their own,
 * and are added in order.
 */
import type { Buffer, Node, Scalar, Write } from "../Plan.ts"
import { collapse } from "./Collapse.ts"
import { type Contraction, count, type Dimension, type Origin, toNode } from "./Contraction.ts"

/** The approximate number of outputs in a product's tile: those computed at a time. */
const tile = 96
/** The minimum number of tiles in all parts together. */
const units = 32
/** The longest sum of one part (if there are few outputs), and the shortest. */
const longest = 2048
const shortest = 128
/** The number of multiply-adds below which cutting isn't worth it. */
const small = 1 << 19
/** The number of outputs above which sums stay whole: partial results would be read and written too often. */
const many = 1 << 16

/** The number of parts for a number of outputs, each a sum of a number of products. */
const wanted = (outputs: number, length: number): number => {
  if (outputs * length < small || outputs > many) return 1
  const forThreads = Math.ceil(units / Math.ceil(outputs / tile))
  const forCache = Math.ceil(length / longest)
  return Math.max(1, Math.min(Math.max(forThreads, forCache), Math.floor(length / shortest)))
}

/** Where inner dimensions are cut: the first `whole` ones become parts, the next is cut into runs of `run`. */
interface Cut {
  readonly whole: ReadonlyArray<Dimension>
  readonly cut: Dimension
  readonly run: number
  readonly rest: ReadonlyArray<Dimension>
}

/** The length of runs that cut `size` into about `pieces`: a divisor where one is near. */
const runOf = (size: number, pieces: number): number => {
  const even = Math.ceil(size / pieces)
  for (let run = even; run * 3 >= even * 2 && run > 0; run--) if (size % run === 0) return run
  return even
}

const cutOf = (inner: ReadonlyArray<Dimension>, parts: number): Cut | undefined => {
  let left = parts
  for (const [position, cut] of inner.entries()) {
    if (cut.size > left || position === inner.length - 1) {
      const run = runOf(cut.size, Math.min(left, cut.size))
      return { whole: inner.slice(0, position), cut, run, rest: inner.slice(position + 1) }
    }
    left = Math.ceil(left / cut.size)
  }
  return undefined
}

const accumulator: Scalar = { op: "accumulator", type: "f32" }

/** Row-major strides. */
const strides = (sizes: ReadonlyArray<number>): ReadonlyArray<number> =>
  sizes.map((_, i) => sizes.slice(i + 1).reduce((product, size) => product * size, 1))

const moved = (origin: Origin, by: number): Origin => ({ buffer: origin.buffer, offset: origin.offset + by })

/** Contractions of the parts into the buffer `id`, [...parts, ...outputs], one for whole runs and one for what is left. */
const partial = (contraction: Contraction, { whole, cut, run, rest }: Cut, id: number): ReadonlyArray<Node> => {
  const pieces = Math.ceil(cut.size / run)
  const outputs = [...contraction.batch, ...contraction.rows, ...contraction.columns]
  const all = strides([...whole, { size: pieces }, ...outputs].map(({ size }) => size))
  const nth = (dimensions: ReadonlyArray<Dimension>, first: number) =>
    dimensions.map(({ size, left, right }, i) => ({ size, left, right, outer: [all[first + i] ?? 0] }))
  const b = whole.length + 1
  const r = b + contraction.batch.length
  const piece = (from: number, many: number, length: number): Node => {
    const access = { buffer: id, offset: from * (all[whole.length] ?? 0), strides: [] }
    const step = { size: many, left: cut.left * run, right: cut.right * run }
    const part: Contraction = {
      batch: [...nth([...whole, { ...step, outer: [] }], 0), ...nth(contraction.batch, b)],
      rows: nth(contraction.rows, r),
      columns: nth(contraction.columns, r + contraction.rows.length),
      inner: [{ ...cut, size: length }, ...rest],
      left: moved(contraction.left, from * step.left),
      right: moved(contraction.right, from * step.right),
      writes: [{ access, value: accumulator }],
      accesses: [access]
    }
    return toNode(collapse(part))
  }
  const full = Math.floor(cut.size / run)
  const last = cut.size - full * run
  return [...(full > 0 ? [piece(0, full, run)] : []), ...(last > 0 ? [piece(full, 1, last)] : [])]
}

/** The sum of the parts, with what the contraction writes. */
const total = (contraction: Contraction, parts: number, id: number): Node => {
  const node = toNode(contraction)
  const shape = [...node.batch, ...node.rows, ...node.columns]
  const outputs = strides(shape)
  const size = shape.reduce((product, length) => product * length, 1)
  const value: Scalar = { op: "read", type: "f32", access: { buffer: id, offset: 0, strides: [...outputs, size] } }
  const writes: ReadonlyArray<Write> = node.writes
  return { _tag: "Reduce", shape, over: [parts], operator: "sum", order: "sequence", value, writes }
}

/** The cut that a node specifies: of its first inner dimension. */
const asked = ([first, ...rest]: ReadonlyArray<Dimension>, parts: number): Cut | undefined =>
  first === undefined ? undefined : { whole: [], cut: first, run: Math.ceil(first.size / parts), rest }

/**
 * The contraction, cut where that is worth it, or into as many parts as it asks for, if these are more than one. `id` is the
 * next free buffer.
 */
export const cut = (
  contraction: Contraction,
  id: number,
  parted: number
): { readonly nodes: ReadonlyArray<Node>; readonly buffers: ReadonlyArray<Buffer> } => {
  const outputs = count(contraction.batch) * count(contraction.rows) * count(contraction.columns)
  const place =
    parted > 1 ? asked(contraction.inner, parted) : cutOf(contraction.inner, wanted(outputs, count(contraction.inner)))
  if (place === undefined) return { nodes: [toNode(contraction)], buffers: [] }
  const parts = count(place.whole) * Math.ceil(place.cut.size / place.run)
  if (parts <= 1) return { nodes: [toNode(contraction)], buffers: [] }
  return {
    nodes: [...partial(contraction, place, id), total(contraction, parts, id)],
    buffers: [{ id, type: "f32", size: parts * outputs, place: { _tag: "Temporary" } }]
  }
}
