/**
 * Steps a second in one tab of Chromium, by the executor of plans and eagerly on tfjs' own WASM, in turn:
 * `measure.ts [--rounds=5]`. Ratios are by round, so that what else the machine does falls on both.
 */
import path from "node:path"
import { parseArgs } from "node:util"
import { chromium as browserType, type Page } from "playwright-core"
import { chromium } from "../../vitest.chromium.ts"
import { buildPage } from "./build.ts"
import type { Pace } from "./pace.ts"
import { addressOf, serve } from "./serve.ts"

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } })
const folder = path.join(import.meta.dirname, "dist")
await buildPage(folder, ["page.ts", "worker.ts", "pace.ts"])

const measured = (page: Page, pace: Pace): Promise<number> =>
  page.evaluate(
    (asked) =>
      new Promise<number>((resolve, reject) => {
        const worker = new Worker("pace.js", { type: "module" })
        worker.onerror = ({ message }) => reject(new Error(message))
        worker.onmessage = ({ data }) => {
          worker.terminate()
          if (typeof data === "number") resolve(data)
          else reject(new Error(data))
        }
        worker.postMessage(asked)
      }),
    pace
  )

const median = (numbers: ReadonlyArray<number>): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0

const browser = await browserType.launch({ executablePath: chromium() ?? "", args: ["--no-sandbox"] })
try {
  for (const isolated of [false, true]) {
    const server = await serve({ folder, isolated, port: 0 })
    const page = await browser.newPage()
    await page.goto(addressOf(server))
    const ratios: Array<number> = []
    for (let round = 1; round <= Number(values.rounds); round++) {
      const eager = await measured(page, { threads: 0, steps: 40 })
      const plan = await measured(page, { threads: isolated ? 2 : 1, steps: 400 })
      ratios.push(plan / eager)
      console.log(`round ${round}: ${plan.toFixed(0)} steps/s as a plan, ${eager.toFixed(1)} eagerly`)
    }
    const where = isolated ? "isolated, 2 threads" : "not isolated, 1 thread"
    console.log(`${where}: ${median(ratios).toFixed(1)} times as many steps as a plan (median of ${ratios.length})`)
    await page.close()
    server.close()
  }
} finally {
  await browser.close()
}
process.exit()
