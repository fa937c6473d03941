/** Removes copies of whole buffers: the original is written directly to the copy's location, and read there. */
import { element, mapEntry } from "@etude/core/Lookup"
import type { Access, Foreign, Map as MapNode, Node, Scalar, Tensor } from "../Plan.ts"
import { rewriter } from "../Rewrite.ts"
import * as S from "../Scalars.ts"
import { type Shape, sizeOf, stridesOf } from "../Shapes.ts"
import { collapsed } from "./Domain.ts"
import { type Draft, isInner } from "./Draft.ts"
import * as Index from "./Index.ts"
import { touched } from "./Regions.ts"
import { rewritten } from "./Substitute.ts"

interface Copy {
  readonly from: number
  readonly to: number
  /** Where in `to` the copy begins. */
  readonly offset: number
}

const isDense = ({ strides }: Access, shape: Shape): boolean =>
  stridesOf(shape).every((stride, axis) => shape[axis] === 1 || strides[axis] === stride)

/** The copy that a map performs, if it does nothing but copy a whole internal buffer in order. */
const copyOf = (draft: Draft, map: MapNode): Copy | undefined => {
  const [first, ...rest] = map.writes
  if (rest.length > 0 || first?.value.op !== "read") return undefined
  const flat = collapsed(map)
  const { access: target, value: source } = element(flat.writes, 0)
  if (source.op !== "read" || source.access.offset !== 0) return undefined
  const { buffer } = source.access
  const isWhole = element(draft.buffers, buffer).size === sizeOf(map.shape)
  const isDirect = isDense(source.access, flat.shape) && isDense(target, flat.shape)
  return isInner(draft, buffer) && isWhole && isDirect
    ? { from: buffer, to: target.buffer, offset: target.offset }
    : undefined
}

const place = ({ from, to, offset }: Copy, access: Access): Access =>
  access.buffer === from ? { ...access, buffer: to, offset: access.offset + offset } : access

const placed = (node: Node, copy: Copy): Node => {
  switch (node._tag) {
    case "Contract":
      return {
        ...node,
        left: place(copy, node.left),
        right: place(copy, node.right),
        writes: node.writes.map(({ access, value }) => ({ access: place(copy, access), value }))
      }
    case "Map":
    case "Reduce":
      return { ...node, writes: node.writes.map(({ access, value }) => ({ access: place(copy, access), value })) }
    case "Scan":
      return { ...node, write: place(copy, node.write) }
    case "Scatter":
      return node.buffer === copy.from ? { ...node, buffer: copy.to } : node
    case "Foreign":
      return wholes(node, copy)
    // Made later.
    case "Loop":
      return node
  }
}

const wholes = (node: Foreign, { from, to }: Copy): Foreign => {
  const moved = (tensor: Tensor): Tensor => (tensor.buffer === from ? { ...tensor, buffer: to } : tensor)
  return {
    ...node,
    inputs: node.inputs.map(({ name, tensors }) => ({
      name,
      tensors: "buffer" in tensors ? moved(tensors) : tensors.map(moved)
    })),
    outputs: node.outputs.map(moved)
  }
}

const reads = (copy: Copy) => (): ((scalar: Scalar) => Scalar) =>
  rewriter((scalar) => {
    if (scalar.op === "read") return { ...scalar, access: place(copy, scalar.access) }
    if (scalar.op !== "gather" || scalar.buffer !== copy.from) return scalar
    return { ...scalar, buffer: copy.to, index: S.add(scalar.index, S.i32(copy.offset)) }
  })

/** Whether the node accepts only whole buffers. */
const needsWhole = (node: Node, buffer: number): boolean => {
  if (node._tag === "Scatter") return node.buffer === buffer
  if (node._tag !== "Foreign") return false
  const inputs = node.inputs.flatMap(({ tensors }) => ("buffer" in tensors ? [tensors] : tensors))
  return [...inputs, ...node.outputs].some((tensor) => tensor.buffer === buffer)
}

/** Whether something else writes there, such as what fills the buffer before: the order of the two would change. */
const isWrittenElsewhere = (index: Index.Index, copy: Node): boolean =>
  touched(copy).writes.some((region) => index.writersOf(region).some((node) => node !== copy))

/** The nodes that read or write a buffer. */
const usersOf = (index: Index.Index, buffer: number): ReadonlySet<Node> => {
  const region = Index.wholeBuffer(buffer)
  return new Set([...index.readersOf(region), ...index.writersOf(region)])
}

export const retarget = (draft: Draft): Draft => {
  const nodes = [...draft.nodes]
  const index = Index.make(nodes)
  const places = new Map(nodes.map((node, at) => [node, at]))
  const gone = new Set<number>()
  for (const [at, node] of nodes.entries()) {
    const copy = node._tag === "Map" ? copyOf(draft, node) : undefined
    if (copy === undefined || isWrittenElsewhere(index, node)) continue
    const { from, to } = copy
    const users = [...usersOf(index, from)].filter((other) => other !== node)
    const isWhole = element(draft.buffers, from).size === element(draft.buffers, to).size
    if (!isWhole && users.some((other) => needsWhole(other, from))) continue
    gone.add(at)
    index.remove(node)
    for (const user of users) {
      const changed = placed(rewritten(user, reads(copy)), copy)
      const place = mapEntry(places, user)
      nodes[place] = changed
      places.set(changed, place)
      index.remove(user)
      index.add(changed)
    }
  }
  return gone.size === 0 ? draft : { ...draft, nodes: nodes.filter((_, at) => !gone.has(at)) }
}
