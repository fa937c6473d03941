/** Widths of text in a terminal, and texts of a given width. */
import { assert, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { cut, padEnd, padStart, widthOf, wrap } from "../src/internal/width.ts"

/** As terminals show them: by Unicode's East Asian Width, and emoji by their presentation. */
const widths: ReadonlyArray<readonly [text: string, cells: number]> = [
  ["", 0],
  ["loss", 4],
  ["損失", 4],
  ["정확도", 6],
  ["ｆｕｌｌ", 8],
  ["ﾊﾝ", 2],
  ["é", 1],
  ["e\u0301", 1],
  ["\u1112\u1161\u11ab", 2],
  ["👨‍👩‍👧", 2],
  ["🏳️‍🌈", 2],
  ["👍🏽", 2],
  ["🇯🇵", 2],
  ["⌚", 2],
  ["🀄", 2],
  ["☀️", 2],
  ["☀", 1],
  ["✓", 1],
  ["1️⃣", 2],
  ["a\u200bb", 2],
  ["\u202eabc\u202c", 3],
  ["\u001b[31mred\u001b[39m", 3]
]

it("text is as wide as a terminal shows it: emoji of several parts, wide letters, marks on letters", () => {
  assert.deepStrictEqual(
    widths.map(([text]) => [text, widthOf(text)]),
    widths.map(([text, cells]) => [text, cells])
  )
})

const Text = Schema.Array(Schema.Literals([...widths.slice(1, -1).map(([text]) => text), " ", "x"]))
const Columns = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 }))

it.prop(
  "what is cut is never wider than its columns, whole symbols only, and ends in an ellipsis",
  [Text, Columns],
  ([symbols, columns]) => {
    const text = symbols.join("")
    const short = cut(text, columns)
    assert.isAtMost(widthOf(short), columns)
    if (widthOf(text) <= columns) assert.strictEqual(short, text)
    else if (columns > 0) {
      const kept = short.slice(0, -1)
      assert.isTrue(short.endsWith("…") && text.startsWith(kept))
      assert.strictEqual(widthOf(kept) + widthOf(text.slice(kept.length)), widthOf(text))
    }
  },
  { arbitrary: { runs: 300, seed: 1 } }
)

it.prop(
  "padded texts and wrapped lines have their width, whatever is in them",
  [Text, Columns],
  ([symbols, columns]) => {
    const text = symbols.join("")
    const width = Math.max(columns, widthOf(text))
    assert.deepStrictEqual([padStart(text, columns), padEnd(text, columns)].map(widthOf), [width, width])
    for (const line of wrap(text, columns)) assert.isAtMost(widthOf(line), columns)
  },
  { arbitrary: { runs: 300, seed: 2 } }
)
