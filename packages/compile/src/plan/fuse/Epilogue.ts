/** Merges a map into the node whose result it reads. The node then writes both, or only the map's result if nothing else reads its own. */
import { element } from "@etude/core/Lookup"
import { only } from "../../Lists.ts"
import { accessesIn, domainOf } from "../Nodes.ts"
import type { Access, Map as MapNode, Node, Write } from "../Plan.ts"
import { everyOf, rewriter } from "../Rewrite.ts"
import { type Shape, sameShape, sizeOf } from "../Shapes.ts"
import { collapsed, indexed, permuted, reshaped } from "./Domain.ts"
import type { Draft } from "./Draft.ts"
import * as Index from "./Index.ts"
import { merged, overlap, regionOf, touched } from "./Regions.ts"

type Producer = Extract<Node, { readonly writes: ReadonlyArray<Write> }>

/** More buffers than this in one pass over the data are slower than two passes. */
const mostBuffers = 20

/**
 * The same for contractions, whose tiles are a few rows high: a line of each buffer for each row, which no cache foresees. A
 * bias and a mask fit; an optimizer's update is several times slower there than in a pass of its own.
 */
const mostBuffersOfContraction = 8

/** Whether both are the same element at every index of an iteration. */
export const sameAccess = (a: Access, b: Access, shape: Shape): boolean =>
  a.buffer === b.buffer &&
  a.offset === b.offset &&
  shape.every((extent, axis) => extent === 1 || a.strides[axis] === b.strides[axis])

/** The order of the map's dimensions in which its read has the strides of the write; `undefined` where there is none. */
const orderFor = (read: Access, map: Shape, write: Access, shape: Shape): ReadonlyArray<number> | undefined => {
  if (map.length !== shape.length) return undefined
  const left = new Set(map.keys())
  const order: Array<number> = []
  for (const [axis, extent] of shape.entries()) {
    const fits = (candidate: number) =>
      map[candidate] === extent && (extent === 1 || read.strides[candidate] === write.strides[axis])
    // The same place first, so that dimensions of extent 1 stay where they are.
    const found = left.has(axis) && fits(axis) ? axis : [...left].find(fits)
    if (found === undefined) return undefined
    left.delete(found)
    order.push(found)
  }
  return order
}

/** The map over the producer's iteration, such that it reads just where the producer writes. */
const aligned = (map: MapNode, read: Access, write: Access, shape: Shape): MapNode | undefined => {
  if (read.offset !== write.offset) return undefined
  const order = orderFor(read, map.shape, write, shape)
  return order === undefined ? reshaped(map, shape) : permuted(map, order)
}

/** The map's writes with what they read of the producer replaced by its values; `undefined` where they read it elsewhere. */
export const withValues = (map: MapNode, producer: Producer): ReadonlyArray<Write> | undefined => {
  const shape = domainOf(producer)
  const written = touched(producer).writes
  let possible = true
  const rewrite = rewriter((scalar) => {
    if (scalar.op === "gather" && written.some(({ buffer }) => buffer === scalar.buffer)) possible = false
    if (scalar.op !== "read") return scalar
    const same = producer.writes.find(({ access }) => sameAccess(access, scalar.access, shape))
    if (same !== undefined) return same.value
    const clashes = regionOf(scalar.access, shape).some((region) => written.some((other) => overlap(region, other)))
    if (clashes) possible = false
    return scalar
  })
  const writes = map.writes.map(({ access, value }) => ({ access, value: rewrite(value) }))
  return possible ? writes : undefined
}

const mostFor = ({ _tag }: Producer): number => (_tag === "Contract" ? mostBuffersOfContraction : mostBuffers)

const buffersOf = (node: Node): number => {
  const { reads, writes } = touched(node)
  return new Set([...reads, ...writes].map(({ buffer }) => buffer)).size
}

