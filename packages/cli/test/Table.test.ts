import { assert, it } from "@effect/vitest"
import { widthOf } from "../src/internal/width.ts"
import * as Table from "../src/Table.ts"

it("numbers keep five digits, and an exponent only where zeros would hide them", () => {
  const texts = [0.123456789, 0.98, 12, 4.667e-7, 123456.789, Number.NaN, undefined].map(Table.number)
  assert.deepStrictEqual(texts, ["0.12346", "0.98", "12", "4.667e-7", "123460", "NaN", "–"])
})

it("durations are told in the units that a person would use", () => {
  assert.deepStrictEqual([0.25, 59.94, 72, 7260].map(Table.seconds), ["0.3 s", "59.9 s", "1 min 12 s", "2 h 1 min"])
})

it("a table lines its columns up: the first to the left, the others to the right", () => {
  assert.strictEqual(
    Table.render(
      ["set", "loss"],
      [
        ["train", "0.5"],
        ["test", "12.25"]
      ]
    ),
    ["set     loss", "─────  ─────", "train    0.5", "test   12.25"].join("\n")
  )
})

it("a table stays in line with names of wide letters, emoji and marks", () => {
  const names = ["損失", "정확도", "👨‍👩‍👧", "🏳️‍🌈", "⌚", "☀️", "e\u0301te\u0301", "a\u200bb"]
  const table = Table.render(
    ["name", "値"],
    names.map((name) => [name, "0.5"])
  )
  assert.deepStrictEqual(
    table.split("\n").map(widthOf),
    Array.from({ length: names.length + 2 }, () => 11)
  )
})
