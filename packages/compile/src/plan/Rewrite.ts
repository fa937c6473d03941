/** Rebuilds scalar expressions. Shared subexpressions stay shared in the copy. */
import type { Scalar } from "./Plan.ts"

/** The operands of a scalar expression. */
export const operands = (scalar: Scalar): ReadonlyArray<Scalar> => {
  switch (scalar.op) {
    case "gather":
      return [scalar.index]
    case "unary":
    case "integer":
    case "not":
    case "convert":
    case "bits":
      return [scalar.of]
    case "binary":
    case "compare":
    case "logic":
      return [scalar.left, scalar.right]
    case "fma":
      return [scalar.left, scalar.right, scalar.addend]
    case "select":
      return [scalar.test, scalar.yes, scalar.no]
    default:
      return []
  }
}

/** The same operation with other operands; the expression itself if they are unchanged. */
const withOperands = (scalar: Scalar, of: (scalar: Scalar) => Scalar): Scalar => {
  switch (scalar.op) {
    case "gather": {
      const index = of(scalar.index)
      return index === scalar.index ? scalar : { ...scalar, index }
    }
    case "unary":
    case "integer":
    case "not":
    case "convert":
    case "bits": {
      const operand = of(scalar.of)
      return operand === scalar.of ? scalar : { ...scalar, of: operand }
    }
    case "binary":
    case "compare":
    case "logic": {
      const [left, right] = [of(scalar.left), of(scalar.right)]
      return left === scalar.left && right === scalar.right ? scalar : { ...scalar, left, right }
    }
    case "fma": {
      const [left, right, addend] = [of(scalar.left), of(scalar.right), of(scalar.addend)]
      const same = left === scalar.left && right === scalar.right && addend === scalar.addend
      return same ? scalar : { ...scalar, left, right, addend }
    }
    case "select": {
      const [test, yes, no] = [of(scalar.test), of(scalar.yes), of(scalar.no)]
      const same = test === scalar.test && yes === scalar.yes && no === scalar.no
      return same ? scalar : { ...scalar, test, yes, no }
    }
    default:
      return scalar
  }
}

/** Rewrites from the leaves up: `change` sees each expression with its operands changed already, once. */
export const rewriter = (change: (scalar: Scalar) => Scalar): ((scalar: Scalar) => Scalar) => {
  const done = new Map<Scalar, Scalar>()
  const of = (scalar: Scalar): Scalar => {
    const before = done.get(scalar)
    if (before !== undefined) return before
    const after = change(withOperands(scalar, of))
    done.set(scalar, after)
    return after
  }
  return of
}

/** All subexpressions of some expressions, these included, each object once, operands first. */
export const everyOf = (scalars: ReadonlyArray<Scalar>): ReadonlyArray<Scalar> => {
  const seen = new Set<Scalar>()
  const visit = (scalar: Scalar): void => {
    if (seen.has(scalar)) return
    for (const operand of operands(scalar)) visit(operand)
    seen.add(scalar)
  }
  for (const scalar of scalars) visit(scalar)
  return [...seen]
}
