/** Integer operations for which WebAssembly has no instruction. */
import type { Expression } from "../code/Code.ts"
import type { Context } from "./Context.ts"
import type { Plain } from "./Opcodes.ts"
import { operatorsOf, type Shift, shifts } from "./Operators.ts"

const inLocal = (context: Context, expression: Expression, type: "i32" | "v128"): number => {
  const local = context.body.local(type)
  context.print(expression)
  context.body.set(local)
  return local
}

/** Applies the scalar instruction lane by lane. */
export const lanewise = (context: Context, instruction: Plain, left: Expression, right: Expression) => {
  const { body } = context
  const sides = [inLocal(context, left, "v128"), inLocal(context, right, "v128")]
  for (let lane = 0; lane < 4; lane++) {
    for (const side of sides) {
      body.get(side)
      body.lane("i32x4.extract_lane", lane)
    }
    body.do(instruction)
    if (lane === 0) body.do("i32x4.splat")
    else body.lane("i32x4.replace_lane", lane)
  }
}

/** The scalar in all lanes, if it is known. */
const uniform = (vector: Expression): Expression | undefined => {
  if (vector.op === "splat") return vector.of
  return vector.op === "constant" ? { ...vector, lanes: 1 } : undefined
}

export const shift = (context: Context, name: Shift, left: Expression, right: Expression) => {
  const distance = uniform(right)
  const scalar = operatorsOf("i32", 1).binary[name]
  if (distance === undefined) return scalar === undefined ? undefined : lanewise(context, scalar, left, right)
  context.print(left)
  context.print(distance)
  context.body.do(shifts[name])
}

/** The lesser or greater of two scalars. */
export const lesser = (context: Context, name: "min" | "max", left: Expression, right: Expression) => {
  const { body } = context
  const sides = [inLocal(context, left, "i32"), inLocal(context, right, "i32")]
  for (const side of [...sides, ...sides]) body.get(side)
  body.do(name === "min" ? "i32.lt_s" : "i32.gt_s")
  body.do("select")
}
