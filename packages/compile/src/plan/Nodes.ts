/** Reads and writes of nodes of every kind. */
import type { Access, Node, Scalar, Write } from "./Plan.ts"
import { everyOf } from "./Rewrite.ts"
import type { Shape } from "./Shapes.ts"

/** The expressions of a node. */
export const scalarsOf = (node: Node): ReadonlyArray<Scalar> => {
  switch (node._tag) {
    case "Map":
    case "Contract":
      return node.writes.map(({ value }) => value)
    case "Reduce":
      return [node.value, ...node.writes.map(({ value }) => value)]
    case "Scatter":
      return [node.index, node.value]
    case "Scan":
      return [node.value]
    case "Foreign":
      return []
    case "Loop":
      return node.body.flatMap(scalarsOf)
  }
}

const tensorsOf = (node: Extract<Node, { readonly _tag: "Foreign" }>): ReadonlyArray<number> =>
  node.inputs.flatMap(({ tensors }) => ("buffer" in tensors ? [tensors.buffer] : tensors.map(({ buffer }) => buffer)))

/** The buffers that expressions read. */
export const buffersIn = (scalars: ReadonlyArray<Scalar>): ReadonlyArray<number> =>
  everyOf(scalars).flatMap((scalar) =>
    scalar.op === "read" ? [scalar.access.buffer] : scalar.op === "gather" ? [scalar.buffer] : []
  )

/** The buffers that a node reads, each once. */
export const readsOf = (node: Node): ReadonlyArray<number> => {
  if (node._tag === "Loop") return [...new Set(node.body.flatMap(readsOf))]
  const others =
    node._tag === "Contract" ? [node.left.buffer, node.right.buffer] : node._tag === "Foreign" ? tensorsOf(node) : []
  return [...new Set([...others, ...buffersIn(scalarsOf(node))])]
}

/** The buffers that a node writes. */
export const writesOf = (node: Node): ReadonlyArray<number> => {
  switch (node._tag) {
    case "Scatter":
      return [node.buffer]
    case "Scan":
      return [node.write.buffer]
    case "Foreign":
      return node.outputs.map(({ buffer }) => buffer)
    case "Loop":
      return [...new Set(node.body.flatMap(writesOf))]
    default:
      return node.writes.map(({ access }) => access.buffer)
  }
}

/** The iteration over which a node's `writes` are. */
export const domainOf = (node: Extract<Node, { readonly writes: ReadonlyArray<Write> }>): Shape =>
  node._tag === "Contract" ? [...node.batch, ...node.rows, ...node.columns] : node.shape

/** The accesses of an expression. */
export const accessesIn = (scalar: Scalar): ReadonlyArray<Access> =>
  everyOf([scalar]).flatMap((part) => (part.op === "read" ? [part.access] : []))
