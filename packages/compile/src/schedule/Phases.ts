/** Which nodes can be done at the same time: phases, as few as dependencies allow. They follow from the plan alone. */
import { domainOf, readsOf, writesOf } from "../plan/Nodes.ts"
import type { Access, Node, Plan } from "../plan/Plan.ts"
import { reach } from "../plan/Shapes.ts"

/** A scatter takes two: one fills, one scatters. */
const phasesOf = (node: Node): number => (node._tag === "Scatter" ? 2 : 1)

type Extent = readonly [lowest: number, highest: number]
const everything: Extent = [0, Number.POSITIVE_INFINITY]

/** The parts of buffers that a node writes. */
const written = (node: Node): ReadonlyArray<readonly [buffer: number, extent: Extent]> => {
  if (node._tag === "Foreign" || node._tag === "Scatter") return writesOf(node).map((buffer) => [buffer, everything])
  if (node._tag === "Loop") return node.body.flatMap(written)
  const extent = (access: Access, shape: ReadonlyArray<number>) =>
    [access.buffer, reach(access, shape) ?? ([0, -1] as const)] as const
  if (node._tag === "Scan") return [extent(node.write, [...node.shape, node.length])]
  return node.writes.map(({ access }) => extent(access, domainOf(node)))
}

/** The accesses to a buffer so far. */
interface History {
  readonly writes: Array<{ readonly extent: Extent; readonly end: number }>
  lastRead: number
}

const overlap = (one: Extent, other: Extent) => one[0] <= other[1] && other[0] <= one[1]

/**
 * The first phase of each node. A node waits for those that write what it reads, and for those that read or write what it
 * writes. A foreign node has a phase of its own; what comes behind it in the plan is done behind it.
 */
export const first = ({ nodes }: Plan): ReadonlyArray<number> => {
  const histories = new Map<number, History>()
  const history = (buffer: number): History => {
    const known = histories.get(buffer) ?? { writes: [], lastRead: -1 }
    histories.set(buffer, known)
    return known
  }
  let [floor, end] = [0, 0]
  return nodes.map((node) => {
    const foreign = node._tag === "Foreign"
    const after = readsOf(node).flatMap((buffer) => history(buffer).writes.map((write) => write.end))
    for (const [buffer, extent] of written(node)) {
      const { writes, lastRead } = history(buffer)
      after.push(lastRead, ...writes.filter((write) => overlap(write.extent, extent)).map((write) => write.end))
    }
    const phase = foreign ? end : Math.max(floor, ...after.map((at) => at + 1))
    const last = phase + phasesOf(node) - 1
    for (const buffer of readsOf(node)) history(buffer).lastRead = Math.max(history(buffer).lastRead, last)
    for (const [buffer, extent] of written(node)) history(buffer).writes.push({ extent, end: last })
    end = Math.max(end, last + 1)
    if (foreign) floor = end
    return phase
  })
}

/** The last phase in which a node is active, given its first. */
export const last = (node: Node, first: number): number => first + phasesOf(node) - 1
