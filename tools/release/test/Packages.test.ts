/** Each package as it would be published; built before, as `npm test` and `npx turbo run build` do. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import * as ExportRules from "../src/ExportRules.ts"
import * as ManifestRules from "../src/ManifestRules.ts"
import { pack, type Tarball } from "../src/Pack.ts"
import * as Sizes from "../src/Sizes.ts"
import * as TarballRules from "../src/TarballRules.ts"
import { publicPackages } from "../src/Workspace.ts"

const folder = mkdtempSync(path.join(tmpdir(), "etude-pack-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const budgets = JSON.parse(readFileSync(new URL("../budgets.json", import.meta.url), "utf8")) as Sizes.Budgets

describe.each(publicPackages().map((one) => [one.name, one] as const))("%s", (name, one) => {
  let tarball: Tarball
  beforeAll(async () => {
    assert.isTrue(existsSync(path.join(one.directory, "dist")), "It is not built: npx turbo run build")
    tarball = await pack(one, folder)
  })

  it("says in package.json what its users need", () => {
    assert.deepStrictEqual(ManifestRules.problemsOf(one.manifest), [])
  })

  it("is published whole and without files of development", () => {
    assert.deepStrictEqual(TarballRules.problemsOf(tarball, name === "@etude/cli" ? /^templates\// : undefined), [])
  })

  it("is found by Node, bundlers and TypeScript", async () => {
    assert.deepStrictEqual(await ExportRules.publintProblems(tarball), [])
    assert.deepStrictEqual(await ExportRules.typeProblems(tarball), [])
  })

  it("stays within its budget", async () => {
    assert.deepStrictEqual(Sizes.problemsOf(name, await Sizes.sizeOf(one, tarball), budgets), [])
  })
})
