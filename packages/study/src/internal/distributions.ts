/** The normal distribution and Student's t: distribution functions to full double precision, and their inverses. */

/** erf(x) by the series 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)), whose terms are all positive (DLMF 7.6.2). */
const erfBySeries = (x: number): number => {
  let [term, sum] = [x, x]
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** e^(−x²) / (√π · erfc(x)) for x ≥ 2 by a continued fraction (DLMF 7.9.1), evaluated from its end. */
const erfcFraction = (x: number): number => {
  let rest = 0
  // Enough for double precision: 120 terms at 2, 26 at 8.
  for (let k = Math.ceil(20 + 400 / (x * x)); k >= 1; k--) rest = k / 2 / (x + rest)
  return x + rest
}

const erfcByFraction = (x: number): number => Math.exp(-x * x) / Math.sqrt(Math.PI) / erfcFraction(x)

const erfc = (x: number): number => {
  if (x < 0) return 2 - erfc(-x)
  return x < 2 ? 1 - erfBySeries(x) : erfcByFraction(x)
}

/** Φ(z): the probability that a standard normal number is below z. */
export const normalBelow = (z: number): number => erfc(-z / Math.SQRT2) / 2

/** The probability that a standard normal number is between two others; exact in both tails. */
export const normalBetween = (low: number, high: number): number =>
  low > 0 ? normalBelow(-low) - normalBelow(-high) : normalBelow(high) - normalBelow(low)

const lanczos: ReadonlyArray<number> = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7
]

/** ln Γ(x) for x ≥ ½ (Lanczos 1964, g = 7, nine terms). */
const logGamma = (x: number): number => {
  const series = lanczos.reduce((sum, coefficient, index) => sum + coefficient / (x + index), 0.99999999999980993)
  const t = x + 6.5
  return Math.log(Math.sqrt(2 * Math.PI) * series) + (x - 0.5) * Math.log(t) - t
}

/** The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. */
const betaFraction = (x: number, a: number, b: number): number => {
  const tiny = 1e-300
  const kept = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / kept(1 - ((a + b) * x) / (a + 1))
  let product = d
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    for (const numerator of [even, odd]) {
      d = 1 / kept(1 + numerator * d)
      c = kept(1 + numerator / c)
      product *= c * d
    }
    if (Math.abs(c * d - 1) < 1e-16) break
  }
  return product
}

/** The regularized incomplete beta function I_x(a, b). */
const betaBelow = (x: number, a: number, b: number): number => {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const factor = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  return x < (a + 1) / (a + b + 2) ? (factor * betaFraction(x, a, b)) / a : 1 - (factor * betaFraction(1 - x, b, a)) / b
}

/** The probability that |T| is at least |t|, of Student's t with that many degrees of freedom. */
export const studentTwoSided = (t: number, freedom: number): number =>
  Number.isFinite(t) ? betaBelow(freedom / (freedom + t * t), freedom / 2, 0.5) : 0

/** ln Φ(z), to full relative precision in both tails. */
export const logNormalBelow = (z: number): number => {
  if (z > 0) return Math.log1p(-normalBelow(-z))
  const x = -z / Math.SQRT2
  if (x < 2) return Math.log(normalBelow(z))
  return -x * x - Math.log(2 * Math.sqrt(Math.PI) * erfcFraction(x))
}

/** ln(Φ(high) − Φ(low)). */
export const logNormalBetween = (low: number, high: number): number => {
  if (low > 0) return logNormalBetween(-high, -low)
  if (high > 0) return Math.log1p(-normalBelow(low) - normalBelow(-high))
  const [below, belowLow] = [logNormalBelow(high), logNormalBelow(low)]
  return below + Math.log1p(-Math.exp(belowLow - below))
}

/**
 * The quantile of a standard normal number that is known to lie between two others.
 *
 * @param part in [0, 1]
 */
export const truncatedNormalQuantile = (part: number, low: number, high: number): number => {
  // The left tail has the precision.
  if (low > 0) return -truncatedNormalQuantile(1 - part, -high, -low)
  const [outside, inside] = [logNormalBelow(low), logNormalBetween(low, high) + Math.log(part)]
  const most = Math.max(outside, inside)
  const target = most + Math.log(Math.exp(outside - most) + Math.exp(inside - most))
  return inverse(logNormalBelow, target, low, high)
}

/** Where an increasing function reaches `probability`, between two places, by halving until nothing is left between. */
const inverse = (below: (x: number) => number, probability: number, low: number, high: number): number => {
  const middle = low + (high - low) / 2
  if (middle <= low || middle >= high) return middle
  return below(middle) < probability
    ? inverse(below, probability, middle, high)
    : inverse(below, probability, low, middle)
}

/** Φ⁻¹: infinite for 0 and 1. */
export const normalQuantile = (probability: number): number => {
  if (probability <= 0) return Number.NEGATIVE_INFINITY
  if (probability >= 1) return Number.POSITIVE_INFINITY
  // Below ½ probabilities are exact in the tail; above it they are 1 less something.
  return probability > 0.5 ? -inverse(normalBelow, 1 - probability, -40, 0) : inverse(normalBelow, probability, -40, 0)
}

/** The t that |T| exceeds with that probability. */
export const studentCritical = (probability: number, freedom: number): number =>
  inverse((t) => 1 - studentTwoSided(t, freedom), 1 - probability, 0, 1e9)
