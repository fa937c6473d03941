/**
 * The natural logarithm and what is made of it. x = 2^e · (1 + f) with 1 + f between √½ and √2; log(1 + f) is f − f²/2 and a
 * polynomial; e times the two parts of log 2 is added by multiply-adds, the smaller part first.
 */
import type { Block } from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import * as Coefficients from "./Coefficients.ts"
import { constant, isLess, isMore, magnitude, odd, polynomial, type Unary, withSign } from "./Terms.ts"

/** log 2 in two parts; the first has few bits, so that e times it is exact. */
const high = 0.693145751953125
const low = 0.000001428606765330187

/** The bits of √½. */
const lowest = 0x3f3504f3

/** The whole exponent of a normal number, and the bits of what is left, between √½ and √2. */
export const split = (x: Expression, block: Block): { readonly exponent: Expression; readonly rest: Expression } => {
  const { lanes } = x
  const bits = block.keep(Build.bits("i32", x))
  const above = Build.sub(bits, Build.i32(lowest, lanes))
  const exponent = block.keep(Build.shrSigned(above, Build.i32(23, lanes)))
  const rest = Build.bits("f32", Build.sub(bits, Build.shl(exponent, Build.i32(23, lanes))))
  return { exponent, rest }
}

/** log(1 + f) + e · log 2, where `carry` is added last of all that is small. */
const combine = (f: Expression, e: Expression, carry: Expression, block: Block): Expression => {
  const square = block.keep(Build.mul(f, f))
  const cube = Build.mul(square, f)
  const tail = Build.fma(cube, polynomial(Coefficients.log, f), Build.fma(e, constant(low, f), carry))
  const rest = Build.add(f, Build.fma(constant(-0.5, f), square, tail))
  return Build.fma(e, constant(high, f), rest)
}

/** What log gives of numbers that have none: −∞ of 0, NaN below, ∞ and NaN of themselves. */
const specials = (x: Expression, ordinary: Expression): Expression => {
  const infinite = constant(Number.POSITIVE_INFINITY, x)
  const zero = constant(0, x)
  const kept = Build.select(Build.compare("lt", x, infinite), ordinary, x)
  const positive = Build.select(Build.compare("eq", x, zero), constant(Number.NEGATIVE_INFINITY, x), kept)
  return Build.select(isLess(x, 0), constant(Number.NaN, x), positive)
}

export const log: Unary = (x, block) => {
  const kept = block.keep(x)
  const isSmall = block.keep(isLess(kept, 2 ** -126))
  const normal = block.keep(Build.select(isSmall, Build.mul(kept, constant(2 ** 24, x)), kept))
  const { exponent, rest } = split(normal, block)
  const shift = Build.select(isSmall, constant(-24, x), constant(0, x))
  const e = block.keep(Build.add(Build.convert("f32", exponent), shift))
  const f = block.keep(Build.sub(rest, constant(1, x)))
  return specials(kept, combine(f, e, constant(0, x), block))
}

/** log(1 + x). Near 0, f is x itself; elsewhere what the sum 1 + x lost is divided by it and added. */
export const log1p: Unary = (x, block) => {
  const kept = block.keep(x)
  const sum = block.keep(Build.add(kept, constant(1, x)))
  const { exponent, rest } = split(sum, block)
  const isNear = block.keep(Build.compare("eq", exponent, Build.i32(0, x.lanes)))
  const e = block.keep(Build.convert("f32", exponent))
  const f = block.keep(Build.select(isNear, kept, Build.sub(rest, constant(1, x))))
  const one = constant(1, x)
  const isLarge = isMore(kept, 1)
  const lost = Build.select(isLarge, Build.sub(one, Build.sub(sum, kept)), Build.sub(kept, Build.sub(sum, one)))
  const carry = block.keep(Build.select(isNear, constant(0, x), Build.div(lost, sum)))
  const ordinary = specials(sum, combine(f, e, carry, block))
  return Build.select(isLess(magnitude(kept), 2 ** -25), kept, ordinary)
}

/** A polynomial near 0, else log(1 + a + a² / (1 + √(1 + a²))); of large numbers log 2a. */
export const asinh: Unary = (x, block) => {
  const kept = block.keep(x)
  const size = block.keep(magnitude(kept))
  const isLarge = block.keep(isMore(size, 2 ** 24))
  const root = Build.unary("sqrt", Build.fma(size, size, constant(1, x)))
  const part = Build.div(size, Build.add(root, constant(1, x)))
  const argument = block.keep(Build.select(isLarge, size, Build.fma(size, part, size)))
  const far = Build.add(log1p(argument, block), Build.select(isLarge, constant(Math.LN2, x), constant(0, x)))
  return Build.select(isMore(size, 0.5), withSign(far, kept), odd(Coefficients.asinh, kept, block))
}

/** With u = x − 1: log(1 + u + √(2u + u²)); of large numbers log 2x. */
export const acosh: Unary = (x, block) => {
  const kept = block.keep(x)
  const less = block.keep(Build.sub(kept, constant(1, x)))
  const isLarge = block.keep(isMore(kept, 2 ** 24))
  const root = Build.unary("sqrt", Build.fma(less, less, Build.add(less, less)))
  const argument = block.keep(Build.select(isLarge, kept, Build.add(less, root)))
  const result = Build.add(log1p(argument, block), Build.select(isLarge, constant(Math.LN2, x), constant(0, x)))
  return Build.select(isLess(kept, 1), constant(Number.NaN, x), result)
}

/** A polynomial near 0, else half of log(1 + 2a / (1 − a)). */
export const atanh: Unary = (x, block) => {
  const kept = block.keep(x)
  const size = block.keep(magnitude(kept))
  const quotient = Build.div(Build.add(size, size), Build.sub(constant(1, x), size))
  const far = Build.mul(log1p(block.keep(quotient), block), constant(0.5, x))
  const near = odd(Coefficients.atanh, kept, block)
  const ordinary = block.keep(Build.select(isMore(size, 0.5), withSign(far, kept), near))
  // A sign is not given to what has none.
  return Build.select(isMore(size, 1), constant(Number.NaN, x), ordinary)
}
