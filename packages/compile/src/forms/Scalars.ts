/**
 * Scalar expressions as code: each distinct one is computed once per element, as far out as it can be, in vectors where it
 * differs between lanes and as a scalar where it doesn't.
 */
import { element } from "@etude/core/Lookup"
import * as Build from "../code/Build.ts"
import type { Expression, Statement } from "../code/Code.ts"
import * as Float from "../math/Float.ts"
import * as Integer from "../math/Integer.ts"
import type { Access, ElementType, Scalar, Write } from "../plan/Plan.ts"
import * as Dependencies from "./Dependencies.ts"
import type { Level } from "./Level.ts"

export const bytesOf = (type: ElementType): number => (type === "u8" ? 1 : 4)

/** The outermost level at which all dimensions that a value depends on are known. */
const homeOf = (scalar: Scalar, level: Level): Level => {
  const mask = Dependencies.of(scalar)
  let home = level
  while (home.parent !== undefined && (home.moving & mask) === 0) home = home.parent
  return home
}

const isAcross = (scalar: Scalar, level: Level): boolean => (Dependencies.of(scalar) & level.across) !== 0

/** The value at a level: of the level's lanes where it differs between them, else a scalar. */
export const value = (scalar: Scalar, level: Level): Expression => {
  const home = homeOf(scalar, level)
  const before = home.values.get(scalar)
  if (before !== undefined) return before
  const made = home.block.keep(emit(scalar, home, isAcross(scalar, home) ? home.lanes : 1))
  home.values.set(scalar, made)
  return made
}

/** The value in `lanes` lanes, for an operand of something that differs between them. */
const widened = (scalar: Scalar, level: Level, lanes: number): Expression => {
  const narrow = value(scalar, level)
  if (narrow.lanes === lanes) return narrow
  const home = homeOf(scalar, level)
  const before = home.wides.get(scalar)
  if (before !== undefined) return before
  // True is 1 in scalars and −1 in lanes.
  const one = scalar.type === "bool" ? Build.sub(Build.i32(0), narrow) : narrow
  const wide = home.block.keep(Build.splat(one, lanes))
  home.wides.set(scalar, wide)
  return wide
}

const strideAcross = (access: Access, { across }: Level): number =>
  access.strides.reduce((sum, stride, dimension) => ((across & (1 << dimension)) !== 0 ? sum + stride : sum), 0)

/** `lanes` scalars; the first `count` are computed, the others are 0. */
const packed = (kind: "f32" | "i32", lanes: number, count: number, lane: (lane: number) => Expression): Expression =>
  Build.pack(Array.from({ length: lanes }, (_, at) => (at < count ? lane(at) : Build.constant(kind, 0))))

const read = (access: Access, level: Level, lanes: number): Expression => {
  const { type } = element(level.buffers, access.buffer)
  const { address, offset } = level.locate(access)
  const stride = strideAcross(access, level)
  if (lanes === 1 || stride === 1) return Build.load(type, lanes, address, offset)
  const bytes = bytesOf(type)
  const kind = type === "f32" ? "f32" : "i32"
  return packed(kind, lanes, level.count, (lane) => Build.load(type, 1, address, offset + lane * stride * bytes))
}

const gather = (buffer: number, at: Expression, level: Level, lanes: number): Expression => {
  const { type } = element(level.buffers, buffer)
  const { address, offset } = level.start(buffer)
  const scale = Build.index(bytesOf(type))
  const kind = type === "f32" ? "f32" : "i32"
  return packed(kind, lanes, lanes === 1 ? 1 : level.count, (lane) => {
    const element = Build.mul(Build.convert("index", Build.extract(at, lane)), scale)
    return Build.load(type, 1, Build.add(address, element), offset)
  })
}

const position = (dimension: number, level: Level, lanes: number): Expression => {
  const first = level.position(dimension)
  return lanes === 1 ? first : Build.add(Build.splat(first, lanes), Build.iota(lanes))
}

/** Converts numbers to booleans and back, or between kinds of numbers. */
const convert = (scalar: Extract<Scalar, { op: "convert" }>, of: Expression): Expression => {
  const { lanes } = of
  const [from, to] = [scalar.of.type, scalar.type]
  if (from === to) return of
  if (to === "bool") return Build.compare("ne", of, Build.constant(of.kind, 0, lanes))
  if (from === "bool") {
    const one = lanes === 1 ? of : Build.and(of, Build.i32(1, lanes))
    return to === "i32" ? one : Build.select(of, Build.f32(1, lanes), Build.f32(0, lanes))
  }
  return Build.convert(to, of)
}

const binary = (scalar: Extract<Scalar, { op: "binary" }>, left: Expression, right: Expression, level: Level) =>
  scalar.type === "f32"
    ? Float.binary(scalar.name, left, right, level.block)
    : Integer.binary(scalar.name, left, right, level.block, level.count)

const emit = (scalar: Scalar, level: Level, lanes: number): Expression => {
  const operand = (of: Scalar) => widened(of, level, lanes)
  switch (scalar.op) {
    case "read":
      return read(scalar.access, level, lanes)
    case "gather":
      return gather(scalar.buffer, operand(scalar.index), level, lanes)
    case "constant":
      return scalar.type === "f32" ? Build.f32(scalar.value) : Build.i32(scalar.value)
    case "index":
      return position(scalar.dimension, level, lanes)
    case "accumulator":
      if (level.accumulator === undefined) throw new Error("nothing was reduced here")
      return level.accumulator
    case "unary":
      return Float.unary(scalar.name, operand(scalar.of), level.block)
    case "integer":
      return Integer.unary(scalar.name, operand(scalar.of), level.block)
    case "not":
      return Build.xor(operand(scalar.of), Build.i32(lanes === 1 ? 1 : -1, lanes))
    case "binary":
      return binary(scalar, operand(scalar.left), operand(scalar.right), level)
    case "fma":
      return Build.fma(operand(scalar.left), operand(scalar.right), operand(scalar.addend))
    case "compare":
      return Build.compare(scalar.name, operand(scalar.left), operand(scalar.right))
    case "logic":
      return Build.binary(scalar.name, operand(scalar.left), operand(scalar.right))
    case "select":
      return Build.select(operand(scalar.test), operand(scalar.yes), operand(scalar.no))
    case "convert":
      return convert(scalar, operand(scalar.of))
    case "bits":
      return Build.bits(scalar.type, operand(scalar.of))
  }
}

/** A value in its stored form (booleans as 0 or 1), in `lanes` lanes. */
export const stored = (scalar: Scalar, level: Level, lanes: number): Expression => {
  const one = widened(scalar, level, lanes)
  return scalar.type === "bool" && lanes > 1 ? Build.and(one, Build.i32(1, lanes)) : one
}

const storing = ({ access, value: scalar }: Write, level: Level): ReadonlyArray<Statement> => {
  const { address, offset } = level.locate(access)
  const stride = strideAcross(access, level)
  if (level.lanes === 1 || level.across === 0) return [Build.store(address, offset, stored(scalar, level, 1))]
  if (stride === 1) return [Build.store(address, offset, stored(scalar, level, level.lanes), level.count)]
  const all = level.block.keep(stored(scalar, level, level.lanes))
  const lanes = Array.from({ length: level.count }, (_, lane) => lane)
  return lanes.map((lane) => Build.store(address, offset + lane * stride * 4, Build.extract(all, lane)))
}

/** Writes all of a node's values at a level. All are computed before the first is stored. */
export const write = (writes: ReadonlyArray<Write>, level: Level): void => {
  const stores = writes.flatMap((one) => storing(one, level))
  level.block.statements.push(...stores)
}
