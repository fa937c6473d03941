/** Whose turn it is, where several take turns in proportion to their weights. */
import { element } from "@etude/core/Lookup"

/**
 * Turns in proportion to weights, as evenly spread as can be: whoever is furthest behind its share comes next, of equals the
 * first. So nobody is ever a whole turn ahead of its share.
 */
export const turnsOf = (weights: ReadonlyArray<number>): (() => number) => {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const credits = new Float64Array(weights.length)
  return () => {
    let next = 0
    for (const [index, weight] of weights.entries()) {
      credits[index] = element(credits, index) + weight
      if (element(credits, index) > element(credits, next)) next = index
    }
    credits[next] = element(credits, next) - total
    return next
  }
}
