/** The docstrings of each model, which are its pages in the reference: complete, and true. */
import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Gpt2, MobileNet, ResNet, VisionTransformer } from "../src/index.ts"

const source = path.join(import.meta.dirname, "..", "src")
const textOf = (file: string) => readFileSync(path.join(source, `${file}.ts`), "utf8")

/** What the docstring of an exported name says. */
const docOf = (file: string, name: string): string =>
  textOf(file).match(new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\nexport const ${name} `))?.[1] ??
  assert.fail(`${name} of ${file} has no docstring`)

describe("the reference", () => {
  for (const file of ["ResNet", "MobileNet", "VisionTransformer", "Gpt2"]) {
    it(`of ${file} has its paper, and the shapes of inputs and outputs`, () => {
      assert.match(textOf(file), /^\/\*\*[\s\S]*?[A-Z]\w+ et al\. (19|20)\d\d/)
      assert.match(docOf(file, "layer"), /\[batch.*\n?.*\[batch/)
      assert.match(docOf(file, "fromPyTorch"), /state_dict/)
    })
  }

  for (const [file, parts] of Object.entries({
    ResNet: ResNet.parts(),
    MobileNet: MobileNet.parts(),
    VisionTransformer: VisionTransformer.parts()
  })) {
    it(`of ${file} names its parts in their order`, () => {
      const named = Array.from(
        docOf(file, "parts")
          .split(/Without/)[0]
          ?.matchAll(/`(\w+)`/g) ?? [],
        ([, part]) => part
      )
      const known = Object.keys(parts).filter((part) => !/^stage[2-9]/.test(part))
      assert.deepStrictEqual(named, known)
    })
  }

  it("of GPT-2 names its parts", () => {
    for (const part of ["tokens", "positions", "dropout", "blocks", "norm"])
      assert.include(docOf("Gpt2", "layer"), `\`${part}\``)
    assert.strictEqual(Gpt2.model({ layers: 1, width: 8, heads: 2 }).name, "gpt2")
  })

  it("has the default of every option", () => {
    for (const file of readdirSync(source).filter((name) => name.endsWith(".ts"))) {
      const text = readFileSync(path.join(source, file), "utf8")
      for (const body of text.match(/export interface \w*Options[^{]*\{\n[\s\S]*?\n\}/g) ?? [])
        for (const [, doc = "", name] of body.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?readonly (\w+)\?:/g))
          assert.match(doc, /[Dd]efault/, `${file}: ${name}`)
    }
  })
})
