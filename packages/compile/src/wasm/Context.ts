/** The context for printing one function: its locals, and the values that were computed before. */
import type { Expression, Local, Placement } from "../code/Code.ts"
import type { Body } from "./Body.ts"
import type { Level } from "./Level.ts"
import type { Sharing } from "./Sharing.ts"

export interface Context {
  readonly body: Body
  readonly level: Level
  readonly placements: ReadonlyArray<Placement>
  /** By name. */
  readonly locals: Map<string, number>
  /** Locals that hold the addresses of bound buffers. */
  readonly addresses: ReadonlyMap<number, number>
  readonly sharing: Sharing
  /** Leaves an expression's value on the stack. */
  readonly print: (expression: Expression) => void
}

export const localOf = (context: Context, local: Local): number => {
  const index = context.locals.get(local.name)
  if (index === undefined) throw new Error(`The local ${local.name} isn't among its task's locals.`)
  return index
}
