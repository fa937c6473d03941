/**
 * The lesser or greater of a vector and a constant. In general that takes a machine several instructions, for NaN and for the
 * sign of 0. With a known number one comparison does: where the vector's lane is NaN or equal, it stays.
 */
import type { Expression } from "../code/Code.ts"
import type { Context } from "./Context.ts"

const constantOf = (expression: Expression): number | undefined => {
  const scalar = expression.op === "splat" ? expression.of : expression
  return scalar.op === "constant" && !Number.isNaN(scalar.value) ? scalar.value : undefined
}

/** −0 is less than 0, but compares as equal. */
const isHidden = (name: "min" | "max", constant: number): boolean => name === "min" && Object.is(constant, -0)

/** Returns whether it was printed. */
export const extreme = (context: Context, name: "min" | "max", left: Expression, right: Expression): boolean => {
  const [vector, other] = constantOf(right) === undefined ? [right, left] : [left, right]
  const constant = constantOf(other)
  if (constant === undefined || isHidden(name, constant)) return false
  const { body, print } = context
  print(vector)
  print(other)
  body.do(name === "min" ? "f32x4.pmin" : "f32x4.pmax")
  if (name === "min" || !Object.is(constant, 0)) return true
  // −0 became neither; added to 0 it is 0, and all else is as it was.
  print(other)
  body.do("f32x4.add")
  return true
}
