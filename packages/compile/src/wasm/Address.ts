/** Addresses of loads and stores, and the addresses of buffers. */
import type { Expression, Statement, Task } from "../code/Code.ts"
import type { Context } from "./Context.ts"
import { operands } from "./Sharing.ts"

/** An address as a buffer's start and an offset in bytes, if it has that form. */
const beginning = (at: Expression): { readonly buffer: Expression; readonly bytes: number } => {
  if (at.op === "binary" && at.name === "add" && at.left.op === "address" && at.right.op === "constant") {
    return { buffer: at.left, bytes: at.right.value }
  }
  return { buffer: at, bytes: 0 }
}

/**
 * Leaves the address on the stack but for the offset that it returns, which belongs into the instruction. Only what is added
 * to the beginning of a buffer goes there: other sums may have wrapped around below 0, and must wrap back.
 */
export const address = ({ body, placements, print }: Context, at: Expression, offset: number): number => {
  const { buffer, bytes } = beginning(at)
  const place = buffer.op === "address" ? placements[buffer.buffer] : undefined
  if (place?._tag === "Fixed") {
    body.i32(place.address + bytes + offset)
    return 0
  }
  if (bytes + offset >= 0) {
    print(buffer)
    return bytes + offset
  }
  print(at)
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
