import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as RunFolder from "../src/RunFolder.ts"
import { temporary } from "./support/etude.ts"

describe("a run folder", () => {
  it("is named after the experiment, the time and the config, in letters that every file system takes", () => {
    const at = new Date("2026-01-31T12:34:56.789Z")
    assert.strictEqual(RunFolder.nameOf("lenet-5", at, "abcdef0123"), "lenet-5-20260131T123456Z-abcdef0")
    assert.strictEqual(RunFolder.nameOf("../a b/é", at, "abcdef0123"), "a-b--20260131T123456Z-abcdef0")
  })

  it.effect("of the same second gets a number", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const made = [yield* RunFolder.make(folder, "x"), yield* RunFolder.make(folder, "x")]
      assert.deepStrictEqual(
        made.map((one) => path.basename(one.path)),
        ["x", "x-2"]
      )
    })
  )

  it.effect("goes again with the folders that were made for it, but not with those of others", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const [first, second] = [
        yield* RunFolder.make(path.join(folder, "a", "b"), "x"),
        yield* RunFolder.make(path.join(folder, "a", "b"), "y")
      ]
      yield* first.remove
      assert.deepStrictEqual(readdirSync(path.join(folder, "a", "b")), ["y"])
      yield* second.remove
      assert.isTrue(existsSync(path.join(folder, "a", "b")))
      const alone = yield* RunFolder.make(path.join(folder, "c", "d"), "x")
      yield* alone.remove
      assert.isFalse(existsSync(path.join(folder, "c")))
    })
  )

  it.effect("keeps a file that can't be replaced, without a trace of the attempt", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      mkdirSync(path.join(folder, "report.json"))
      writeFileSync(path.join(folder, "report.json", "kept"), "")
      const error = yield* Effect.flip(RunFolder.write(path.join(folder, "report.json"), "{}"))
      assert.include(error.message, "report.json could not be written: it is a folder, not a file")
      assert.deepStrictEqual(readdirSync(folder), ["report.json"])
    })
  )

  it.effect("replaces a file in one move", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const file = path.join(folder, "report.json")
      yield* RunFolder.write(file, "old")
      yield* RunFolder.writeJson(file, { a: 1 })
      assert.strictEqual(readFileSync(file, "utf8"), '{\n  "a": 1\n}\n')
      assert.deepStrictEqual(readdirSync(folder), ["report.json"])
    })
  )
})
