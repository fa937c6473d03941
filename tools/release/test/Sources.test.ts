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
  "checkpoint/FileStore.ts": "when a checkpoint was saved, for people",
  "checkpoint/NodeStorage.ts": "the age of another machine's folder",
  "cli/RunLock.ts": "when a run took its folder, for people",
  "cli/StudyWatch.ts": "how long ago a study began, for people",
  "cli/Train.ts": "the name of a run's folder",
  "compile/native/Store.ts": "the age of cached code, by the dates of files",
  "data/Arrow.ts": "dates in a table, of which none is now",
  "data/internal/hub/client.ts": "how long a server asks to wait, where it says until which date",
  "data/internal/table/values.ts": "dates in a table, of which none is now",
  "study/OptunaJournal.ts": "dates in a journal, of which none is now",
  "reports/TensorBoard.ts": "the wall time of each point, which the format asks for"
}

/** The packages of this workspace that a source imports. */
const importsOf = (text: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(/(?:from|import|import\() ?"@etude\/([a-z]+)/g), ([, name]) => name!)

/** Packages that stand on others than core, all of them or what lies there: models are made of layers, laws of testing's statements. */
const standing: { readonly [place: string]: ReadonlyArray<string> } = {
  "models/": ["layers"],
  "study/Laws.ts": ["testing"],
  "study/laws/": ["testing"]
}

const standsOn = (name: string): ReadonlyArray<string> =>
  Object.entries(standing).flatMap(([place, packages]) => (name.startsWith(place) ? packages : []))

describe("sources", () => {
  it("of plugins import core and what they stand on, and those of core none at all; the command puts them together", () => {
    const crossing = sources.flatMap(({ name, text }) => {
      const home = name.slice(0, name.indexOf("/"))
      const allowed = home === "core" ? [home] : [home, "core", ...standsOn(name)]
      const others = importsOf(text).filter((other) => !allowed.includes(other))
      return home === "cli" ? [] : others.map((other) => `${name} imports @etude/${other}`)
    })
    assert.deepStrictEqual(crossing, [])
  })

  it("read the wall clock for dates only: a clock that is set changes no duration and no decision", () => {
    const reading = sources.filter(({ text }) => /Date\.now\(|currentTimeMillis|currentTimeNanos|new Date\(/.test(text))
    const names = reading.map(({ name }) => name).filter((name) => !(name in dated))
    assert.deepStrictEqual(names, [], "take milliseconds of @etude/core/Monotonic for a duration")
  })
})
