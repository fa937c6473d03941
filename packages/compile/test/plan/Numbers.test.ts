import { assert, describe, it } from "@effect/vitest"
import { fma } from "../../src/plan/Numbers.ts"

/** A finite f32 as a whole number of 2^−300. */
const exact = (x: number): bigint => {
  let [scaled, shift] = [x, 300]
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    shift--
  }
  return BigInt(scaled) << BigInt(shift)
}

/** The nearest f32 to a whole number of 2^−600, ties to even, by search among the neighbours of a first guess. */
const nearest = (value: bigint, guess: number): number => {
  const bits = new Int32Array([0])
  const float = new Float32Array(bits.buffer)
  float[0] = guess
  const candidates = [-2, -1, 0, 1, 2].map((step) => {
    const own = new Int32Array([bits[0]! + step])
    return { even: (own[0]! & 1) === 0, value: new Float32Array(own.buffer)[0]! }
  })
  const distance = (x: number) => {
    const difference = (exact(x) << 300n) - value
    return difference < 0n ? -difference : difference
  }
  return candidates
    .filter((candidate) => Number.isFinite(candidate.value))
    .reduce((best, now) => {
      const [before, after] = [distance(best.value), distance(now.value)]
      return after < before || (after === before && now.even) ? now : best
    }).value
}

describe("multiply-add", () => {
  it("rounds the exact value once", () => {
    let seed = 1
    const draw = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) | 0
      return Math.fround((seed / 2 ** 31) * 2 ** ((seed >> 7) % 12))
    }
    for (let round = 0; round < 2000; round++) {
      const [x, y] = [draw(), draw()]
      const near = Math.fround(-x * y)
      const addend = round % 3 === 0 ? draw() : Math.fround(near * (1 + (round % 5) * 2 ** -22))
      const expected = nearest(((exact(x) * exact(y)) as bigint) + (exact(addend) << 300n), fma(x, y, addend))
      assert.strictEqual(fma(x, y, addend), expected, `${x} * ${y} + ${addend}`)
    }
  })

  it("does not round twice where f64 lies halfway between two f32", () => {
    // 1 + 2^-24 is halfway; the addend's last part decides.
    const x = 1 + 2 ** -12
    assert.strictEqual(fma(x, x, -(2 ** -11)), Math.fround(1 + 2 ** -24))
    assert.strictEqual(fma(2 ** -24, 1 + 2 ** -23, 1), 1 + 2 ** -23)
    assert.strictEqual(fma(2 ** -40, 2 ** -40, Math.fround(1 + 2 ** -23)), Math.fround(1 + 2 ** -23))
  })

  it("keeps what is not finite", () => {
    assert.strictEqual(fma(Infinity, 1, 2), Infinity)
    assert.isNaN(fma(Infinity, 0, 2))
    assert.isNaN(fma(Number.NaN, 1, 2))
  })
})
