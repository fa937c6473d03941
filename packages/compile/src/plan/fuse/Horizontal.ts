/** Merges independent maps over equal shapes if they read the same data or are small. */
import { element } from "@etude/core/Lookup"
import type { Map as MapNode } from "../Plan.ts"
import { sameShape, sizeOf } from "../Shapes.ts"
import type { Draft } from "./Draft.ts"
import { dependsOn, merged, touched } from "./Regions.ts"

const small = 256
const mostBuffers = 16

const worthwhile = (a: MapNode, b: MapNode): boolean => {
  const regions = [a, b].flatMap((node) => [...touched(node).reads, ...touched(node).writes])
  const all = new Set(regions.map(({ buffer }) => buffer))
  if (sizeOf(a.shape) <= small) return all.size <= 64
  const shared = touched(a).reads.some(
    ({ buffer, highest, lowest }) => highest > lowest && touched(b).reads.some((other) => other.buffer === buffer)
  )
  return shared && all.size <= mostBuffers
}

export const horizontal = (draft: Draft): Draft => {
  let { nodes } = draft
  for (let second = 0; second < nodes.length; second++) {
    for (let first = second - 1; first >= 0; first--) {
      const [a, b] = [element(nodes, first), element(nodes, second)]
      if (a._tag !== "Map" || b._tag !== "Map" || !sameShape(a.shape, b.shape)) continue
      if (dependsOn(b, a) || !worthwhile(a, b)) continue
      const next = merged(nodes, first, second, { ...a, writes: [...a.writes, ...b.writes] })
      if (next === undefined) continue
      nodes = next
      second--
      break
    }
  }
  return nodes === draft.nodes ? draft : { ...draft, nodes }
}
