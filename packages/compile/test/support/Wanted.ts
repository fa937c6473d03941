/**
 * Which lanes of a task's locals matter: those that reach a store, a test or an address. Vectors may load more than they need,
 * behind a row; what is loaded there is never wanted.
 */
import type { Expression, Statement, Task } from "../../src/code/Code.ts"
import type { Wanted } from "./CodeInterpreter.ts"

/** The one expression that a local is ever set to; `undefined` where there are several. */
const onlySets = (statements: ReadonlyArray<Statement>): ReadonlyMap<string, Expression | undefined> => {
  const sets = new Map<string, Expression | undefined>()
  const visit = (statement: Statement): void => {
    if (statement.op === "set") {
      const { name } = statement.local
      sets.set(name, sets.has(name) ? undefined : statement.to)
    }
    if (statement.op === "loop") statement.body.forEach(visit)
    if (statement.op === "if") [...statement.yes, ...(statement.no ?? [])].forEach(visit)
  }
  statements.forEach(visit)
  return sets
}

const compared = {
  eq: (a: number, b: number) => a === b,
  ne: (a: number, b: number) => a !== b,
  lt: (a: number, b: number) => a < b,
  le: (a: number, b: number) => a <= b,
  gt: (a: number, b: number) => a > b,
  ge: (a: number, b: number) => a >= b,
  ltUnsigned: (a: number, b: number) => a >>> 0 < b >>> 0
}

/** What a lane is known to be: tests of lane numbers choose what counts. */
const known = (
  expression: Expression,
  lane: number,
  sets: ReadonlyMap<string, Expression | undefined>
): number | undefined => {
  switch (expression.op) {
    case "constant":
      return expression.value
    case "iota":
      return lane
    case "local": {
      const to = sets.get(expression.local.name)
      return to === undefined ? undefined : known(to, lane, sets)
    }
    case "compare": {
      const [left, right] = [known(expression.left, lane, sets), known(expression.right, lane, sets)]
      return left === undefined || right === undefined ? undefined : +compared[expression.name](left, right)
    }
    default:
      return undefined
  }
}

/** The operands of a lane of an expression, each with its lane. */
const operands = (
  expression: Expression,
  lane: number,
  sets: ReadonlyMap<string, Expression | undefined>
): ReadonlyArray<readonly [Expression, number]> => {
  switch (expression.op) {
    case "load":
      return [[expression.address, 0]]
    case "splat":
      return [[expression.of, 0]]
    case "pack":
      return [[expression.of[lane]!, 0]]
    case "extract":
      return [[expression.of, expression.lane]]
    case "unary":
    case "convert":
    case "bits":
      return [[expression.of, lane]]
    case "binary":
    case "compare":
      return [
        [expression.left, lane],
        [expression.right, lane]
      ]
    case "fma":
      return [expression.left, expression.right, expression.addend].map((one) => [one, lane] as const)
    case "select": {
      const test = known(expression.test, lane, sets)
      const sides = test === undefined ? [expression.yes, expression.no] : [test ? expression.yes : expression.no]
      return [expression.test, ...sides].map((one) => [one, lane] as const)
    }
    default:
      return []
  }
}

/** Lanes of locals, as bits, that are wanted at some point of a task. */
type Lanes = Map<string, number>

const joined = (one: Lanes, other: Lanes): Lanes => {
  const all = new Map(one)
  for (const [name, lanes] of other) all.set(name, (all.get(name) ?? 0) | lanes)
  return all
}

const isSame = (one: Lanes, other: Lanes): boolean =>
  one.size === other.size && [...one].every(([name, lanes]) => other.get(name) === lanes)

/** For each statement that sets a local the lanes that something behind it wants: from the end to the beginning. */
export const of = (task: Task): Wanted => {
  const sets = onlySets(task.body)
  const found = new Map<Statement, number>()
  const want = (at: Lanes, root: Expression, lanes: ReadonlyArray<number>): void => {
    const seen = new Map<Expression, number>()
    const visit = (expression: Expression, lane: number): void => {
      const before = seen.get(expression) ?? 0
      if ((before & (1 << lane)) !== 0) return
      seen.set(expression, before | (1 << lane))
      if (expression.op === "local") {
        const { name, lanes } = expression.local
        at.set(name, (at.get(name) ?? 0) | (1 << (lanes === 1 ? 0 : lane)))
      }
      for (const [operand, own] of operands(expression, lane, sets)) visit(operand, own)
    }
    for (const lane of lanes) visit(root, lane)
  }
  const lanesOf = (count: number) => Array.from({ length: count }, (_, lane) => lane)
  const before = (statement: Statement, after: Lanes): Lanes => {
    const at = new Map(after)
    switch (statement.op) {
      case "set": {
        const wanted = after.get(statement.local.name) ?? 0
        found.set(statement, (found.get(statement) ?? 0) | wanted)
        at.delete(statement.local.name)
        const lanes = lanesOf(statement.local.lanes).filter((lane) => (wanted & (1 << lane)) !== 0)
        want(at, statement.to, lanes)
        return at
      }
      case "store":
        want(at, statement.address, [0])
        want(at, statement.value, lanesOf(statement.count ?? statement.value.lanes))
        return at
      case "loop": {
        let inside = at
        for (;;) {
          const again = joined(inside, through(statement.body, inside))
          if (isSame(again, inside)) break
          inside = again
        }
        want(inside, statement.from, [0])
        want(inside, statement.to, [0])
        return inside
      }
      case "if": {
        const either = joined(through(statement.yes, at), through(statement.no ?? [], at))
        want(either, statement.test, [0])
        return either
      }
    }
  }
  const through = (statements: ReadonlyArray<Statement>, after: Lanes): Lanes =>
    statements.reduceRight<Lanes>((at, statement) => before(statement, at), after)
  through(task.body, new Map())
  return (set, lane) => ((found.get(set) ?? 0) & (1 << lane)) !== 0
}
