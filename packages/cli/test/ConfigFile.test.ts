import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ConfigFile from "../src/ConfigFile.ts"

const set = (document: unknown, ...assignments: ReadonlyArray<string>) =>
  ConfigFile.override(document, ConfigFile.overridesOf(assignments))

describe("values from the command line", () => {
  it("are YAML: numbers, booleans, lists, records, text", () => {
    assert.deepStrictEqual(
      set({}, "a=1e-3", "b=true", "c=[1, 2]", "d={ _tag: Adam }", "e=text", "f=@etude/x", "g=a=b"),
      { a: 1e-3, b: true, c: [1, 2], d: { _tag: "Adam" }, e: "text", f: "@etude/x", g: "a=b" }
    )
  })

  it("go to their path, make what is missing, and leave the rest and the document itself alone", () => {
    const document = { train: { batchSize: 8, groups: [{ name: "a" }, { name: "b" }] }, use: "x" }
    const changed = set(document, "train.until.epochs=3", "train.groups.1.name=c")
    assert.deepStrictEqual(changed, {
      train: { batchSize: 8, until: { epochs: 3 }, groups: [{ name: "a" }, { name: "c" }] },
      use: "x"
    })
    assert.deepStrictEqual(document.train.groups[1], { name: "b" })
  })

  it("for one key are taken in the order in which they come", () => {
    assert.deepStrictEqual(set({}, "a=1", "a.b=2", "c=3", "c=4"), { a: { b: 2 }, c: 4 })
  })

  it("that are no values, or have no key, are mistakes: each is told, and the others are taken", () => {
    const overrides = ConfigFile.overridesOf(["a={ x: 1", "b", "=c", "d=1"])
    assert.deepStrictEqual(
      ConfigFile.problemsOf(overrides).map(({ path }) => path),
      ["--set a={ x: 1", "--set b", "--set =c"]
    )
    assert.deepStrictEqual(ConfigFile.override({}, overrides), { d: 1 })
  })
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
