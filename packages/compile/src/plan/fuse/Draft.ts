/** A plan while it is being fused. */
import type { Buffer, Node, Write } from "../Plan.ts"
import type { Shape } from "../Shapes.ts"
import { overlap, regionOf, touched } from "./Regions.ts"

export interface Draft {
  readonly buffers: ReadonlyArray<Buffer>
  readonly nodes: ReadonlyArray<Node>
}

/** One pass: the draft after a change, or the same one. */
export type Pass = (draft: Draft) => Draft

/** Whether a buffer is nobody's business outside of the plan. */
export const isInner = ({ buffers }: Draft, buffer: number): boolean => buffers[buffer]!.place._tag === "Temporary"

/** The positions of the nodes that read what a write over `shape` writes. */
export const readersOf = ({ nodes }: Draft, write: Write, shape: Shape): ReadonlyArray<number> => {
  const written = regionOf(write.access, shape)
  return [...nodes.keys()].filter((at) =>
    touched(nodes[at]!).reads.some((region) => written.some((other) => overlap(region, other)))
  )
}

/** The nodes with some replaced, by position; `undefined` takes one out. */
export const replaced = (
  nodes: ReadonlyArray<Node>,
  changes: ReadonlyMap<number, Node | undefined>
): ReadonlyArray<Node> =>
  nodes.flatMap((node, at) => {
    if (!changes.has(at)) return [node]
    const change = changes.get(at)
    return change === undefined ? [] : [change]
  })
