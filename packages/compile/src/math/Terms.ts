/** Shorthand for formulas of f32: constants in as many lanes as their neighbours have, polynomials, signs and powers of two. */
import type { Block } from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"

export type Unary = (x: Expression, block: Block) => Expression
export type Binary = (left: Expression, right: Expression, block: Block) => Expression

/** A constant beside `x`. */
export const constant = (value: number, { lanes }: Expression): Expression => Build.f32(value, lanes)

export const negative = (x: Expression): Expression => Build.unary("neg", x)
export const magnitude = (x: Expression): Expression => Build.unary("abs", x)

/** Σ coefficients[k] x^k by Horner's scheme. `x` must be kept. */
export const polynomial = (coefficients: ReadonlyArray<number>, x: Expression): Expression =>
  coefficients
    .slice(0, -1)
    .reduceRight(
      (sum, coefficient) => Build.fma(sum, x, constant(coefficient, x)),
      constant(coefficients.at(-1) ?? 0, x)
    )

/** x + x³ · tail(x²), with `tail` from the lowest coefficient on. Keeps the sign of 0. `x` must be kept. */
export const odd = (tail: ReadonlyArray<number>, x: Expression, block: Block): Expression => {
  const square = block.keep(Build.mul(x, x))
  const rest = Build.mul(square, polynomial(tail, square))
  const sum = Build.fma(block.keep(rest), x, x)
  // A square may vanish, but nothing else is lost: where it does, x itself is right, and the sign of 0 is its.
  return Build.select(Build.compare("eq", square, constant(0, x)), x, sum)
}

/** 2^n for a whole number −126 ≤ n ≤ 127. */
export const powerOfTwo = (n: Expression): Expression =>
  Build.bits("f32", Build.shl(Build.add(n, Build.i32(127, n.lanes)), Build.i32(23, n.lanes)))

/** |magnitude| with the sign of `sign`. */
export const withSign = (magnitude: Expression, sign: Expression): Expression => {
  const { lanes } = sign
  const bit = Build.and(Build.bits("i32", sign), Build.i32(-(2 ** 31), lanes))
  const rest = Build.and(Build.bits("i32", magnitude), Build.i32(2 ** 31 - 1, lanes))
  return Build.bits("f32", Build.or(rest, bit))
}

export const isLess = (left: Expression, right: number): Expression => Build.compare("lt", left, constant(right, left))
export const isMore = (left: Expression, right: number): Expression => Build.compare("gt", left, constant(right, left))
