/**
 * What contractions need before they are fast on any machine: dimensions merged, the right operand side by side, products with
 * zeros left out, long sums in parts. Shapes alone decide, so that every target computes the same sums.
 */
import { inBlocks } from "./expand/Blocks.ts"
import * as Collapse from "./expand/Collapse.ts"
import * as Contraction from "./expand/Contraction.ts"
import * as Pack from "./expand/Pack.ts"
import * as Parts from "./expand/Parts.ts"
import * as Winograd from "./expand/Winograd.ts"
import type { Expanded } from "./expand/winograd/Tiles.ts"
import * as Zeros from "./expand/Zeros.ts"
import type { Buffer, Contract, Node, Plan } from "./Plan.ts"

const contract = (
  node: Contract,
  plan: Plan,
  id: number
): { readonly nodes: ReadonlyArray<Node>; readonly buffers: ReadonlyArray<Buffer> } => {
  const whole = node.parts === 1
  const packed = Pack.pack(Collapse.collapse(Contraction.of(node), whole), id)
  const nodes = [...packed.nodes]
  const buffers = [...packed.buffers]
  for (const part of whole ? Zeros.leaveOut(packed.contraction, plan) : [packed.contraction]) {
    const cut = Parts.cut(Collapse.collapse(part, whole), id + buffers.length, node.parts)
    nodes.push(...cut.nodes)
    buffers.push(...cut.buffers)
  }
  return { nodes, buffers }
}

/** The contraction by others, where that takes fewer products, and each of these expanded. */
const expanded = (node: Contract, plan: Plan, id: number): Expanded => {
  const fewer = Winograd.expand(node, id)
  if (fewer === undefined) return contract(node, plan, id)
  const buffers = [...fewer.buffers]
  const nodes = fewer.nodes.flatMap((one) => {
    if (one._tag !== "Contract") return [one]
    const made = contract(one, plan, id + buffers.length)
    buffers.push(...made.buffers)
    return made.nodes
  })
  return { nodes, buffers }
}

/** The plan with each contraction as the nodes that compute it. The values of the plan are the same, but for the rounding of long sums. */
export const expand = (plan: Plan): Plan => {
  const buffers: Array<Buffer> = [...plan.buffers]
  const nodes = plan.nodes.flatMap((node) => {
    if (node._tag !== "Contract") return [node]
    const made = expanded(node, plan, buffers.length)
    buffers.push(...made.buffers)
    return made.nodes
  })
  return { ...plan, buffers, nodes: inBlocks(nodes) }
}
