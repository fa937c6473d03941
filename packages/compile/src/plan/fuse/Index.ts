/** Which nodes read and write which buffers, kept up to date while nodes come and go. */
import type { Node, Write } from "../Plan.ts"
import type { Shape } from "../Shapes.ts"
import { overlap, type Region, regionOf, touched } from "./Regions.ts"

export interface Index {
  /** The nodes that read some of a region, in no order. */
  readonly readersOf: (region: Region) => ReadonlyArray<Node>
  readonly writersOf: (region: Region) => ReadonlyArray<Node>
  readonly add: (node: Node) => void
  readonly remove: (node: Node) => void
}

type Users = Map<number, Set<Node>>

const add = (users: Users, node: Node, regions: ReadonlyArray<Region>): void => {
  for (const { buffer } of regions) {
    const known = users.get(buffer)
    if (known === undefined) users.set(buffer, new Set([node]))
    else known.add(node)
  }
}

const remove = (users: Users, node: Node, regions: ReadonlyArray<Region>): void => {
  for (const { buffer } of regions) users.get(buffer)?.delete(node)
}

const found = (users: Users, side: "reads" | "writes", region: Region): ReadonlyArray<Node> => {
  const nodes = users.get(region.buffer)
  if (nodes === undefined) return []
  return [...nodes].filter((node) => touched(node)[side].some((other) => overlap(region, other)))
}

export const make = (nodes: ReadonlyArray<Node>): Index => {
  const [readers, writers]: [Users, Users] = [new Map(), new Map()]
  const put = (node: Node): void => {
    add(readers, node, touched(node).reads)
    add(writers, node, touched(node).writes)
  }
  for (const node of nodes) put(node)
  return {
    readersOf: (region) => found(readers, "reads", region),
    writersOf: (region) => found(writers, "writes", region),
    add: put,
    remove: (node) => {
      remove(readers, node, touched(node).reads)
      remove(writers, node, touched(node).writes)
    }
  }
}

/** What a write over `shape` touches, if anything. */
export const written = (write: Write, shape: Shape): Region | undefined => regionOf(write.access, shape)[0]

export const wholeBuffer = (buffer: number): Region => ({ buffer, lowest: 0, highest: Number.POSITIVE_INFINITY })
