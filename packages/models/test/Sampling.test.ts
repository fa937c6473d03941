import { assert, describe, it } from "vitest"
import { pick } from "../src/internal/sampling.ts"

const logits = Float32Array.from([0, Math.log(3), Math.log(4)])

describe("a token", () => {
  it("is drawn by its share of the probabilities", () => {
    // 4, 3 and 1 of 8, from the likeliest on.
    const draws = [0, 3.9, 4.1, 6.9, 7.1, 7.99].map((eighths) => pick(logits, eighths / 8, {}))
    assert.deepStrictEqual(draws, [2, 2, 1, 1, 0, 0])
  })

  it("is one of the likeliest, whose shares are made larger", () => {
    const draws = [0, 3.9, 4.1, 6.99].map((sevenths) => pick(logits, sevenths / 7, { topK: 2 }))
    assert.deepStrictEqual(draws, [2, 2, 1, 1])
  })

  it("is drawn by the roots of shares at temperature 2", () => {
    const total = 1 + Math.sqrt(3) + 2
    const draws = [1.99, 2.01, 3.73, 3.74].map((share) => pick(logits, share / total, { temperature: 2 }))
    assert.deepStrictEqual(draws, [2, 1, 1, 0])
  })

  it("is the likeliest at temperature 0, of equally likely ones the first", () => {
    assert.strictEqual(pick(Float32Array.from([1, 5, 5]), 0.999, { temperature: 0 }), 1)
  })
})
