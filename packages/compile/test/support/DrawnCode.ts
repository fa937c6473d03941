/** Programs drawn at random from all of the code language: the same seed gives the same program. */
import * as Code from "../../src/code/Build.ts"
import type { Binary, Compare, Expression, Local, Program, Statement, Task, Unary } from "../../src/code/Code.ts"

export interface Drawing {
  readonly seed: number
  readonly lanes: number
  readonly units: number
  /** How many tasks, in how many phases. */
  readonly tasks: number
  readonly phases: number
  readonly work: number
  /** Multiply-adds as products and sums. */
  readonly split: boolean
}

/** Numbers from 0 to below 1. */
export type Random = () => number

export const random = (seed: number): Random => {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const pick = <A>(draw: Random, of: ReadonlyArray<A>): A => {
  const it = of[Math.floor(draw() * of.length)]
  if (it === undefined) throw new Error("nothing to pick from")
  return it
}

const numbers = [0, -0, 1, -1, 0.5, 1.5, 2.5, -2.5, 3.25, 1e-40, -1e-45, 3e38, 2147483648, -2147483648, 1e10]
const specials = [...numbers, Infinity, -Infinity, Number.NaN]
const wholes = [0, 1, -1, 2, 7, 31, 255, -128, 2147483647, -2147483648, 0x55555555, 16, 1234567]

/** Buffers of a drawn program, 0 to 3: read as f32, i32 and u8; written. Each task writes a part of the last of its own. */
export const buffers = { floats: 0, integers: 1, bytes: 2, written: 3 } as const

/** In bytes, what a unit of one task writes at most: four vectors. */
const recordOf = ({ lanes }: Drawing): number => 16 * Math.max(4, lanes)

export const writtenSize = (drawing: Drawing): number => drawing.units * drawing.tasks * recordOf(drawing)

/** Elements of the read buffers. */
export const readSize = 256

interface Scope {
  readonly draw: Random
  readonly lanes: number
  readonly split: boolean
  readonly unit: Expression
  readonly floats: ReadonlyArray<Local>
  /** Values that were drawn for this statement. */
  readonly made: Array<Expression>
}

const fma = ({ split }: Scope, left: Expression, right: Expression, addend: Expression): Expression =>
  split ? Code.add(Code.mul(left, right), addend) : Code.fma(left, right, addend)

const element = (scope: Scope, bytes: number): Expression =>
  Code.mul(
    Code.and(Code.add(scope.unit, Code.index(Math.floor(scope.draw() * 64))), Code.index(127)),
    Code.index(bytes)
  )

const loaded = (scope: Scope, from: "f32" | "i32" | "u8", lanes: number): Expression => {
  const buffer = { f32: buffers.floats, i32: buffers.integers, u8: buffers.bytes }[from]
  const offset = Math.floor(scope.draw() * 8) * (from === "u8" ? 1 : 4)
  if (scope.draw() < 0.3) return Code.load(from, lanes, Code.address(buffer), offset)
  const at = Code.add(Code.address(buffer), element(scope, from === "u8" ? 1 : 4))
  return Code.load(from, lanes, Code.sub(at, Code.index(from === "u8" ? 1 : 4)), offset + 4)
}

const leaf = (scope: Scope, kind: "f32" | "i32", lanes: number): Expression => {
  const { draw } = scope
  if (kind === "i32") {
    if (draw() < 0.2) return Code.iota(lanes)
    if (draw() < 0.2) return Code.splat(Code.convert("i32", scope.unit), lanes)
    if (draw() < 0.4) return Code.i32(pick(draw, wholes), lanes)
    return loaded(scope, draw() < 0.5 ? "i32" : "u8", lanes)
  }
  const locals = scope.floats.filter((local) => local.lanes === lanes)
  if (locals.length > 0 && draw() < 0.3) return Code.get(pick(draw, locals))
  return draw() < 0.3 ? Code.f32(pick(draw, specials), lanes) : loaded(scope, "f32", lanes)
}

const test = (scope: Scope, lanes: number, depth: number): Expression => {
  const kind = scope.draw() < 0.6 ? "f32" : "i32"
  const names: ReadonlyArray<Compare> = [
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    ...(kind === "i32" ? ["ltUnsigned" as const] : [])
  ]
  const made = Code.compare(pick(scope.draw, names), value(scope, kind, lanes, depth), value(scope, kind, lanes, depth))
  if (depth < 2 || scope.draw() < 0.7) return made
  return Code.binary(pick(scope.draw, ["and", "or", "xor"]), made, test(scope, lanes, depth - 2))
}

const reshaped = (scope: Scope, kind: "f32" | "i32", lanes: number, depth: number): Expression => {
  const { draw } = scope
  if (lanes === 1) {
    return Code.extract(value(scope, kind, scope.lanes, depth), Math.floor(draw() * scope.lanes))
  }
  if (draw() < 0.5) return Code.splat(value(scope, kind, 1, depth), lanes)
  return Code.pack(Array.from({ length: lanes }, () => value(scope, kind, 1, depth - 1)))
}

const float = (scope: Scope, lanes: number, depth: number): Expression => {
  const { draw } = scope
  const of = () => value(scope, "f32", lanes, depth - 1)
  const unaries: ReadonlyArray<Unary> = ["neg", "abs", "sqrt", "floor", "ceil", "trunc", "round"]
  const binaries: ReadonlyArray<Binary> = ["add", "sub", "mul", "div", "min", "max"]
  return pick(draw, [
    () => Code.unary(pick(draw, unaries), of()),
    () => Code.binary(pick(draw, binaries), of(), of()),
    () => Code.binary(pick(draw, binaries), of(), of()),
    () => fma(scope, of(), of(), of()),
    () => fma(scope, of(), of(), of()),
    () => Code.select(test(scope, lanes, depth - 1), of(), of()),
    () => Code.convert("f32", value(scope, "i32", lanes, depth - 1)),
    () => Code.bits("f32", Code.and(value(scope, "i32", lanes, depth - 1), Code.i32(0x3fffffff, lanes))),
    () => reshaped(scope, "f32", lanes, depth - 1)
  ])()
}

/** A NaN's bits are the engine's affair. */
const noNaN = (of: Expression): Expression => Code.select(Code.compare("eq", of, of), of, Code.f32(0, of.lanes))

const integer = (scope: Scope, lanes: number, depth: number): Expression => {
  const { draw } = scope
  const of = () => value(scope, "i32", lanes, depth - 1)
  const binaries: ReadonlyArray<Binary> = ["add", "sub", "mul", "and", "or", "xor", "min", "max"]
  const shifts: ReadonlyArray<Binary> = ["shl", "shrSigned", "shrUnsigned"]
  return pick(draw, [
    () => Code.unary("neg", of()),
    () => Code.binary(pick(draw, binaries), of(), of()),
    () => Code.binary(pick(draw, shifts), of(), Code.i32(Math.floor(draw() * 32), lanes)),
    () => Code.binary(pick(draw, shifts), of(), Code.and(of(), Code.i32(31, lanes))),
    () => Code.binary("div", of(), Code.or(Code.and(of(), Code.i32(63, lanes)), Code.i32(1, lanes))),
    () => Code.convert("i32", value(scope, "f32", lanes, depth - 1)),
    () => Code.bits("i32", noNaN(value(scope, "f32", lanes, depth - 1))),
    () => Code.select(test(scope, lanes, depth - 1), of(), of()),
    () => reshaped(scope, "i32", lanes, depth - 1)
  ])()
}

const value = (scope: Scope, kind: "f32" | "i32", lanes: number, depth: number): Expression => {
  if (depth <= 0) return leaf(scope, kind, lanes)
  const same = scope.made.filter((it) => it.kind === kind && it.lanes === lanes)
  if (same.length > 0 && scope.draw() < 0.15) return pick(scope.draw, same)
  const made = kind === "f32" ? float(scope, lanes, depth) : integer(scope, lanes, depth)
  scope.made.push(made)
  return made
}

/** A loop that gathers in a local, with a condition inside. */
const gathering = (all: Scope, local: Local, counter: Local): ReadonlyArray<Statement> => {
  // Those that were set before: a unit must not depend on others.
  const scope: Scope = { ...all, floats: all.floats.slice(0, all.floats.indexOf(local)) }
  const fresh = (): Scope => ({ ...scope, made: [] })
  const { draw } = scope
  const more = Code.set(
    local,
    fma(scope, Code.get(local), value(fresh(), "f32", local.lanes, 1), value(fresh(), "f32", local.lanes, 2))
  )
  const other = Code.set(local, value(fresh(), "f32", local.lanes, 2))
  const odd = Code.and(Code.convert("i32", Code.get(counter)), Code.i32(1))
  const to = draw() < 0.5 ? Code.index(Math.floor(draw() * 5)) : Code.and(scope.unit, Code.index(3))
  return [
    Code.set(local, value(fresh(), "f32", local.lanes, 1)),
    Code.loop(counter, Code.index(0), to, 1 + Math.floor(draw() * 2), [
      Code.when(odd, [more], draw() < 0.5 ? [other] : undefined)
    ])
  ]
}

const body =
  (drawing: Drawing, draw: Random, at: number) => (locals: Code.Locals, first: Expression, last: Expression) => {
    const unit = locals.fresh("index", 1, "unit")
    const counter = locals.fresh("index", 1, "counter")
    const floats = [locals.fresh("f32", 1, "scalar"), locals.fresh("f32", drawing.lanes, "vector")]
    const scope: Scope = { draw, lanes: drawing.lanes, split: drawing.split, unit: Code.get(unit), floats, made: [] }
    const place = Code.add(
      Code.add(Code.address(buffers.written), Code.index(at * drawing.units * recordOf(drawing))),
      Code.mul(Code.get(unit), Code.index(recordOf(drawing)))
    )
    const stores = [0, 1, 2, 3].map((quarter) => {
      const offset = (quarter * recordOf(drawing)) / 4
      const lanes = draw() < 0.7 ? drawing.lanes : 1
      const of = value({ ...scope, made: [] }, draw() < 0.6 ? "f32" : "i32", lanes, 4)
      return Code.store(place, offset, of, 1 + Math.floor(draw() * lanes))
    })
    const gathered = floats.flatMap((local) => gathering(scope, local, counter))
    return [Code.loop(unit, first, last, 1, [...gathered, ...stores])]
  }

const task = (drawing: Drawing, draw: Random, at: number): Task =>
  Code.task(`task${at}`, drawing.units, drawing.work, body(drawing, draw, at))

export const program = (drawing: Drawing, placements: Program["placements"], table: number): Program => {
  const draw = random(drawing.seed)
  const tasks = Array.from({ length: drawing.tasks }, (_, at) => task(drawing, draw, at))
  const phases = Array.from({ length: drawing.phases }, (_, phase) => ({
    tasks: tasks.filter((_, at) => at % drawing.phases === phase)
  }))
  return { table, placements, phases }
}

/** What the read buffers hold: special numbers among drawn ones. */
export const fill = (
  view: DataView,
  draw: Random,
  places: { floats: number; integers: number; bytes: number }
): void => {
  for (let at = 0; at < readSize; at++) {
    const float = draw() < 0.2 ? pick(draw, specials) : (draw() - 0.5) * 2 ** Math.floor(draw() * 40 - 20)
    view.setFloat32(places.floats + 4 * at, float, true)
    view.setInt32(places.integers + 4 * at, draw() < 0.3 ? pick(draw, wholes) : (draw() * 2 ** 32) | 0, true)
    view.setUint8(places.bytes + at, draw() * 256)
  }
}
