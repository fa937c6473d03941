/** Removes dead code: writes that are never read, then nodes without writes. */
import { domainOf } from "../Nodes.ts"
import type { Node } from "../Plan.ts"
import { sizeOf } from "../Shapes.ts"
import { type Draft, isInner } from "./Draft.ts"
import { overlap, type Region, regionOf, touched } from "./Regions.ts"

/** Starts at the end, so that inputs of dead nodes are removed with them. */
export const prune = (draft: Draft): Draft => {
  const wanted = new Map<number, Array<Region>>()
  const isWanted = (region: Region): boolean =>
    !isInner(draft, region.buffer) || (wanted.get(region.buffer)?.some((other) => overlap(other, region)) ?? false)
  const kept: Array<Node> = []
  for (const node of draft.nodes.toReversed()) {
    const alive = withWanted(node, isWanted)
    if (alive === undefined) continue
    kept.push(alive)
    for (const region of touched(alive).reads) {
      const known = wanted.get(region.buffer)
      if (known === undefined) wanted.set(region.buffer, [region])
      else known.push(region)
    }
  }
  kept.reverse()
  return kept.length === draft.nodes.length && kept.every((node, at) => node === draft.nodes[at])
    ? draft
    : { ...draft, nodes: kept }
}

const withWanted = (node: Node, isWanted: (region: Region) => boolean): Node | undefined => {
  if (!("writes" in node)) return touched(node).writes.some(isWanted) ? node : undefined
  const shape = domainOf(node)
  if (sizeOf(shape) === 0) return undefined
  const writes = node.writes.filter(({ access }) => regionOf(access, shape).some(isWanted))
  if (writes.length === 0) return undefined
  return writes.length === node.writes.length ? node : { ...node, writes }
}
