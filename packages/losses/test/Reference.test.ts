/** The docstring of each loss, which is its page in the reference: complete, and its examples true. */
import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { assert, describe, it, layer } from "@effect/vitest"
import type { Loss } from "@etude/core/Loss"
import { tidy } from "@etude/core/Tensors"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as losses from "../src/index.ts"

const source = path.join(import.meta.dirname, "..", "src")
const texts = readdirSync(source).map((file) => readFileSync(path.join(source, file), "utf8"))

interface Page {
  readonly name: string
  readonly doc: string
}

/** What is exported with a docstring and is a loss, or gives one. */
const pages: ReadonlyArray<Page> = texts.flatMap((text) =>
  Array.from(
    text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const (\w+)((?:(?!\n\n)[\s\S])*)/g),
    ([, doc = "", name = "", code = ""]) => ({ name, doc: doc.replace(/^\s*\*+ ?/gm, ""), code })
  ).filter(({ code }) => /: Loss\b(?!Entry)/.test(code))
)

/** One batch of two samples of `[3]`, `int32 [4]` or `{ labels: int32 [4], frames: int32 [] }`: ones. */
const batchOf = (text: string): tf.Tensor | Record<string, tf.Tensor> => {
  if (text.startsWith("{")) {
    const fields = text.match(/\w+: (int32 )?\[[^\]]*\]/g) ?? []
    return Object.fromEntries(
      fields.map((field) => {
        const [name = "", spec = ""] = field.split(": ")
        return [name, batchOf(spec) as tf.Tensor]
      })
    )
  }
  const isWhole = text.startsWith("int32 ")
  return tf.ones([2, ...JSON.parse(isWhole ? text.slice(6) : text)], isWhole ? "int32" : "float32")
}

const examplesOf = ({ doc }: Page) => Array.from(doc.matchAll(/^(.+) \/\/ (.+?)(?: with (.+))? → (\[.*\])$/gm))

describe("the reference", () => {
  it("has a page for every loss", () => {
    assert.sameMembers(
      pages.map(({ name }) => name),
      Object.keys(losses).filter((name) => !["plugin", "losses"].includes(name))
    )
  })

  for (const page of pages) {
    it(`of ${page.name} has shapes, what is refused, a paper and an example`, () => {
      assert.match(page.doc, /\[batch/)
      assert.match(page.doc, /Refuses|\{@link ctc\}/)
      assert.match(page.doc, /[A-Z]\w+(.*\n?.*)\s(19|20)\d\d/, "authors and year")
      assert.isNotEmpty(examplesOf(page))
    })
  }

  it("has the default of every option", () => {
    for (const body of texts.flatMap((text) => text.match(/export interface \w*Options[^{]*\{\n[\s\S]*?\n\}/g) ?? []))
      for (const [, doc = "", name] of body.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?readonly (\w+)\?:/g))
        assert.match(doc, /Default: /, name)
  })
})

layer(CpuBackend.layer)("an example of the reference", (it) => {
  for (const page of pages) {
    it.effect(`of ${page.name} gives what it says`, () =>
      Effect.sync(() =>
        tidy(() => {
          for (const [, code = "", outputs = "", targets = "[]", values = ""] of examplesOf(page)) {
            const loss: Loss<any, any> = new Function(...Object.keys(losses), `return ${code}`)(
              ...Object.values(losses)
            )
            const given = loss.values(batchOf(outputs), batchOf(targets))
            assert.deepStrictEqual(given.shape, [2, ...JSON.parse(values)], code)
          }
          return tf.scalar(0)
        })
      )
    )
  }
})
