/** Cost estimates in multiply-adds, by which tasks are distributed. */
import type { FloatFunction, Scalar } from "../plan/Plan.ts"
import { everyOf } from "../plan/Rewrite.ts"

const cheap = new Set<FloatFunction>(["neg", "abs", "sqrt", "rsqrt", "floor", "ceil", "round"])

const costOf = (scalar: Scalar): number => {
  if (scalar.op === "constant" || scalar.op === "accumulator" || scalar.op === "index") return 0
  if (scalar.op === "unary" && !cheap.has(scalar.name)) return 16
  if (scalar.op === "gather") return 3
  if (scalar.op === "binary" && ["pow", "mod", "atan2", "floorDiv", "div"].includes(scalar.name)) return 4
  return 1
}

/** The cost of one element of some values. */
export const ofScalars = (scalars: ReadonlyArray<Scalar>): number =>
  everyOf(scalars).reduce((sum, scalar) => sum + costOf(scalar), 1)

/** The number of vectors per iteration: more if there is little to do for each. */
export const vectorsFor = (scalars: ReadonlyArray<Scalar>, registers: number): number => {
  const work = ofScalars(scalars)
  return work > 48 || registers < 8 ? 1 : work > 12 ? 2 : 4
}

export const product = (sizes: ReadonlyArray<number>): number => sizes.reduce((all, size) => all * size, 1)
