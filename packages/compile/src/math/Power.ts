/**
 * x^y = e^(y · log |x|). The logarithm has 36 bits, in two numbers: what y multiplies is not lost. log m = 2 · atanh s with
 * s = (m − 1) / (m + 1), also in two numbers. Special cases are those of JavaScript: 1^±∞ and 1^NaN are NaN.
 */
import type { Block } from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import * as Coefficients from "./Coefficients.ts"
import { expOfSum } from "./Exponential.ts"
import { split } from "./Logarithm.ts"
import { type Binary, constant, isLess, isMore, magnitude, negative, polynomial } from "./Terms.ts"
import { quickSum, type Two, twoProduct } from "./Two.ts"

const log2 = [0.693145751953125, 0.000001428606765330187] as const
const third = [0.3333333432674408, -9.934107462565104e-9] as const

/** (m − 1) / (m + 1). */
const ratio = (m: Expression, block: Block): Two => {
  const numerator = block.keep(Build.sub(m, constant(1, m)))
  const [denominator, lost] = quickSum(constant(1, m), m, block)
  const high = block.keep(Build.div(numerator, denominator))
  const rest = Build.fma(negative(high), lost, Build.fma(negative(high), denominator, numerator))
  return [high, block.keep(Build.div(rest, denominator))]
}

/** atanh s − s, from s³ / 3 on. */
const cubic = ([s, small]: Two, block: Block): Two => {
  const [square, squareLost] = twoProduct(s, s, block)
  const squareRest = Build.fma(Build.add(s, s), small, squareLost)
  const tail = block.keep(Build.mul(square, polynomial(Coefficients.atanhNear.slice(1), square)))
  const [factor, factorLost] = quickSum(constant(third[0], s), tail, block)
  const factorRest = block.keep(Build.add(factorLost, constant(third[1], s)))
  const [cube, cubeLost] = twoProduct(s, square, block)
  const cubeRest = block.keep(Build.fma(s, squareRest, Build.fma(small, square, cubeLost)))
  const [high, lost] = twoProduct(cube, factor, block)
  return [high, block.keep(Build.fma(cube, factorRest, Build.fma(cubeRest, factor, lost)))]
}

/** log x of a positive number. */
const logarithm = (x: Expression, block: Block): Two => {
  const isSmall = block.keep(isLess(x, 2 ** -126))
  const normal = block.keep(Build.select(isSmall, Build.mul(x, constant(2 ** 24, x)), x))
  const { exponent, rest } = split(normal, block)
  const shift = Build.select(isSmall, constant(-24, x), constant(0, x))
  const e = block.keep(Build.add(Build.convert("f32", exponent), shift))
  const s = ratio(block.keep(rest), block)
  const more = cubic(s, block)
  const [half, halfLost] = quickSum(s[0], more[0], block)
  const halfRest = Build.add(halfLost, Build.add(s[1], more[1]))
  // e · log 2 is larger than log m where e is not 0; where it is, it adds nothing.
  const whole = block.keep(Build.mul(e, constant(log2[0], x)))
  const double = block.keep(Build.add(half, half))
  const isWhole = Build.compare("ne", e, constant(0, x))
  const [sum, lost] = quickSum(whole, double, block)
  const [high, low] = [Build.select(isWhole, sum, double), Build.select(isWhole, lost, constant(0, x))]
  const small = Build.fma(e, constant(log2[1], x), Build.fma(halfRest, constant(2, x), low))
  return quickSum(block.keep(high), block.keep(small), block)
}

/** |x|^y where all is finite. */
const magnitudeOf = (size: Expression, y: Expression, block: Block): Expression => {
  const [high, low] = logarithm(size, block)
  const exponent = block.keep(Build.mul(y, high))
  const isFar = block.keep(Build.compare("gt", magnitude(exponent), constant(110, y)))
  const rest = Build.fma(y, low, Build.fma(y, high, negative(exponent)))
  return expOfSum(exponent, block.keep(Build.select(isFar, constant(0, y), rest)), block)
}

/** What takes the place of |x|^y where x is 0 or infinite, or y is infinite. */
const withLimits = (size: Expression, y: Expression, ordinary: Expression, block: Block): Expression => {
  const [zero, infinite] = [constant(0, y), constant(Number.POSITIVE_INFINITY, y)]
  const isUp = block.keep(Build.compare("gt", y, zero))
  const atZero = Build.select(isUp, zero, infinite)
  const atInfinity = Build.select(isUp, infinite, zero)
  const isGrowing = Build.compare("eq", isMore(size, 1), isUp)
  const far = Build.select(isGrowing, infinite, zero)
  const atOne = Build.select(Build.compare("eq", size, constant(1, y)), constant(Number.NaN, y), far)
  const isEndless = Build.compare("eq", magnitude(y), infinite)
  const inside = Build.select(isEndless, atOne, ordinary)
  const large = Build.select(Build.compare("eq", size, infinite), atInfinity, inside)
  return Build.select(Build.compare("eq", size, zero), atZero, large)
}

export const pow: Binary = (base, power, block) => {
  const [x, y] = [block.keep(base), block.keep(power)]
  const size = block.keep(magnitude(x))
  const positive = block.keep(withLimits(size, y, magnitudeOf(size, y, block), block))
  const halved = block.keep(Build.mul(y, constant(0.5, y)))
  const isWhole = Build.compare("eq", Build.unary("floor", y), y)
  const isOdd = Build.and(isWhole, Build.compare("ne", Build.unary("floor", halved), halved))
  const isBelow = block.keep(Build.compare("lt", Build.bits("i32", x), Build.i32(0, x.lanes)))
  const signed = Build.select(Build.and(isBelow, isOdd), negative(positive), positive)
  const isFinite = Build.compare("lt", size, constant(Number.POSITIVE_INFINITY, x))
  const isPlain = Build.and(isFinite, Build.compare("ne", x, constant(0, x)))
  const isNone = Build.and(Build.and(isBelow, isPlain), Build.compare("eq", isWhole, Build.i32(0, x.lanes)))
  const real = Build.select(isNone, constant(Number.NaN, x), signed)
  const isNumber = Build.and(Build.compare("eq", x, x), Build.compare("eq", y, y))
  const known = Build.select(isNumber, real, constant(Number.NaN, x))
  return Build.select(Build.compare("eq", y, constant(0, y)), constant(1, y), known)
}
