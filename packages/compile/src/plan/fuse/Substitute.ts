/** Reads of a buffer replaced by the expression that was written there. */
import { domainOf } from "../Nodes.ts"
import type { Access, Map as MapNode, Node, Scalar, Write } from "../Plan.ts"
import { rewriter } from "../Rewrite.ts"
import { type Shape, sizeOf } from "../Shapes.ts"
import { indexMap, mover } from "./Decompose.ts"
import { overlap, regionOf } from "./Regions.ts"

/** A node with its expressions rewritten, each by a function of the iteration that it is over. */
export const rewritten = (node: Node, over: (shape: Shape) => (scalar: Scalar) => Scalar): Node => {
  const written = (writes: ReadonlyArray<Write>, shape: Shape): ReadonlyArray<Write> => {
    const rewrite = over(shape)
    return writes.map(({ access, value }) => ({ access, value: rewrite(value) }))
  }
  switch (node._tag) {
    case "Map":
    case "Contract":
      return { ...node, writes: written(node.writes, domainOf(node)) }
    case "Reduce":
      return {
        ...node,
        value: over([...node.shape, ...node.over])(node.value),
        writes: written(node.writes, node.shape)
      }
    case "Scatter": {
      const rewrite = over(node.shape)
      return { ...node, index: rewrite(node.index), value: rewrite(node.value) }
    }
    case "Scan":
      return { ...node, value: over([...node.shape, node.length])(node.value) }
    // Loops are made later.
    case "Foreign":
    case "Loop":
      return node
  }
}

const touches = (access: Access, shape: Shape, write: Write, writeShape: Shape): boolean =>
  regionOf(access, shape).some((region) =>
    regionOf(write.access, writeShape).some((written) => overlap(region, written))
  )

/** Whether a contraction's operand or a kernel of the backend reads what was written, which no expression can replace. */
const readsWhole = (node: Node, write: Write, shape: Shape): boolean => {
  if (node._tag === "Contract") {
    const { batch, rows, columns, inner, left, right } = node
    return (
      touches(left, [...batch, ...rows, ...inner], write, shape) ||
      touches(right, [...batch, ...inner, ...columns], write, shape)
    )
  }
  if (node._tag !== "Foreign") return false
  return node.inputs.some(({ tensors }) =>
    ("buffer" in tensors ? [tensors] : tensors).some(({ buffer }) => buffer === write.access.buffer)
  )
}

export interface Substituted {
  readonly node: Node
  /** The total number of elements that are computed for it. */
  readonly evaluations: number
}

/** The reader with the value of `producer` computed in place; `undefined` if that is impossible. */
export const substitute = (reader: Node, producer: MapNode, write: Write): Substituted | undefined => {
  if (readsWhole(reader, write, producer.shape)) return undefined
  let [possible, evaluations] = [true, 0]
  const node = rewritten(reader, (shape) => {
    const made = new Map<string, Scalar>()
    const replace = (access: Access): Scalar | undefined => {
      const map = indexMap(access, shape, write.access, producer.shape)
      if (map === undefined) return undefined
      evaluations += sizeOf(shape)
      return mover(map, shape.length)(write.value)
    }
    return rewriter((scalar) => {
      if (scalar.op === "gather" && scalar.buffer === write.access.buffer) possible = false
      if (scalar.op !== "read" || scalar.access.buffer !== write.access.buffer) return scalar
      if (!touches(scalar.access, shape, write, producer.shape)) return scalar
      const key = `${scalar.access.offset}:${scalar.access.strides}`
      const value = made.get(key) ?? replace(scalar.access)
      if (value === undefined) possible = false
      else made.set(key, value)
      return value ?? scalar
    })
  })
  return possible ? { node, evaluations } : undefined
}
