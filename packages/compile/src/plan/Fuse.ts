/**
 * Fewer nodes that do the same, bit for bit: element-wise values are computed in what takes them or in what makes them, copies
 * and what nobody reads go. Sums keep their order.
 */
import { collapsed } from "./fuse/Domain.ts"
import type { Draft, Pass } from "./fuse/Draft.ts"
import { epilogues } from "./fuse/Epilogue.ts"
import { horizontal } from "./fuse/Horizontal.ts"
import { inline } from "./fuse/Inline.ts"
import { prune } from "./fuse/Prune.ts"
import { retarget } from "./fuse/Retarget.ts"
import { sink } from "./fuse/Sink.ts"
import { slopes } from "./fuse/Slopes.ts"
import { split } from "./fuse/Split.ts"
import type { Plan } from "./Plan.ts"
import { simplifier } from "./Simplify.ts"

/** Passes run until nothing changes; this many rounds are enough for any network. */
const mostRounds = 12

const passes: ReadonlyArray<Pass> = [
  ...[prune, retarget, split, inline("single"), prune],
  ...[epilogues, prune, inline("cheap"), prune]
]

const untilStable = (draft: Draft, all: ReadonlyArray<Pass>): Draft => {
  let now = draft
  for (let round = 0; round < mostRounds; round++) {
    const next = all.reduce((before, pass) => pass(before), now)
    if (next.nodes.length === now.nodes.length && next.nodes.every((node, at) => node === now.nodes[at])) return next
    now = next
  }
  return now
}

export const fuse = (plan: Plan): Plan => {
  const simplify = simplifier(plan)
  const simplified: Pass = (draft) => ({ ...draft, nodes: draft.nodes.map(simplify) })
  const fused = untilStable(slopes(simplified(plan)), passes)
  const wide = untilStable(horizontal(simplified(fused)), [epilogues, prune])
  const { buffers, nodes } = sink(simplified(wide))
  return {
    ...plan,
    buffers,
    nodes: nodes.map((node) => (node._tag === "Map" ? collapsed(node) : node))
  }
}
