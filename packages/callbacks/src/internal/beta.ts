/** Quantiles of the symmetric Beta distribution, for drawing from it with uniform numbers. */

const lanczos = [
  76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2,
  -0.5395239384953e-5
]

/** ln Γ(x) for x > 0 (Lanczos 1964; Press et al., "Numerical Recipes", §6.1). */
const logGamma = (x: number): number => {
  const base = x + 5.5
  const series = lanczos.reduce((sum, factor, at) => sum + factor / (x + 1 + at), 1.000000000190015)
  return (x + 0.5) * Math.log(base) - base + Math.log((Math.sqrt(2 * Math.PI) * series) / x)
}

/** The continued fraction of the incomplete Beta function, by Lentz's method (ibid., §6.4). */
const continuedFraction = (a: number, b: number, x: number): number => {
  const tiny = 1e-300
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let result = d
  for (let m = 1; m <= 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    result *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    result *= d * c
    if (Math.abs(d * c - 1) < 1e-14) break
  }
  return result
}

/** The distribution function of Beta(α, α), for x in [0, 1/2]. */
const lower = (alpha: number, x: number): number =>
  x === 0
    ? 0
    : (Math.exp(logGamma(2 * alpha) - 2 * logGamma(alpha) + alpha * (Math.log(x) + Math.log1p(-x))) *
        continuedFraction(alpha, alpha, x)) /
      alpha

/** The quantiles of Beta(α, α) at 0, 1/count, …, 1: count + 1 numbers that rise from 0 to 1. `count` is even. */
export const quantiles = (alpha: number, count: number): Float32Array => {
  const all = new Float32Array(count + 1)
  for (let at = 0; at <= count / 2; at++) {
    const wanted = at / count
    // In logarithms: for small α most quantiles lie very close to 0.
    let [low, high] = [-700, Math.log(0.5)]
    for (let halving = 0; halving < 60; halving++) {
      const middle = (low + high) / 2
      if (lower(alpha, Math.exp(middle)) < wanted) low = middle
      else high = middle
    }
    const value = at === 0 ? 0 : at === count / 2 ? 0.5 : Math.exp(high)
    all[at] = value
    all[count - at] = 1 - value
  }
  return all
}
