/** The reference as a reader meets it: built, its links followed, and searched in a browser. */
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import path from "node:path"
import { promisify } from "node:util"
import { chromium as browserType } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { chromium } from "../../../vitest.chromium.ts"
import { brokenInSite } from "../src/Links.ts"
import { publicPackages } from "../src/Places.ts"
import { serve } from "../src/Serve.ts"

const folder = mkdtempSync(path.join(tmpdir(), "etude-site-"))
let server: Server
beforeAll(async () => {
  // In a process of its own: TypeDoc needs more memory than a test's process should keep.
  const program = path.join(import.meta.dirname, "..", "src", "docs.ts")
  await promisify(execFile)(process.execPath, [program, "--build", folder], { maxBuffer: 2 ** 26 })
  server = await serve(folder, 0)
}, 300_000)
afterAll(() => {
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe("the reference", () => {
  it("every link leads to a page and a place on it", () => {
    assert.deepStrictEqual(brokenInSite(folder).slice(0, 20), [])
  })

  it("a reader finds a function by its name, and is told its formula, its shapes and its source", async (context) => {
    const executablePath = chromium()
    if (executablePath === undefined)
      return context.skip("there is no Chromium, and it cannot be installed; ETUDE_CHROMIUM may name one")
    const browser = await browserType.launch({ executablePath, args: ["--no-sandbox"] })
    try {
      const page = await browser.newPage()
      const errors: Array<string> = []
      page.on("pageerror", (error) => void errors.push(error.message))
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      const titles = [
        ...publicPackages().map(({ folder }) => folder),
        "The etude command",
        "Configs, events and reports"
      ]
      const links = page.locator(".tsd-navigation a")
      await links.filter({ hasText: titles.at(-1)! }).waitFor()
      const shown = (await links.allTextContents()).map((text) => text.trim())
      assert.includeMembers(shown, titles)
      await page.click("#tsd-search-trigger")
      await page.fill("#tsd-search-input", "clipByGlobalNorm")
      await page.click("#tsd-search-results a:has-text('clipByGlobalNorm')")
      await page.waitForURL(/clipByGlobalNorm/)
      assert.match((await page.textContent("body")) ?? "", /Pascanu et al\. 2013/)
      assert.deepStrictEqual(errors, [])
    } finally {
      await browser.close()
    }
  })
})
