/**
 * Expressions with what is known computed, and each part of them once. No bit changes: only what IEEE 754 computes exactly alike is
 * folded, and no function whose last bit is a matter of opinion.
 */

import { rewritten } from "./fuse/Substitute.ts"
import * as Numbers from "./Numbers.ts"
import type { Node, Plan, Scalar } from "./Plan.ts"
import { rewriter } from "./Rewrite.ts"
import * as S from "./Scalars.ts"

const isConstant = (scalar: Scalar): scalar is Extract<Scalar, { readonly op: "constant" }> => scalar.op === "constant"
const isValue = (scalar: Scalar, value: number): boolean => isConstant(scalar) && Object.is(scalar.value, value)

const exact = new Set(["neg", "abs", "sqrt", "floor", "ceil", "round"])
const exactPairs = new Set([
  "add",
  "sub",
  "mul",
  "div",
  "min",
  "max",
  "and",
  "or",
  "xor",
  "shl",
  "shrSigned",
  "shrUnsigned"
])

/** Powers of two whose inverse is exact and not subnormal. */
const isPowerOfTwo = (value: number): boolean => {
  const exponent = Math.log2(Math.abs(value))
  return Number.isInteger(exponent) && Math.abs(exponent) <= 120
}

type With<Op extends Scalar["op"]> = Extract<Scalar, { readonly op: Op }>

const ofBinary = (scalar: With<"binary">): Scalar => {
  const { name, type, left, right } = scalar
  if (isConstant(left) && isConstant(right) && exactPairs.has(name) && !(type === "i32" && name === "div")) {
    return S.constant(type, Numbers.binary(name, type, left.value, right.value))
  }
  if ((name === "mul" || name === "div") && isValue(right, 1)) return left
  if (name === "mul" && isValue(left, 1)) return right
  if (name === "sub" && isValue(right, 0)) return left
  if (name === "add" && isValue(right, type === "i32" ? 0 : -0)) return left
  if (name === "add" && isValue(left, type === "i32" ? 0 : -0)) return right
  if (name === "div" && type === "f32" && isConstant(right) && isPowerOfTwo(right.value)) {
    return S.mul(left, S.f32(1 / right.value))
  }
  return scalar
}

const ofConvert = (scalar: With<"convert">): Scalar => {
  const { of, type } = scalar
  if (isConstant(of) && type !== "bool") return S.constant(type, Numbers.convert(type, of.type, of.value))
  // A boolean as a number, and the conversions that follow.
  if (of.op === "convert" && of.of.type === "bool") return S.convert(type, of.of)
  return scalar
}

const truthOf = (test: Scalar): boolean | undefined => {
  if (test.op !== "compare" || !isConstant(test.left) || !isConstant(test.right)) return undefined
  return Numbers.compare(test.name, test.left.value, test.right.value) === 1
}

const ofSelect = (scalar: With<"select">): Scalar => {
  const truth = truthOf(scalar.test)
  if (truth !== undefined) return truth ? scalar.yes : scalar.no
  return scalar.yes === scalar.no ? scalar.yes : scalar
}

const folded = (scalar: Scalar): Scalar => {
  switch (scalar.op) {
    case "binary":
      return ofBinary(scalar)
    case "convert":
      return ofConvert(scalar)
    case "select":
      return ofSelect(scalar)
    case "not":
      return scalar.of.op === "not" ? scalar.of.of : scalar
    case "unary":
      return isConstant(scalar.of) && exact.has(scalar.name)
        ? S.f32(Numbers.unary(scalar.name, scalar.of.value))
        : scalar
    default:
      return scalar
  }
}

/** The value of a constant buffer, if all elements that are read are equal. */
const constantsOf = ({ buffers }: Pick<Plan, "buffers">): ReadonlyMap<number, Scalar> => {
  const found = new Map<number, Scalar>()
  for (const { id, place, size, type } of buffers) {
    if (place._tag !== "Constant" || type === "u8" || size === 0) continue
    const { buffer } = place.bytes.slice(0, size * 4)
    const values = type === "f32" ? new Float32Array(buffer) : new Int32Array(buffer)
    const [first] = values
    if (first === undefined || !values.every((value) => Object.is(value, first))) continue
    found.set(id, S.constant(type, first))
  }
  return found
}

/** Makes equal expressions the same object. */
const interning = (): ((scalar: Scalar) => Scalar) => {
  const numbers = new Map<Scalar, number>()
  const known = new Map<string, Scalar>()
  const keyOf = (scalar: Scalar): string =>
    JSON.stringify(scalar, (_, value: unknown) => {
      if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) return `${1 / value}/${value}`
      if (typeof value !== "object" || value === null || value === scalar) return value
      const number = numbers.get(value as Scalar)
      return number === undefined ? value : `#${number}`
    })
  return (scalar) => {
    const key = keyOf(scalar)
    const before = known.get(key)
    if (before !== undefined) return before
    known.set(key, scalar)
    numbers.set(scalar, numbers.size)
    return scalar
  }
}

/** Simplified nodes, for those of a plan with these buffers. */
export const simplifier = (plan: Pick<Plan, "buffers">): ((node: Node) => Node) => {
  const constants = constantsOf(plan)
  const intern = interning()
  const rewrite = rewriter((scalar) => {
    if (scalar.op === "read") return intern(constants.get(scalar.access.buffer) ?? scalar)
    let now: Scalar = scalar
    for (let next = folded(now); next !== now; next = folded(now)) now = next
    return intern(now)
  })
  return (node) => rewritten(node, () => rewrite)
}
