/** What a reader of the guides writes down compiles, and passes the tests that stand beside it. */
import { execFile } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { promisify } from "node:util"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { allGuides, write } from "../src/GuideFiles.ts"
import { root } from "../src/Places.ts"

// Inside this package, so that imports are found as in a project that has installed everything.
const folder = path.join(import.meta.dirname, "..", "written")
const guides = allGuides().filter(({ files }) => files.length > 0)
const bin = (...parts: ReadonlyArray<string>) => path.join(root, "node_modules", ...parts)

const run = async (args: ReadonlyArray<string>): Promise<string> => {
  const { VITEST: _, VITEST_POOL_ID: __, VITEST_WORKER_ID: ___, ...env } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    env: { ...env, NO_COLOR: "1", FORCE_COLOR: "0" },
    maxBuffer: 2 ** 26
  }).catch((error: { readonly stdout?: string; readonly stderr?: string }) => {
    throw new Error(`${error.stdout}\n${error.stderr}`)
  })
  return stdout
}

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true })
  for (const guide of guides) write(guide, path.join(folder, guide.name))
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ type: "module" }))
  writeFileSync(
    path.join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: path.join(root, "tsconfig.base.json"),
      compilerOptions: { noEmit: true, customConditions: ["@etude/source"], lib: ["es2024"] },
      include: ["*/src", "*/test"]
    })
  )
  writeFileSync(
    path.join(folder, "vitest.config.ts"),
    `export default {
      ssr: { resolve: { conditions: ["@etude/source", "node", "import", "default"] } },
      test: { include: ["*/test/**/*.test.ts"], exclude: [], pool: "forks", testTimeout: 120_000, fileParallelism: false }
    }`
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("guides", () => {
  it("have no TypeScript that nobody compiles", () => {
    const loose = allGuides().flatMap(({ name, loose }) => loose.map((line) => `${name}: ${line}`))
    assert.deepStrictEqual(loose, [])
  })

  it("compile", async () => {
    await run([bin("typescript", "bin", "tsc"), "-p", folder])
  }, 120_000)

  it("pass their tests", async () => {
    const output = await run([path.join(bin("vitest"), "vitest.mjs"), "run", "--root", folder])
    assert.match(output, /Test Files\s+\d+ passed/)
    for (const { name } of guides.filter(({ files }) => files.some(({ file }) => file.startsWith("test/"))))
      assert.include(output, `${name}/test/`)
  }, 300_000)
})
