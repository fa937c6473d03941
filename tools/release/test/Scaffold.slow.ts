/** What `etude new` writes, outside this repository: it is installed from tarballs, as a user's would be, checked, tested and built. */
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { promisify } from "node:util"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { packAll, pnpm } from "../src/Pack.ts"
import { publicPackages, root } from "../src/Workspace.ts"

const folder = mkdtempSync(path.join(tmpdir(), "etude-new-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const etude = path.join(root, "packages", "cli", "dist", "bin.js")
const files: Record<string, string> = {}
beforeAll(async () => {
  const tarballs = await packAll(publicPackages(), path.join(folder, "tarballs"))
  for (const { file, name } of tarballs) files[name] = `file:${file}`
})

/** A program's output; fails with all of it. The settings that npm hands on to what it starts are those of this repository. */
const run = async (cwd: string, program: string, args: ReadonlyArray<string>): Promise<string> => {
  const outside = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|pnpm_|NODE_PATH|INIT_CWD|VITEST|NODE_ENV)/i.test(name)
  )
  const env = {
    ...Object.fromEntries(outside),
    PATH: [path.dirname(process.execPath), process.env["PATH"]].join(path.delimiter),
    ETUDE_BACKEND: "wasm",
    NO_COLOR: "1",
    FORCE_COLOR: "0"
  }
  const { stdout } = await promisify(execFile)(program, args, { cwd, env, maxBuffer: 2 ** 26 }).catch(
    (error: { readonly stdout?: string; readonly stderr?: string }) => {
      throw new Error(`${program} ${args.join(" ")} failed:\n${error.stdout}\n${error.stderr}`)
    }
  )
  return stdout
}

/** Takes this repository's packages from the tarballs, whatever of them is asked for, and whoever asks. */
const useTarballs = (directory: string): void =>
  writeFileSync(
    path.join(directory, "pnpm-workspace.yaml"),
    JSON.stringify({ overrides: files, strictDepBuilds: false, pmOnFail: "ignore" })
  )

describe.each(["plugin", "paper", "metric"])("a new %s", (kind) => {
  it("passes its checks, its tests and the laws, and is built", async () => {
    const directory = path.join(folder, `first-${kind}`)
    await run(folder, process.execPath, [etude, "new", kind, `@me/first-${kind}`])
    useTarballs(directory)
    await run(directory, pnpm(), ["install", "--ignore-scripts"])
    const output = await run(directory, "npm", ["run", "ci"])
    assert.match(output, /Tests\s+\d+ passed/)
    assert.isNotEmpty(Object.keys(await import(path.join(directory, "dist", "index.js"))))
  }, 180_000)
})
