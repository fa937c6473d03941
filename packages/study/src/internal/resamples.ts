/** The means of samples drawn with replacement from a few values, in rising order, with their probabilities. */
import * as Rng from "@etude/core/Rng"

export interface Weighted {
  readonly value: number
  readonly weight: number
}

const rising = (a: Weighted, b: Weighted): number => a.value - b.value

/**
 * Of all resamples: each way to choose how often each value is drawn, with its multinomial probability. There are C(2n − 1, n) of
 * them for n values (Hall 1992, "The bootstrap and Edgeworth expansion", appendix I).
 */
export const everyResample = (values: ReadonlyArray<number>): ReadonlyArray<Weighted> => {
  const n = values.length
  const sorted = values.toSorted((a, b) => a - b)
  const [origin = 0] = sorted
  const all: Array<Weighted> = []
  const choose = (index: number, left: number, sum: number, weight: number): void => {
    const distance = (sorted[index] ?? origin) - origin
    if (index === n - 1) {
      let [last, rest] = [weight, left]
      for (; rest > 0; rest--) last /= rest
      all.push({ value: origin + (sum + left * distance) / n, weight: last })
      return
    }
    let part = weight
    for (let times = 0; times <= left; times++) {
      if (times > 0) part /= times
      choose(index + 1, left - times, sum + times * distance, part)
    }
  }
  // n! / nⁿ, a factor at a time.
  const orders = sorted.reduce((product, _, index) => (product * (index + 1)) / n, 1)
  choose(0, n, 0, orders)
  return all.sort(rising)
}

/** Of so many resamples drawn by a key, all of the same weight. */
export const resamplesByKey = (values: ReadonlyArray<number>, count: number, key: Rng.Key): ReadonlyArray<Weighted> => {
  const n = values.length
  const [origin = 0] = values
  const distances = Float64Array.from(values, (value) => value - origin)
  const bits = Rng.fillStateless(key, new Int32Array(count * n))
  const sums = new Float64Array(count)
  for (const [draw, word] of bits.entries()) {
    const resample = Math.floor(draw / n)
    sums[resample] = (sums[resample] ?? 0) + (distances[Math.floor(((word >>> 0) / 2 ** 32) * n)] ?? 0)
  }
  return Array.from(sums.sort(), (sum) => ({ value: origin + sum / n, weight: 1 / count }))
}
