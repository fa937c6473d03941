/**
 * From a program to a WebAssembly module: a function for each task, which does the units from its first parameter to its
 * second, and `run(thread)`, which goes through the phases with barriers between them. The module imports `memory` and, where
 * threads meet, `wait`.
 */
import type { Program, Task } from "../code/Code.ts"
import { buffersOf } from "./Address.ts"
import { Assembler } from "./Assembler.ts"
import { barrier } from "./Barrier.ts"
import type { Body } from "./Body.ts"
import type { Context } from "./Context.ts"
import { compute } from "./Expression.ts"
import type { Level } from "./Level.ts"
import { isAlone, type SharedTask, share } from "./Share.ts"
import { Sharing, typeOf } from "./Sharing.ts"
import { statements } from "./Statement.ts"

export interface EmitOptions {
  readonly level: Level
  readonly threads: number
  /** Whether the memory is shared. */
  readonly shared: boolean
  /** The address of the control words; there are none with one thread. */
  readonly control: number
}

export interface Emitted {
  readonly bytes: Uint8Array
  /** Whether threads other than the first take part. */
  readonly together: boolean
}

const pages = 65_536

/** Addresses of bound buffers are read from the table once. */
const addressesOf = (body: Body, task: Task, { placements, table }: Program): ReadonlyMap<number, number> => {
  const addresses = new Map<number, number>()
  for (const buffer of buffersOf(task)) {
    const place = placements[buffer]
    if (place?._tag !== "Bound") continue
    const local = body.local("i32")
    body.i32(table + 4 * place.entry)
    body.memory("i32.load")
    body.set(local)
    addresses.set(buffer, local)
  }
  return addresses
}

const emitTask = (module: Assembler, task: Task, program: Program, level: Level): number =>
  module.function(task.name, { parameters: ["i32", "i32"], results: [] }, (body) => {
    const locals = new Map([
      [task.first.name, 0],
      [task.last.name, 1]
    ])
    for (const local of task.locals) locals.set(local.name, body.local(typeOf(local)))
    const sharing = new Sharing(body)
    const context: Context = {
      body,
      level,
      placements: program.placements,
      locals,
      addresses: addressesOf(body, task, program),
      sharing,
      print: (expression) => {
        if (!sharing.isRepeated(expression)) return compute(context, expression)
        sharing.keep(expression, () => compute(context, expression))
      }
    }
    statements(context, task.body)
  })

/** ⌊units · thread / threads⌋; the thread is in local 0, with `ahead` added. */
const cut = (body: Body, units: number, threads: number, ahead: number) => {
  body.get(0)
  if (ahead > 0) {
    body.i32(ahead)
    body.do("i32.add")
  }
  body.i32(units)
  body.do("i32.mul")
  body.i32(threads)
  body.do("i32.div_u")
}

const callTask = (body: Body, { task, doer }: SharedTask, index: number, threads: number) => {
  const whole = () => {
    body.i32(0)
    body.i32(task.units)
    body.call(index)
  }
  if (threads === 1) return whole()
  if (doer === "all") {
    if (task.units * threads >= 2 ** 32) throw new Error(`The task ${task.name} has too many units: ${task.units}.`)
    cut(body, task.units, threads, 0)
    cut(body, task.units, threads, 1)
    return body.call(index)
  }
  body.get(0)
  body.i32(doer)
  body.do("i32.eq")
  body.if(whole)
}

export const emit = (program: Program, { level, threads, shared, control }: EmitOptions): Emitted => {
  const phases = program.phases.map((phase) => share(phase, threads))
  const together = !phases.every(isAlone)
  const module = new Assembler()
  module.importMemory("etude", "memory", { minimum: 1, maximum: pages, shared })
  const wait = together ? module.importFunction("etude", "wait", { parameters: ["i32"], results: [] }) : 0
  const meet = together ? barrier(module, threads, control, wait) : 0
  const functions = phases.map((tasks) => tasks.map(({ task }) => emitTask(module, task, program, level)))
  const run = module.function("run", { parameters: ["i32"], results: [] }, (body) => {
    let apart = false
    for (const [at, tasks] of phases.entries()) {
      const alone = isAlone(tasks)
      if (at > 0 && (apart || !alone)) body.call(meet)
      apart = !alone
      for (const [index, task] of tasks.entries()) callTask(body, task, functions[at]?.[index] ?? 0, threads)
    }
    if (apart) body.call(meet)
  })
  module.export("run", run)
  return { bytes: module.encode(), together }
}
