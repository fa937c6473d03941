/** All expressions of statements, outer ones first. */
import type { Expression, Statement } from "../../code/Code.ts"

/** Bodies of a statement. */
export const within = (statement: Statement): ReadonlyArray<ReadonlyArray<Statement>> => {
  if (statement.op === "loop") return [statement.body]
  return statement.op === "if" ? [statement.yes, statement.no ?? []] : []
}

const ofStatement = (statement: Statement): ReadonlyArray<Expression> => {
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

const operands = (expression: Expression): ReadonlyArray<Expression> => {
  switch (expression.op) {
    case "load":
      return [expression.address]
    case "pack":
      return expression.of
    case "splat":
    case "extract":
    case "unary":
    case "convert":
    case "bits":
      return [expression.of]
    case "binary":
    case "compare":
      return [expression.left, expression.right]
    case "fma":
      return [expression.left, expression.right, expression.addend]
    case "select":
      return [expression.test, expression.yes, expression.no]
    default:
      return []
  }
}

export function* expressionsOf(statements: ReadonlyArray<Statement>): Generator<Expression> {
  const waiting: Array<Expression> = []
  for (const statement of statements) {
    waiting.push(...ofStatement(statement))
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      yield next
      waiting.push(...operands(next))
    }
    for (const inner of within(statement)) yield* expressionsOf(inner)
  }
}
