/** Element-wise values go into what reads them: once where they are read once, again and again where they are cheap. */
import type { Map as MapNode, Node, Write } from "../Plan.ts"
import { everyOf } from "../Rewrite.ts"
import { sizeOf } from "../Shapes.ts"
import { cost, isCheap } from "./Cost.ts"
import { collapsed, reshaped } from "./Domain.ts"
import { type Draft, isInner, type Pass, readersOf } from "./Draft.ts"
import { overlap, regionOf, touched } from "./Regions.ts"
import { type Substituted, substitute } from "./Substitute.ts"

/** More operations than this in one node are hard on compilers and registers. */
const largest = 400

/** The reader as it is, the producer in other dimensions, or the reader in the producer's. */
const attempt = (reader: Node, producer: MapNode, which: number): Substituted | undefined => {
  const direct = substitute(reader, producer, producer.writes[which]!)
  if (direct !== undefined) return direct
  const flat = collapsed(producer)
  const joined = substitute(reader, flat, flat.writes[which]!)
  if (joined !== undefined || reader._tag !== "Map") return joined
  const split = reshaped(reader, producer.shape)
  return split === undefined ? undefined : substitute(split, producer, producer.writes[which]!)
}

const complexity = (node: Node): number =>
  "writes" in node
    ? everyOf([...node.writes.map(({ value }) => value), ...("value" in node ? [node.value] : [])]).length
    : 0

/** Whether nothing else writes what this write does. */
const isOnlyWriter = ({ nodes }: Draft, producer: MapNode, write: Write): boolean => {
  const own = regionOf(write.access, producer.shape)
  return nodes.every(
    (node) => node === producer || !touched(node).writes.some((region) => own.some((other) => overlap(region, other)))
  )
}

/** Which values are moved: those that one node reads, or those that are cheap to compute for each of several. */
export type Choice = "single" | "cheap"

/** The readers with the value computed in place, by position; fewer than there are where some can't have it. */
const moveInto = (draft: Draft, producer: MapNode, which: number, readers: ReadonlyArray<number>) => {
  const write = producer.writes[which]!
  const changed = new Map<number, Node>()
  for (const reader of readers) {
    const made = attempt(draft.nodes[reader]!, producer, which)
    if (made === undefined || complexity(made.node) > largest) continue
    const repeated = made.evaluations > sizeOf(producer.shape)
    if (repeated && !isCheap(write.value, producer.shape)) continue
    changed.set(reader, made.node)
  }
  return changed
}

/** One write of the map at `at` moved into its readers; `undefined` where it stays. */
const moveWrite = (draft: Draft, at: number, which: number, choice: Choice): Draft | undefined => {
  const producer = draft.nodes[at] as MapNode
  const write = producer.writes[which]!
  if (!isInner(draft, write.access.buffer) || !isOnlyWriter(draft, producer, write)) return undefined
  const readers = readersOf(draft, write, producer.shape)
  if (readers.length === 0 || readers.includes(at)) return undefined
  const isFree = cost(write.value, producer.shape).reads === 0 && isCheap(write.value, producer.shape)
  const isChosen = readers.length === 1 || isFree || (choice === "cheap" && isCheap(write.value, producer.shape))
  if (!isChosen) return undefined
  const changed = moveInto(draft, producer, which, readers)
  // What must be written for one reader is there for all.
  if (changed.size === 0 || (changed.size < readers.length && !isFree)) return undefined
  return { ...draft, nodes: draft.nodes.map((node, position) => changed.get(position) ?? node) }
}

export const inline =
  (choice: Choice): Pass =>
  (draft) => {
    let now = draft
    for (let at = 0; at < now.nodes.length; at++) {
      const node = now.nodes[at]!
      if (node._tag !== "Map") continue
      for (let which = 0; which < node.writes.length; which++) now = moveWrite(now, at, which, choice) ?? now
    }
    return now
  }
