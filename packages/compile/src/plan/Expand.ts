/**
 * What contractions need before they are fast on any machine: dimensions merged, the right operand side by side, long sums in
 * parts. Shapes alone decide, so that every target computes the same sums.
 */
import * as Collapse from "./expand/Collapse.ts"
import * as Nest from "./expand/Nest.ts"
import * as Pack from "./expand/Pack.ts"
import * as Parts from "./expand/Parts.ts"
import type { Buffer, Contract, Node, Plan } from "./Plan.ts"

const contract = (
  node: Contract,
  id: number
): { readonly nodes: ReadonlyArray<Node>; readonly buffers: ReadonlyArray<Buffer> } => {
  const whole = node.parts === 1
  const packed = Pack.pack(Collapse.collapse(Nest.of(node), whole), id)
  const cut = Parts.cut(Collapse.collapse(packed.nest, whole), id + packed.buffers.length, node.parts)
  return { nodes: [...packed.nodes, ...cut.nodes], buffers: [...packed.buffers, ...cut.buffers] }
}

/** The plan with each contraction as the nodes that compute it. The values of the plan are the same, but for the rounding of long sums. */
export const expand = (plan: Plan): Plan => {
  const buffers: Array<Buffer> = [...plan.buffers]
  const nodes = plan.nodes.flatMap((node) => {
    if (node._tag !== "Contract") return [node]
    const expanded = contract(node, buffers.length)
    buffers.push(...expanded.buffers)
    return expanded.nodes
  })
  return { ...plan, buffers, nodes }
}
