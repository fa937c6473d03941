/**
 * Sine, cosine and tangent. x = n · π/2 + r with |r| ≤ π/4. Up to 2^15 the reduction subtracts n times three parts of π/2 by
 * multiply-adds; beyond, `Turns` does it.
 */

import type { Block } from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import { three } from "../Lists.ts"
import * as Coefficients from "./Coefficients.ts"
import { whenAny } from "./Rare.ts"
import { constant, magnitude, negative, odd, polynomial, type Unary } from "./Terms.ts"
import { reduceLarge } from "./Turns.ts"
import { twoProduct, twoSum } from "./Two.ts"

/** π/2 in three parts. */
const parts = [1.5707963705062866, -4.371138828673793e-8, -1.7151245100058819e-15] as const

interface Reduced {
  /** Which quarter of a turn, i32; only the last two bits count. */
  readonly quarter: Expression
  readonly r: Expression
  /** What r lacks. */
  readonly low: Expression
}

/** x less n quarters. The first subtraction is exact, what the second loses is found and goes with the third. */
const without = (x: Expression, n: Expression, block: Block): readonly [r: Expression, low: Expression] => {
  const [first, second, third] = parts
  const some = block.keep(Build.fma(n, constant(-first, x), x))
  const [product, cut] = twoProduct(n, constant(-second, x), block)
  const [most, lost] = twoSum(some, product, block)
  const rest = block.keep(Build.fma(n, constant(-third, x), Build.add(lost, cut)))
  const r = block.keep(Build.add(most, rest))
  const low = Build.add(Build.sub(most, r), rest)
  // Keeps the sign of 0.
  const isNear = block.keep(Build.compare("eq", n, constant(0, x)))
  return [Build.select(isNear, x, r), Build.select(isNear, constant(0, x), low)]
}

const reduce = (x: Expression, block: Block): Reduced => {
  const whole = block.keep(Build.unary("round", Build.mul(x, constant(2 / Math.PI, x))))
  const usual = [...without(x, whole, block), Build.convert("i32", whole)]
  const isLarge = block.keep(Build.compare("ge", magnitude(x), constant(2 ** 15, x)))
  const [r, low, quarter] = three(whenAny(isLarge, usual, block, (rare) => reduceLarge(x, rare)))
  return { r, low, quarter }
}

const isOdd = (quarter: Expression): Expression =>
  Build.compare("ne", Build.and(quarter, Build.i32(1, quarter.lanes)), Build.i32(0, quarter.lanes))

/** The sine of r and so many quarters. */
const sineOf = (r: Expression, quarter: Expression, block: Block): Expression => {
  const square = block.keep(Build.mul(r, r))
  const tail = Build.mul(Build.mul(square, square), polynomial(Coefficients.cos, square))
  const cosine = Build.add(Build.fma(square, constant(-0.5, r), tail), constant(1, r))
  const value = block.keep(Build.select(isOdd(quarter), cosine, odd(Coefficients.sin, r, block)))
  const turned = Build.compare("ne", Build.and(quarter, Build.i32(2, r.lanes)), Build.i32(0, r.lanes))
  return Build.select(turned, negative(value), value)
}

export const sin: Unary = (x, block) => {
  const { r, quarter } = reduce(block.keep(x), block)
  return sineOf(r, quarter, block)
}

export const cos: Unary = (x, block) => {
  const { r, quarter } = reduce(block.keep(x), block)
  return sineOf(r, block.keep(Build.add(quarter, Build.i32(1, x.lanes))), block)
}

/** tan (r + low), in two numbers. */
const tangent = (r: Expression, low: Expression, block: Block): readonly [Expression, Expression] => {
  const square = block.keep(Build.mul(r, r))
  const tail = block.keep(Build.mul(Build.mul(r, square), polynomial(Coefficients.tan, square)))
  const near = block.keep(Build.add(r, tail))
  const rest = block.keep(Build.add(tail, Build.fma(Build.mul(near, near), low, low)))
  const high = block.keep(Build.add(r, rest))
  return [high, Build.add(Build.sub(r, high), rest)]
}

/** −1 / (high + low): the quotient, and what is missing of it. */
const inverse = (high: Expression, low: Expression, block: Block): Expression => {
  const quotient = block.keep(Build.div(constant(-1, high), high))
  const off = block.keep(Build.fma(quotient, low, Build.fma(quotient, high, constant(1, high))))
  return Build.fma(quotient, off, quotient)
}

export const tan: Unary = (x, block) => {
  const { r, low, quarter } = reduce(block.keep(x), block)
  const [high, rest] = tangent(r, low, block)
  const isZero = Build.compare("eq", r, constant(0, x))
  return Build.select(isOdd(quarter), inverse(high, rest, block), Build.select(isZero, r, high))
}
