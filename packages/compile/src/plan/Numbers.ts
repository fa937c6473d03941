/** What scalar operations mean, in plain JavaScript. The reference for emitters, up to the last bits of exp, log and the like. */
import type { Arithmetic, Comparison, FloatArithmetic, FloatFunction, IntegerArithmetic } from "./Plan.ts"

const double = new Float64Array(1)
const doubleBits = new BigInt64Array(double.buffer)
const single = new Float32Array(1)
const singleBits = new Int32Array(single.buffer)

/** A double next to `sum` with an odd last bit, where the exact value is `sum + rest`: rounds to f32 as the exact value does. */
const towardsOdd = (sum: number, rest: number): number => {
  double[0] = sum
  if ((doubleBits[0]! & 1n) === 1n) return sum
  doubleBits[0] = doubleBits[0]! + (rest > 0 === sum > 0 ? 1n : -1n)
  return double[0]!
}

/** left · right + addend of f32 numbers, rounded once. The product is exact in f64; the sum is rounded to odd first. */
export const fma = (left: number, right: number, addend: number): number => {
  const product = left * right
  const sum = product + addend
  const shadow = sum - product
  const rest = product - (sum - shadow) + (addend - shadow)
  // The rest is NaN where something is infinite.
  if (rest === 0 || Number.isNaN(rest)) return Math.fround(sum)
  return Math.fround(towardsOdd(sum, rest))
}

/** Rounds halves to even. */
const roundEven = (x: number): number => {
  const down = Math.floor(x)
  if (x - down !== 0.5) return Object.is(x, -0) || (x < 0 && x >= -0.5) ? -0 : Math.round(x)
  const even = down % 2 === 0 ? down : down + 1
  return even === 0 && x < 0 ? -0 : even
}

/** Abramowitz and Stegun's series and continued fraction are too coarse here: erf by its Taylor series, and 1 far out. */
const erf = (x: number): number => {
  if (Math.abs(x) > 4) return Math.sign(x)
  let [term, sum] = [x, x]
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (-x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

const functions: { readonly [name in FloatFunction]: (x: number) => number } = {
  neg: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.fround(Math.sqrt(x)),
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundEven,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  erf: (x) => (Number.isNaN(x) ? x : erf(x)),
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh
}

export const unary = (name: FloatFunction, x: number): number => Math.fround(functions[name](x))

const modulo = (x: number, y: number): number => {
  const rest = x % y
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest
}

const floats: { readonly [name in Arithmetic | FloatArithmetic]: (x: number, y: number) => number } = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  min: Math.min,
  max: Math.max,
  pow: (x, y) => x ** y,
  mod: modulo,
  floorDiv: (x, y) => Math.floor(Math.fround(x / y)),
  atan2: Math.atan2
}

const integers: {
  readonly [name in Arithmetic | IntegerArithmetic]: (x: number, y: number) => number
} = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: Math.imul,
  div: (x, y) => x / y,
  min: Math.min,
  max: Math.max,
  floorDiv: (x, y) => (y === 0 ? 0 : Math.floor(x / y)),
  mod: (x, y) => (y === 0 ? 0 : modulo(x, y)),
  and: (x, y) => x & y,
  or: (x, y) => x | y,
  xor: (x, y) => x ^ y,
  shl: (x, y) => x << y,
  shrSigned: (x, y) => x >> y,
  shrUnsigned: (x, y) => x >>> y,
  mulHigh: (x, y) => Number((BigInt(x >>> 0) * BigInt(y >>> 0)) >> 32n)
}

export const binary = (
  name: Arithmetic | FloatArithmetic | IntegerArithmetic,
  type: "f32" | "i32",
  x: number,
  y: number
): number => {
  if (type === "f32") {
    if (name in floats) return Math.fround(floats[name as Arithmetic | FloatArithmetic](x, y))
  } else if (name in integers) return integers[name as Arithmetic | IntegerArithmetic](x, y) | 0
  throw new Error(`there is no ${name} of ${type}`)
}

const comparisons: { readonly [name in Comparison]: (x: number, y: number) => boolean } = {
  eq: (x, y) => x === y,
  ne: (x, y) => x !== y,
  lt: (x, y) => x < y,
  le: (x, y) => x <= y,
  gt: (x, y) => x > y,
  ge: (x, y) => x >= y
}

export const compare = (name: Comparison, x: number, y: number): number => (comparisons[name](x, y) ? 1 : 0)

/** f32 to i32: towards zero, saturating, NaN to 0. */
const truncate = (x: number): number =>
  Number.isNaN(x) ? 0 : Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), Math.trunc(x))) | 0

export const convert = (to: "f32" | "i32" | "bool", from: "f32" | "i32" | "bool", x: number): number => {
  if (to === "bool") return x !== 0 ? 1 : 0
  if (to === "f32") return Math.fround(x)
  return from === "f32" ? truncate(x) : x
}

export const bits = (to: "f32" | "i32", from: "f32" | "i32" | "bool", x: number): number => {
  if (to === from) return x
  if (to === "i32") {
    single[0] = x
    return singleBits[0]!
  }
  singleBits[0] = x
  return single[0]!
}
