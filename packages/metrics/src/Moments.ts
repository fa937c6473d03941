/**
 * Means, variances and covariances of two series, column by column, from (weight, means, sums of squared deviations), merged
 * as in Chan, Golub and LeVeque 1983. They are taken on the host, in float64, which tensors don't have: values near 10,000
 * with a small variance keep their digits.
 */

import { element } from "@etude/core/Lookup"
import { elementWeights, measuring, type Scored } from "@etude/core/Metric"
import { sideOf } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Arr from "effect/Array"
import * as Schema from "effect/Schema"
import { ShapeMismatch } from "./Errors.ts"
import { given } from "./Labels.ts"
import type { Statistics } from "./Statistics.ts"

/** Of one column: `x` are outputs and `y` targets; `xx`, `yy` and `xy` are sums of products of deviations from the means. */
export const Moments = Schema.Struct({
  weight: Schema.Number,
  x: Schema.Number,
  y: Schema.Number,
  xx: Schema.Number,
  yy: Schema.Number,
  xy: Schema.Number
})
export type Moments = typeof Moments.Type

/** Of both together. */
export const combine = (a: Moments, b: Moments): Moments => {
  if (a.weight === 0) return b
  if (b.weight === 0) return a
  const weight = a.weight + b.weight
  const fraction = b.weight / weight
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const between = a.weight * fraction
  return {
    weight,
    x: a.x + dx * fraction,
    y: a.y + dy * fraction,
    xx: a.xx + b.xx + dx * dx * between,
    yy: a.yy + b.yy + dy * dy * between,
    xy: a.xy + b.xy + dx * dy * between
  }
}

/** A state of moments of each column; without columns nothing has been seen. */
export const Columns = Schema.Array(Moments)
export type Columns = typeof Columns.Type

const combineColumns = (a: Columns, b: Columns): Columns =>
  a.length === 0 ? b : b.length === 0 ? a : Arr.zipWith(a, b, combine)

/** How many columns a series has: the last dimension of [batch, …, columns]; one of [batch]. */
const columnsOf = ({ shape }: tf.Tensor): number => (shape.length < 2 ? 1 : Math.max(1, sideOf(shape, -1)))

/** Of one column of values that lie row by row: means first, deviations from them then. */
export const ofColumn = (
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  columns: number,
  column: number
): Moments => {
  let [weight, mx, my, xx, yy, xy] = [0, 0, 0, 0, 0, 0]
  for (let index = column; index < x.length; index += columns) {
    const pairWeight = weights === undefined ? 1 : weights[index]!
    // What has no weight may be anything.
    if (pairWeight === 0) continue
    weight += pairWeight
    // So that the mean of equal values is exactly their value.
    mx += ((x[index]! - mx) * pairWeight) / weight
    my += ((y[index]! - my) * pairWeight) / weight
  }
  for (let index = column; index < x.length; index += columns) {
    const pairWeight = weights === undefined ? 1 : weights[index]!
    if (pairWeight === 0) continue
    const [dx, dy] = [x[index]! - mx, y[index]! - my]
    xx += pairWeight * dx * dx
    yy += pairWeight * dy * dy
    xy += pairWeight * dx * dy
  }
  return { weight, x: mx, y: my, xx, yy, xy }
}

/** Statistics of targets, and of a series that is made of each output and target on the host, in float64. */
export const statistics = (
  metric: string,
  series: (output: number, target: number) => number
): Statistics<tf.Tensor, tf.Tensor, Columns> => ({
  state: Columns,
  empty: [],
  ...measuring(
    (scored: Scored<tf.Tensor, tf.Tensor>) => {
      const { outputs, targets } = scored
      if (!tf.util.arraysEqual(outputs.shape, targets.shape))
        throw new ShapeMismatch({ metric, outputs: outputs.shape, targets: targets.shape, expected: "the same shape" })
      const columns = tf.scalar(columnsOf(outputs), "int32")
      return given(scored, { outputs, targets, columns }, elementWeights(outputs, scored))
    },
    ({ outputs, targets, weights, ...rest }) => {
      const x = Float64Array.from(outputs, (output, index) => series(output, element(targets, index)))
      const columns = element(rest.columns, 0)
      const all = Array.from({ length: columns }, (_, index) => ofColumn(x, targets, weights, columns, index))
      return all.every(({ weight }) => weight === 0) ? [] : all
    }
  ),
  combine: combineColumns
})
