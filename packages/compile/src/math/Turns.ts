/**
 * Large angles in quarters of a turn: x · 2/π, of which only what is left after whole turns counts (Payne and Hanek). 2/π has
 * nine parts of 24 bits; each product with x has a high and a low half, both exact, and each is reduced to within ±2 exactly.
 * Their sum is kept in three numbers, so that 70 bits behind the point are right.
 */
import type { Block } from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import { constant } from "./Terms.ts"
import { twoProduct, twoSum } from "./Two.ts"

/** The first 216 bits of 2/π behind the point. */
const digits = [0xa2f983, 0x6e4e44, 0x1529fc, 0x2757d1, 0xf534dd, 0xc0db62, 0x95993c, 0x439041, 0xfe5163]

const halfPi = [1.5707963705062866, -4.371138828673793e-8] as const

/** Without multiples of 4: exact. */
const withoutTurns = (x: Expression, block: Block): Expression => {
  const kept = block.keep(x)
  const turns = Build.unary("round", Build.mul(kept, constant(0.25, x)))
  return block.keep(Build.fma(turns, constant(-4, x), kept))
}

type Sum = readonly [Expression, Expression, Expression]

const plus = ([high, middle, low]: Sum, term: Expression, block: Block): Sum => {
  const [sum, lost] = twoSum(high, term, block)
  const [more, rest] = twoSum(middle, lost, block)
  return [withoutTurns(sum, block), more, block.keep(Build.add(low, rest))]
}

/** The angle that is left, within ±π/4, in two numbers, and how many quarters were taken away (i32). */
export const reduceLarge = (x: Expression, block: Block): readonly [Expression, Expression, Expression] => {
  const zero = constant(0, x)
  const scaled = block.keep(Build.mul(x, constant(2 ** -64, x)))
  let sum: Sum = [zero, zero, zero]
  for (const [at, part] of digits.entries()) {
    const factor = constant(part * 2 ** (40 - 24 * at), x)
    const [high, low] = twoProduct(scaled, factor, block)
    sum = plus(plus(sum, withoutTurns(high, block), block), withoutTurns(low, block), block)
  }
  const whole = block.keep(Build.unary("round", sum[0]))
  const [fraction, lost] = twoSum(block.keep(Build.sub(sum[0], whole)), sum[1], block)
  const rest = block.keep(Build.add(lost, sum[2]))
  const [product, error] = twoProduct(fraction, constant(halfPi[0], x), block)
  const small = block.keep(Build.fma(fraction, constant(halfPi[1], x), Build.fma(rest, constant(halfPi[0], x), error)))
  const r = block.keep(Build.add(product, small))
  return [r, Build.add(Build.sub(product, r), small), Build.convert("i32", whole)]
}
