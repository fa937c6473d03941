/** What the command asks of V8 in its own process. */
import { readdirSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { etude, temporary } from "./support/etude.ts"

/** Prints the size of the space for young objects when the process ends, in MB. */
const printing = `data:text/javascript,${encodeURIComponent(
  'import v8 from "node:v8"; process.on("exit", () => console.error("young " + ' +
    'v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space").space_size / 2 ** 20))'
)}`

describe("the command's process", () => {
  it.live(
    "keeps compiled modules in Etude's cache, and a small space for young objects",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        const env = { ETUDE_CACHE: folder, NODE_COMPILE_CACHE: "", NODE_OPTIONS: `--import=${printing}` }
        const ended = yield* etude(["--version"], { env })
        assert.strictEqual(ended.code, 0, ended.stderr)
        assert.isNotEmpty(readdirSync(path.join(folder, "modules")))
        assert.isAtMost(Number(/young ([\d.]+)/.exec(ended.stderr)?.[1]), 4)
      }).pipe(Effect.scoped),
    60_000
  )

  it.live(
    "starts where nothing can be kept",
    () =>
      Effect.gen(function* () {
        const file = path.join(yield* temporary, "a-file")
        writeFileSync(file, "")
        const { code, stdout, stderr } = yield* etude(["--version"], { env: { ETUDE_CACHE: file } })
        assert.deepStrictEqual([code, stderr], [0, ""])
        assert.match(stdout, /^etude v/)
      }).pipe(Effect.scoped),
    60_000
  )
})
