/** How densely values lie in a range: a Parzen estimate on a grid of it. Watanabe et al. 2023, as Optuna's `ScottParzenEstimator` has it. */
import type * as Schema from "effect/Schema"
import * as Space from "../Space.ts"
import { normalBetween } from "./distributions.ts"

/** A kernel on the grid, with its weight before all are divided by their sum. */
interface Kernel {
  readonly weight: number
  readonly at: (point: number) => number
}

const mostSteps = 50

const sizeOf = (range: Space.Range): number => {
  if (range._tag === "Choice") return range.values.length
  if (range._tag === "Float") return mostSteps
  const values = range.high - range.low + 1
  return Math.min(range.log ? Math.ceil(Math.log2(values)) + 1 : values, mostSteps)
}

/** The nearest point of the grid; of two, the lower. */
const pointOf = (range: Space.Range, value: Schema.Json): number => {
  if (range._tag === "Choice") return range.values.findIndex((one) => Space.isSame(one, value))
  const scale = (number: number) => (range.log ? Math.log(number) : number)
  const last = sizeOf(range) - 1
  const step = (scale(range.high) - scale(range.low)) / last
  const point = Math.ceil((scale(Number(value)) - scale(range.low)) / step - 0.5)
  return Math.max(0, Math.min(last, point))
}

/** The points of the grid that have values, rising, with how many. */
const countsOf = (range: Space.Range, values: ReadonlyArray<Schema.Json>): ReadonlyArray<readonly [number, number]> =>
  [...Map.groupBy(values, (value) => pointOf(range, value))]
    .map(([point, all]) => [point, all.length] as const)
    .filter(([point]) => point >= 0)
    .sort(([a], [b]) => a - b)

/** Scott's bandwidth (1992), of points with counts; never so narrow that a kernel falls between two points. */
const bandwidth = (counts: ReadonlyArray<readonly [point: number, count: number]>): number => {
  const total = counts.reduce((sum, [, count]) => sum + count, 0)
  const mean = counts.reduce((sum, [point, count]) => sum + count * point, 0) / total
  const squares = counts.reduce((sum, [point, count]) => sum + count * (point - mean) ** 2, 0)
  const pointAfter = (isPast: (counted: number) => boolean): number => {
    let counted = 0
    for (const [point, count] of counts) {
      counted += count
      if (isPast(counted)) return point
    }
    return counts.at(-1)?.[0] ?? 0
  }
  const first = pointAfter((counted) => counted >= Math.floor(total / 4))
  const third = pointAfter((counted) => counted > Math.floor((total * 3) / 4))
  const spread = Math.min((third - first) / 1.34, Math.sqrt(squares / Math.max(1, total - 1)))
  return Math.max(1.059 * spread * total ** -0.2, 0.5 / 1.64)
}

/** A normal kernel on whole numbers from 0 to `last`. */
const normalKernel = (mean: number, deviation: number, last: number): ((point: number) => number) => {
  const between = (low: number, high: number) => normalBetween((low - mean) / deviation, (high - mean) / deviation)
  const whole = between(-0.5, last + 0.5)
  return (point) => between(point - 0.5, point + 0.5) / whole
}

const kernelsOf = (range: Space.Range, values: ReadonlyArray<Schema.Json>): ReadonlyArray<Kernel> => {
  const counts = countsOf(range, values)
  const size = sizeOf(range)
  if (range._tag === "Choice") {
    const share = 1 / (counts.length + 1)
    return [
      ...counts.map(([point, weight]) => ({
        weight,
        at: (other: number) => ((other === point ? 1 : 0) + share) / (1 + size * share)
      })),
      { weight: 1, at: () => 1 / size }
    ]
  }
  const deviation = bandwidth(counts)
  return [
    ...counts.map(([point, weight]) => ({ weight, at: normalKernel(point, deviation, size - 1) })),
    { weight: 1, at: normalKernel((size - 1) / 2, size, size - 1) }
  ]
}

/** The probability of each point of the range's grid: a kernel for each value, and one of the whole range as prior. */
export const densityOf = (range: Space.Range, values: ReadonlyArray<Schema.Json>): ReadonlyArray<number> => {
  const kernels = kernelsOf(range, values)
  const total = kernels.reduce((sum, { weight }) => sum + weight, 0)
  return Array.from({ length: sizeOf(range) }, (_, point) =>
    kernels.reduce((sum, { weight, at }) => sum + (weight / total) * at(point), 0)
  )
}
