/** The docstring of each optimizer, link and schedule, which is its page in the reference: complete, and true. */
import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { Update } from "@etude/core/Update"
import * as Schema from "effect/Schema"
import { Links, optimizers, Schedules } from "../src/index.ts"
import * as Optimizers from "../src/Optimizers.ts"

const source = path.join(import.meta.dirname, "..", "src")
const texts = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(path.join(source, file), "utf8"))

/** What the docstring of an exported name says. */
const docOf = (name: string): string => {
  for (const text of texts) {
    const [, doc] = text.match(new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\nexport const ${name} `)) ?? []
    if (doc !== undefined) return doc.replace(/^\s*\*+ ?/gm, "")
  }
  return assert.fail(`${name} has no docstring`)
}

/** `Slots: `m`, `v`.` */
const slotsOf = (doc: string): ReadonlyArray<string> => {
  const [, list] = doc.match(/Slots: ([^.]+)\./) ?? []
  return list === "none"
    ? []
    : Array.from((list ?? assert.fail("no slots")).matchAll(/`(\w+)`/g), ([, slot = ""]) => slot)
}

/** `In a config: `{ _tag: Lion, weightDecay: 0.1 }`.`, whose names of tags are the only words without quotes. */
const configOf = (doc: string): { readonly _tag: string } => {
  const [, text] = doc.replace(/\n/g, " ").match(/In a config: `(\{.*?\})`\./) ?? []
  return new Function(`return ${(text ?? assert.fail("no config")).replace(/: ([A-Z]\w*)/g, ': "$1"')}`)()
}

const hasPaper = (doc: string) => assert.match(doc, /[A-Z]\w+(.*\n?.*)\s(19|20)\d\d/, "authors and year")

describe("the reference", () => {
  const { lookahead, ...simple } = Optimizers
  for (const [name, make] of Object.entries(simple)) {
    it(`of ${name} has its rule, slots, paper and how a config names it`, () => {
      const doc = docOf(name)
      hasPaper(doc)
      assert.deepStrictEqual(slotsOf(doc), make().slots)
      const config = configOf(doc)
      const entry = optimizers.find(({ tag }) => tag === config._tag) ?? assert.fail(`no ${config._tag}`)
      if (Schema.isSchema(entry.schema)) Schema.decodeUnknownSync(entry.schema)(config)
      assert.strictEqual(make().name, config._tag)
    })
  }

  it("of lookahead has its rule, paper and how a config names it", () => {
    hasPaper(docOf("lookahead"))
    assert.strictEqual(lookahead({ of: simple.radam() }).name, configOf(docOf("lookahead"))._tag)
  })

  const { orthogonalized, ...links } = Links
  for (const [name, make] of Object.entries<() => Update>(links)) {
    it(`of the link ${name} has its rule, slots and paper`, () => {
      hasPaper(docOf(name))
      assert.deepStrictEqual(slotsOf(docOf(name)), make().slots)
    })
  }

  const { schedules, ...named } = Schedules
  it("has a page for each schedule", () => {
    assert.sameMembers(Object.values(named), [...schedules])
    assert.isFunction(orthogonalized)
  })
  for (const [name, { tag, schema }] of Object.entries(named)) {
    it(`of ${name} has its rule, paper and how a config names it`, () => {
      hasPaper(docOf(name))
      const config = configOf(docOf(name))
      assert.strictEqual(config._tag, tag)
      if (Schema.isSchema(schema)) Schema.decodeUnknownSync(schema)(config)
    })
  }

  it("has the default of every option", () => {
    for (const body of texts.flatMap((text) => text.match(/export interface \w*[^{]*\{\n[\s\S]*?\n\}/g) ?? []))
      for (const [, doc = "", name] of body.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?readonly (\w+)\?:/g))
        assert.match(doc, /default/, name)
  })
})
