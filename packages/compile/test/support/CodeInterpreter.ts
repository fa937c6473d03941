/**
 * Code run in plain JavaScript, lane by lane, with exact multiply-adds: what emitters are compared with. It prints one
 * function per task and lets JavaScript compile it. Units are cut as for `threads`, but done one after the other.
 */
import type { Expression, Local, Program, Statement, Target, Task } from "../../src/code/Code.ts"
import type { Arena, Emitter } from "../../src/runtime/Executable.ts"
import * as WebAssembly from "../../src/runtime/WebAssembly.ts"
import * as Exact from "./Exact.ts"

const symbols: Record<string, string> = {
  add: "+",
  sub: "-",
  and: "&",
  or: "|",
  xor: "^",
  shl: "<<",
  shrSigned: ">>",
  shrUnsigned: ">>>",
  eq: "===",
  ne: "!==",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">="
}

type Of<Op extends Expression["op"]> = Extract<Expression, { readonly op: Op }>

const number = (value: number): string => (Object.is(value, -0) ? "(-0)" : `(${value})`)

/** Where code loads and stores: a `DataView`, or what watches one. */
export type Memory = Pick<DataView, "getFloat32" | "getInt32" | "getUint8" | "setFloat32" | "setInt32">

/** Whether a lane of what a statement sets is ever wanted, so that it must be computed. */
export type Wanted = (set: Extract<Statement, { readonly op: "set" }>, lane: number) => boolean

/** What a program's code must know of it. */
export type Places = Pick<Program, "placements" | "table">

/** Prints one program's tasks; an expression is printed for one lane. */
const printer = (program: Places, wanted: Wanted) => {
  const name = (local: Local, lane: number) => `${local.name}_${local.lanes === 1 ? 0 : lane}`

  const binary = ({ kind, name, left, right }: Of<"binary">, lane: number): string => {
    const [a, b] = [print(left, lane), print(right, lane)]
    if (name === "min" || name === "max") return `${name === "min" ? "least" : "greatest"}(${a}, ${b})`
    if (kind === "f32")
      return name === "div" ? `fround(${a} / ${b})` : `fround(${a} ${name === "mul" ? "*" : symbols[name]} ${b})`
    if (name === "mul") return `imul(${a}, ${b})`
    if (name === "div") return `(${a} / ${b} | 0)`
    return `((${a} ${symbols[name]} ${b}) | 0)`
  }

  const unary = ({ kind, name, of }: Of<"unary">, lane: number): string => {
    const value = print(of, lane)
    if (name === "neg") return kind === "f32" ? `(-${value})` : `(-${value} | 0)`
    if (name === "round") return `round(${value})`
    if (name === "sqrt") return `fround(Math.sqrt(${value}))`
    return kind === "f32" ? `Math.${name}(${value})` : `(Math.${name}(${value}) | 0)`
  }

  const compare = ({ name, lanes, left, right }: Of<"compare">, lane: number): string => {
    const [a, b] = [print(left, lane), print(right, lane)]
    const test = name === "ltUnsigned" ? `(${a} >>> 0) < (${b} >>> 0)` : `${a} ${symbols[name]} ${b}`
    return `(${test} ? ${lanes === 1 ? 1 : -1} : 0)`
  }

  const convert = ({ kind, of }: Of<"convert">, lane: number): string => {
    const value = print(of, lane)
    if (kind === "f32") return `fround(${value})`
    return of.kind === "f32" ? `toInt(${value})` : value
  }

  const load = ({ from, address, offset }: Of<"load">, lane: number): string => {
    const at = `${print(address, 0)} + ${offset + lane * (from === "u8" ? 1 : 4)}`
    if (from === "u8") return `view.getUint8(${at})`
    return `view.get${from === "f32" ? "Float32" : "Int32"}(${at}, true)`
  }

  const print = (expression: Expression, lane: number): string => {
    switch (expression.op) {
      case "constant":
        return number(expression.value)
      case "local":
        return name(expression.local, lane)
      case "load":
        return load(expression, lane)
      case "address": {
        const placement = program.placements[expression.buffer]!
        return placement._tag === "Fixed"
          ? `${placement.address}`
          : `view.getInt32(${program.table + 4 * placement.entry}, true)`
      }
      case "splat":
        return print(expression.of, 0)
      case "pack":
        return print(expression.of[lane]!, 0)
      case "extract":
        return print(expression.of, expression.lane)
      case "iota":
        return `${lane}`
      case "unary":
        return unary(expression, lane)
      case "binary":
        return binary(expression, lane)
      case "fma":
        return `fma(${print(expression.left, lane)}, ${print(expression.right, lane)}, ${print(expression.addend, lane)})`
      case "compare":
        return compare(expression, lane)
      case "select":
        return `(${print(expression.test, lane)} ? ${print(expression.yes, lane)} : ${print(expression.no, lane)})`
      case "convert":
        return convert(expression, lane)
      case "bits":
        return `${expression.kind === "f32" ? "ofBits" : "bitsOf"}(${print(expression.of, lane)})`
    }
  }

  const lanesOf = (count: number) => Array.from({ length: count }, (_, lane) => lane)

  const store = ({ address, offset, value, count }: Extract<Statement, { op: "store" }>): string => {
    const lanes = lanesOf(count ?? value.lanes)
    const setter = value.kind === "f32" ? "setFloat32" : "setInt32"
    const stores = lanes.map((lane) => `view.${setter}(at + ${offset + 4 * lane}, ${print(value, lane)}, true)`)
    return `{ const at = ${print(address, 0)}; ${stores.join("; ")} }`
  }

  const statement = (one: Statement): string => {
    switch (one.op) {
      case "set": {
        // All lanes are read before one is written: the value may be made of the local itself.
        const lanes = lanesOf(one.local.lanes).filter((lane) => wanted(one, lane))
        const names = lanes.map((lane) => name(one.local, lane))
        if (one.local.lanes === 1) return names.length === 0 ? "" : `${names[0]} = ${print(one.to, 0)}`
        const values = lanes.map((lane) => `const n${lane} = ${print(one.to, lane)};`)
        return `{ ${values.join(" ")} ${names.map((name, at) => `${name} = n${lanes[at]}`).join("; ")} }`
      }
      case "store":
        return store(one)
      case "loop": {
        const counter = name(one.counter, 0)
        const head = `${counter} = ${print(one.from, 0)}; const to = ${print(one.to, 0)}`
        return `{ ${head}; for (; ${counter} < to; ${counter} += ${one.step}) {\n${body(one.body)}\n} }`
      }
      case "if":
        return `if (${print(one.test, 0)}) {\n${body(one.yes)}\n} else {\n${body(one.no ?? [])}\n}`
    }
  }

  const body = (statements: ReadonlyArray<Statement>): string => statements.map(statement).join("\n")

  return (task: Task): string => {
    const names = task.locals.flatMap((local) => lanesOf(local.lanes).map((lane) => `${name(local, lane)} = 0`))
    return `${names.length === 0 ? "" : `let ${names.join(", ")};`}\n${body(task.body)}`
  }
}

