/** Functions of f32 as operations that every emitter has: the same bits everywhere. */

import type { Block } from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import type { Arithmetic, FloatArithmetic, FloatFunction, IntegerArithmetic } from "../plan/Plan.ts"
import { erf } from "./ErrorFunction.ts"
import { cosh, exp, expm1, sigmoid, sinh, softplus, tanh } from "./Exponential.ts"
import { acos, asin, atan, atan2 } from "./Inverse.ts"
import { acosh, asinh, atanh, log, log1p } from "./Logarithm.ts"
import { pow } from "./Power.ts"
import { floorDiv, mod } from "./Remainder.ts"
import type { Binary, Unary } from "./Terms.ts"
import { cos, sin, tan } from "./Trigonometric.ts"

const unaries: Record<FloatFunction, Unary> = {
  ...{ exp, expm1, sigmoid, softplus, tanh, sinh, cosh },
  ...{ log, log1p, asinh, acosh, atanh },
  ...{ sin, cos, tan, asin, acos, atan, erf },
  neg: (of) => Build.unary("neg", of),
  abs: (of) => Build.unary("abs", of),
  sqrt: (of) => Build.unary("sqrt", of),
  rsqrt: (of) => Build.div(Build.f32(1, of.lanes), Build.unary("sqrt", of)),
  floor: (of) => Build.unary("floor", of),
  ceil: (of) => Build.unary("ceil", of),
  round: (of) => Build.unary("round", of)
}

const binaries: Record<Arithmetic | FloatArithmetic, Binary> = {
  ...{ pow, mod, floorDiv, atan2 },
  add: Build.add,
  sub: Build.sub,
  mul: Build.mul,
  div: Build.div,
  min: Build.min,
  max: Build.max
}

export const unary = (name: FloatFunction, of: Expression, block: Block): Expression => {
  return unaries[name](of, block)
}

export const binary = (
  name: Arithmetic | FloatArithmetic | IntegerArithmetic,
  left: Expression,
  right: Expression,
  block: Block
): Expression => {
  if (!(name in binaries)) throw new Error(`there is no ${name} of f32`)
  return binaries[name as Arithmetic](left, right, block)
}
