/** Compares the first results of a compiled program with those of the same program run eagerly. */
import { element } from "@etude/core/Lookup"
import type * as tf from "@tensorflow/tfjs-core"
import type { Recording } from "./Compiler.ts"
import type { Leaf } from "./Leaves.ts"
import { zip } from "./Lists.ts"

/**
 * How far a result may be from the eager one, relative to the largest number of its tensor: a graph may add up in another
 * order, which sums that nearly cancel make visible. A graph that is wrong is further off than that.
 */
const relative = 1e-3
/** The same, relative to the largest number of all results. */
const relativeToAll = 1e-5

/**
 * The same, relative to how far the eager result itself moves when its inputs are moved by a rounding: what is left of
 * terms that cancel (the gradient of a bias before batch normalization) is nothing but rounding, and whoever divides it by
 * its own size, as Adam does, makes it as large as any other. Another order of adding is a few roundings.
 */
const relativeToRounding = 8

type Values = ArrayLike<number>

/** An output whose eager and compiled results differ, with one differing element. */
export interface Difference {
  readonly output: string
  readonly eager: string
  readonly compiled: string
}

const largestOf = (values: Values): number => {
  let largest = 0
  for (let index = 0; index < values.length; index++) {
    const size = Math.abs(values[index]!)
    if (size > largest && size !== Number.POSITIVE_INFINITY) largest = size
  }
  return largest
}

const agree = (a: number, b: number, tolerance: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance

const firstApart = (expected: Values, values: Values, tolerance: number): number => {
  for (let element = 0; element < values.length; element++) {
    if (!agree(expected[element]!, values[element]!, tolerance)) return element
  }
  return -1
}

/**
 * The first output that differs; `undefined` when all agree. `spreads` say of each output how far rounding alone moves
 * it, from one to the next no less; they are called for where that matters, which is seldom, and no further than it does.
 */
export const difference = (
  outputs: Recording["outputs"],
  eager: ReadonlyArray<Leaf>,
  compiled: ReadonlyArray<tf.Tensor>,
  spreads: Iterator<ReadonlyArray<number>, undefined>
): Difference | undefined => {
  const expected = eager.map(({ tensor }) => ({ was: tensor, before: tensor.dataSync<"float32">() }))
  const all = Math.max(0, ...expected.map(({ before }) => largestOf(before)))
  let known: ReadonlyArray<number> = expected.map(() => 0)
  for (const [index, [{ was, before }, is]] of zip(expected, compiled).entries()) {
    const { path } = element(outputs, index)
    const output = path.replaceAll(" ", ": ")
    if (was.dtype !== is.dtype || was.shape.join() !== is.shape.join()) {
      const of = ({ dtype, shape }: tf.Tensor) => `${dtype} [${shape.join(", ")}]`
      return { output, eager: of(was), compiled: of(is) }
    }
    const values = is.dataSync<"float32">()
    const tolerance = relative * largestOf(before) + relativeToAll * all
    for (;;) {
      const apart = firstApart(before, values, tolerance + relativeToRounding * element(known, index))
      if (apart < 0) break
      const more = spreads.next().value
      if (more === undefined)
        return {
          output: `element ${apart} of ${output}`,
          eager: String(before[apart]),
          compiled: String(values[apart])
        }
      known = more
    }
  }
  return undefined
}
