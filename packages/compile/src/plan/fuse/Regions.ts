/** The parts of buffers that a node reads and writes, and the order that follows for nodes. */
import { element } from "@etude/core/Lookup"
import { domainOf } from "../Nodes.ts"
import type { Access, Node, Scalar } from "../Plan.ts"
import { everyOf } from "../Rewrite.ts"
import { reach, type Shape } from "../Shapes.ts"

/** Accesses within the elements `lowest` to `highest` of a buffer. */
export interface Region {
  readonly buffer: number
  readonly lowest: number
  readonly highest: number
}

const everything = (buffer: number): Region => ({ buffer, lowest: 0, highest: Number.POSITIVE_INFINITY })

export const regionOf = (access: Access, shape: Shape): ReadonlyArray<Region> => {
  const reached = reach(access, shape)
  return reached === undefined ? [] : [{ buffer: access.buffer, lowest: reached[0], highest: reached[1] }]
}

const ofScalar = (root: Scalar, shape: Shape): ReadonlyArray<Region> =>
  everyOf([root]).flatMap((scalar) => {
    if (scalar.op === "gather") return [everything(scalar.buffer)]
    return scalar.op === "read" ? regionOf(scalar.access, shape) : []
  })

/** Expressions of a node with the iterations that they are over. */
export const expressionsOf = (node: Node): ReadonlyArray<readonly [scalar: Scalar, shape: Shape]> => {
  switch (node._tag) {
    case "Reduce":
      return [
        [node.value, [...node.shape, ...node.over]],
        ...node.writes.map(({ value }) => [value, node.shape] as const)
      ]
    case "Map":
    case "Contract":
      return node.writes.map(({ value }) => [value, domainOf(node)] as const)
    case "Scatter":
      return [
        [node.index, node.shape],
        [node.value, node.shape]
      ]
    case "Scan":
      return [[node.value, [...node.shape, node.length]]]
    case "Foreign":
      return []
    case "Loop":
      return node.body.flatMap(expressionsOf)
  }
}

const others = (node: Node): ReadonlyArray<Region> => {
  if (node._tag === "Loop") return node.body.flatMap(others)
  if (node._tag === "Contract") {
    const { batch, rows, columns, inner, left, right } = node
    return [...regionOf(left, [...batch, ...rows, ...inner]), ...regionOf(right, [...batch, ...inner, ...columns])]
  }
  if (node._tag !== "Foreign") return []
  return node.inputs.flatMap(({ tensors }) =>
    "buffer" in tensors ? [everything(tensors.buffer)] : tensors.map(({ buffer }) => everything(buffer))
  )
}

const writesOf = (node: Node): ReadonlyArray<Region> => {
  switch (node._tag) {
    case "Scatter":
      return [everything(node.buffer)]
    case "Scan":
      return regionOf(node.write, [...node.shape, node.length])
    case "Foreign":
      return node.outputs.map(({ buffer }) => everything(buffer))
    case "Loop":
      return node.body.flatMap(writesOf)
    default:
      return node.writes.flatMap(({ access }) => regionOf(access, domainOf(node)))
  }
}

interface Touched {
  readonly reads: ReadonlyArray<Region>
  readonly writes: ReadonlyArray<Region>
}

const known = new WeakMap<Node, Touched>()

export const touched = (node: Node): Touched => {
  const before = known.get(node)
  if (before !== undefined) return before
  const reads = [...others(node), ...expressionsOf(node).flatMap(([scalar, shape]) => ofScalar(scalar, shape))]
  const now = { reads, writes: writesOf(node) }
  known.set(node, now)
  return now
}

export const overlap = (a: Region, b: Region): boolean =>
  a.buffer === b.buffer && a.lowest <= b.highest && b.lowest <= a.highest

const anyOverlap = (as: ReadonlyArray<Region>, bs: ReadonlyArray<Region>): boolean =>
  as.some((a) => bs.some((b) => overlap(a, b)))

/** Whether `later` must come after `earlier`, given that it does. */
export const dependsOn = (later: Node, earlier: Node): boolean => {
  const [a, b] = [touched(later), touched(earlier)]
  return anyOverlap(a.reads, b.writes) || anyOverlap(a.writes, b.writes) || anyOverlap(a.writes, b.reads)
}

/** The union of the accesses of some nodes. */
const together = () => {
  const [reads, writes]: [Map<number, Array<Region>>, Map<number, Array<Region>>] = [new Map(), new Map()]
  const put = (regions: Map<number, Array<Region>>, region: Region): void => {
    const known = regions.get(region.buffer)
    if (known === undefined) regions.set(region.buffer, [region])
    else known.push(region)
  }
  const meets = (regions: Map<number, Array<Region>>, region: Region): boolean =>
    regions.get(region.buffer)?.some((other) => overlap(other, region)) ?? false
  return {
    add: (node: Node): void => {
      for (const region of touched(node).reads) put(reads, region)
      for (const region of touched(node).writes) put(writes, region)
    },
    /** Whether a later node must come after one of them. */
    precede: (node: Node): boolean =>
      touched(node).reads.some((region) => meets(writes, region)) ||
      touched(node).writes.some((region) => meets(writes, region) || meets(reads, region))
  }
}

/**
 * The nodes with those at `first` and `second` replaced by one that does the work of both; `undefined` where a third must come
 * between them.
 */
export const merged = (
  nodes: ReadonlyArray<Node>,
  first: number,
  second: number,
  both: Node
): ReadonlyArray<Node> | undefined => {
  const [before, after]: [Array<Node>, Array<Node>] = [[], []]
  const [followed, following] = [together(), together()]
  followed.add(element(nodes, first))
  for (const node of nodes.slice(first + 1, second)) {
    if (!followed.precede(node)) before.push(node)
    else {
      after.push(node)
      followed.add(node)
      following.add(node)
    }
  }
  if (following.precede(element(nodes, second))) return undefined
  return [...nodes.slice(0, first), ...before, both, ...after, ...nodes.slice(second + 1)]
}
