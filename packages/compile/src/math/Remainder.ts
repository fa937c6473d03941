/**
 * The remainder, exactly. A quotient below 2^22 is found by one division, up to one; from larger ones multiples of y · 2^k are
 * taken away first, so that each turn removes 22 bits of the quotient.
 */

import * as Block from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import { only } from "../Lists.ts"
import { whenAny } from "./Rare.ts"
import { type Binary, constant, isLess, magnitude, powerOfTwo, withSign } from "./Terms.ts"

/** Quotients are below 2^277. */
const turns = 14

/** x less the multiple of y next below, for 0 ≤ x < 2^23 · y. */
const once = (x: Expression, y: Expression, block: Block.Block): Expression => {
  const quotient = block.keep(Build.unary("floor", Build.div(x, y)))
  const rest = block.keep(Build.fma(Build.unary("neg", quotient), y, x))
  return block.keep(Build.select(isLess(rest, 0), Build.add(rest, y), rest))
}

/** The exponent of a positive number: 2^exponent ≤ x. */
const exponentOf = (x: Expression, block: Block.Block): Expression => {
  const isSmall = block.keep(isLess(x, 2 ** -126))
  const normal = Build.select(isSmall, Build.mul(x, constant(2 ** 24, x)), x)
  const biased = Build.shrSigned(Build.bits("i32", normal), Build.i32(23, x.lanes))
  return Build.sub(biased, Build.select(isSmall, Build.i32(127 + 24, x.lanes), Build.i32(127, x.lanes)))
}

/** The largest y · 2^k of which x is less than 2^23 times; y itself where that is enough. */
const lifted = (x: Expression, y: Expression, block: Block.Block): Expression => {
  const above = block.keep(Build.sub(exponentOf(x, block), exponentOf(y, block)))
  const twentyTwo = Build.i32(22, x.lanes)
  const more = Build.compare("gt", above, twentyTwo)
  const k = block.keep(Build.select(more, Build.sub(above, twentyTwo), Build.i32(0, x.lanes)))
  const third = block.keep(Build.shrSigned(k, Build.i32(1, x.lanes)))
  const first = Build.mul(y, powerOfTwo(third))
  return block.keep(Build.mul(first, powerOfTwo(Build.sub(k, third))))
}

const many = (x: Expression, y: Expression, block: Block.Block): Expression => {
  const rest = block.locals.fresh("f32", x.lanes, "rest")
  block.statements.push(Build.set(rest, x))
  const turn = Block.make(block.locals)
  const now = Build.get(rest)
  turn.statements.push(Build.set(rest, once(now, lifted(now, y, turn), turn)))
  const counter = block.locals.fresh("index", 1, "turn")
  block.statements.push(Build.loop(counter, Build.index(0), Build.index(turns), 1, turn.statements))
  return now
}

/** The remainder with the sign of y; NaN of infinite x or where y is 0; x itself, or y, where y is infinite. */
export const mod: Binary = (dividend, divisor, block) => {
  const [x, y] = [block.keep(dividend), block.keep(divisor)]
  const [size, unit] = [block.keep(magnitude(x)), block.keep(magnitude(y))]
  const infinite = constant(Number.POSITIVE_INFINITY, x)
  const isLarge = block.keep(Build.compare("ge", Build.div(size, unit), constant(2 ** 22, x)))
  const rest = only(whenAny(isLarge, [once(size, unit, block)], block, (rare) => [many(size, unit, rare)]))
  const isBelow = block.keep(Build.compare("lt", size, unit))
  const left = block.keep(withSign(Build.select(isBelow, size, rest), x))
  const apart = Build.compare("lt", Build.xor(Build.bits("i32", x), Build.bits("i32", y)), Build.i32(0, x.lanes))
  const isSome = Build.compare("ne", left, constant(0, x))
  const signed = Build.select(Build.and(apart, isSome), Build.add(left, y), left)
  const isDefined = Build.and(Build.compare("lt", size, infinite), Build.compare("gt", unit, constant(0, x)))
  return Build.select(isDefined, signed, constant(Number.NaN, x))
}

/** The quotient, rounded, and then rounded down. */
export const floorDiv: Binary = (x, y) => Build.unary("floor", Build.div(x, y))
