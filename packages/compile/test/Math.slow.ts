import { assert, describe, it } from "@effect/vitest"
import * as Float from "../src/math/Float.ts"
import type { FloatFunction } from "../src/plan/Plan.ts"
import * as Arena from "../src/runtime/Arena.ts"
import * as WasmEmitter from "../src/wasm/WasmEmitter.ts"
import * as CodeInterpreter from "./support/CodeInterpreter.ts"
import * as Drawn from "./support/Drawn.ts"
import * as Evaluated from "./support/Evaluated.ts"
import * as Planned from "./support/Planned.ts"

const arena = Arena.make({ shared: false })
const emitter = WasmEmitter.makeSingle({ arena, level: "fused" })
const others = [1, 8, 16].map((lanes) => CodeInterpreter.make({ arena, target: { lanes, registers: 16 } }))

const ofBits = (bits: Int32Array): Float32Array => new Float32Array(bits.buffer)

/** Both signs of `each` numbers of every exponent, denormals among them, and the ends of each binade. */
const everywhere = (each: number): Float32Array => {
  const { below } = Drawn.draw(each)
  const bits: Array<number> = []
  for (let exponent = 0; exponent < 256; exponent++) {
    for (let some = 0; some < each; some++) {
      const mantissa = exponent === 255 || some === 0 ? 0 : some === 1 ? 0x7fffff : below(2 ** 23)
      bits.push((exponent << 23) | mantissa, (exponent << 23) | mantissa | (1 << 31))
    }
  }
  return ofBits(Int32Array.from([...bits, 0x7fc00000]))
}

/** Evenly between two numbers. */
const between = (low: number, high: number, count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => low + ((high - low) * at) / (count - 1))

/** By its Taylor series, whose terms are few and small enough below 4. */
const erf = (x: number): number => {
  if (x === 0 || Number.isNaN(x) || Math.abs(x) > 4) return Math.sign(x)
  let [term, sum] = [x, x]
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

const references: Partial<Record<FloatFunction, (x: number) => number>> = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  erf,
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

/** How far a result is from the exact one, in units of the last place of that. Infinite where one has no number or no sign. */
const ulps = (got: number, exact: number): number => {
  const rounded = Math.fround(exact)
  if (Object.is(got, rounded)) return 0
  if (rounded === 0 && got === 0) return exact === 0 ? Number.POSITIVE_INFINITY : 0
  if (!Number.isFinite(rounded) || !Number.isFinite(got)) {
    // An overflow is as far off as the largest number's neighbour.
    const largest = 2 ** 128
    const [a, b] = [
      Number.isFinite(got) ? got : Math.sign(got) * largest,
      Math.abs(exact) > largest ? Math.sign(exact) * largest : exact
    ]
    return Number.isNaN(got) || Number.isNaN(exact) ? Number.POSITIVE_INFINITY : Math.abs(a - b) / 2 ** 104
  }
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact))))
  return Math.abs(got - exact) / 2 ** (exponent - 23)
}

interface Worst {
  readonly ulps: number
  readonly at: number
  readonly got: number
  readonly exact: number
}

const worstOf = (got: Float32Array, exact: (at: number) => number, x: ArrayLike<number>): Worst => {
  let worst: Worst = { ulps: 0, at: 0, got: 0, exact: 0 }
  for (let at = 0; at < got.length; at++) {
    const off = ulps(got[at]!, exact(at))
    if (off > worst.ulps) worst = { ulps: off, at: x[at]!, got: got[at]!, exact: exact(at) }
  }
  return worst
}

/** By whole numbers of any size: x · 2^149 and y · 2^149 are whole. */
const remainder = (x: number, y: number): number => {
  const rest = x % y
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest
}

const pairs = {
  pow: (x: number, y: number) => x ** y,
  atan2: Math.atan2,
  mod: remainder,
  floorDiv: (x: number, y: number) => Math.floor(Math.fround(x / y))
}

/** Operands of two: special ones with each other, of all exponents, and such that powers are neither 0 nor infinite. */
const operands = (): readonly [Float32Array, Float32Array] => {
  const special = [
    0,
    -0,
    1,
    -1,
    2,
    -2,
    3,
    -3,
    0.5,
    -0.5,
    1.5,
    -1.5,
    Infinity,
    -Infinity,
    NaN,
    1e-45,
    -1e-45,
    1e38,
    2 ** 24 + 2
  ]
  const { below, of } = Drawn.draw(5)
  const wide = [...everywhere(8)]
  const [left, right]: [Array<number>, Array<number>] = [[], []]
  const push = (x: number, y: number) => {
    left.push(x)
    right.push(y)
  }
  for (const x of special) for (const y of special) push(x, y)
  for (let some = 0; some < 20_000; some++) {
    push(of(wide), of(wide))
    const base = 2 ** ((below(2_000_001) - 1_000_000) / of([10_000, 1e6, 1e8]))
    push(base, ((below(2_000_001) - 1_000_000) / 1e6) * (126 / Math.abs(Math.log2(base) || 1)))
    push(below(2001) / 7 - 100, below(41) - 20)
  }
  return [Float32Array.from(left), Float32Array.from(right)]
}

/** The results, the same bits by every emitter and in any lanes. */
const results = (make: Evaluated.Make, operands: ReadonlyArray<Float32Array>): Float32Array => {
  const got = Evaluated.evaluate(make, operands, arena, emitter)
  for (const other of others) {
    const again = Evaluated.evaluate(make, operands, arena, other)
    const [bits, expected] = [Planned.bitsOf(again), Planned.bitsOf(got)]
    const apart = bits.findIndex((one, at) => one !== expected[at])
    assert.strictEqual(apart, -1, `${other.target.lanes} lanes at ${operands.map((one) => one[apart])}`)
  }
  return got
}

const places = [everywhere(96), between(-4, 4, 20_001), between(-110, 110, 20_001), between(-1e-2, 1e-2, 2001)]

describe("functions of f32 are within 2 units of the last place of float64, for all exponents", () => {
  for (const [name, reference] of Object.entries(references)) {
    it(name, () => {
      for (const x of places) {
        const got = results(([x], block) => Float.unary(name as FloatFunction, x!, block), [x])
        const worst = worstOf(got, (at) => reference(x[at]!), x)
        assert.isAtMost(worst.ulps, 2, JSON.stringify(worst))
      }
    })
  }

  const [x, y] = operands()
  for (const [name, reference] of Object.entries(pairs)) {
    it(name, () => {
      const make: Evaluated.Make = ([x, y], block) => Float.binary(name as keyof typeof pairs, x!, y!, block)
      const got = results(make, [x, y])
      const worst = worstOf(
        got,
        (at) => reference(x[at]!, y[at]!),
        Array.from(x, (_, at) => at)
      )
      const at = worst.at
      assert.isAtMost(
        worst.ulps,
        name === "mod" || name === "floorDiv" ? 0 : 2,
        `${x[at]}, ${y[at]}: ${JSON.stringify(worst)}`
      )
    })
  }
})
