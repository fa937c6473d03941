/**
 * A map over a buffer that was put together of parts becomes a map for each part, so that each can go into what computes it. So
 * small parameters that are updated as one vector are updated where their gradients are computed.
 */

import { element } from "@etude/core/Lookup"
import { zip } from "../../Lists.ts"
import { accessesIn } from "../Nodes.ts"
import type { Access, Map as MapNode, Node } from "../Plan.ts"
import { affine } from "../Reshape.ts"
import { rewriter } from "../Rewrite.ts"
import * as S from "../Scalars.ts"
import { collapsed } from "./Domain.ts"
import { type Draft, isInner } from "./Draft.ts"
import * as Index from "./Index.ts"
import { touched } from "./Regions.ts"

/** A buffer with more parts than this is not split. */
const mostParts = 32
/** Parts that are shorter on average are not worth a node. */
const shortest = 4

/** The starts of a buffer's parts, if it consists of several contiguous ones. */
const cutsOf = (draft: Draft, index: Index.Index, buffer: number): ReadonlyArray<number> => {
  if (!isInner(draft, buffer)) return []
  const parts = index
    .writersOf(Index.wholeBuffer(buffer))
    .flatMap((node) => touched(node).writes.filter((region) => region.buffer === buffer))
    .toSorted((a, b) => a.lowest - b.lowest)
  const isChain = parts.every((part, at) => part.lowest === (at === 0 ? 0 : element(parts, at - 1).highest + 1))
  return isChain && parts.length > 1 && parts.length <= mostParts ? parts.slice(1).map(({ lowest }) => lowest) : []
}

/** Elements `from` to `to` of a map of one dimension. */
const part = (map: MapNode, from: number, to: number): MapNode => {
  const moved = (access: Access): Access => ({ ...access, offset: access.offset + element(access.strides, 0) * from })
  const rewrite = rewriter((scalar) => {
    if (scalar.op === "read") return { ...scalar, access: moved(scalar.access) }
    return scalar.op === "index" ? S.add(affine([1], 0), S.i32(from)) : scalar
  })
  const writes = map.writes.map(({ access, value }) => ({ access: moved(access), value: rewrite(value) }))
  return { ...map, shape: [to - from], writes }
}

const splitMap = (draft: Draft, index: Index.Index, map: MapNode): ReadonlyArray<Node> | undefined => {
  const flat = collapsed(map)
  const length = flat.shape[0]
  if (flat.shape.length !== 1 || length === undefined) return undefined
  const dense = flat.writes.flatMap(({ value }) => accessesIn(value)).filter(({ strides }) => strides[0] === 1)
  const cuts = new Set(dense.flatMap(({ buffer, offset }) => cutsOf(draft, index, buffer).map((cut) => cut - offset)))
  const inside = [...cuts].filter((cut) => cut > 0 && cut < length).sort((a, b) => a - b)
  if (inside.length === 0 || inside.length >= mostParts || length < shortest * inside.length) return undefined
  const bounds = [0, ...inside, length]
  return zip(bounds.slice(0, -1), bounds.slice(1)).map(([from, to]) => part(flat, from, to))
}

export const split = (draft: Draft): Draft => {
  const nodes = [...draft.nodes]
  const index = Index.make(nodes)
  for (let at = 0; at < nodes.length; at++) {
    const node = element(nodes, at)
    const parts = node._tag === "Map" ? splitMap(draft, index, node) : undefined
    if (parts === undefined) continue
    nodes.splice(at, 1, ...parts)
    index.remove(node)
    for (const part of parts) index.add(part)
    at += parts.length - 1
  }
  return nodes.length === draft.nodes.length ? draft : { ...draft, nodes }
}
