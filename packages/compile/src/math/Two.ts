/** Sums and products in two numbers: what is rounded, and exactly what the rounding lost. Operands must be kept. */
import type { Block } from "../code/Block.ts"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"

/** The second is what the first lacks. */
export type Two = readonly [Expression, Expression]

export const twoSum = (x: Expression, y: Expression, block: Block): Two => {
  const sum = block.keep(Build.add(x, y))
  const part = block.keep(Build.sub(sum, x))
  return [sum, block.keep(Build.add(Build.sub(x, Build.sub(sum, part)), Build.sub(y, part)))]
}

/** Where the first operand is the larger one, or of the same binade. */
export const quickSum = (x: Expression, y: Expression, block: Block): Two => {
  const sum = block.keep(Build.add(x, y))
  return [sum, block.keep(Build.add(Build.sub(x, sum), y))]
}

export const twoProduct = (x: Expression, y: Expression, block: Block): Two => {
  const product = block.keep(Build.mul(x, y))
  return [product, block.keep(Build.fma(x, y, Build.unary("neg", product)))]
}
