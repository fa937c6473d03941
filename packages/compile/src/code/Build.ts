/**
 * Constructors for Code. Arithmetic on addresses is folded where constants allow, so that forms can be written without care
 * for terms that vanish.
 */
import type { Binary, Compare, Expression, Kind, Local, Statement, Task, Unary } from "./Code.ts"

type Number = "f32" | "i32"

export const constant = (kind: Kind, value: number, lanes = 1): Expression => ({ op: "constant", kind, lanes, value })
export const f32 = (value: number, lanes = 1): Expression => constant("f32", Math.fround(value), lanes)
export const i32 = (value: number, lanes = 1): Expression => constant("i32", value | 0, lanes)
export const index = (value: number): Expression => constant("index", value)

export const get = (local: Local): Expression => ({ op: "local", kind: local.kind, lanes: local.lanes, local })

/** The address of a buffer. */
export const address = (buffer: number): Expression => ({ op: "address", kind: "index", lanes: 1, buffer })

/** Offsets in code aren't negative. */
const located = (address: Expression, offset: number): { readonly address: Expression; readonly offset: number } =>
  offset < 0 ? { address: add(address, index(offset)), offset: 0 } : { address, offset }

/** `lanes` numbers that lie side by side at `address + offset` bytes. */
export const load = (from: Number | "u8", lanes: number, address: Expression, offset = 0): Expression => ({
  op: "load",
  kind: from === "u8" ? "i32" : from,
  lanes,
  from,
  ...located(address, offset)
})

/** A scalar in all lanes; itself where there is only one. */
export const splat = (of: Expression, lanes: number): Expression => {
  if (of.kind === "index") throw new Error("an index has no lanes")
  if (lanes === 1 || of.lanes === lanes) return of
  return of.op === "constant" ? { ...of, lanes } : { op: "splat", kind: of.kind, lanes, of }
}

/** Scalars side by side; itself where there is only one. */
export const pack = (of: ReadonlyArray<Expression>): Expression => {
  const [first] = of
  if (first === undefined || first.kind === "index") throw new Error("only numbers can be packed")
  return of.length === 1 ? first : { op: "pack", kind: first.kind, lanes: of.length, of }
}

export const extract = (of: Expression, lane: number): Expression => {
  if (of.kind === "index") throw new Error("an index has no lanes")
  return of.lanes === 1 ? of : { op: "extract", kind: of.kind, lanes: 1, lane, of }
}

/** The lane numbers; 0 for a scalar. */
export const iota = (lanes: number): Expression => (lanes === 1 ? i32(0) : { op: "iota", kind: "i32", lanes })

export const unary = (name: Unary, of: Expression): Expression => ({
  op: "unary",
  kind: of.kind,
  lanes: of.lanes,
  name,
  of
})

type Fold = (left: number, right: number) => number

/** Several constants of one of these can be gathered into one. */
const gathered: { readonly [name in "add" | "mul"]: Fold } = {
  add: (left, right) => left + right,
  mul: (left, right) => left * right
}

const folded: Partial<Record<Binary, Fold>> = {
  ...gathered,
  sub: (left, right) => left - right,
  div: (left, right) => Math.floor(left / right)
}

/** Arithmetic of constants. */
const foldWhole = (name: Binary, left: Expression, right: Expression): Expression | undefined => {
  if (left.op !== "constant" || right.op !== "constant") return undefined
  if (name === "mul") return i32(Math.imul(left.value, right.value), left.lanes)
  return name === "add" ? i32(left.value + right.value, left.lanes) : undefined
}

/** Index arithmetic with constants: known results, neutral and absorbing terms, and constants gathered at the right. */
const foldIndex = (name: Binary, left: Expression, right: Expression): Expression | undefined => {
  if (left.op === "constant" && right.op === "constant") {
    const fold = folded[name]
    return fold && index(fold(left.value, right.value))
  }
  if (left.op === "constant" && (name === "add" || name === "mul")) return binary(name, right, left)
  if (right.op !== "constant") return undefined
  const { value } = right
  if (value === 0 && (name === "add" || name === "sub")) return left
  if (value === 0 && name === "mul") return index(0)
  if (value === 1 && (name === "mul" || name === "div")) return left
  if (name === "sub") return binary("add", left, index(-value))
  if (
    left.op === "binary" &&
    left.name === name &&
    left.right.op === "constant" &&
    (name === "add" || name === "mul")
  ) {
    return binary(name, left.left, index(gathered[name](left.right.value, value)))
  }
  return undefined
}

