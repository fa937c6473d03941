/** Arithmetic of whole numbers as operations that every emitter has. */
import type { Block } from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import type { Arithmetic, FloatArithmetic, IntegerArithmetic } from "../plan/Plan.ts"

type Names = Arithmetic | FloatArithmetic | IntegerArithmetic

export const unary = (name: "neg" | "abs", of: Expression, block: Block): Expression => {
  const kept = block.keep(of)
  const negative = Build.sub(Build.i32(0, of.lanes), kept)
  return name === "neg" ? negative : Build.select(Build.compare("lt", kept, Build.i32(0, of.lanes)), negative, kept)
}

/** A scalar's quotient towards zero. Divisors 0 and −1 are seen to apart: what the machine does there differs. */
const quotient = (left: Expression, right: Expression, block: Block): Expression => {
  const [dividend, divisor] = [block.keep(left), block.keep(right)]
  const special = block.keep(
    Build.or(Build.compare("eq", divisor, Build.i32(0)), Build.compare("eq", divisor, Build.i32(-1)))
  )
  const plain = Build.div(dividend, Build.select(special, Build.i32(1), divisor))
  // Divided by 0 or −1: dividend · divisor is 0 or −dividend.
  return block.keep(Build.select(special, Build.mul(dividend, divisor), plain))
}

/** The quotient rounded down: one less than towards zero where there is a remainder and the signs differ. */
const floorQuotient = (left: Expression, right: Expression, block: Block): Expression => {
  const towardsZero = quotient(left, right, block)
  const remainder = block.keep(Build.sub(left, Build.mul(towardsZero, right)))
  const apart = Build.compare("lt", Build.xor(left, right), Build.i32(0))
  const inexact = Build.compare("ne", remainder, Build.i32(0))
  const nonzero = Build.compare("ne", right, Build.i32(0))
  return block.keep(Build.sub(towardsZero, Build.and(Build.and(apart, inexact), nonzero)))
}

const floorRemainder = (left: Expression, right: Expression, block: Block): Expression => {
  const whole = block.keep(Build.sub(left, Build.mul(floorQuotient(left, right, block), right)))
  return Build.select(Build.compare("eq", right, Build.i32(0)), Build.i32(0), whole)
}

/** What vectors can't do, lane by lane. */
const laneByLane =
  (scalar: (left: Expression, right: Expression, block: Block) => Expression) =>
  (left: Expression, right: Expression, block: Block, count: number): Expression => {
    const [wideLeft, wideRight] = [block.keep(left), block.keep(right)]
    const lanes = Array.from({ length: left.lanes }, (_, lane) => lane)
    return Build.pack(
      lanes.map((lane) =>
        lane < count || left.lanes === 1
          ? scalar(block.keep(Build.extract(wideLeft, lane)), block.keep(Build.extract(wideRight, lane)), block)
          : Build.i32(0)
      )
    )
  }

/** The upper half of the unsigned product, from products of halves of 16 bits. */
const mulHigh = (left: Expression, right: Expression, block: Block): Expression => {
  const { lanes } = left
  const low = (of: Expression) => block.keep(Build.and(of, Build.i32(0xffff, lanes)))
  const high = (of: Expression) => block.keep(Build.shrUnsigned(of, Build.i32(16, lanes)))
  const [a, b] = [block.keep(left), block.keep(right)]
  const [a0, a1, b0, b1] = [low(a), high(a), low(b), high(b)]
  const lowest = high(Build.mul(a0, b0))
  const middle = block.keep(Build.add(Build.mul(a1, b0), lowest))
  const other = block.keep(Build.add(Build.mul(a0, b1), low(middle)))
  return Build.add(Build.add(Build.mul(a1, b1), high(middle)), high(other))
}

const extreme =
  (comparison: "lt" | "gt") =>
  (left: Expression, right: Expression, block: Block): Expression => {
    const [a, b] = [block.keep(left), block.keep(right)]
    return Build.select(Build.compare(comparison, a, b), a, b)
  }

type Make = (left: Expression, right: Expression, block: Block, count: number) => Expression

const binaries: Partial<Record<Names, Make>> = {
  add: Build.add,
  sub: Build.sub,
  mul: Build.mul,
  div: laneByLane(quotient),
  min: extreme("lt"),
  max: extreme("gt"),
  floorDiv: laneByLane(floorQuotient),
  mod: laneByLane(floorRemainder),
  and: Build.and,
  or: Build.or,
  xor: Build.xor,
  shl: Build.shl,
  shrSigned: Build.shrSigned,
  shrUnsigned: Build.shrUnsigned,
  mulHigh
}

/** `count` lanes matter. */
export const binary: (...given: [Names, ...Parameters<Make>]) => Expression = (name, left, right, block, count) => {
  const make = binaries[name]
  if (make === undefined) throw new Error(`there is no ${name} of whole numbers`)
  return make(left, right, block, count)
}
