/** left · right + addend. WebAssembly has a fused one for vectors only, so scalars are computed in the first lane of one. */
import type { Expression } from "../code/Code.ts"
import { address } from "./Address.ts"
import type { Context } from "./Context.ts"

type Fma = Extract<Expression, { readonly op: "fma" }>

/** The scalar in all lanes. A chain of multiply-adds stays in vectors. */
const widened = (context: Context, scalar: Expression) => {
  const { body, sharing } = context
  if (scalar.op === "constant")
    return body.v128(
      "f32",
      Array.from({ length: 4 }, () => scalar.value)
    )
  if (!sharing.isRepeated(scalar)) {
    if (scalar.op === "load") return body.memory("v128.load32_splat", address(context, scalar.address, scalar.offset))
    if (scalar.op === "fma") return fused(context, scalar, widened)
  }
  context.print(scalar)
  body.do("f32x4.splat")
}

const printed = ({ print }: Context, expression: Expression) => print(expression)

const fused = (
  context: Context,
  { left, right, addend }: Fma,
  operand: (context: Context, expression: Expression) => void
) => {
  operand(context, left)
  operand(context, right)
  operand(context, addend)
  context.body.do("f32x4.relaxed_madd")
}

export const fma = (context: Context, expression: Fma) => {
  const { left, right, addend, lanes } = expression
  const { body } = context
  if (context.level === "fused") {
    if (lanes !== 1) return fused(context, expression, printed)
    fused(context, expression, widened)
    return body.lane("f32x4.extract_lane", 0)
  }
  context.print(left)
  context.print(right)
  body.do(lanes === 1 ? "f32.mul" : "f32x4.mul")
  context.print(addend)
  body.do(lanes === 1 ? "f32.add" : "f32x4.add")
}
