// Prints src/math/Coefficients.ts: polynomials fitted by least squares at Chebyshev's points, which is close to the least greatest
// error. Each coefficient is rounded to f32, the lowest first, and the others are fitted again around it. `node scripts/coefficients.mjs > src/math/Coefficients.ts`.

/** Solves a linear system by elimination with pivots. */
const solve = (matrix, right) => {
  const rows = matrix.map((row, at) => [...row, right[at]])
  const size = rows.length
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column; row < size; row++)
      if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row
    ;[rows[column], rows[pivot]] = [rows[pivot], rows[column]]
    for (let row = 0; row < size; row++) {
      if (row === column) continue
      const factor = rows[row][column] / rows[column][column]
      for (let at = column; at <= size; at++) rows[row][at] -= factor * rows[column][at]
    }
  }
  return rows.map((row, at) => row[size] / row[at])
}

const evaluate = (coefficients, x) => coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0)

/** The polynomial x^first · Σ c_k x^k, k below `count`, whose weighted errors at Chebyshev's points have the least squares. */
const nearest = (f, weight, [low, high], count, first) => {
  const points = Array.from(
    { length: 2001 },
    (_, i) => low + ((high - low) * (1 - Math.cos((Math.PI * (i + 0.5)) / 2001))) / 2
  )
  const unit = Math.max(Math.abs(low), Math.abs(high))
  const rows = points.map((x) => Array.from({ length: count }, (_, k) => weight(x) * (x / unit) ** (k + first)))
  const values = points.map((x) => weight(x) * f(x))
  const product = (one, other) => one.reduce((sum, value, at) => sum + value * other[at], 0)
  const columns = Array.from({ length: count }, (_, k) => rows.map((row) => row[k]))
  const matrix = columns.map((one) => columns.map((other) => product(one, other)))
  const solution = solve(
    matrix,
    columns.map((column) => product(column, values))
  )
  return solution.map((value, k) => value / unit ** (k + first))
}

const fit = (f, weight, range, count) => {
  const rounded = []
  for (let first = 0; first < count; first++) {
    const rest = (x) => f(x) - evaluate(rounded, x)
    rounded.push(Math.fround(nearest(rest, weight, range, count - first, first)[0]))
  }
  const steps = Array.from({ length: 2001 }, (_, i) => range[0] + ((range[1] - range[0]) * i) / 2000)
  const worst = Math.max(...steps.map((x) => weight(x) * Math.abs(f(x) - evaluate(rounded, x))))
  return [rounded, worst]
}

/** Σ term(k), from `from`, until nothing changes. */
const series = (term, from = 0) => {
  let sum = 0
  for (let k = from; k < from + 400; k++) {
    const more = term(k)
    sum += more
    if (Math.abs(more) < 1e-18 * Math.abs(sum)) break
  }
  return sum
}
const factorial = (n) => (n < 2 ? 1 : n * factorial(n - 1))
const sign = (k) => (k % 2 === 0 ? 1 : -1)

/** Odd functions: (f(x) − x) / x³ as a function of s = x². */
const oddTails = {
  sin: (s) => series((k) => (sign(k) * s ** (k - 1)) / factorial(2 * k + 1), 1),
  sinh: (s) => series((k) => s ** (k - 1) / factorial(2 * k + 1), 1),
  tan: (s) =>
    series((k) => sign(k) * s ** (k - 1) * (1 / factorial(2 * k + 1) - 1 / factorial(2 * k)), 1) /
    Math.cos(Math.sqrt(s)),
  tanh: (s) =>
    series((k) => s ** (k - 1) * (1 / factorial(2 * k + 1) - 1 / factorial(2 * k)), 1) / Math.cosh(Math.sqrt(s)),
  atan: (s) =>
    s > 0.1
      ? (Math.atan(Math.sqrt(s)) / Math.sqrt(s) - 1) / s
      : series((k) => (sign(k) * s ** (k - 1)) / (2 * k + 1), 1),
  atanh: (s) => series((k) => s ** (k - 1) / (2 * k + 1), 1),
  asin: (s) => series((k) => (s ** (k - 1) * factorial(2 * k)) / (4 ** k * factorial(k) ** 2 * (2 * k + 1)), 1),
  asinh: (s) =>
    series((k) => (sign(k) * s ** (k - 1) * factorial(2 * k)) / (4 ** k * factorial(k) ** 2 * (2 * k + 1)), 1)
}

/** Relative to the function, which is about x. */
const odd = (name, end, count) => [
  name,
  `(${name} x − x) / x³ in x², |x| ≤ ${end}`,
  ...fit(oddTails[name], (s) => s, [0, end * end], count)
]

/** Lentz' continued fraction; for x ≥ 0.8. */
const erfc = (x) => {
  let tail = x
  for (let k = 600; k >= 1; k--) tail = x + k / 2 / tail
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail
}

const tables = [
  [
    "exp",
    "(e^x − 1 − x) / x², |x| ≤ 0.35",
    ...fit(
      (x) => series((k) => x ** k / factorial(k + 2)),
      (x) => Math.abs(x) + 1e-3,
      [-0.35, 0.35],
      5
    )
  ],
  [
    "log",
    "(log(1 + x) − x + x²/2) / x³, −0.293 ≤ x ≤ 0.4145",
    ...fit(
      (x) => series((k) => (sign(k) * x ** k) / (k + 3)),
      (x) => x * x + 1e-4,
      [-0.293, 0.4145],
      10
    )
  ],
  odd("tanh", 0.625, 5),
  odd("sin", 0.79, 4),
  [
    "cos",
    "(cos x − 1 + x²/2) / x⁴ in x², |x| ≤ 0.79",
    ...fit(
      (s) => series((k) => (sign(k) * s ** (k - 2)) / factorial(2 * k), 2),
      (s) => s * s + 1e-4,
      [0, 0.79 ** 2],
      3
    )
  ],
  odd("tan", 0.79, 6),
  [
    "erf",
    "erf x / x − 1 in x², |x| ≤ 0.95",
    ...fit(
      (s) => (2 / Math.sqrt(Math.PI)) * series((k) => (sign(k) * s ** k) / factorial(k) / (2 * k + 1)) - 1,
      () => 1,
      [0, 0.95 ** 2],
      7
    )
  ],
  ["erfc", "−log(1 − erf x), 0.9 ≤ x ≤ 4", ...fit((x) => -Math.log(erfc(x)), erfc, [0.9, 4], 9)],
  odd("atan", 1, 9),
  odd("asin", 0.5, 5),
  odd("sinh", 1, 4),
  odd("asinh", 0.5, 6),
  odd("atanh", 0.5, 7),
  ["atanhNear", "(atanh x − x) / x³ in x², |x| ≤ 0.172", ...fit(oddTails.atanh, (s) => s + 1e-4, [0, 0.172 ** 2], 4)]
]

const lines = tables.map(
  ([name, formula, coefficients, worst]) =>
    `/** ${formula}; error at most ${worst.toExponential(1)} of the function. */\nexport const ${name} = [${coefficients.join(", ")}]\n`
)
console.log(
  `/** Coefficients of polynomials, lowest first, all f32. Printed by scripts/coefficients.mjs, which fits them. */\n\n${lines.join("\n")}`
)
