/** One check of "is this the folder of a run?" for every command. */
import { mkdirSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as RunLookup from "../src/RunLookup.ts"
import { etude, temporary } from "./support/etude.ts"

const names = ["line-20260101T000000Z-1111111", "line-20260102T000000Z-2222222", "adam-20260103T000000Z-3333333"]

/** A folder of run folders with nothing but their configs. */
const runs = Effect.map(temporary, (folder) => {
  for (const name of names) {
    mkdirSync(path.join(folder, name))
    writeFileSync(path.join(folder, name, "config.json"), "{}")
  }
  return folder
})

const refused = (run: string) => Effect.map(Effect.flip(RunLookup.locate(run)), ({ problems }) => problems)

describe("the folder of a run", () => {
  it.effect("is found, and its absolute path given", () =>
    Effect.gen(function* () {
      const folder = yield* runs
      assert.strictEqual(yield* RunLookup.locate(path.join(folder, names[0]!)), path.join(folder, names[0]!))
    })
  )

  it.effect("that is not there is answered with the one that begins so, or is called almost so", () =>
    Effect.gen(function* () {
      const folder = yield* runs
      for (const name of ["adam", "20260103", "adam-20260103T000000Z-3333334"]) {
        assert.deepStrictEqual(yield* refused(path.join(folder, name)), [
          "there is no such folder; `etude train` makes one and prints its path",
          `did you mean ${path.join(folder, names[2]!)}?`
        ])
      }
    })
  )

  it.effect("that resembles none is answered with the newest runs, as is the folder of all runs", () =>
    Effect.gen(function* () {
      const folder = yield* runs
      const newest = [names[2], names[1], names[0]].map((name) => path.join(folder, name!)).join(", ")
      for (const run of [path.join(folder, "zzzzzzzz"), folder]) {
        assert.strictEqual((yield* refused(run)).at(-1), `the newest runs are ${newest}`)
      }
    })
  )

  it.effect("that is a file of a run is answered with the run's folder", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* runs, names[0]!)
      assert.deepStrictEqual(yield* refused(path.join(folder, "config.json")), [
        `it is a file; use the run's folder, ${folder}`
      ])
    })
  )
})

const commands: ReadonlyArray<ReadonlyArray<string>> = [
  ["resume"],
  ["test"],
  ["validate"],
  ["predict"],
  ["runs", "show"],
  ["checkpoint", "list"],
  ["checkpoint", "verify"]
]

describe.concurrent("every command that takes a run", () => {
  for (const command of commands) {
    it.live(`says that there is no such folder: ${command.join(" ")}`, () =>
      Effect.gen(function* () {
        const folder = yield* runs
        const { code, stderr, stdout } = yield* etude([...command, path.join(folder, "adam")])
        assert.deepStrictEqual([code, stdout], [2, ""])
        assert.include(stderr, "there is no such folder; `etude train` makes one and prints its path")
        assert.include(stderr, `did you mean ${path.join(folder, names[2]!)}?`)
      })
    )
  }

  it.live("runs list says that there is no folder of runs", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* etude(["runs", "list", "--runs", path.join(yield* temporary, "nowhere")])
      assert.strictEqual(code, 2)
      assert.match(stderr, /^The folder of runs .*nowhere cannot be read: there is no such file or folder/)
    })
  )
})
