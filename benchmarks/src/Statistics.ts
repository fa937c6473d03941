/** The few numbers by which rounds are summed up. */
import { Rng } from "@etude/core"

/** The element at `share` (0 … 1) of the sorted values, between neighbours by their distance. NaN for no values. */
export const quantile = (values: ReadonlyArray<number>, share: number): number => {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const below = Math.floor(position)
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!]
  return low + (high - low) * (position - below)
}

export const median = (values: ReadonlyArray<number>): number => quantile(values, 0.5)

/** Median and quartiles. */
export interface Spread {
  readonly median: number
  readonly lower: number
  readonly upper: number
}

export const spread = (values: ReadonlyArray<number>): Spread => ({
  median: median(values),
  lower: quantile(values, 0.25),
  upper: quantile(values, 0.75)
})

/** A median, and between which values it lies with 95 % confidence. */
export interface Interval {
  readonly median: number
  readonly lower: number
  readonly upper: number
}

/** The median with its percentile bootstrap interval: medians of 2000 samples drawn with replacement. Efron 1979. */
export const medianInterval = (values: ReadonlyArray<number>, samples = 2000): Interval => {
  const key = Rng.named(Rng.key(0), "bootstrap")
  const medians = Array.from({ length: samples }, (_, sample) => {
    const draws = Rng.uniforms(Rng.fold(key, sample), values.length)
    return median(Array.from(draws, (draw) => values[Math.floor(draw * values.length)]!))
  })
  return { median: median(values), lower: quantile(medians, 0.025), upper: quantile(medians, 0.975) }
}
