/** Aggregates of a value that each batch gives per sample or element: mean, sum, extremes, variance, and running means. */
import {
  type Better,
  elementWeights,
  type Metric,
  measuring,
  type Scored,
  type WeightedSum,
  weightedSum
} from "@etude/core/Metric"
import type { TensorOrRecord } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { OptionsInvalid } from "./Errors.ts"
import * as Means from "./Means.ts"
import * as Moments from "./Moments.ts"
import { metric, type Statistics } from "./Statistics.ts"

export interface Options<Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor> {
  readonly name: string
  /** `"neither"` when absent. */
  readonly better?: Better
  /** Shape [batch] or [batch, …]. */
  readonly of: (scored: Scored<Out, Target>) => tf.Tensor
}

/** Aggregates of one value, which share what they measure. */
export interface Aggregates<Out extends TensorOrRecord, Target extends TensorOrRecord> {
  /** Σ w·v / Σ w. */
  readonly mean: Metric<Out, Target, WeightedSum, number>
  /** Σ w·v. */
  readonly sum: Metric<Out, Target, WeightedSum, number>
  /** The smallest value whose weight is not 0. */
  readonly min: Metric<Out, Target, Extremes, number>
  /** The largest value whose weight is not 0. */
  readonly max: Metric<Out, Target, Extremes, number>
  /** Σ w·(v − m)² / Σ w, of the population; stable for values far from 0. Welford 1962, Chan et al. 1983. */
  readonly variance: Metric<Out, Target, Moments.Moments, number>
  /** The root of the variance. */
  readonly standardDeviation: Metric<Out, Target, Moments.Moments, number>
}

/** The extremes of what counted; of nothing, ∞ and −∞. */
export const Extremes = Schema.Struct({ min: Schema.Number, max: Schema.Number })
export type Extremes = typeof Extremes.Type

/** What all aggregates of a value measure: it, and weights. */
type Measure<Out extends TensorOrRecord, Target extends TensorOrRecord> = (scored: Scored<Out, Target>) => Means.Values

const extremes = <Out extends TensorOrRecord, Target extends TensorOrRecord>(
  measure: Measure<Out, Target>
): Statistics<Out, Target, Extremes> => ({
  state: Extremes,
  empty: { min: Infinity, max: -Infinity },
  ...measuring(measure, ({ values, weights }) => {
    let [min, max] = [Infinity, -Infinity]
    for (let index = 0; index < values.length; index++) {
      if (weights !== undefined && weights[index] === 0) continue
      const value = values[index]!
      // A NaN is the extreme of all.
      min = Math.min(min, value)
      max = Math.max(max, value)
    }
    return { min, max }
  }),
  combine: (a, b) => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) })
})

const nothing: Moments.Moments = { weight: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 }

const moments = <Out extends TensorOrRecord, Target extends TensorOrRecord>(
  measure: Measure<Out, Target>
): Statistics<Out, Target, Moments.Moments> => ({
  state: Moments.Moments,
  empty: nothing,
  ...measuring(measure, ({ values, weights }) => Moments.ofColumn(values, values, weights, 1, 0)),
  combine: Moments.combine
})

/** All aggregates of one value. Name those that a task reports: `metrics: { spread: aggregates({ … }).variance }`. */
export const aggregates = <Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor>({
  name,
  better = "neither",
  of
}: Options<Out, Target>): Aggregates<Out, Target> => {
  const measure = (scored: Scored<Out, Target>) => weightedSum.measure(scored, of(scored))
  const [sums, ends, spread] = [Means.ofMeasure(measure), extremes(measure), moments(measure)]
  const named = (kind: string) => ({ name: `${kind} ${name}`, better })
  const end = (kind: "min" | "max") =>
    metric(ends, {
      ...named(kind),
      result: (state: Extremes) => (state.min > state.max ? Option.none() : Option.some(state[kind]))
    })
  const variance = ({ weight, xx }: Moments.Moments) => (weight === 0 ? Option.none() : Option.some(xx / weight))
  return {
    mean: metric(sums, { ...named("mean"), result: weightedSum.mean }),
    sum: metric(sums, {
      ...named("sum of"),
      result: ({ sum, weight }: WeightedSum) => (weight === 0 ? Option.none() : Option.some(sum))
    }),
    min: end("min"),
    max: end("max"),
    variance: metric(spread, { ...named("variance of"), result: variance }),
    standardDeviation: metric(spread, {
      ...named("standard deviation of"),
      result: (state: Moments.Moments) => Option.map(variance(state), Math.sqrt)
    })
  }
}

