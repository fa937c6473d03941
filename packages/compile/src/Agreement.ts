/** Whether the first results of a compiled program are those of the same program run eagerly. */
import type * as tf from "@tensorflow/tfjs-core"
import type { Output } from "./Recording.ts"

/**
 * How far a result may be from the eager one, relative to the largest number of its tensor: a graph may add up in another
 * order, which sums that nearly cancel make visible. A graph that is wrong is further off than that.
 */
const relative = 1e-3
/** The same, relative to the largest number of all results. */
const relativeToAll = 1e-5

type Values = ArrayLike<number>

const largestOf = (values: Values): number => {
  let largest = 0
  for (let at = 0; at < values.length; at++) {
    const size = Math.abs(values[at]!)
    if (size > largest && size !== Number.POSITIVE_INFINITY) largest = size
  }
  return largest
}

const agree = (a: number, b: number, tolerance: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance

/** The first output that differs, with one of its elements; `undefined` when all agree. */
export const difference = (
  outputs: ReadonlyArray<Output>,
  eager: ReadonlyArray<tf.Tensor>,
  compiled: ReadonlyArray<tf.Tensor>
): { readonly output: string; readonly eager: string; readonly compiled: string } | undefined => {
  const expected = eager.map((tensor) => tensor.dataSync<"float32">())
  const all = Math.max(0, ...expected.map(largestOf))
  for (const [at, { path }] of outputs.entries()) {
    const [was, is] = [eager[at]!, compiled[at]!]
    const output = path.replaceAll(" ", ": ")
    if (was.dtype !== is.dtype || was.shape.join() !== is.shape.join()) {
      const of = ({ dtype, shape }: tf.Tensor) => `${dtype} [${shape.join(", ")}]`
      return { output, eager: of(was), compiled: of(is) }
    }
    const values = is.dataSync<"float32">()
    const tolerance = relative * largestOf(expected[at]!) + relativeToAll * all
    for (let element = 0; element < values.length; element++) {
      if (agree(expected[at]![element]!, values[element]!, tolerance)) continue
      return {
        output: `element ${element} of ${output}`,
        eager: String(expected[at]![element]),
        compiled: String(values[element])
      }
    }
  }
  return undefined
}
