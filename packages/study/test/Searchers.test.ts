/** The order of a grid, and how random settings are distributed. */
import { assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import * as Searchers from "../src/Searchers.ts"
import type { Space } from "../src/Space.ts"

const space: Space = {
  parameters: [
    { key: "kind", range: { _tag: "Choice", values: ["narrow", "wide"] } },
    { key: "hidden", range: { _tag: "Int", low: 1, high: 3, log: false }, when: { key: "kind", values: ["wide"] } },
    { key: "batch", range: { _tag: "Choice", values: [32, 64] } }
  ]
}

describe("Grid", () => {
  it("goes through the last parameter fastest; what is conditional multiplies only the settings that have it", () => {
    const all = Array.from({ length: 8 }, (_, setting) => Searchers.grid.suggest(space, [], setting, Rng.key(0)))
    assert.deepStrictEqual(all, [
      { kind: "narrow", batch: 32 },
      { kind: "narrow", batch: 64 },
      { kind: "wide", hidden: 1, batch: 32 },
      { kind: "wide", hidden: 1, batch: 64 },
      { kind: "wide", hidden: 2, batch: 32 },
      { kind: "wide", hidden: 2, batch: 64 },
      { kind: "wide", hidden: 3, batch: 32 },
      { kind: "wide", hidden: 3, batch: 64 }
    ])
    assert.isUndefined(Searchers.grid.suggest(space, [], 8, Rng.key(0)))
    assert.strictEqual(Searchers.grid.count?.(space), 8)
  })

  it("finds a setting of a large grid at once", () => {
    const range = { _tag: "Int", low: 0, high: 999_999_999, log: false } as const
    const large: Space = {
      parameters: [
        { key: "a", range: { ...range, high: 9 } },
        { key: "b", range }
      ]
    }
    assert.deepStrictEqual(Searchers.grid.suggest(large, [], 7_123_456_789, Rng.key(0)), { a: 7, b: 123_456_789 })
  })
})

describe("Random", () => {
  const of = (range: Space["parameters"][number]["range"]) =>
    Array.from(
      { length: 2000 },
      (_, setting) => Searchers.random.suggest({ parameters: [{ key: "p", range }] }, [], setting, Rng.key(5))?.["p"]
    )
  const part = (values: ReadonlyArray<unknown>, holds: (value: number) => boolean) =>
    values.filter((value) => holds(Number(value))).length / values.length

  // The standard deviation of a part of 2000 draws is 0.011 at most.
  it("draws numbers evenly, with log in their logarithms", () => {
    assert.approximately(
      part(of({ _tag: "Float", low: -1, high: 3, log: false }), (value) => value < 0),
      0.25,
      0.04
    )
    assert.approximately(
      part(of({ _tag: "Float", low: 1e-4, high: 1, log: true }), (value) => value < 1e-3),
      0.25,
      0.04
    )
    const whole = of({ _tag: "Int", low: 1, high: 100, log: true })
    // From ½ to 10½ on the scale of logarithms from ½ to 100½.
    assert.approximately(
      part(whole, (value) => value <= 10),
      Math.log(21) / Math.log(201),
      0.04
    )
  })

  it("draws each whole number and each value of a choice equally often", () => {
    for (const value of [4, 5, 6, 7]) {
      assert.approximately(
        part(of({ _tag: "Int", low: 4, high: 7, log: false }), (one) => one === value),
        0.25,
        0.04
      )
      assert.approximately(
        part(of({ _tag: "Choice", values: [4, 5, 6, 7] }), (one) => one === value),
        0.25,
        0.04
      )
    }
  })

  it("draws a parameter alike, whatever other parameters there are", () => {
    const rate = { key: "rate", range: { _tag: "Float", low: 0, high: 1, log: false } } as const
    const other = { key: "other", range: { _tag: "Int", low: 0, high: 9, log: false } } as const
    const draw = (parameters: Space["parameters"]) =>
      Searchers.random.suggest({ parameters }, [], 3, Rng.key(1))?.["rate"]
    assert.strictEqual(draw([rate]), draw([other, rate]))
  })
})