/** Values and weights of the last samples, oldest first. */
export const Window = Schema.Struct({ values: Schema.Array(Schema.Number), weights: Schema.Array(Schema.Number) })
export type Window = typeof Window.Type

const valuesAndWeights =
  <Out extends TensorOrRecord, Target extends TensorOrRecord>(of: Options<Out, Target>["of"]) =>
  (scored: Scored<Out, Target>) => {
    const values = tf.cast(of(scored), "float32")
    return { values: tf.clone(values), weights: tf.clone(elementWeights(values, scored) ?? tf.onesLike(values)) }
  }

/**
 * The mean of the last `window` elements whose weight is not 0. Its subject is order: batches are merged as they came.
 */
export const runningMean = <Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor>({
  name,
  better = "neither",
  of,
  window
}: Options<Out, Target> & { readonly window: number }): Metric<Out, Target, Window, number> => {
  if (!Number.isInteger(window) || window < 1)
    throw new OptionsInvalid({ metric: name, problems: [`window is ${window}, expected a whole number of at least 1`] })
  const last = (values: ReadonlyArray<number>) => values.slice(-window)
  return {
    name: `mean ${name} of the last ${window}`,
    better,
    ordered: true,
    state: Window,
    empty: { values: [], weights: [] },
    ...measuring(valuesAndWeights(of), ({ values, weights }) => {
      const weighted = Arr.zip(Array.from(values), Array.from(weights)).filter(([, weight]) => weight !== 0)
      return { values: last(weighted.map(([value]) => value)), weights: last(weighted.map(([, weight]) => weight)) }
    }),
    combine: (earlier, later) => ({
      values: last([...earlier.values, ...later.values]),
      weights: last([...earlier.weights, ...later.weights])
    }),
    result: ({ values, weights }) => {
      let [sum, weight] = [0, 0]
      for (const [value, valueWeight] of Arr.zip(values, weights)) {
        sum += value * valueWeight
        weight += valueWeight
      }
      return weight === 0 ? Option.none() : Option.some(sum / weight)
    }
  }
}

/** Sums in which an element counts `decay` times as much as the next one, and the factor by which all elements decay earlier sums. */
export const Decaying = Schema.Struct({ sum: Schema.Number, weight: Schema.Number, factor: Schema.Number })
export type Decaying = typeof Decaying.Type

/**
 * The exponential mean of elements: Σ dⁿ⁻ⁱ·wᵢ·vᵢ / Σ dⁿ⁻ⁱ·wᵢ with d = `decay`, so that the first ones aren't pulled to 0. Its
 * subject is order: batches are merged as they came. Elements of weight 0 don't count as a step.
 */
export const exponentialMean = <Out extends TensorOrRecord = tf.Tensor, Target extends TensorOrRecord = tf.Tensor>({
  name,
  better = "neither",
  of,
  decay
}: Options<Out, Target> & { readonly decay: number }): Metric<Out, Target, Decaying, number> => {
  if (!(decay > 0 && decay < 1))
    throw new OptionsInvalid({ metric: name, problems: [`decay is ${decay}, expected a number between 0 and 1`] })
  const combine = (earlier: Decaying, later: Decaying): Decaying => ({
    sum: earlier.sum * later.factor + later.sum,
    weight: earlier.weight * later.factor + later.weight,
    factor: earlier.factor * later.factor
  })
  const empty: Decaying = { sum: 0, weight: 0, factor: 1 }
  return {
    name: `exponential mean ${name}`,
    better,
    ordered: true,
    state: Decaying,
    empty,
    ...measuring(valuesAndWeights(of), ({ values, weights }) => {
      let state = empty
      for (const [value, weight] of Arr.zip(Array.from(values), Array.from(weights))) {
        if (weight !== 0) state = combine(state, { sum: value * weight, weight, factor: decay })
      }
      return state
    }),
    combine,
    result: weightedSum.mean
  }
}
