import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Confusion from "../src/Confusion.ts"
import { textWidth } from "../src/internal/textWidth.ts"

const pets = [
  [12, 2, 0],
  [1, 9, 0],
  [0, 3, 0]
]
const names = ["cat", "a dog of some kind", "fox"]
const lines = (...text: ReadonlyArray<string>) => text.join("\n")

describe("a confusion matrix as text", () => {
  it("has a row for each class, with names, and dots for zeros", () => {
    assert.strictEqual(
      Confusion.format(pets, ["cat", "dog", "fox"]),
      lines(
        "true \\ said  cat  dog  fox",
        "cat           12    2    ·",
        "dog            1    9    ·",
        "fox            ·    3    ·"
      )
    )
  })

  it("has two decimals where it isn't of whole numbers, and numbers where there are no names", () => {
    assert.strictEqual(
      Confusion.format([
        [0.5, 0.5],
        [0, 1]
      ]),
      lines("true \\ said     0     1", "0            0.50  0.50", "1               ·     1")
    )
  })

  it("shortens names where the terminal is narrow", () => {
    assert.strictEqual(
      Confusion.format(pets, names, 32),
      lines(
        "true \\ said cat a dog o… fox",
        "cat          12        2   ·",
        "a dog of s…   1        9   ·",
        "fox           ·        3   ·"
      )
    )
  })

  it("becomes a list of what is taken for what where that doesn't do, the worst class first", () => {
    const many = Array.from({ length: 6 }, (_, k) =>
      Array.from({ length: 6 }, (_, p) => (p === k ? 900 + k : p < k ? 10 : 0))
    )
    assert.strictEqual(
      Confusion.format(many, ["zero", "one", "two", "three", "four", "a very long name"], 36)
        .split("\n")
        .slice(0, 4)
        .join("\n"),
      lines(
        "class         elements    found  ta…",
        "a very long…       955   94.8 %  ze…",
        "four               944   95.8 %  ze…",
        "three              933   96.8 %  ze…"
      )
    )
  })

  it("of many classes lists the thirty of which least is found", () => {
    const matrix = Array.from({ length: 40 }, (_, k) =>
      Array.from({ length: 40 }, (_, p) => (p === k ? 100 + k : p === (k + 1) % 40 ? 10 : 0))
    )
    const text = Confusion.format(matrix, [], 80).split("\n")
    assert.strictEqual(text.length, 32)
    assert.strictEqual(text[0], "class  elements   found  taken for")
    assert.strictEqual(text[1], "0           110  90.9 %  1 ×10")
    assert.strictEqual(text[31], "… and 10 classes with higher recall")
  })

  it.effect.prop(
    "is never wider than the terminal",
    [
      Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 40 })),
      Schema.Int.check(Schema.isBetween({ minimum: 12, maximum: 200 })),
      Schema.Array(Schema.String),
      Schema.Natural
    ],
    ([classes, columns, given, most]) =>
      Effect.sync(() => {
        const matrix = Array.from({ length: classes }, (_, row) =>
          Array.from({ length: classes }, (_, column) => (most * (row + 1) * (column + 2)) % (most + 7))
        )
        for (const line of Confusion.format(matrix, given, columns).split("\n"))
          assert.isAtMost(textWidth(line), columns)
      }),
    { arbitrary: { runs: 200, seed: 1 } }
  )

  it("stays in line with names of wide letters, emoji and marks", () => {
    const text = Confusion.format(pets, ["👨‍👩‍👧", "損失", "e\u0301te\u0301"])
    assert.deepStrictEqual(
      text.split("\n").map(textWidth),
      text.split("\n").map(() => 26)
    )
    assert.deepStrictEqual(["⌚", "🀄", "☀️", "🏳️‍🌈", "a\u200bb"].map(textWidth), [2, 2, 2, 2, 2])
  })
})
