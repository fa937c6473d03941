/** Addresses of loads and stores, and the addresses of buffers. */
import type { Expression, Statement, Task } from "../code/Code.ts"
import type { Context } from "./Context.ts"
import { operands } from "./Sharing.ts"

/** Leaves the address on the stack but for the offset that it returns, which belongs into the instruction. */
export const address = ({ body, placements, print }: Context, at: Expression, offset: number): number => {
  const place = at.op === "address" ? placements[at.buffer] : undefined
  if (place?._tag === "Fixed") {
    body.i32(place.address + offset)
    return 0
  }
  print(at)
  if (offset >= 0) return offset
  body.i32(offset)
  body.do("i32.add")
  return 0
}

const valuesOf = (statement: Statement): ReadonlyArray<Expression> => {
  switch (statement.op) {
    case "set":
      return [statement.to]
    case "store":
      return [statement.address, statement.value]
    case "loop":
      return [statement.from, statement.to]
    case "if":
      return [statement.test]
  }
}

const blocksOf = (statement: Statement): ReadonlyArray<ReadonlyArray<Statement>> => {
  if (statement.op === "loop") return [statement.body]
  return statement.op === "if" ? [statement.yes, statement.no ?? []] : []
}

/** The buffers whose addresses a task uses. */
export const buffersOf = ({ body }: Task): ReadonlySet<number> => {
  const found = new Set<number>()
  const seen = new Set<Expression>()
  const look = (expression: Expression): void => {
    if (expression.op === "address") found.add(expression.buffer)
    const parts = operands(expression)
    if (parts.length === 0 || seen.has(expression)) return
    seen.add(expression)
    parts.forEach(look)
  }
  const walk = (statements: ReadonlyArray<Statement>): void => {
    for (const statement of statements) {
      valuesOf(statement).forEach(look)
      blocksOf(statement).forEach(walk)
    }
  }
  walk(body)
  return found
}
