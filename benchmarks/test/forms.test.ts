import { assert, describe, it } from "@effect/vitest"
import * as Forms from "../src/peers/Forms.ts"

describe("where a step goes", () => {
  it("is reported by form, with the share of the peak, and what the program leaves over", () => {
    const text = Forms.text(600, {
      // 100 GFLOP/s: 50 MFLOP take 500 µs at the peak.
      peak: 100e9,
      forms: [
        { form: "Map", nodes: 3, microseconds: 200, operations: 0 },
        { form: "Contract", nodes: 2, microseconds: 600, operations: 50e6 }
      ],
      wholes: [
        { threads: 1, microseconds: 810, emitted: 20 },
        { threads: 2, microseconds: 450, emitted: 20 }
      ]
    })
    assert.deepStrictEqual(
      text.map((line) => line.trim().split(/\s{2,}/)),
      [
        ["on one thread", "nodes", "µs", "of all", "of peak (100 GFLOP/s)"],
        ["Contract", "2", "600", "75 %", "83 %"],
        ["Map", "3", "200", "25 %"],
        ["the program on one thread", "810 µs"],
        ["on two", "450 µs"],
        ["of that, waiting and moving data", "45 µs"],
        ["the rest of a step", "150 µs"]
      ]
    )
  })
})
