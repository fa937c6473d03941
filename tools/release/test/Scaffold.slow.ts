/** What `etude new` writes, outside this repository: it is installed from tarballs, as a user's would be, checked, tested and built. */
import { mkdtempSync, rmSync } from "node:fs"
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

describe.each(["plugin", "paper", "metric"])("a new %s", (kind) => {
  it("passes its checks, its tests and the laws, and is built", async () => {
    const directory = path.join(folder, `first-${kind}`)
    await run(folder, process.execPath, [etude, "new", kind, `@me/first-${kind}`])
    useTarballs(directory, tarballs)
    await run(directory, pnpm(), ["install", "--ignore-scripts"])
    const output = await run(directory, "npm", ["run", "ci"])
    assert.match(output, /Tests\s+\d+ passed/)
    assert.isNotEmpty(Object.keys(await import(path.join(directory, "dist", "index.js"))))
  }, 180_000)
})
