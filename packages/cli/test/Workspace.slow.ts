/** Packages of a workspace are found by their names, from its root as from any of its folders. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Workspace from "../src/Workspace.ts"
import { etude, fixtures, temporary } from "./support/etude.ts"
import { install, stopAfter } from "./support/plugins.ts"

const put = (folder: string, files: { readonly [file: string]: string | object }): void => {
  for (const [file, content] of Object.entries(files)) {
    const target = path.join(folder, file)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, typeof content === "string" ? content : JSON.stringify(content))
  }
}

const paper = (name: string) => ({ name, type: "module", exports: "./index.js" })
const config = [
  'use: "@test/paper"',
  "train: { until: { epochs: 1 }, batchSize: 8, optimizer: { _tag: Sgd }, learningRate: 0.3 }",
  "backend: cpu"
].join("\n")

/** The line, which notes in a file that the environment names what its options' paths are relative to. */
const experiment = [
  'import { appendFileSync } from "node:fs"',
  `import { experiment as line } from ${JSON.stringify(path.join(fixtures, "line.ts"))}`,
  "export const experiment = { ...line, make: (options, seed, folder) => {",
  '  if (process.env.OPTIONS_FROM) appendFileSync(process.env.OPTIONS_FROM, folder + "\\n")',
  "  return line.make(options, seed, folder)",
  "} }"
].join("\n")

/** A workspace with an experiment that is installed nowhere. */
const workspace = (declaration: { readonly [file: string]: string | object }) =>
  Effect.map(temporary, (folder) => {
    install(folder, {})
    put(folder, {
      ...declaration,
      "papers/paper/package.json": paper("@test/paper"),
      "papers/paper/index.js": experiment
    })
    return folder
  })

const roots: ReadonlyArray<readonly [what: string, files: { readonly [file: string]: string | object }]> = [
  ["npm's, as a list", { "package.json": { workspaces: ["papers/*"] } }],
  ["Yarn's, as an object", { "package.json": { workspaces: { packages: ["papers/*", "!papers/other"] } } }],
  ["pnpm's", { "package.json": {}, "pnpm-workspace.yaml": "packages: ['packages/*', 'papers/*']\n" }]
]

describe("a workspace", () => {
  for (const [what, files] of roots) {
    it.effect(`that is ${what} knows its packages by name, from its root and from below`, () =>
      Effect.gen(function* () {
        const folder = yield* workspace(files)
        const own = path.join(folder, "papers", "paper")
        assert.strictEqual(Workspace.folderOf("@test/paper", folder), own)
        assert.strictEqual(Workspace.folderOf("@test/paper", own), own)
        assert.isUndefined(Workspace.folderOf("@test/nothing", folder))
      })
    )
  }

  it.effect("that is broken, or none at all, has no packages", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      assert.isUndefined(Workspace.folderOf("@test/paper", folder))
      put(folder, { "package.json": "{", "pnpm-workspace.yaml": "packages: [" })
      assert.isUndefined(Workspace.folderOf("@test/paper", folder))
    })
  )
})

describe.concurrent("a config that names a package of the workspace", () => {
  it.live("works from its root without installing it, and the run it makes is resumed and tested from elsewhere", () =>
    Effect.gen(function* () {
      const folder = yield* workspace({ "package.json": { workspaces: ["papers/*"] } })
      put(folder, { "my.yaml": config })
      const trained = yield* etude(["train", "my.yaml"], { cwd: folder })
      assert.strictEqual(trained.code, 0, trained.stderr)
      const run = path.join(folder, "runs", readdirSync(path.join(folder, "runs"))[0]!)
      for (const command of ["test", "validate"]) {
        const ended = yield* etude([command, run], { cwd: fixtures })
        assert.strictEqual(ended.code, 0, ended.stderr)
      }
    })
  )

  it.live(
    "works from anywhere when the working folder is in that workspace, and the run keeps where it was found",
    () =>
      Effect.gen(function* () {
        const folder = yield* workspace({ "package.json": { workspaces: ["papers/*"] } })
        const elsewhere = yield* temporary
        put(elsewhere, { "my.yaml": config })
        const file = path.join(elsewhere, "my.yaml")
        const env = { OPTIONS_FROM: path.join(folder, "seen.txt") }
        const trained = yield* etude(["train", file, "--runs", path.join(elsewhere, "runs")], { cwd: folder, env })
        assert.strictEqual(trained.code, 0, trained.stderr)
        const run = path.join(elsewhere, "runs", readdirSync(path.join(elsewhere, "runs"))[0]!)
        const { from } = JSON.parse(readFileSync(path.join(run, "config.json"), "utf8"))
        assert.strictEqual(path.resolve(run, from), path.join(folder, "papers", "paper"))
        assert.strictEqual((yield* etude(["test", run], { cwd: fixtures, env })).code, 0)
        // Paths among the options stay relative to the config that was written.
        assert.deepStrictEqual(readFileSync(env.OPTIONS_FROM, "utf8"), `${elsewhere}\n`.repeat(2))
      })
  )

  it.live("may ask for a plugin of it as well", () =>
    Effect.gen(function* () {
      const folder = yield* workspace({ "package.json": { workspaces: ["papers/*"] } })
      put(folder, {
        "papers/stop/package.json": {
          ...paper("@test/stop-after"),
          etude: { plugin: "." },
          peerDependencies: { "@etude/core": "*" }
        },
        "papers/stop/index.js": stopAfter,
        "my.yaml": `${config}\nplugins: [{ use: "@test/stop-after", steps: 5 }]\n`
      })
      const checked = yield* etude(["config", "check", "my.yaml"], { cwd: folder })
      assert.strictEqual(checked.code, 0, checked.stderr)
    })
  )

  it.live("that is in none is told of, with `from:` as a way out", () =>
    Effect.gen(function* () {
      const folder = yield* workspace({ "package.json": { workspaces: ["papers/*"] } })
      put(folder, { "my.yaml": config.replace("@test/paper", "@test/nothing") })
      const { code, stderr } = yield* etude(["config", "check", "my.yaml"], { cwd: folder })
      assert.strictEqual(code, 2)
      assert.include(stderr, "it is found neither there nor from the working folder")
      assert.include(stderr, "set `from:` to the folder it is installed in")
    })
  )
})
