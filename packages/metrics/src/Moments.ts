/**
 * Means, variances and covariances of two series, column by column, from (weight, means, sums of squared deviations), merged
 * as in Chan, Golub and LeVeque 1983. Within a batch, deviations are taken from the batch's own mean before they are squared,
 * and what float32 lost of that mean is put back in float64: values near 10,000 with a small variance keep their digits.
 */
import { elementWeights, type Scored } from "@etude/core/Metric"
import * as tf from "@tensorflow/tfjs-core"
import * as Schema from "effect/Schema"
import { ShapeMismatch } from "./Errors.ts"
import { weighted } from "./Segments.ts"
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
  const share = b.weight / weight
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const between = a.weight * share
  return {
    weight,
    x: a.x + dx * share,
    y: a.y + dy * share,
    xx: a.xx + b.xx + dx * dx * between,
    yy: a.yy + b.yy + dy * dy * between,
    xy: a.xy + b.xy + dx * dy * between
  }
}

/** A state of moments of each column; without columns nothing has been seen. */
export const Columns = Schema.Array(Moments)
export type Columns = typeof Columns.Type

const combineColumns = (a: Columns, b: Columns): Columns =>
  a.length === 0 ? b : b.length === 0 ? a : a.map((one, at) => combine(one, b[at]!))

const rows = 8

/** [8, columns]: weight, both centres, and the sums of deviations from them and of their products. */
const measureColumns = (x: tf.Tensor, y: tf.Tensor, weights: tf.Tensor | undefined): tf.Tensor => {
  if (x.size === 0) return tf.zeros([rows, x.shape[1]!])
  const or = (values: tf.Tensor, otherwise: number) =>
    weights === undefined
      ? values
      : tf.where(tf.notEqual(weights, 0), values, tf.fill(values.shape, otherwise, "float32"))
  const weight = weights === undefined ? tf.fill([x.shape[1]!], x.shape[0]!) : tf.sum(weights, 0)
  const centre = (values: tf.Tensor) => {
    const mean = tf.div(tf.sum(weighted(values, weights), 0), tf.maximum(weight, 1e-30))
    // Kept between the extremes: the mean of equal values is exactly their value then, and their deviations are exactly 0.
    return tf.minimum(tf.maximum(mean, tf.min(or(values, Infinity), 0)), tf.max(or(values, -Infinity), 0))
  }
  const [cx, cy] = [centre(x), centre(y)]
  const [dx, dy] = [or(tf.sub(x, cx), 0), or(tf.sub(y, cy), 0)]
  const [wx, wy] = weights === undefined ? [dx, dy] : [tf.mul(dx, weights), tf.mul(dy, weights)]
  const sums = [wx, wy, tf.mul(wx, dx), tf.mul(wy, dy), tf.mul(wx, dy)].map((values) => tf.sum(values, 0))
  return tf.stack([weight, cx, cy, ...sums])
}

const ofColumn = (values: ArrayLike<number>, columns: number, at: number): Moments => {
  const [weight, cx, cy, sx, sy, sxx, syy, sxy] = Array.from({ length: rows }, (_, row) => values[row * columns + at]!)
  if (weight === 0) return { weight: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 }
  const [mx, my] = [sx! / weight!, sy! / weight!]
  return {
    weight: weight!,
    x: cx! + mx,
    y: cy! + my,
    // A sum of squares; rounding may leave a little less than 0.
    xx: Math.max(0, sxx! - sx! * mx),
    yy: Math.max(0, syy! - sy! * my),
    xy: sxy! - sx! * my
  }
}

/** A series as columns [elements, columns]: the last dimension of [batch, …, columns]; one column of [batch]. */
const columnsOf = (tensor: tf.Tensor): tf.Tensor2D =>
  tf.reshape(tf.cast(tensor, "float32"), [-1, tensor.rank < 2 ? 1 : Math.max(1, tensor.shape.at(-1)!)]) as tf.Tensor2D

/** Statistics of two series that a batch gives, of one shape. */
export const statistics = (
  metric: string,
  series: (scored: Scored<tf.Tensor, tf.Tensor>) => readonly [x: tf.Tensor, y: tf.Tensor]
): Statistics<tf.Tensor, tf.Tensor, Columns> => ({
  state: Columns,
  empty: [],
  measure: (scored) => {
    const [x, y] = series(scored)
    if (!tf.util.arraysEqual(x.shape, y.shape))
      throw new ShapeMismatch({ metric, outputs: x.shape, targets: y.shape, expected: "the same shape" })
    const weights = elementWeights(x, scored)
    return { moments: measureColumns(columnsOf(x), columnsOf(y), weights && columnsOf(weights)) }
  },
  ofBatch: ({ moments }) => {
    const columns = moments!.length / rows
    const all = Array.from({ length: columns }, (_, at) => ofColumn(moments!, columns, at))
    return all.every(({ weight }) => weight === 0) ? [] : all
  },
  combine: combineColumns
})
