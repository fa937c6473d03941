/** The expressions of statements: which there are, and which are meant to be computed once for several uses. */
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

/** The operands of an expression. */
export const operands = (expression: Expression): ReadonlyArray<Expression> => {
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

/** Every expression in statements, each object once. */
export const expressionsOf = (statements: ReadonlyArray<Statement>): ReadonlySet<Expression> => {
  const found = new Set<Expression>()
  const visit = (expression: Expression): void => {
    if (found.has(expression)) return
    found.add(expression)
    for (const operand of operands(expression)) visit(operand)
  }
  const enter = (inside: ReadonlyArray<Statement>): void => {
    for (const statement of inside) {
      for (const expression of ofStatement(statement)) visit(expression)
      for (const inner of within(statement)) enter(inner)
    }
  }
  enter(statements)
  return found
}

const isLeaf = ({ op }: Expression): boolean => op === "constant" || op === "local" || op === "address" || op === "iota"

/** Subexpressions that a statement reaches more than once (the same object), operands first. */
export const sharedIn = (statement: Statement): ReadonlyArray<Expression> => {
  const shared = new Set<Expression>()
  const reached = new Set<Expression>()
  const order: Array<Expression> = []
  const visit = (expression: Expression): void => {
    if (isLeaf(expression)) return
    if (reached.has(expression)) {
      shared.add(expression)
      return
    }
    reached.add(expression)
    for (const operand of operands(expression)) visit(operand)
    order.push(expression)
  }
  for (const expression of ofStatement(statement)) visit(expression)
  return order.filter((expression) => shared.has(expression))
}
