/**
 * What several seeds say together: mean, standard deviation, and an interval for the mean. Values must be finite; whoever
 * has others leaves them out and says so, as `Results.ts` does. Comparisons of two settings are in `Comparison.ts`.
 */
import * as Rng from "@etude/core/Rng"
import { normalBelow, normalQuantile, studentCritical } from "./internal/distributions.ts"
import { everyResample, resamplesByKey, type Weighted } from "./internal/resamples.ts"

/** From `low` to `high`. */
export interface Interval {
  readonly low: number
  readonly high: number
}

export interface Options {
  /** How often such intervals hold the true mean, in the long run. Default: 0.95. */
  readonly confidence?: number
  /**
   * `bca` and `percentile`: see {@link bootstrap}. `student`: mean ± t · s/√n, for values that are about normal. Default: `bca`.
   */
  readonly method?: "bca" | "percentile" | "student"
  /** Of the resamples, where there are too many to take them all. Default: that of seed 0. */
  readonly key?: Rng.Key
  /** How many are drawn then. Default: 9,999. */
  readonly resamples?: number
}

/** Of a sample of `n`. With fewer than two values nothing can be said of how far they spread: `deviation` and `interval` are null. */
export interface Summary {
  readonly n: number
  /** Null for no value at all. */
  readonly mean: number | null
  /** The sample standard deviation, with n − 1. */
  readonly deviation: number | null
  readonly interval: Interval | null
}

/** The mean; NaN of nothing. Equal values give that value, to the bit. */
export const mean = (values: ReadonlyArray<number>): number => {
  const [first = Number.NaN] = values
  return first + values.reduce((sum, value) => sum + (value - first), 0) / values.length
}

/** The sample standard deviation: √(Σ(x − x̄)² / (n − 1)). NaN of fewer than two values. */
export const standardDeviation = (values: ReadonlyArray<number>): number => {
  if (values.length < 2) return Number.NaN
  const middle = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1))
}

/** The smallest mean that at least that part of the resamples does not exceed. */
const quantile = (resamples: ReadonlyArray<Weighted>, part: number): number => {
  let [below, reached] = [0, Number.NaN]
  for (const { value, weight } of resamples) {
    below += weight
    reached = value
    if (below >= part - 1e-12) break
  }
  return reached
}

/** Half of what equals the mean counts as below it. Means that differ by rounding alone are equal. */
const partBelow = (resamples: ReadonlyArray<Weighted>, middle: number): number => {
  const span = (resamples.at(-1)?.value ?? 0) - (resamples[0]?.value ?? 0)
  return resamples.reduce((sum, { value, weight }) => {
    if (Math.abs(value - middle) <= span * 1e-12) return sum + weight / 2
    return value < middle ? sum + weight : sum
  }, 0)
}

/** The skewness of the jackknife's means, over 6. */
const acceleration = (values: ReadonlyArray<number>): number => {
  const middle = mean(values)
  const moment = (power: number) => values.reduce((sum, value) => sum + (value - middle) ** power, 0)
  return moment(3) / moment(2) ** 1.5 / 6
}

/** The parts of the resamples between which the interval is, of its low and its high end. */
const partsOf = (
  values: ReadonlyArray<number>,
  resamples: ReadonlyArray<Weighted>,
  { confidence = 0.95, method = "bca" }: Options
): readonly [low: number, high: number] => {
  const tail = (1 - confidence) / 2
  if (method === "percentile") return [tail, 1 - tail]
  const bias = normalQuantile(partBelow(resamples, mean(values)))
  const a = acceleration(values)
  const part = (z: number) => normalBelow(bias + (bias + z) / (1 - a * (bias + z)))
  return [part(normalQuantile(tail)), part(normalQuantile(1 - tail))]
}

/** Up to so many values, all resamples are taken: 6,435 for eight. */
const mostInWhole = 8

/**
 * A bootstrap interval for the mean (Efron 1979; bias-corrected and accelerated: Efron 1987, `bca`). Up to eight values it is exact:
 * each possible resample counts with its probability, and nothing is drawn. Of more, 9,999 resamples are drawn by `key`.
 * The order of the values doesn't matter up to eight. Equal to `scipy.stats.bootstrap` as its `n_resamples` grows.
 *
 * A bootstrap knows no more than its values: of few seeds such intervals are too narrow. Of normal values, those at 95 % hold the
 * mean in about 85 % of cases for n = 5 and 89 % for n = 10; `student` holds what it says where values are about normal.
 */
export const bootstrap = (values: ReadonlyArray<number>, options: Options = {}): Interval | null => {
  if (values.length < 2) return null
  const [first = Number.NaN] = values
  if (values.every((value) => value === first)) return { low: first, high: first }
  const { key = Rng.named(Rng.key(0), "bootstrap"), resamples: count = 9999 } = options
  const resamples = values.length <= mostInWhole ? everyResample(values) : resamplesByKey(values, count, key)
  const [low, high] = partsOf(values, resamples, options)
  return { low: quantile(resamples, low), high: quantile(resamples, high) }
}

const student = (values: ReadonlyArray<number>, confidence: number): Interval | null => {
  if (values.length < 2) return null
  const middle = mean(values)
  const reach =
    (studentCritical(1 - confidence, values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length)
  return { low: middle - reach, high: middle + reach }
}

/** An interval for the mean; null for fewer than two values. */
export const intervalOf = (values: ReadonlyArray<number>, options: Options = {}): Interval | null =>
  options.method === "student" ? student(values, options.confidence ?? 0.95) : bootstrap(values, options)

/** Mean, standard deviation and interval of finite values. */
export const summarize = (values: ReadonlyArray<number>, options: Options = {}): Summary => ({
  n: values.length,
  mean: values.length === 0 ? null : mean(values),
  deviation: values.length < 2 ? null : standardDeviation(values),
  interval: intervalOf(values, options)
})
