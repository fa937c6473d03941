/** The inverse trigonometric functions: a polynomial near 0, and identities that lead there. */
import type { Block } from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import * as Coefficients from "./Coefficients.ts"
import { type Binary, constant, isLess, isMore, magnitude, odd, type Unary, withSign } from "./Terms.ts"

const halfPi = [1.5707963705062866, -4.371138828673793e-8] as const
const pi = [3.1415927410125732, -8.742277657347586e-8] as const

/** An angle in two parts, less x. */
const less = ([high, low]: readonly [number, number], x: Expression): Expression =>
  Build.add(Build.sub(constant(high, x), x), constant(low, x))

/** The angle whose tangent is t, 0 ≤ t ≤ 1. */
const small = (t: Expression, block: Block): Expression => block.keep(odd(Coefficients.atan, block.keep(t), block))

export const atan: Unary = (x, block) => {
  const kept = block.keep(x)
  const size = block.keep(magnitude(kept))
  const isSteep = block.keep(isMore(size, 1))
  const angle = small(Build.select(isSteep, Build.div(constant(1, x), size), size), block)
  return withSign(Build.select(isSteep, less(halfPi, angle), angle), kept)
}

export const atan2: Binary = (y, x, block) => {
  const [up, right] = [block.keep(y), block.keep(x)]
  const [height, width] = [block.keep(magnitude(up)), block.keep(magnitude(right))]
  const larger = block.keep(Build.max(height, width))
  const quotient = Build.div(Build.min(height, width), larger)
  const isZero = Build.compare("eq", larger, constant(0, x))
  const isDiagonal = Build.compare("eq", height, width)
  const tangent = Build.select(isZero, constant(0, x), Build.select(isDiagonal, constant(1, x), quotient))
  const angle = small(tangent, block)
  const isSteep = Build.compare("gt", height, width)
  const first = block.keep(Build.select(isSteep, less(halfPi, angle), angle))
  const isLeft = Build.compare("lt", Build.bits("i32", right), Build.i32(0, x.lanes))
  const either = withSign(Build.select(isLeft, less(pi, first), first), up)
  const isNumber = Build.compare("eq", larger, larger)
  return Build.select(isNumber, either, constant(Number.NaN, x))
}

/** asin √((1 − |x|) / 2), for |x| ≥ ½; half of acos |x|. */
const half = (size: Expression, block: Block): Expression => {
  const root = Build.unary("sqrt", Build.mul(Build.sub(constant(1, size), size), constant(0.5, size)))
  return block.keep(odd(Coefficients.asin, block.keep(root), block))
}

export const asin: Unary = (x, block) => {
  const kept = block.keep(x)
  const size = block.keep(magnitude(kept))
  const far = half(size, block)
  const angle = withSign(less(halfPi, Build.add(far, far)), kept)
  const ordinary = Build.select(isMore(size, 0.5), angle, odd(Coefficients.asin, kept, block))
  return Build.select(isMore(size, 1), constant(Number.NaN, x), ordinary)
}

export const acos: Unary = (x, block) => {
  const kept = block.keep(x)
  const size = block.keep(magnitude(kept))
  const one = half(size, block)
  const double = block.keep(Build.add(one, one))
  const far = Build.select(isLess(kept, 0), less(pi, double), double)
  return Build.select(isMore(size, 0.5), far, less(halfPi, block.keep(odd(Coefficients.asin, kept, block))))
}
