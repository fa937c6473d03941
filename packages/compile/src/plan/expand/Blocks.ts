/**
 * A large product and what is computed from its results element by element, block of rows by block: the results are still in a
 * near cache, and with whichever thread made them. An optimizer's update behind a gradient is the case that counts: it reads and
 * writes several numbers for each result, in the order in which they lie in memory. No bit changes.
 */
import { element } from "@etude/core/Lookup"
import { two } from "../../Lists.ts"
import { indexed, reshaped } from "../fuse/Domain.ts"
import { sameAccess, withValues } from "../fuse/Epilogue.ts"
import { merged, overlap, touched } from "../fuse/Regions.ts"
import { accessesIn, domainOf } from "../Nodes.ts"
import type { Access, Contract, Loop, Map as MapNode, Node, Scalar, Write } from "../Plan.ts"
import { rewriter } from "../Rewrite.ts"
import * as S from "../Scalars.ts"
import { sizeOf } from "../Shapes.ts"
import { divisor } from "./winograd/Tiles.ts"

/** From this number of results on, they no longer stay in the cache until the next pass. */
const many = 1 << 14
/** The maximum number of results in a block: 32 KiB. */
const together = 1 << 13
/** The minimum number of blocks, for threads to share. */
const units = 16
/** The minimum number of rows in a block: a register tile. */
const fewestRows = 6

/** How the rows of a product are divided into blocks. */
interface Cut {
  readonly blocks: number
  readonly rows: number
}

const cutOf = ({ batch, rows, columns, parts, writes }: Contract): Cut | undefined => {
  if (batch.length > 0 || rows.length !== 1 || columns.length !== 1 || parts > 1) return undefined
  const [length, width] = [element(rows, 0), element(columns, 0)]
  if (length * width < many || indexed(writes.map(({ value }) => value)).size > 0) return undefined
  const most = Math.min(Math.floor(together / width), Math.floor(length / units))
  const high = most < fewestRows ? 0 : divisor(length, most)
  return high < fewestRows ? undefined : { blocks: length / high, rows: high }
}

/** The write that stores only the sums, row after row. */
const keptOf = ({ writes, columns }: Contract): Write | undefined =>
  writes.find(
    ({ access: { strides }, value }) => value.op === "accumulator" && strides[1] === 1 && strides[0] === columns[0]
  )

/** The other writes of a product, as a map over its sums. */
const besides = (product: Contract, kept: Write): MapNode => {
  const sums: Scalar = { op: "read", type: "f32", access: kept.access }
  const rewrite = rewriter((scalar) => (scalar.op === "accumulator" ? sums : scalar))
  const writes = product.writes.filter((write) => write !== kept)
  return {
    _tag: "Map",
    shape: domainOf(product),
    writes: writes.map(({ access, value }) => ({ access, value: rewrite(value) }))
  }
}

/** An access over rows and columns as one over blocks, a block's rows and columns. */
const inBlock = (access: Access, { rows }: Cut): Access => {
  const [row, column] = two(access.strides)
  return { ...access, strides: [rows * row, row, column] }
}

const blocksOf = (product: Contract, kept: Access, after: MapNode, cut: Cut): Loop => {
  const { blocks, rows } = cut
  const { left, right } = product
  const [length, width] = two(domainOf(product))
  const rewrite = rewriter((scalar) =>
    scalar.op === "read" ? { ...scalar, access: inBlock(scalar.access, cut) } : scalar
  )
  const sums: Contract = {
    ...product,
    batch: [blocks],
    rows: [rows],
    left: { ...left, strides: [rows * element(left.strides, 0), ...left.strides] },
    right: { ...right, strides: [0, ...right.strides] },
    writes: [{ access: inBlock(kept, cut), value: S.accumulator("f32") }]
  }
  const writes = after.writes.map(({ access, value }) => ({ access: inBlock(access, cut), value: rewrite(value) }))
  return {
    _tag: "Loop",
    shape: [blocks],
    body: [sums, { _tag: "Map", shape: [length / rows, rows, width], writes }]
  }
}

/** Whether a map reads the sums only at its own position, and writes nothing that the product reads. */
const isNear = (map: MapNode, kept: Access, product: Contract): boolean => {
  const reads = map.writes.flatMap(({ value }) => accessesIn(value)).filter(({ buffer }) => buffer === kept.buffer)
  const operands = touched(product).reads
  return (
    indexed(map.writes.map(({ value }) => value)).size === 0 &&
    reads.length > 0 &&
    reads.every((read) => sameAccess(read, kept, map.shape)) &&
    touched(map).writes.every((write) => !operands.some((region) => overlap(region, write)))
  )
}

/** Both as a loop over blocks; `undefined` if the map reads elements other than its own. */
const loopOf = (product: Contract, kept: Write, map: MapNode, cut: Cut): Loop | undefined => {
  const [own, following] = [besides(product, kept), reshaped(map, domainOf(product))]
  const writes = following && withValues(following, own)
  if (writes === undefined) return undefined
  const after: MapNode = { ...own, writes: [...own.writes, ...writes] }
  return isNear(after, kept.access, product) ? blocksOf(product, kept.access, after, cut) : undefined
}

const followed = (nodes: ReadonlyArray<Node>, at: number): ReadonlyArray<Node> | undefined => {
  const product = element(nodes, at)
  if (product._tag !== "Contract") return undefined
  const [cut, kept] = [cutOf(product), keptOf(product)]
  if (cut === undefined || kept === undefined) return undefined
  for (let later = at + 1; later < nodes.length; later++) {
    const map = element(nodes, later)
    if (map._tag !== "Map" || sizeOf(map.shape) !== sizeOf(domainOf(product))) continue
    const loop = loopOf(product, kept, map, cut)
    const next = loop && merged(nodes, at, later, loop)
    if (next !== undefined) return next
  }
  return undefined
}

/** The nodes, with such products and maps as loops. */
export const inBlocks = (nodes: ReadonlyArray<Node>): ReadonlyArray<Node> => {
  let now = nodes
  for (let at = 0; at < now.length; at++) now = followed(now, at) ?? now
  return now
}
