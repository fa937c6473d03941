/**
 * The exponential function and what is made of it. x = n · log 2 + r with |r| ≤ log 2 / 2; the reduction subtracts n times the
 * two parts of log 2 by multiply-adds, e^r is a polynomial, and 2^n goes into the exponent's bits.
 */
import type { Block } from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import * as Coefficients from "./Coefficients.ts"
import { log1p } from "./Logarithm.ts"
import {
  constant,
  isLess,
  isMore,
  magnitude,
  negative,
  odd,
  polynomial,
  powerOfTwo,
  type Unary,
  withSign
} from "./Terms.ts"
import { quickSum } from "./Two.ts"

/** log 2 in two parts, and 1 / log 2. */
const high = 0.6931471824645996
const low = -1.9046542121259336e-9
const inverse = Math.LOG2E

interface Reduced {
  /** The whole number n, i32. */
  readonly n: Expression
  readonly r: Expression
  /** e^r − 1 − r. */
  readonly tail: Expression
}

const reduce = (x: Expression, block: Block): Reduced => {
  const whole = block.keep(Build.unary("round", Build.mul(x, constant(inverse, x))))
  const some = Build.fma(whole, constant(-high, x), x)
  const r = block.keep(Build.fma(whole, constant(-low, x), some))
  const tail = Build.mul(Build.mul(r, r), polynomial(Coefficients.exp, r))
  return { n: block.keep(Build.convert("i32", whole)), r, tail }
}

/** value · 2^n, rounded once, for n within ±250: half of it, then the rest. */
const scale = (value: Expression, n: Expression, block: Block): Expression => {
  const half = block.keep(Build.shrSigned(n, Build.i32(1, n.lanes)))
  return Build.mul(Build.mul(value, powerOfTwo(half)), powerOfTwo(Build.sub(n, half)))
}

/** Beyond these the result is 0 or infinite anyway. NaN stays. */
const clamp = (x: Expression, least: number, greatest: number): Expression =>
  Build.min(Build.max(x, constant(least, x)), constant(greatest, x))

/** e^(x + rest), where `rest` is far below x. */
export const expOfSum = (x: Expression, rest: Expression, block: Block): Expression => {
  const clamped = block.keep(clamp(x, -104, 90))
  const whole = block.keep(Build.unary("round", Build.mul(clamped, constant(inverse, x))))
  const some = Build.fma(whole, constant(-high, x), clamped)
  const r = block.keep(Build.add(Build.fma(whole, constant(-low, x), some), rest))
  const tail = Build.mul(Build.mul(r, r), polynomial(Coefficients.exp, r))
  const value = block.keep(Build.add(Build.add(tail, r), constant(1, x)))
  return scale(value, block.keep(Build.convert("i32", whole)), block)
}

/** e^x · 2^more. */
const scaled = (x: Expression, more: number, block: Block): Expression => {
  const { n, r, tail } = reduce(block.keep(clamp(x, -104, 90)), block)
  const value = Build.add(Build.add(tail, r), constant(1, x))
  return scale(block.keep(value), block.keep(Build.add(n, Build.i32(more, n.lanes))), block)
}

export const exp: Unary = (x, block) => scaled(x, 0, block)

/** e^x − 1. Half of it first, so that nothing overflows too early. */
export const expm1: Unary = (x, block) => {
  const kept = block.keep(x)
  const { n, r, tail } = reduce(block.keep(clamp(kept, -20, 89)), block)
  const half = block.keep(powerOfTwo(Build.sub(n, Build.i32(1, n.lanes))))
  const less = Build.fma(half, block.keep(Build.add(tail, r)), Build.sub(half, constant(0.5, x)))
  const sum = block.keep(less)
  return Build.select(isLess(magnitude(kept), 2 ** -25), kept, Build.add(sum, sum))
}

/** 1 / (1 + e^−x), by e^−|x|, which doesn't overflow. What the sum lost is taken from the quotient. */
export const sigmoid: Unary = (x, block) => {
  const kept = block.keep(x)
  const power = block.keep(exp(negative(magnitude(kept)), block))
  const [sum, lost] = quickSum(constant(1, x), power, block)
  const quotient = block.keep(Build.div(Build.select(isLess(kept, 0), power, constant(1, x)), sum))
  return Build.fma(negative(quotient), lost, quotient)
}

/** log(1 + e^x) = max(x, 0) + log(1 + e^−|x|). */
export const softplus: Unary = (x, block) => {
  const kept = block.keep(x)
  const rest = log1p(exp(negative(magnitude(kept)), block), block)
  return Build.add(Build.max(kept, constant(0, x)), rest)
}

/** A polynomial near 0; further out 1 − 2 / (e^2|x| + 1), with the sign of x. */
export const tanh: Unary = (x, block) => {
  const kept = block.keep(x)
  const size = block.keep(magnitude(kept))
  const double = block.keep(Build.min(Build.add(size, size), constant(40, x)))
  const power = Build.add(exp(double, block), constant(1, x))
  const far = Build.sub(constant(1, x), Build.div(constant(2, x), power))
  const near = odd(Coefficients.tanh, kept, block)
  return Build.select(isMore(size, 0.625), withSign(far, kept), near)
}

/** Half of e^|x| and what is missing of the other half. */
const halves = (size: Expression, block: Block): readonly [Expression, Expression] => {
  const half = block.keep(scaled(size, -1, block))
  return [half, block.keep(Build.div(constant(0.25, size), half))]
}

export const sinh: Unary = (x, block) => {
  const kept = block.keep(x)
  const size = block.keep(magnitude(kept))
  const [half, rest] = halves(size, block)
  const near = odd(Coefficients.sinh, kept, block)
  return Build.select(isMore(size, 1), withSign(Build.sub(half, rest), kept), near)
}

export const cosh: Unary = (x, block) => {
  const [half, rest] = halves(block.keep(magnitude(x)), block)
  return Build.add(half, rest)
}
