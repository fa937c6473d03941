/** A block of statements under construction, and the values that it keeps in locals. */
import * as Build from "./Build.ts"
import type { Expression, Statement } from "./Code.ts"

export interface Block {
  readonly locals: Build.Locals
  readonly statements: Array<Statement>
  /** Computes a value once, at this point. Constants and locals are returned unchanged. */
  readonly keep: (value: Expression, name?: string) => Expression
}

/** An empty block that shares the locals of the blocks around it. */
export const make = (locals: Build.Locals): Block => {
  const statements: Array<Statement> = []
  const keep = (value: Expression, name?: string): Expression => {
    if (value.op === "constant" || value.op === "local") return value
    const local = locals.fresh(value.kind, value.lanes, name)
    statements.push(Build.set(local, value))
    return Build.get(local)
  }
  return { locals, statements, keep }
}
