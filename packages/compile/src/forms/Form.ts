/** From a node of a plan to tasks: what the forms share. */
import type { Locals } from "../code/Build.ts"
import type { Placement, Target, Task } from "../code/Code.ts"
import type { Buffer } from "../plan/Plan.ts"

/** What a form knows besides its node. */
export interface Context {
  readonly buffers: ReadonlyArray<Buffer>
  /** By buffer. Fixed addresses can be written into the code as numbers. */
  readonly placements: ReadonlyArray<Placement>
  readonly target: Target
  /** Within a loop: how many of the first dimensions the loop has, each index of which is a unit, and the loop's locals. */
  readonly loop?: { readonly dimensions: number; readonly locals: Locals }
  /** A name for a task, unique within the program, that begins with `prefix`. */
  readonly name: (prefix: string) => string
}

/** The tasks of a form belong to one phase: they are independent of each other. */
export type Form<Node> = (node: Node, context: Context) => ReadonlyArray<Task>