export const binary = (name: Binary, left: Expression, right: Expression): Expression =>
  (left.kind === "index"
    ? foldIndex(name, left, right)
    : left.kind === "i32"
      ? foldWhole(name, left, right)
      : undefined) ?? {
    op: "binary",
    kind: left.kind,
    lanes: left.lanes,
    name,
    left,
    right
  }

type Operation = (left: Expression, right: Expression) => Expression
const operation =
  (name: Binary): Operation =>
  (left, right) =>
    binary(name, left, right)

export const add = operation("add")
export const sub = operation("sub")
export const mul = operation("mul")
export const div = operation("div")
export const min = operation("min")
export const max = operation("max")
export const and = operation("and")
export const or = operation("or")
export const xor = operation("xor")
export const shl = operation("shl")
export const shrSigned = operation("shrSigned")
export const shrUnsigned = operation("shrUnsigned")

/** left · right + addend, rounded once. */
export const fma = (left: Expression, right: Expression, addend: Expression): Expression => ({
  op: "fma",
  kind: "f32",
  lanes: left.lanes,
  left,
  right,
  addend
})

export const compare = (name: Compare, left: Expression, right: Expression): Expression => ({
  op: "compare",
  kind: "i32",
  lanes: left.lanes,
  name,
  left,
  right
})

export const select = (test: Expression, yes: Expression, no: Expression): Expression => ({
  op: "select",
  kind: yes.kind,
  lanes: yes.lanes,
  test,
  yes,
  no
})

/** To another kind by value; itself where it is of that kind. */
export const convert = (kind: Kind, of: Expression): Expression => {
  if (of.kind === kind) return of
  if (of.op === "constant" && kind !== "f32" && of.kind !== "f32") return constant(kind, of.value)
  return { op: "convert", kind, lanes: of.lanes, of }
}

/** The same bits as another kind; itself where it is of that kind. */
export const bits = (kind: Number, of: Expression): Expression =>
  of.kind === kind ? of : { op: "bits", kind, lanes: of.lanes, of }

export const set = (local: Local, to: Expression): Statement => ({ op: "set", local, to })

/** Stores all lanes, or the first `count`. */
export const store = (address: Expression, offset: number, value: Expression, count = value.lanes): Statement =>
  count === value.lanes
    ? { op: "store", ...located(address, offset), value }
    : { op: "store", ...located(address, offset), value, count }

export const loop = (
  counter: Local,
  from: Expression,
  to: Expression,
  step: number,
  body: ReadonlyArray<Statement>
): Statement => ({ op: "loop", counter, from, to, step, body })

export const when = (test: Expression, yes: ReadonlyArray<Statement>, no?: ReadonlyArray<Statement>): Statement =>
  no === undefined ? { op: "if", test, yes } : { op: "if", test, yes, no }

/** Makes locals whose names are unique within a task, and remembers them. */
export interface Locals {
  readonly fresh: (kind: Kind, lanes?: number, name?: string) => Local
  readonly all: ReadonlyArray<Local>
}

export const locals = (): Locals => {
  const all: Array<Local> = []
  const fresh = (kind: Kind, lanes = 1, name = "t"): Local => {
    const local = { name: `${name}${all.length}`, kind, lanes }
    all.push(local)
    return local
  }
  return { fresh, all }
}

/**
 * A task from a function that writes its body for the units from `first` to before `last`. With `shared` locals it can become a
 * part of another task that has the same.
 */
export const task = (
  name: string,
  units: number,
  work: number,
  body: (locals: Locals, first: Expression, last: Expression) => ReadonlyArray<Statement>,
  shared?: Locals
): Task => {
  const bound = (name: string): Local =>
    shared === undefined ? { name, kind: "index", lanes: 1 } : shared.fresh("index", 1, name)
  const [first, last] = [bound("first"), bound("last")]
  const own = shared ?? locals()
  const statements = body(own, get(first), get(last))
  return { name, units, work, first, last, locals: own.all, body: statements }
}
