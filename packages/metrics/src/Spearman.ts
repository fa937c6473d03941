/** Spearman's correlation, which needs all pairs at once: its state grows with the data. */
import { elementWeights, type Metric, measuring, type Scored } from "@etude/core/Metric"
import * as tf from "@tensorflow/tfjs-core"
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { ShapeMismatch } from "./Errors.ts"
import * as Moments from "./Moments.ts"

const Numbers = Schema.Array(Schema.Number)
/** Pairs with their weights, batch by batch. */
export const Pairs = Schema.Array(Schema.Struct({ x: Numbers, y: Numbers, weights: Numbers }))
export type Pairs = typeof Pairs.Type

/** The mean rank of each value; equal values share it. A weight of k stands for k equal samples. */
const ranks = (values: ReadonlyArray<number>, weights: ReadonlyArray<number>): Float64Array => {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!)
  const ranked = new Float64Array(values.length)
  let below = 0
  for (let from = 0; from < order.length; ) {
    let to = from
    let tied = 0
    while (to < order.length && values[order[to]!] === values[order[from]!]) tied += weights[order[to++]!]!
    for (; from < to; from++) ranked[order[from]!] = below + tied / 2
    below += tied
  }
  return ranked
}

/**
 * Spearman's correlation: Pearson's of ranks, in [−1, 1]; equal values share their mean rank. All elements are one series.
 * Elements of weight 0 don't count; a weight of 2 is the same element twice. None while outputs or targets are constant; NaN
 * if any is NaN. Keeps all pairs: 24 bytes an element.
 */
export const spearman: Metric<tf.Tensor, tf.Tensor, Pairs, number> = {
  name: "Spearman",
  better: "higher",
  state: Pairs,
  empty: [],
  ...measuring(
    (scored: Scored<tf.Tensor, tf.Tensor>) => {
      const { outputs, targets } = scored
      if (!tf.util.arraysEqual(outputs.shape, targets.shape))
        throw new ShapeMismatch({
          metric: "Spearman",
          outputs: outputs.shape,
          targets: targets.shape,
          expected: "the same shape"
        })
      const weights = elementWeights(outputs, scored) ?? tf.onesLike(outputs)
      return { x: tf.cast(outputs, "float32"), y: tf.cast(targets, "float32"), weights: tf.cast(weights, "float32") }
    },
    ({ x, y, weights }) => {
      const take = (values: ArrayLike<number>) => Array.from(values).filter((_, index) => weights[index] !== 0)
      const kept = take(weights)
      return kept.length === 0 ? [] : [{ x: take(x), y: take(y), weights: kept }]
    }
  ),
  combine: (a, b) => [...a, ...b],
  result: (state) => {
    const weights = state.flatMap((one) => one.weights)
    const [x, y] = [state.flatMap((one) => one.x), state.flatMap((one) => one.y)]
    if ([...x, ...y].some(Number.isNaN)) return Option.some(Number.NaN)
    const [rx, ry] = [ranks(x, weights), ranks(y, weights)]
    const { xx, yy, xy } = Arr.zipWith(Arr.zip(rx, ry), weights, ([x, y], weight) => ({
      weight,
      x,
      y,
      xx: 0,
      yy: 0,
      xy: 0
    })).reduce(Moments.combine, { weight: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 })
    return xx === 0 || yy === 0 ? Option.none() : Option.some(xy / Math.sqrt(xx) / Math.sqrt(yy))
  }
}
