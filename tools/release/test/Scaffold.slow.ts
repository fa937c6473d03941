/** What `etude new` writes, outside this repository: it is installed from tarballs, as a user's would be, checked, tested and built. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { run, useTarballs } from "../src/Outside.ts"
import { packAll, pnpm, type Tarball } from "../src/Pack.ts"
import { publicPackages, root } from "../src/Workspace.ts"

const folder = mkdtempSync(path.join(tmpdir(), "etude-new-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const etude = path.join(root, "packages", "cli", "dist", "bin.js")
let tarballs: ReadonlyArray<Tarball> = []
beforeAll(async () => {
  tarballs = await packAll(publicPackages(), path.join(folder, "tarballs"))
})

describe.each(["plugin", "paper", "metric", "paper --data csv", "paper --data images", "paper --data text"])(
  "a new %s",
  (kind) => {
    it("passes its checks, its tests and the laws, and is built", async () => {
      const name = `first-${kind.replaceAll(/ (--data )?/g, "-")}`
      const directory = path.join(folder, name)
      const [what = kind, ...flags] = kind.split(" ")
      await run(folder, process.execPath, [etude, "new", what, `@me/${name}`, ...flags])
      useTarballs(directory, tarballs)
      await run(directory, pnpm(), ["install", "--ignore-scripts"])
      const output = await run(directory, "npm", ["run", "ci"])
      assert.match(output, /Tests\s+\d+ passed/)
      assert.isNotEmpty(Object.keys(await import(path.join(directory, "dist", "index.js"))))
    }, 180_000)
  }
)

describe("a new plugin, packed and installed beside a new paper", () => {
  it("is loaded by the paper's config, which names its callback and its schedule, and ends the run", async () => {
    const plugin = path.join(folder, "stop-early")
    await run(folder, process.execPath, [etude, "new", "plugin", "@me/stop-early"])
    useTarballs(plugin, tarballs)
    await run(plugin, pnpm(), ["install", "--ignore-scripts"])
    await run(plugin, "npm", ["run", "build"])
    await run(plugin, "npm", ["pack", "--pack-destination", folder])
    const tarball = readdirSync(folder).find((file) => /stop-early.*\.tgz$/.test(file))!

    const paper = path.join(folder, "circle")
    await run(folder, process.execPath, [etude, "new", "paper", "@me/circle"])
    useTarballs(paper, tarballs)
    const manifest = path.join(paper, "package.json")
    const declared = JSON.parse(readFileSync(manifest, "utf8"))
    declared.dependencies["@me/stop-early"] = `file:${path.join(folder, tarball)}`
    writeFileSync(manifest, JSON.stringify(declared))
    await run(paper, pnpm(), ["install", "--ignore-scripts"])
    appendFileSync(path.join(paper, "config.yaml"), 'plugins: [{ use: "@me/stop-early" }]\n')
    const stop = { monitor: "validation/accuracy", target: 0.5, better: "higher" }
    const learningRate = { _tag: "Hyperbolic", rate: 0.01, over: { epochs: 5 } }
    const named = Object.entries({ "callbacks.stopEarly": stop, "train.learningRate": learningRate })
    const set = named.flatMap(([key, value]) => ["--set", `${key}=${JSON.stringify(value)}`])
    const { reason, counts } = JSON.parse(await run(paper, "npx", ["etude", "train", "config.yaml", "--json", ...set]))
    assert.deepStrictEqual([reason, counts.epochs], ["validation/accuracy has reached 0.5", 1])
  }, 180_000)
})
