import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as OutputFile from "@etude/reports/OutputFile"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as FencedFiles from "../src/FencedFiles.ts"
import * as Leftovers from "../src/Leftovers.ts"
import { temporary } from "./support/etude.ts"

describe("files of callbacks", () => {
  it.live("are written while the process holds the run, and left alone once another has taken it over", () => {
    let holder: string | undefined
    const check = Effect.suspend(() =>
      holder === undefined ? Effect.void : Effect.fail({ message: `the run was taken over by ${holder}` })
    )
    return Effect.gen(function* () {
      const file = path.join(yield* temporary, "rows.csv")
      const rows = yield* OutputFile.make("csv")
      rows.begin(file)
      rows.write("epoch\n")
      yield* rows.flush
      holder = "process 7"
      rows.write("1\n")
      const { message } = yield* Effect.flip(rows.flush)
      assert.include(message, "The callback csv could not write")
      assert.include(message, "the run was taken over by process 7")
      assert.strictEqual(readFileSync(file, "utf8"), "epoch\n")
      // The other process's files are neither replaced nor removed.
      writeFileSync(file, "theirs\n")
      const files = yield* FileSystem.FileSystem
      for (const change of [
        files.writeFileString(file, "ours"),
        files.writeFile(file, new Uint8Array(1)),
        files.remove(file),
        files.rename(file, `${file}.old`),
        files.copyFile(file, `${file}.copy`),
        files.link(file, `${file}.link`),
        files.truncate(file),
        files.open(file, { flag: "w" }),
        Stream.run(Stream.make(new Uint8Array(1)), files.sink(file))
      ]) {
        assert.include((yield* Effect.flip(change)).message, "taken over by process 7")
      }
      assert.strictEqual(readFileSync(file, "utf8"), "theirs\n")
      holder = undefined
      yield* rows.flush
      assert.strictEqual(readFileSync(file, "utf8"), "theirs\n1\n")
    }).pipe(Effect.scoped, Effect.provide(FencedFiles.layer(check).pipe(Layer.provideMerge(NodeServices.layer))))
  })

  it.live("are not renamed any more once another has taken the run over in that very moment", () => {
    const [first, second] = [crypto.randomUUID(), crypto.randomUUID()]
    return Effect.gen(function* () {
      const folder = yield* temporary
      const [file, renamed] = [path.join(folder, "report.html"), path.join(folder, "report.html.tmp")]
      let takenOver = false
      const look = Effect.sync(() => {
        // Its last look at the lock came just before.
        if (takenOver) Leftovers.clear(folder)
      })
      const using = (token: string) =>
        Effect.provide(
          FileSystem.FileSystem,
          FencedFiles.layer(look, token).pipe(Layer.provideMerge(NodeServices.layer))
        )
      const [ours, theirs] = [yield* using(first), yield* using(second)]
      yield* ours.writeFileString(renamed, "ours")
      assert.lengthOf(readdirSync(folder), 1)
      takenOver = true
      assert.strictEqual((yield* Effect.flip(ours.rename(renamed, file))).reason._tag, "NotFound")
      takenOver = false
      yield* theirs.writeFileString(renamed, "theirs")
      yield* theirs.rename(renamed, file)
      assert.strictEqual(readFileSync(file, "utf8"), "theirs")
      assert.deepStrictEqual(readdirSync(folder), ["report.html"])
    }).pipe(Effect.scoped)
  })
})