/** A flat map over all of a buffer that the producer writes part by part, as each part's writes. */
const inParts = (producer: Producer, map: MapNode): Node | undefined => {
  const flat = collapsed(map)
  if (producer.writes.length < 2 || flat.shape.length !== 1) return undefined
  const reads = flat.writes.flatMap(({ value }) => accessesIn(value))
  const parts = reads
    .filter(({ offset, strides }) => offset === 0 && strides[0] === 1)
    .map(({ buffer }) => producer.writes.filter(({ access }) => access.buffer === buffer))
    .find((some) => some.length > 1 && some.length * sizeOf(domainOf(producer)) === flat.shape[0])
  if (parts === undefined || flat.writes.some(({ value }) => indexed([value]).size > 0)) return undefined
  const writes = parts.flatMap((part) => atElements(flat, part, producer)?.writes ?? [])
  if (writes.length !== parts.length * flat.writes.length) return undefined
  const both = { ...producer, writes: [...producer.writes, ...writes] }
  return buffersOf(both) <= mostFor(producer) ? both : undefined
}

/** What a flat map writes for the elements that `part` has written. */
const atElements = (flat: MapNode, part: Write, producer: Producer): MapNode | undefined => {
  const moved = ({ buffer, offset, strides }: Access): Access => {
    const stride = only(strides)
    return {
      buffer,
      offset: offset + stride * part.access.offset,
      strides: part.access.strides.map((one) => one * stride)
    }
  }
  const rewrite = rewriter((scalar) => (scalar.op === "read" ? { ...scalar, access: moved(scalar.access) } : scalar))
  const writes = flat.writes.map(({ access, value }) => ({ access: moved(access), value: rewrite(value) }))
  const shape = domainOf(producer)
  const made = withValues({ ...flat, shape, writes }, producer)
  return made === undefined ? undefined : { ...flat, shape, writes: made }
}

/** Both nodes as one, by any of the reads that they share. */
const joined = (producer: Producer, map: MapNode): Node | undefined => {
  const parted = inParts(producer, map)
  if (parted !== undefined) return parted
  const shape = domainOf(producer)
  if (sizeOf(shape) !== sizeOf(map.shape)) return undefined
  const reads = everyOf(map.writes.map(({ value }) => value)).flatMap((scalar) =>
    scalar.op === "read" ? [scalar.access] : []
  )
  for (const read of reads) {
    const write = producer.writes.find(({ access }) => access.buffer === read.buffer && access.offset === read.offset)
    if (write === undefined) continue
    const same = aligned(map, read, write.access, shape)
    if (same === undefined || !sameShape(same.shape, shape)) continue
    const writes = withValues(same, producer)
    if (writes === undefined) continue
    const both = { ...producer, writes: [...producer.writes, ...writes] }
    if (buffersOf(both) <= mostFor(producer)) return both
  }
  return undefined
}

interface Absorbed {
  readonly nodes: ReadonlyArray<Node>
  readonly producer: Node
  readonly both: Node
}

const absorb = (nodes: ReadonlyArray<Node>, index: Index.Index, at: number): Absorbed | undefined => {
  const map = element(nodes, at)
  if (map._tag !== "Map") return undefined
  const producers = new Set(touched(map).reads.flatMap((region) => index.writersOf(region)))
  // The latest first: the fewer nodes lie between, the less can be in the way.
  const places = [...producers].map((producer) => nodes.indexOf(producer)).sort((a, b) => b - a)
  for (const earlier of places) {
    const producer = element(nodes, earlier)
    if (!("writes" in producer) || earlier >= at) continue
    const both = joined(producer, map)
    const next = both === undefined ? undefined : merged(nodes, earlier, at, both)
    if (both !== undefined && next !== undefined) return { nodes: next, producer, both }
  }
  return undefined
}

export const epilogues = (draft: Draft): Draft => {
  let { nodes } = draft
  const index = Index.make(nodes)
  for (let at = 0; at < nodes.length; at++) {
    const map = element(nodes, at)
    const absorbed = absorb(nodes, index, at)
    if (absorbed === undefined) continue
    index.remove(map)
    index.remove(absorbed.producer)
    index.add(absorbed.both)
    nodes = absorbed.nodes
    // This node has been replaced by another.
    at--
  }
  return nodes === draft.nodes ? draft : { ...draft, nodes }
}
