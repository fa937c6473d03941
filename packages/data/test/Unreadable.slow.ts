/** Files that the user may not read: each is an error that says so, and none is a stack. */
import { execFile } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { temporaryFolder } from "./support/idxFile.ts"

const { folder, remove } = temporaryFolder()
afterAll(remove)

const script = fileURLToPath(new URL("./support/unreadable.ts", import.meta.url))

it.live.skipIf(process.platform === "win32")("files without permission are named, with what to do", () =>
  Effect.gen(function* () {
    fs.chmodSync(folder, 0o755)
    const files = [
      "table.csv",
      "table.jsonl",
      "table.parquet",
      "x.npy",
      "text.txt",
      "images/cat/1.png",
      "images/dog/2.png"
    ]
    for (const file of files) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
      fs.writeFileSync(path.join(folder, file), "a\n1\n", { mode: 0o000 })
    }
    fs.mkdirSync(path.join(folder, "hidden"), { mode: 0o000 })
    const { stdout } = yield* Effect.promise(() =>
      promisify(execFile)(process.execPath, ["--conditions=@etude/source", script, folder], { timeout: 60_000 })
    )
    const said: Record<string, string> = JSON.parse(stdout)
    for (const [reader, file] of Object.entries({
      csv: "table.csv",
      jsonLines: "table.jsonl",
      parquet: "table.parquet",
      npy: "x.npy",
      text: "text.txt",
      images: "1.png",
      hidden: "hidden"
    })) {
      assert.include(said[reader], `${file}: found no permission`, reader)
      assert.include(said[reader], "Give this user read permission", reader)
    }
    // Both pictures, at once.
    assert.include(said["images"], "2.png: found no permission")
  })
)
