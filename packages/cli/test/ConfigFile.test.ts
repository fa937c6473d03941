import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ConfigFile from "../src/ConfigFile.ts"

const set = (document: unknown, assignments: { readonly [key: string]: string }) =>
  Effect.map(ConfigFile.overridesOf(assignments), (overrides) => ConfigFile.override(document, overrides))

describe("values from the command line", () => {
  it.effect("are YAML: numbers, booleans, lists, records, text", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* set({}, { a: "1e-3", b: "true", c: "[1, 2]", d: "{ _tag: Adam }", e: "text", f: "@etude/x" }),
        { a: 1e-3, b: true, c: [1, 2], d: { _tag: "Adam" }, e: "text", f: "@etude/x" }
      )
    })
  )

  it.effect("go to their path, make what is missing, and leave the rest and the document itself alone", () =>
    Effect.gen(function* () {
      const document = { train: { batchSize: 8, groups: [{ name: "a" }, { name: "b" }] }, use: "x" }
      const changed = yield* set(document, { "train.until.epochs": "3", "train.groups.1.name": "c" })
      assert.deepStrictEqual(changed, {
        train: { batchSize: 8, until: { epochs: 3 }, groups: [{ name: "a" }, { name: "c" }] },
        use: "x"
      })
      assert.deepStrictEqual(document.train.groups[1], { name: "b" })
    })
  )

  it.effect("that begin like a record or list and don't end are mistakes", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(set({}, { a: "{ x: 1" }))
      assert.include(error.message, "--set a={ x: 1 has")
    })
  )
})

describe("a config file's text", () => {
  it.effect("may be JSON", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ConfigFile.parse('{ "a": [1, null] }', "x.json"), { a: [1, null] })
    })
  )

  it.effect("with a key twice is a mistake, with its place", () =>
    Effect.gen(function* () {
      const { problems } = yield* Effect.flip(ConfigFile.parse("a: 1\nb: 2\na: 3\n", "x.yaml"))
      assert.deepStrictEqual(problems, [{ path: "line 3, column 1", message: "Map keys must be unique" }])
    })
  )

  it.effect("keeps every mistake", () =>
    Effect.gen(function* () {
      const { problems } = yield* Effect.flip(ConfigFile.parse("a: [1\nb: @x\nc: {\n", "x.yaml"))
      assert.isAbove(problems.length, 1)
    })
  )
})
