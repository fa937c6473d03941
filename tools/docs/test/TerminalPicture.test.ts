import { assert, it } from "@effect/vitest"
import { screenOf, svg, textOf } from "../src/TerminalPicture.ts"

it("a line that is written over shows its last text only", () => {
  assert.deepStrictEqual(screenOf("epoch 1, 10 %\r\u001b[Kepoch 1, 20 %\r\u001b[Kdone\r\nnext").map(textOf), [
    "done",
    "next"
  ])
  assert.deepStrictEqual(screenOf("abcdef\rAB").map(textOf), ["ABcdef"])
})

it("colours and weights are kept, the cursor's sequences are not", () => {
  const [line] = screenOf("\u001b[?25la \u001b[32mgood\u001b[39m \u001b[1mb\u001b[22m  \u001b[?25h")
  assert.strictEqual(textOf(line!), "a good b")
  assert.deepStrictEqual(
    line!.map(({ style }) => style),
    ["", "", "good", "good", "good", "good", "", "bold"]
  )
})

it("a picture escapes its text, is titled, and has colours for dark pages", () => {
  const picture = svg(screenOf("a < b & c"), { columns: 20, title: "A & B" })
  assert.include(picture, ">a &lt; b &amp; c</tspan>")
  assert.include(picture, "<title>A &amp; B</title>")
  assert.include(picture, "prefers-color-scheme: dark")
})
