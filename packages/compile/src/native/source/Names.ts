/** The C names of a task's locals and buffers. No name from outside is printed. */
import type { Expression, Local, Program, Statement, Task } from "../../code/Code.ts"
import { EmitFailed } from "../Errors.ts"
import { expressionsOf, within } from "./Walk.ts"

export interface Names {
  readonly lanes: number
  readonly local: (local: Local) => string
  /** Values that were computed beforehand because the current statement uses them several times. */
  readonly known: ReadonlyMap<Expression, string>
  readonly address: (buffer: number) => string
  /** A number that follows from where data lie. */
  readonly number: (address: number) => string
  /** The constant value of an expression, equal in all lanes. */
  readonly constant: (expression: Expression) => number | undefined
  /** The bound buffers that the task reads, each once, with the address of their address. */
  readonly bound: ReadonlyArray<{ readonly name: string; readonly entry: number }>
}

/** Locals that are set once, to a constant. */
const constantLocals = (task: Task): ReadonlyMap<string, Expression> => {
  const found = new Map<string, Expression>()
  const several = new Set<string>()
  const note = (name: string, to: Expression | undefined) => {
    if (found.has(name) || to === undefined) several.add(name)
    if (to !== undefined) found.set(name, to)
  }
  const visit = (statements: ReadonlyArray<Statement>): void => {
    for (const statement of statements) {
      if (statement.op === "set") note(statement.local.name, statement.to)
      if (statement.op === "loop") note(statement.counter.name, undefined)
      for (const inner of within(statement)) visit(inner)
    }
  }
  visit(task.body)
  for (const name of several) found.delete(name)
  return found
}

const constantOf = (locals: ReadonlyMap<string, Expression>) => {
  const constant = (expression: Expression): number | undefined => {
    if (expression.op === "constant") return expression.value
    if (expression.op === "splat") return constant(expression.of)
    if (expression.op !== "local") return undefined
    const to = locals.get(expression.local.name)
    return to === undefined || to.op === "local" ? undefined : constant(to)
  }
  return constant
}

/** The entries of bound buffers, by buffer. */
const boundBuffers = (program: Program, task: Task): ReadonlyMap<number, number> => {
  const bound = new Map<number, number>()
  for (const expression of expressionsOf(task.body)) {
    if (expression.op !== "address") continue
    const placement = program.placements[expression.buffer]
    if (placement?._tag === "Bound") bound.set(expression.buffer, program.table + 4 * placement.entry)
  }
  return bound
}

/** The names of one task. `number` prints what follows from where data lie. */
export const make = (program: Program, task: Task, lanes: number, number: (address: number) => string): Names => {
  const all = [task.first, task.last, ...task.locals]
  const names = new Map(all.map((local, index) => [local.name, `v${index}`]))
  if (names.size !== all.length) throw new EmitFailed({ reason: `two locals of ${task.name} share a name` })
  const bound = boundBuffers(program, task)
  const nameOf = new Map([...bound.keys()].map((buffer, at) => [buffer, `b${at}`]))
  return {
    lanes,
    known: new Map(),
    bound: [...bound].map(([buffer, entry]) => ({ name: nameOf.get(buffer) ?? "", entry })),
    number,
    constant: constantOf(constantLocals(task)),
    local: (local) => {
      const name = names.get(local.name)
      if (name === undefined) throw new EmitFailed({ reason: `${task.name} does not declare ${local.name}` })
      return name
    },
    address: (buffer) => {
      const placement = program.placements[buffer]
      if (placement === undefined) throw new EmitFailed({ reason: `buffer ${buffer} has no place` })
      return nameOf.get(buffer) ?? `(index_t)${number(placement._tag === "Fixed" ? placement.address : 0)}`
    }
  }
}
