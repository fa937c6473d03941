/**
 * Whether one setting is better than another: by their differences seed by seed, so that what a seed does to both cancels out.
 * Only seeds that both have finished count.
 */
import { studentTwoSided } from "./internal/distributions.ts"
import * as Statistics from "./Statistics.ts"

/** A value for each seed. */
export type BySeed = ReadonlyMap<number, number>

/** The first less the second, over the seeds that both have. */
export interface Comparison extends Statistics.Summary {
  /** The seeds in common, rising. */
  readonly seeds: ReadonlyArray<number>
  /** Two-sided p-value of the Wilcoxon signed-rank test; null where no seed is in common. */
  readonly wilcoxon: number | null
  /** Two-sided p-value of the paired t-test; null with fewer than two seeds in common. */
  readonly student: number | null
}

/** Ranks from 1 of absolute values, doubled so that the mean rank of equal ones is whole. */
const doubledRanks = (sizes: ReadonlyArray<number>): ReadonlyArray<number> =>
  sizes.map((size) => {
    const smaller = sizes.filter((other) => other < size).length
    const equal = sizes.filter((other) => other === size).length
    return 2 * smaller + equal + 1
  })

/** How likely each sum of ranks is, where each rank is taken or not with probability ½. */
const sumsOf = (ranks: ReadonlyArray<number>): Float64Array => {
  let chances = new Float64Array(ranks.reduce((sum, rank) => sum + rank, 1))
  chances[0] = 1
  for (const rank of ranks) {
    const before = chances
    chances = before.map((chance, sum) => (chance + (before[sum - rank] ?? 0)) / 2)
  }
  return chances
}

/**
 * The two-sided p-value of the signed-rank test of Wilcoxon (1945), exact for any number of values: over all choices of signs, equal
 * values having their mean rank. Zeros are left out, as Wilcoxon did; where nothing else is there, 1. With n values it can't be
 * below 2^(1 − n), so five seeds never give p < 0.05. Null of no value.
 */
export const wilcoxon = (differences: ReadonlyArray<number>): number | null => {
  if (differences.length === 0) return null
  const others = differences.filter((difference) => difference !== 0)
  const ranks = doubledRanks(others.map(Math.abs))
  const total = ranks.reduce((sum, rank) => sum + rank, 0)
  const positive = ranks.reduce((sum, rank, index) => ((others[index] ?? 0) > 0 ? sum + rank : sum), 0)
  const tail = sumsOf(ranks)
    .subarray(0, Math.min(positive, total - positive) + 1)
    .reduce((sum, chance) => sum + chance, 0)
  return Math.min(1, 2 * tail)
}

/** The two-sided p-value of the paired t-test. Null of fewer than two values; of equal ones, 0, or 1 where they are all 0. */
export const student = (differences: ReadonlyArray<number>): number | null => {
  if (differences.length < 2) return null
  const middle = Statistics.mean(differences)
  if (middle === 0) return 1
  const error = Statistics.standardDeviation(differences) / Math.sqrt(differences.length)
  return studentTwoSided(middle / error, differences.length - 1)
}

/** Compares two settings over the seeds that both have. */
export const paired = (first: BySeed, second: BySeed, options: Statistics.Options = {}): Comparison => {
  const pairs = [...first]
    .flatMap(([seed, value]) => {
      const other = second.get(seed)
      return other === undefined ? [] : [{ seed, difference: value - other }]
    })
    .sort((a, b) => a.seed - b.seed)
  const differences = pairs.map(({ difference }) => difference)
  return {
    seeds: pairs.map(({ seed }) => seed),
    ...Statistics.summarize(differences, options),
    wilcoxon: wilcoxon(differences),
    student: student(differences)
  }
}

/**
 * p-values of several comparisons, adjusted so that the chance of any false finding among them is at most the level they are
 * compared with (Holm 1979). In the order given; null stays null and doesn't count.
 */
export const holm = (values: ReadonlyArray<number | null>): ReadonlyArray<number | null> => {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]))
  const adjusted: Array<number | null> = values.map(() => null)
  let least = 0
  for (const [rank, { value, index }] of known.sort((a, b) => a.value - b.value).entries()) {
    least = Math.max(least, Math.min(1, (known.length - rank) * value))
    adjusted[index] = least
  }
  return adjusted
}
