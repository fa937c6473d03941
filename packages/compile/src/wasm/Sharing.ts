/**
 * Values that one statement uses several times: the same object, reached twice. Each is computed where it is first needed and
 * kept in a local for the rest of the statement.
 */
import type { Expression } from "../code/Code.ts"
import type { Body } from "./Body.ts"
import type { ValueType } from "./Opcodes.ts"

export const typeOf = ({ kind, lanes }: Pick<Expression, "kind" | "lanes">): ValueType => {
  if (lanes !== 1) return "v128"
  return kind === "f32" ? "f32" : "i32"
}

/** The operands of an expression. */
export const operands = (expression: Expression): ReadonlyArray<Expression> => {
  switch (expression.op) {
    case "constant":
    case "local":
    case "address":
    case "iota":
      return []
    case "load":
      return [expression.address]
    case "pack":
      return expression.of
    case "binary":
    case "compare":
      return [expression.left, expression.right]
    case "fma":
      return [expression.left, expression.right, expression.addend]
    case "select":
      return [expression.yes, expression.no, expression.test]
    default:
      return [expression.of]
  }
}

const isLeaf = (expression: Expression): boolean => operands(expression).length === 0

export class Sharing {
  readonly #body: Body
  readonly #seen = new Set<Expression>()
  readonly #repeated = new Set<Expression>()
  readonly #kept = new Map<Expression, number>()

  constructor(body: Body) {
    this.#body = body
  }

  /** Starts a statement that uses these expressions: kept values may have changed. */
  begin(...used: ReadonlyArray<Expression>): void {
    this.#seen.clear()
    this.#repeated.clear()
    this.#kept.clear()
    for (const expression of used) this.#count(expression)
  }

  #count(expression: Expression): void {
    if (this.#seen.has(expression)) {
      this.#repeated.add(expression)
      return
    }
    this.#seen.add(expression)
    for (const part of operands(expression)) if (!isLeaf(part)) this.#count(part)
  }

  isRepeated(expression: Expression): boolean {
    return this.#repeated.size > 0 && this.#repeated.has(expression)
  }

  /** Leaves a repeated value on the stack, computed by `compute` unless it was before. */
  keep(expression: Expression, compute: () => void) {
    const kept = this.#kept.get(expression)
    if (kept !== undefined) return this.#body.get(kept)
    compute()
    const local = this.#body.local(typeOf(expression))
    this.#kept.set(expression, local)
    this.#body.tee(local)
  }
}
