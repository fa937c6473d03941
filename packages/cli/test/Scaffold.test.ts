/** `etude new`. That what it writes passes its own checks is tested where packages are packed and installed. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ExitCode from "../src/ExitCode.ts"
import * as Scaffold from "../src/Scaffold.ts"
import { etude, temporary } from "./support/etude.ts"

const filesBelow = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => statSync(path.join(folder, file)).isFile())
    .sort()

const common = [
  ".changeset/config.json",
  ".changeset/first-release.md",
  ".ci/run",
  ".gitignore",
  "README.md",
  "package.json",
  "src/index.ts",
  "tsconfig.build.json",
  "tsconfig.json",
  "vitest.config.ts"
]
const own = {
  plugin: ["src/Hyperbolic.ts", "src/RateFinder.ts", "test/RateFinder.test.ts"],
  paper: ["config.schema.json", "config.yaml", "src/Model.ts", "test/Experiment.test.ts"],
  metric: ["src/RateFinder.ts", "test/RateFinder.test.ts"]
} as const

describe.concurrent("etude new", () => {
  for (const kind of ["plugin", "paper", "metric"] as const) {
    it.live(`${kind} writes sources, tests, docs, a changeset and a script for CI, with nothing left to fill in`, () =>
      Effect.gen(function* () {
        const cwd = yield* temporary
        const folder = path.join(cwd, "rate-finder")
        yield* Scaffold.create({ kind, name: "@me/rate-finder", folder })
        assert.deepStrictEqual(filesBelow(folder), [...common, ...own[kind]].sort())
        for (const file of filesBelow(folder)) {
          const text = readFileSync(path.join(folder, file), "utf8")
          // The JSON Schema is made, not filled in.
          if (file !== "config.schema.json") assert.notMatch(text, /__\w|undefined"/, file)
        }
        const { name, version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"))
        assert.deepStrictEqual([name, version], ["@me/rate-finder", "0.0.0"])
        assert.include(
          readFileSync(path.join(folder, ".changeset", "first-release.md"), "utf8"),
          '"@me/rate-finder": minor'
        )
        assert.isTrue((statSync(path.join(folder, ".ci", "run")).mode & 0o100) !== 0)
      }).pipe(Effect.scoped)
    )
  }

  for (const [data, file] of [
    ["csv", "data/flowers.csv"],
    ["images", "data/circle/1.png"],
    ["text", "data/poem.txt"]
  ] as const) {
    it.live(`paper --data ${data} writes the files that it reads, as they are`, () =>
      Effect.gen(function* () {
        const folder = path.join(yield* temporary, "paper")
        yield* Scaffold.create({ kind: "paper", name: "@me/own-data", data, folder })
        const files = filesBelow(folder)
        assert.includeMembers([...files], [...common, ...own.paper, file])
        const template = new URL(`../templates/paper-${data}/${file}`, import.meta.url)
        assert.isTrue(readFileSync(path.join(folder, file)).equals(readFileSync(template)))
        for (const one of files.filter((one) => !one.startsWith("data") && one !== "config.schema.json")) {
          assert.notMatch(readFileSync(path.join(folder, one), "utf8"), /__\w|undefined"/, one)
        }
      }).pipe(Effect.scoped)
    )
  }

  it.live("data is for papers", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "plugin")
      const error = yield* Effect.flip(Scaffold.create({ kind: "plugin", name: "target", data: "csv", folder }))
      assert.include(error.message, "a plugin has no data. Leave --data out; it is for papers.")
      assert.isFalse(existsSync(folder))
    }).pipe(Effect.scoped)
  )

  it.live("paper writes a config that names its own JSON Schema, and begins with the sources", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "adam")
      yield* Scaffold.create({ kind: "paper", name: "adam", folder })
      const text = readFileSync(path.join(folder, "config.yaml"), "utf8")
      const [, schema] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)!
      const { properties } = JSON.parse(readFileSync(path.join(folder, schema!), "utf8"))
      assert.includeMembers(Object.keys(properties), ["$schema", "use", "train", "callbacks"])
      assert.include(text, 'use: "./src/index.ts"')
    }).pipe(Effect.scoped)
  )

  it.live("makes a folder called like the package, and says what to do next", () =>
    Effect.gen(function* () {
      const cwd = yield* temporary
      const { code, stdout } = yield* etude(["new", "plugin", "@me/target"], { cwd })
      assert.deepStrictEqual([code, stdout], [0, "cd target && npm install && npm test\n"])
      assert.deepStrictEqual(readdirSync(cwd), ["target"])
    }).pipe(Effect.scoped)
  )

  it.live("a folder that holds something is left as it is", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      writeFileSync(path.join(folder, "mine"), "")
      const error = yield* Effect.flip(Scaffold.create({ kind: "plugin", name: "target", folder }))
      assert.strictEqual(
        error.message,
        `target was not created: ${folder} already exists. Choose another place with --folder.`
      )
      assert.strictEqual(ExitCode.of(error), 2)
      assert.deepStrictEqual(filesBelow(folder), ["mine"])
    }).pipe(Effect.scoped)
  )

  it.live("a name that npm doesn't take is refused, and nothing is written", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "new")
      for (const name of ["Target", "../target", "1target", "@me/", "node_modules", "favicon.ico", "http", "fs"]) {
        const error = yield* Effect.flip(Scaffold.create({ kind: "plugin", name, folder }))
        assert.include(error.message, `${name} was not created: npm does not allow this name`)
      }
      assert.isFalse(existsSync(folder))
    }).pipe(Effect.scoped)
  )
})
