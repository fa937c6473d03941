/** What the sources of all packages keep to, beyond what the linter can see. */
import { readdirSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "vitest"
import { publicPackages } from "../src/Workspace.ts"

const sources = publicPackages().flatMap(({ directory }) =>
  readdirSync(path.join(directory, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.includes("generated"))
    .map((file) => {
      const whole = path.join(directory, "src", file)
      const name = `${path.basename(directory)}/${file.replaceAll("\\", "/")}`
      return { name, text: readFileSync(whole, "utf8") }
    })
)

/** Where the date is read, and what for. Whatever else is timed goes by `Monotonic` or `performance.now`. */
const dated: { readonly [file: string]: string } = {
  "backend/NativeInstaller.ts": "when an install was made, for people",
  "backend/native/Workshop.ts": "the age of another machine's folder",
  "callbacks/TensorBoard.ts": "the wall time of each point, which the format asks for",
  "checkpoint/FileStore.ts": "when a checkpoint was saved, for people",
  "checkpoint/NodeStorage.ts": "the age of another machine's folder",
  "cli/RunLock.ts": "when a run took its folder, for people",
  "cli/Train.ts": "the name of a run's folder"
}

describe("sources", () => {
  it("read the wall clock for dates only: a clock that is set changes no duration and no decision", () => {
    const reading = sources.filter(({ text }) => /Date\.now\(|currentTimeMillis|currentTimeNanos|new Date\(/.test(text))
    const names = reading.map(({ name }) => name).filter((name) => !(name in dated))
    assert.deepStrictEqual(names, [], "take milliseconds of @etude/core/Monotonic for a duration")
  })
})
