import { assert, describe, it } from "@effect/vitest"
import { counts, logarithmic, shares } from "../browser/Scale.ts"

describe("axes", () => {
  it("of losses have the powers of ten, and end at the largest", () => {
    const scale = logarithmic([2.3, 0.4, 0.02])
    assert.deepStrictEqual(scale.marks, [
      [0.01, "0.01"],
      [0.1, "0.1"],
      [1, "1"]
    ])
    assert.deepStrictEqual([0.01, 2.3].map(scale.of), [0, 1])
  })

  it("of accuracies leave the first few out, and end at 100 %", () => {
    const scale = shares([0.1, 0.3, 0.5, 0.6, 0.7, 0.82, 0.9, 0.95])
    assert.deepStrictEqual(
      scale.marks.map(([, label]) => label),
      ["70 %", "80 %", "90 %", "100 %"]
    )
    assert.deepStrictEqual([0.1, 1].map(scale.of), [0, 1])
  })

  it("of steps have as many marks as there is room for", () => {
    const labels = (last: number) => counts(last, 4).marks.map(([, label]) => label)
    assert.deepStrictEqual(labels(2580), ["0", "1,000", "2,000"])
    assert.deepStrictEqual(labels(1), ["0", "1"])
    assert.deepStrictEqual(labels(86), ["0", "50"])
  })

  it("hold with no values, and with values that are not finite", () => {
    for (const scale of [logarithmic([]), logarithmic([Number.NaN, 0]), shares([]), shares([Number.NaN])])
      assert.isTrue(scale.marks.every(([value]) => Number.isFinite(scale.of(value))))
  })
})
