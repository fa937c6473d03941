/** What ranks the classes of a row of logits: how probable each is against the rest, in float64, which nothing saturates. */

const unit = 2 ** 26

/**
 * A sum of terms from 0 to 1, in whole multiples of 2⁻⁵². It is exact, so that the order of terms does not matter, and a term
 * can be taken away again.
 */
class Terms {
  private high = 0
  private low = 0

  add(term: number, sign: 1 | -1 = 1): void {
    const high = Math.floor(term * unit)
    this.high += sign * high
    this.low += sign * Math.floor((term * unit - high) * unit)
  }

  without(term: number): number {
    this.add(term, -1)
    const sum = (this.high + this.low / unit) / unit
    this.add(term)
    return sum
  }
}

/**
 * zₖ − log Σⱼ≠ₖ exp(zⱼ) for each class k of one row: the logit of the class's softmax. Rows that differ by a constant or in the
 * order of the other classes give the same bits, so that what is tied stays tied. NaN where softmax is: with a NaN in the
 * row, more than one +∞, or nothing but −∞.
 */
export const logOdds = (logits: ArrayLike<number>, from: number, classes: number): Float64Array => {
  const odds = new Float64Array(classes)
  let [largest, second, best, infinities] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  for (let k = 0; k < classes; k++) {
    const logit = logits[from + k]!
    if (Number.isNaN(logit)) return odds.fill(Number.NaN)
    if (logit === Number.POSITIVE_INFINITY) infinities++
    if (logit > largest) {
      ;[largest, second, best] = [logit, largest, k]
    } else second = Math.max(second, logit)
  }
  if (infinities > 1 || largest === Number.NEGATIVE_INFINITY) return odds.fill(Number.NaN)
  if (infinities === 1) {
    odds.fill(Number.NEGATIVE_INFINITY)[best] = Number.POSITIVE_INFINITY
    return odds
  }
  // Terms are relative to the largest of the others, so that each sum is at least 1.
  const term = (k: number, to: number) => Math.exp(logits[from + k]! - to)
  const all = new Terms()
  const others = new Terms()
  for (let k = 0; k < classes; k++) {
    all.add(term(k, largest))
    if (k !== best && second !== Number.NEGATIVE_INFINITY) others.add(term(k, second))
  }
  for (let k = 0; k < classes; k++)
    if (k !== best) odds[k] = logits[from + k]! - largest - Math.log(all.without(term(k, largest)))
  odds[best] =
    second === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : largest - second - Math.log(others.without(0))
  return odds
}
