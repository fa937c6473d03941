/** The reference as a reader meets it: built, its links followed, and searched in a browser. */
import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
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

  it("shows the fields of types that schemas make, and the tags that tell them apart", () => {
    const textOf = (page: string) => readFileSync(path.join(folder, page), "utf8").replace(/<[^>]+>/g, "")
    const clip = textOf("types/_etude_core.Gradient.Clip.html")
    for (const tag of ["GlobalNorm", "Norm", "Value"]) assert.include(clip, `_tag: &quot;${tag}&quot;`)
    // The union names its members, each of which has a page.
    const optimizer = textOf("types/_etude_core.Optimizer.Config.html")
    for (const tag of ["Adam", "AdamW"]) {
      assert.match(optimizer, new RegExp(`\\b${tag}\\b`))
      assert.include(textOf(`interfaces/_etude_core.Optimizer.${tag}.html`), `_tag: &quot;${tag}&quot;`)
    }
    for (const [page, field] of [
      ["interfaces/_etude_core.TrainConfig.TrainConfig", "batchSize: number"],
      ["interfaces/_etude_core.TrainConfig.TrainConfigInput", "batchSize?: number"],
      ["interfaces/_etude_core.Optimizer.Adam", "epsilon: number"],
      ["interfaces/_etude_core.TrainState.HistoryEntry", "learningRate: number"]
    ] as const) {
      const text = textOf(`${page}.html`)
      assert.include(text, field, page)
      assert.notMatch(text, /typeof \w+\.(Type|Encoded)/, page)
    }
  })

  it("fits a desk and a phone, with titles, the diagram, and guides in the order in which they are read", async (context) => {
    const executablePath = chromium()
    if (executablePath === undefined)
      return context.skip("there is no Chromium, and it cannot be installed; ETUDE_CHROMIUM may name one")
    const browser = await browserType.launch({ executablePath, args: ["--no-sandbox"] })
    try {
      const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      for (const width of [1280, 390]) {
        const page = await browser.newPage({ viewport: { width, height: 900 } })
        for (const name of ["index", "documents/Concepts", "documents/Configs,_events_and_reports"]) {
          await page.goto(`${at}/${name}.html`)
          const wide = await page.evaluate<number>("document.documentElement.scrollWidth")
          assert.isAtMost(wide, width, `${name} at ${width}`)
          assert.strictEqual(await page.locator("main h1:visible, .col-content h1:visible").count(), 1, name)
        }
        const height = await page.evaluate<number>("document.documentElement.scrollHeight")
        assert.isBelow(height, 8000, "the reference of configs is folded")
        await page.close()
      }
      const page = await browser.newPage()
      await page.goto(`${at}/documents/Concepts.html`)
      assert.isTrue(await page.evaluate<boolean>("[...document.images].some(({ naturalWidth }) => naturalWidth > 0)"))
      const links = page.locator(".tsd-navigation a")
      await links.filter({ hasText: "Concepts" }).waitFor()
      const shown = (await links.allTextContents()).map((text) => text.trim())
      const guides = [
        "Concepts",
        "Coming from tf.js",
        "Using a trained model",
        "Writing a paper",
        "Writing an optimizer"
      ]
      assert.deepStrictEqual(
        shown.filter((text) => guides.includes(text)),
        guides
      )
    } finally {
      await browser.close()
    }
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
