/** Moves element-wise values into their readers: if they are read once, or are cheap enough to recompute. */
import { element, mapEntry } from "@etude/core/Lookup"
import type { Map as MapNode, Node } from "../Plan.ts"
import { everyOf } from "../Rewrite.ts"
import { sizeOf } from "../Shapes.ts"
import { cost, isCheap } from "./Cost.ts"
import { collapsed, reshaped } from "./Domain.ts"
import { type Draft, isInner, type Pass } from "./Draft.ts"
import * as Index from "./Index.ts"
import { type Substituted, substitute } from "./Substitute.ts"

/** More operations than this in one node are hard on compilers and registers. */
const largest = 400

/** The reader as it is, the producer in other dimensions, or the reader in the producer's. */
const attempt = (reader: Node, producer: MapNode, which: number): Substituted | undefined => {
  const direct = substitute(reader, producer, element(producer.writes, which))
  if (direct !== undefined) return direct
  const flat = collapsed(producer)
  const joined = substitute(reader, flat, element(flat.writes, which))
  if (joined !== undefined || reader._tag !== "Map") return joined
  const split = reshaped(reader, producer.shape)
  return split === undefined ? undefined : substitute(split, producer, element(producer.writes, which))
}

const complexity = (node: Node): number =>
  "writes" in node
    ? everyOf([...node.writes.map(({ value }) => value), ...("value" in node ? [node.value] : [])]).length
    : 0

/** Which values are moved: those that one node reads, or those that are cheap to compute for each of several. */
export type Choice = "single" | "cheap"

/** The readers with the value computed in place; readers where that is impossible are left out. */
const moveInto = (producer: MapNode, which: number, readers: ReadonlyArray<Node>): ReadonlyMap<Node, Node> => {
  const write = element(producer.writes, which)
  const changed = new Map<Node, Node>()
  for (const reader of readers) {
    const made = attempt(reader, producer, which)
    if (made === undefined || complexity(made.node) > largest) continue
    const repeated = made.evaluations > sizeOf(producer.shape)
    if (repeated && !isCheap(write.value, producer.shape)) continue
    changed.set(reader, made.node)
  }
  return changed
}

/** What the readers of one write of a map become, if the value is moved into them. */
const moved = (
  draft: Draft,
  index: Index.Index,
  producer: MapNode,
  which: number,
  choice: Choice
): ReadonlyMap<Node, Node> | undefined => {
  const write = element(producer.writes, which)
  const region = Index.written(write, producer.shape)
  if (region === undefined || !isInner(draft, region.buffer)) return undefined
  const readers = index.readersOf(region)
  if (readers.length === 0 || readers.includes(producer) || index.writersOf(region).length > 1) return undefined
  const isFree = isCheap(write.value, producer.shape) && cost(write.value, producer.shape).reads === 0
  const isChosen = readers.length === 1 || isFree || (choice === "cheap" && isCheap(write.value, producer.shape))
  if (!isChosen) return undefined
  const changed = moveInto(producer, which, readers)
  // A value that must be written for one reader is available to all.
  return changed.size === 0 || (changed.size < readers.length && !isFree) ? undefined : changed
}

export const inline =
  (choice: Choice): Pass =>
  (draft) => {
    const nodes = [...draft.nodes]
    const places = new Map(nodes.map((node, at) => [node, at]))
    const index = Index.make(nodes)
    const replace = (before: Node, after: Node): void => {
      const at = mapEntry(places, before)
      nodes[at] = after
      places.set(after, at)
      index.remove(before)
      index.add(after)
    }
    let isChanged = false
    for (const at of draft.nodes.keys()) {
      const node = element(nodes, at)
      if (node._tag !== "Map") continue
      for (const which of node.writes.keys()) {
        const changes = moved(draft, index, node, which, choice)
        for (const [before, after] of changes ?? []) replace(before, after)
        isChanged ||= changes !== undefined
      }
    }
    return isChanged ? { ...draft, nodes } : draft
  }