/** Does the units from `first` to before `last`. */
export type Run = (first: number, last: number) => void

/** A task as a function on a memory. Lanes that aren't wanted are left out, with all that they would load. */
export const compiled = (task: Task, places: Places, view: Memory, wanted: Wanted = () => true): Run => {
  const { fround, imul } = Math
  const given = { ...Exact, fround, imul, view }
  const source = `return (first_0, last_0) => {\n${printer(places, wanted)(task)}\n}`
  return new Function(...Object.keys(given), source)(...Object.values(given))
}

export interface Options {
  readonly arena: Arena
  readonly target: Target
  readonly threads?: number
}

export const make = ({ arena, target, threads = 1 }: Options): Emitter => ({
  arithmetic: "fused",
  target,
  threads,
  make: (program) => {
    const view = new DataView(arena.memory.buffer)
    const phases = program.phases.map(({ tasks }) =>
      tasks.map((task) => [task, compiled(task, program, view)] as const)
    )
    const run = () => {
      for (const phase of phases) {
        for (let thread = 0; thread < threads; thread++) {
          for (const [{ units }, part] of phase) {
            part(Math.floor((units * thread) / threads), Math.floor((units * (thread + 1)) / threads))
          }
        }
      }
    }
    return { run, release: () => undefined }
  }
})

/** An arena of 64 KB pages that never grows and gives nothing back. */
export const arena = (pages = 64): Arena => {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  let top = 64
  return {
    memory,
    allocate: (bytes) => {
      const address = top
      top += Math.ceil(bytes / 64) * 64 + 64
      if (top > pages * 65_536) throw new Error("out of memory")
      return address
    },
    free: () => undefined
  }
}
