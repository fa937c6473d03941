/** The approximate cost of computing an expression, in additions. */
import type { Access, Scalar } from "../Plan.ts"
import { everyOf } from "../Rewrite.ts"
import type { Shape } from "../Shapes.ts"

const light = new Set(["neg", "abs", "floor", "ceil", "round"])

const costOf = (scalar: Scalar): number => {
  switch (scalar.op) {
    case "constant":
    case "index":
    case "accumulator":
    case "read":
      return 0
    case "gather":
      return 4
    case "unary":
      return light.has(scalar.name) ? 1 : scalar.name === "sqrt" || scalar.name === "rsqrt" ? 8 : 20
    case "binary":
      if (scalar.name === "div") return 5
      if (scalar.name === "mulHigh") return 4
      return ["pow", "mod", "floorDiv", "atan2"].includes(scalar.name) ? 30 : 1
    default:
      return 1
  }
}

export interface Cost {
  readonly operations: number
  /** The number of elements read; elements shared by several indices count for less. */
  readonly reads: number
}

const readCost = ({ strides }: Access, shape: Shape): number => {
  const moving = strides.filter((stride, axis) => stride !== 0 && shape[axis] !== 1).length
  if (moving === 0) return 0
  return moving === shape.filter((extent) => extent !== 1).length ? 1 : 0.25
}

/** Of an expression over an iteration over `shape`. */
export const cost = (root: Scalar, shape: Shape): Cost => {
  let [operations, reads] = [0, 0]
  for (const scalar of everyOf([root])) {
    operations += costOf(scalar)
    if (scalar.op === "read") reads += readCost(scalar.access, shape)
    if (scalar.op === "gather") reads++
  }
  return { operations, reads }
}

/** Whether recomputing it is as cheap as reading it. */
export const isCheap = (root: Scalar, shape: Shape): boolean => {
  const { operations, reads } = cost(root, shape)
  return reads === 0 ? operations <= 6 : reads < 1.5 && operations <= 2
}
