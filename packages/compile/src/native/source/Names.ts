/** The C names of a task's locals and buffers. No name from outside is printed. */
import type { Expression, Local, Placement, Program, Statement, Task } from "../../code/Code.ts"
import { EmitFailed } from "../Errors.ts"
import { expressionsOf, within } from "./Walk.ts"

export interface Names {
  readonly lanes: number
  readonly local: (local: Local) => string
  /** Values that were computed beforehand because the current statement uses them several times. */
  readonly known: ReadonlyMap<Expression, string>
  readonly address: (buffer: number) => string
  /** The constant value of an expression, equal in all lanes. */
  readonly constant: (expression: Expression) => number | undefined
  /** The addresses of bound buffers that the task reads, each once. */
  readonly bound: ReadonlyMap<number, Placement>
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

const boundBuffers = (program: Program, task: Task): ReadonlyMap<number, Placement> => {
  const bound = new Map<number, Placement>()
  for (const expression of expressionsOf(task.body)) {
    if (expression.op !== "address") continue
    const placement = program.placements[expression.buffer]
    if (placement?._tag === "Bound") bound.set(expression.buffer, placement)
  }
  return bound
}

/** The names of one task. */
export const make = (program: Program, task: Task, lanes: number): Names => {
  const all = [task.first, task.last, ...task.locals]
  const names = new Map(all.map((local, index) => [local.name, `v${index}`]))
  if (names.size !== all.length) throw new EmitFailed({ reason: `two locals of ${task.name} share a name` })
  return {
    lanes,
    known: new Map(),
    bound: boundBuffers(program, task),
    constant: constantOf(constantLocals(task)),
    local: (local) => {
      const name = names.get(local.name)
      if (name === undefined) throw new EmitFailed({ reason: `${task.name} does not declare ${local.name}` })
      return name
    },
    address: (buffer) => {
      const placement = program.placements[buffer]
      if (placement === undefined) throw new EmitFailed({ reason: `buffer ${buffer} has no place` })
      return placement._tag === "Bound" ? `b${buffer}` : `(index_t)${placement.address}`
    }
  }
}
