import { assert, describe, it } from "vitest"
import { anchorOf, brokenIn, documents, linksOf } from "../src/Links.ts"

describe("documents", () => {
  it("every link in a document leads to something in this repository", () => {
    assert.deepStrictEqual(
      documents().flatMap((file) => brokenIn(file)),
      []
    )
  })

  it("links are found in prose and not in code", () => {
    const text = "[a](b.md) and `[c](d)`, [e](https://example.org/f_(g))\n```ts\nconst h = [i](j)\n```\n"
    assert.deepStrictEqual(linksOf(text), ["b.md", "https://example.org/f_(g)"])
  })

  it("headings have the anchors that readers of Markdown give them", () => {
    assert.deepStrictEqual(["The `etude` command", "What differs, and why", "Law 1: resume"].map(anchorOf), [
      "the-etude-command",
      "what-differs-and-why",
      "law-1-resume"
    ])
  })
})
