/** Curves over all thresholds: how many positives and negatives have a score of at least each of them. */
import * as Arr from "effect/Array"

/** Scores that occur, from the highest, with the weight of positives and of negatives that have each. */
export interface Run {
  readonly scores: ReadonlyArray<number>
  readonly positive: ReadonlyArray<number>
  readonly negative: ReadonlyArray<number>
}

export const nothing: Run = { scores: [], positive: [], negative: [] }

/** A run from elements in any order. */
export const runOf = (elements: ReadonlyArray<readonly [score: number, positive: boolean, weight: number]>): Run => {
  const entries: Array<{ readonly score: number; positive: number; negative: number }> = []
  for (const [score, isPositive, weight] of [...elements].sort(([a], [b]) => b - a)) {
    let entry = entries.at(-1)
    if (entry === undefined || entry.score !== score) {
      entry = { score, positive: 0, negative: 0 }
      entries.push(entry)
    }
    if (isPositive) entry.positive += weight
    else entry.negative += weight
  }
  return {
    scores: entries.map(({ score }) => score),
    positive: entries.map(({ positive }) => positive),
    negative: entries.map(({ negative }) => negative)
  }
}

/** Both runs as one; equal scores become one entry. */
export const merge = (a: Run, b: Run): Run => {
  if (a.scores.length === 0) return b
  if (b.scores.length === 0) return a
  const scores: Array<number> = []
  const positive: Array<number> = []
  const negative: Array<number> = []
  for (let i = 0, j = 0; i < a.scores.length || j < b.scores.length; ) {
    const [left, right] = [a.scores[i] ?? -Infinity, b.scores[j] ?? -Infinity]
    const fromA = i < a.scores.length && (j >= b.scores.length || left >= right)
    const fromB = j < b.scores.length && (i >= a.scores.length || right >= left)
    scores.push(fromA ? left : right)
    positive.push((fromA ? a.positive[i]! : 0) + (fromB ? b.positive[j]! : 0))
    negative.push((fromA ? a.negative[i]! : 0) + (fromB ? b.negative[j]! : 0))
    if (fromA) i++
    if (fromB) j++
  }
  return { scores, positive, negative }
}

/** Runs of which each is at least twice as long as the next: adding n batches costs n·log n, not n². */
export const append = (runs: ReadonlyArray<Run>, more: ReadonlyArray<Run>): ReadonlyArray<Run> => {
  const merged = [...runs]
  for (const run of more) {
    let last = run
    for (let before = merged.at(-1); before !== undefined; before = merged.at(-1)) {
      if (before.scores.length >= 2 * last.scores.length) break
      merged.pop()
      last = merge(before, last)
    }
    merged.push(last)
  }
  return merged
}

/** True and false positives at each threshold, from the highest. */
export interface Sweep {
  readonly thresholds: ReadonlyArray<number>
  readonly tp: ReadonlyArray<number>
  readonly fp: ReadonlyArray<number>
}

const cumulated = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  let sum = 0
  return values.map((value) => (sum += value))
}

export const sweepOf = ({ scores, positive, negative }: Run): Sweep => ({
  thresholds: scores,
  tp: cumulated(positive),
  fp: cumulated(negative)
})

const last = (values: ReadonlyArray<number>) => values.at(-1) ?? 0

/** The area under (fp, tp) by trapezoids, as a fraction; NaN without positives or without negatives. */
export const areaUnderRoc = ({ tp, fp }: Sweep): number => {
  let [area, rightBefore, wrongBefore] = [0, 0, 0]
  for (const [right, wrong] of Arr.zip(tp, fp)) {
    area += ((wrong - wrongBefore) * (right + rightBefore)) / 2
    ;[rightBefore, wrongBefore] = [right, wrong]
  }
  return area / (last(tp) * last(fp))
}

/** Σ (recall − the recall before) · precision; NaN without positives. */
export const averagePrecision = ({ tp, fp }: Sweep): number => {
  let [sum, before] = [0, 0]
  for (const [right, wrong] of Arr.zip(tp, fp)) {
    const gained = right - before
    if (gained !== 0) sum += (gained * right) / (right + wrong)
    before = right
  }
  return sum / last(tp)
}
