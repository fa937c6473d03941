/** Functions of f32 as operations that every emitter has: the same bits everywhere. */

import type { Block } from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import type { Arithmetic, FloatArithmetic, FloatFunction, IntegerArithmetic } from "../plan/Plan.ts"

type Unary = (of: Expression, block: Block) => Expression
type Binary = (left: Expression, right: Expression, block: Block) => Expression

const unaries: Partial<Record<FloatFunction, Unary>> = {
  neg: (of) => Build.unary("neg", of),
  abs: (of) => Build.unary("abs", of),
  sqrt: (of) => Build.unary("sqrt", of),
  rsqrt: (of) => Build.div(Build.f32(1, of.lanes), Build.unary("sqrt", of)),
  floor: (of) => Build.unary("floor", of),
  ceil: (of) => Build.unary("ceil", of),
  round: (of) => Build.unary("round", of)
}

const binaries: Partial<Record<Arithmetic | FloatArithmetic, Binary>> = {
  add: Build.add,
  sub: Build.sub,
  mul: Build.mul,
  div: Build.div,
  min: Build.min,
  max: Build.max
}

export const unary = (name: FloatFunction, of: Expression, block: Block): Expression => {
  const make = unaries[name]
  if (make === undefined) throw new Error(`there is no ${name} of f32`)
  return make(of, block)
}

export const binary = (
  name: Arithmetic | FloatArithmetic | IntegerArithmetic,
  left: Expression,
  right: Expression,
  block: Block
): Expression => {
  const make = binaries[name as Arithmetic]
  if (make === undefined) throw new Error(`there is no ${name} of f32`)
  return make(left, right, block)
}
