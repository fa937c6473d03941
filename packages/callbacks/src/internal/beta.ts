/** Quantiles of the symmetric Beta distribution, for drawing from it with uniform numbers. */

/**
 * ln of ∫₀ˣ (t·(1 − t))^(α−1) dt · α, for x in (0, 1/2]: ln (x·(1 − x))^α · ₂F₁(2α, 1; α + 1; x), whose terms are all
 * positive. NIST Digital Library of Mathematical Functions, 8.17.8 with a = b = α.
 */
const logIncomplete = (alpha: number, x: number): number => {
  let [term, sum] = [1, 1]
  for (let n = 0; term > sum * 2 ** -53; n++) {
    term *= ((2 * alpha + n) / (alpha + 1 + n)) * x
    sum += term
  }
  return alpha * (Math.log(x) + Math.log1p(-x)) + Math.log(sum)
}

/** The quantiles of Beta(α, α) at 0, 1/count, …, 1: count + 1 numbers that rise from 0 to 1. `count` is even. */
export const quantiles = (alpha: number, count: number): Float32Array => {
  const all = new Float32Array(count + 1)
  // Half of the distribution lies below 1/2, so no Γ is needed to know the whole.
  const half = logIncomplete(alpha, 0.5)
  let least = -700
  for (let index = 0; index <= count / 2; index++) {
    const target = Math.log((2 * index) / count)
    // In logarithms: for small α most quantiles lie very close to 0.
    let [low, high] = [least, Math.log(0.5)]
    for (let halving = 0; halving < 60 && high - low > 1e-15 * -low; halving++) {
      const middle = (low + high) / 2
      if (logIncomplete(alpha, Math.exp(middle)) - half < target) low = middle
      else high = middle
    }
    least = low
    const value = index === 0 ? 0 : index === count / 2 ? 0.5 : Math.exp(high)
    all[index] = value
    all[count - index] = 1 - value
  }
  return all
}
