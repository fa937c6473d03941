/** The space that points dominate, and the points that together dominate most of it. */
import { element } from "@etude/core/Lookup"

type Point = ReadonlyArray<number>

/** The volume between points and a reference that is worse than each, in any number of dimensions; lower is better. */
export const hypervolume = (points: ReadonlyArray<Point>, reference: Point): number => {
  const last = reference.length - 1
  if (points.length === 0) return 0
  if (last === 0) return element(reference, 0) - Math.min(...points.map((point) => element(point, 0)))
  const sorted = [...points].sort((one, other) => element(one, last) - element(other, last))
  const below = reference.slice(0, last)
  return sorted.reduce((sum, point, index) => {
    const next = index + 1 < sorted.length ? element(element(sorted, index + 1), last) : element(reference, last)
    const height = next - element(point, last)
    return height === 0
      ? sum
      : sum +
          height *
            hypervolume(
              sorted.slice(0, index + 1).map((one) => one.slice(0, last)),
              below
            )
  }, 0)
}

/** A point that is a little worse than all, in everything. */
const referenceOf = (points: ReadonlyArray<Point>): Point =>
  element(points, 0).map((_, index) => {
    const worst = Math.max(...points.map((point) => element(point, index)))
    return Math.max(1.1 * worst, 0.9 * worst) || 1e-12
  })

const lexical = (one: Point, other: Point): number => {
  const index = one.findIndex((value, place) => value !== element(other, place))
  return index < 0 ? 0 : element(one, index) - element(other, index)
}

/** The indices of the first of equal points, by their coordinates. */
const distinct = (points: ReadonlyArray<Point>): ReadonlyArray<number> => {
  const order = points
    .map((_, index) => index)
    .sort((one, other) => lexical(element(points, one), element(points, other)) || one - other)
  return order.filter(
    (index, place) => place === 0 || lexical(element(points, index), element(points, element(order, place - 1))) !== 0
  )
}

/** One after another the point that adds most. What a point adds only gets less, so most need not be computed again. */
const greedy = (points: ReadonlyArray<Point>, count: number, reference: Point): ReadonlyArray<number> => {
  const chosen: Array<number> = []
  const bounds = points.map((point) => hypervolume([point], reference))
  let volume = 0
  while (chosen.length < count) {
    const own = chosen.map((index) => element(points, index))
    const order = bounds.map((_, index) => index).filter((index) => !chosen.includes(index))
    order.sort((one, other) => element(bounds, other) - element(bounds, one) || one - other)
    let [winner, most] = [-1, Number.NEGATIVE_INFINITY]
    for (const index of order) {
      if (element(bounds, index) < most) break
      const added = hypervolume([...own, element(points, index)], reference) - volume
      bounds[index] = added
      if (added > most || (added === most && index < winner)) [winner, most] = [index, added]
    }
    chosen.push(winner)
    volume += most
  }
  return chosen
}

/**
 * The indices of `count` points that together dominate much of the space, chosen greedily: at least 1 − 1/e of what is possible.
 * Guerreiro et al. 2016, "Greedy hypervolume subset selection in low dimensions". Equal points count once, as long as there are others.
 */
export const hypervolumeSubset = (points: ReadonlyArray<Point>, count: number): ReadonlyArray<number> => {
  if (points.length <= count) return points.map((_, index) => index)
  const unique = distinct(points)
  const repeats = points.map((_, index) => index).filter((index) => !unique.includes(index))
  if (unique.length <= count) return [...unique, ...repeats.slice(0, count - unique.length)]
  const reference = referenceOf(points)
  if (!reference.every(Number.isFinite)) return unique.slice(0, count)
  const candidates = unique.map((index) => element(points, index))
  return greedy(candidates, count, reference).map((index) => element(unique, index))
}
