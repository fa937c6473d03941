import { assert, describe, it } from "@effect/vitest"
import * as StudyDatabase from "../src/StudyDatabase.ts"

const server = "postgres://ada:s3cret@db.example:5432/etude"
const shown = "postgres://ada@db.example:5432/etude"
const choose = (wanted: Partial<StudyDatabase.Wanted>) =>
  StudyDatabase.choose({ flag: undefined, variable: undefined, kept: undefined, folder: "studies/a", ...wanted })

describe("a password of a URL", () => {
  it("is shown nowhere, wherever the URL has it", () => {
    assert.strictEqual(StudyDatabase.withoutPassword(server), shown)
    for (const url of [
      "postgresql://ada:p%40ss:word@h/etude",
      "postgres://ada:p@ss@h/etude",
      "postgres://ada@h/etude?password=s3cret",
      "postgres://ada@h/etude?sslmode=require&password=s3cret",
      "postgres://:s3cret@h/etude?password=s3cret&sslmode=require"
    ]) {
      const without = StudyDatabase.withoutPassword(url)
      assert.match(without, /^postgres(ql)?:\/\/(ada)?@h\/etude(\?sslmode=require)?$/)
    }
  })
})

describe("the database of a study", () => {
  it("is a file in its folder, where nothing else is asked for", () => {
    assert.deepStrictEqual(choose({}), { open: "studies/a/study.sqlite", kept: null })
    assert.deepStrictEqual(choose({ kept: null, variable: server }), { open: "studies/a/study.sqlite", kept: null })
  })

  it("is a server by flag or environment, kept without its password", () => {
    assert.deepStrictEqual(choose({ flag: server }), { open: server, kept: shown })
    assert.deepStrictEqual(choose({ variable: server }), { open: server, kept: shown })
    assert.deepStrictEqual(choose({ kept: shown, variable: server }), { open: server, kept: shown })
    assert.deepStrictEqual(choose({ kept: shown }), { open: shown, kept: shown })
  })

  it("stays the one that the study was begun in", () => {
    for (const wanted of [
      { kept: null, flag: server },
      { kept: "postgres://ada@other/etude", flag: server }
    ]) {
      const refused = choose(wanted)
      assert.instanceOf(refused, StudyDatabase.StudyElsewhere)
      assert.notInclude(String(refused), "s3cret")
    }
  })

  it("is no other kind of server, nor any other file", () => {
    assert.instanceOf(choose({ flag: "mysql://h/etude" }), StudyDatabase.DatabaseUnknown)
    assert.instanceOf(choose({ flag: "some.sqlite" }), StudyDatabase.DatabaseUnknown)
  })
})
