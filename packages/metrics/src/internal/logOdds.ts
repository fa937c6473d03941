/** What ranks the classes of a row of logits: how probable each is against the rest, in float64, which nothing saturates. */

const sumOfSorted = (terms: Float64Array): number => terms.sort().reduce((sum, term) => sum + term, 0)

/**
 * zₖ − log Σⱼ≠ₖ exp(zⱼ) for each class k of one row: the logit of the class's softmax. Rows that differ by a constant or in the
 * order of the other classes give the same bits, so that what is tied stays tied: terms are added in the order of their
 * sizes. NaN where softmax is: with a NaN in the row, more than one +∞, or nothing but −∞.
 */
export const logOdds = (logits: ArrayLike<number>, from: number, classes: number): Float64Array => {
  let [largest, best, isNaN] = [Number.NEGATIVE_INFINITY, 0, false]
  for (let k = 0; k < classes; k++) {
    const logit = logits[from + k]!
    if (logit > largest) [largest, best] = [logit, k]
    if (Number.isNaN(logit)) isNaN = true
  }
  const odds = new Float64Array(classes)
  if (isNaN || largest === Number.NEGATIVE_INFINITY) return odds.fill(Number.NaN)
  if (largest === Number.POSITIVE_INFINITY) {
    for (let k = 0; k < classes; k++) odds[k] = k === best ? largest : -largest
    return logits[from + best] === largest && countOf(logits, from, classes, largest) > 1 ? odds.fill(Number.NaN) : odds
  }
  // For every class but the largest the sum over the others is at least 1: taking its own term away loses nothing.
  const terms = Float64Array.from({ length: classes }, (_, k) => Math.exp(logits[from + k]! - largest))
  const all = sumOfSorted(terms.slice())
  for (let k = 0; k < classes; k++) odds[k] = logits[from + k]! - largest - Math.log(all - terms[k]!)
  odds[best] = againstOthers(logits, from, classes, best)
  return odds
}

const countOf = (logits: ArrayLike<number>, from: number, classes: number, value: number): number => {
  let count = 0
  for (let k = 0; k < classes; k++) if (logits[from + k] === value) count++
  return count
}

/** The same of the largest logit, from the second largest on. */
const againstOthers = (logits: ArrayLike<number>, from: number, classes: number, best: number): number => {
  let second = Number.NEGATIVE_INFINITY
  for (let k = 0; k < classes; k++) if (k !== best) second = Math.max(second, logits[from + k]!)
  if (second === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY
  const others = Float64Array.from({ length: classes }, (_, k) =>
    k === best ? 0 : Math.exp(logits[from + k]! - second)
  )
  return logits[from + best]! - second - Math.log(sumOfSorted(others))
}
