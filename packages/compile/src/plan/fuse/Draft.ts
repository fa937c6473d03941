/** A plan while it is being fused. */
import { element } from "@etude/core/Lookup"
import type { Buffer, Node } from "../Plan.ts"

export interface Draft {
  readonly buffers: ReadonlyArray<Buffer>
  readonly nodes: ReadonlyArray<Node>
}

/** One pass: the draft after a change, or the same one. */
export type Pass = (draft: Draft) => Draft

/** Whether a buffer is internal to the plan. */
export const isInner = ({ buffers }: Draft, buffer: number): boolean =>
  element(buffers, buffer).place._tag === "Temporary"
