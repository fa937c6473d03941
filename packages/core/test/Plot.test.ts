import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Plot from "../src/Plot.ts"

describe("round numbers", () => {
  it("are 1, 2 or 5 times a power of ten apart", () => {
    assert.deepStrictEqual(Plot.roundNumbers(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1])
    assert.deepStrictEqual(Plot.roundNumbers(1, 12, 6), [2, 4, 6, 8, 10, 12])
    assert.deepStrictEqual(Plot.roundNumbers(-0.07, 0.16, 4), [0, 0.1])
    assert.deepStrictEqual(Plot.roundNumbers(3, 3, 4), [3])
  })

  it("of a range that floats hardly resolve are in it, or none", () => {
    for (const [low, high] of [
      [1, 1 + 2 ** -52],
      [1e9, 1e9 + 2 ** -23],
      [1e-320, 3e-320],
      [0, 5e-324]
    ] as const) {
      for (const value of Plot.roundNumbers(low, high, 5)) assert.isTrue(value >= low && value <= high, String(value))
    }
  })

  const Value = Schema.Finite.check(Schema.isBetween({ minimum: -1e6, maximum: 1e6 }))
  const Span = Schema.Finite.check(Schema.isBetween({ minimum: 1e-3, maximum: 1e6 }))
  it.effect.prop("lie in the range, evenly, and are about as many as asked for", [Value, Span], ([low, span]) =>
    Effect.sync(() => {
      const high = low + span
      const numbers = Plot.roundNumbers(low, high, 8)
      assert.isAtLeast(numbers.length, 2)
      assert.isAtMost(numbers.length, 10)
      const steps = numbers.slice(1).map((value, index) => value - (numbers[index] ?? 0))
      const [step = 0] = steps
      for (const other of steps) assert.closeTo(other, step, step * 1e-6)
      for (const value of numbers) assert.isTrue(value >= low - step * 1e-6 && value <= high + step * 1e-6)
    })
  )
})

describe("the points that a line needs", () => {
  it("are its ends and its bends", () => {
    const points = [
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 0],
      [4, -2]
    ] as const
    assert.deepStrictEqual(Plot.needed(points, 0.1), [0, 2, 4])
    assert.deepStrictEqual(Plot.needed([], 0.1), [])
    assert.deepStrictEqual(Plot.needed([[1, 1]], 0.1), [0])
  })
})
