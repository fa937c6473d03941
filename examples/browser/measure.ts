/**
 * LeNet-5's steps a second in one tab of Chromium: as code of Etude's own, eagerly on Etude's WASM backend, and by TensorFlow.js' own
 * loop on its own WASM backend, in turn: `measure.ts [--rounds=5]`. Ratios are by round, so that what else the machine does falls on all.
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
    const ratios: { eager: Array<number>; plain: Array<number> } = { eager: [], plain: [] }
    for (let round = 1; round <= Number(values.rounds); round++) {
      const plain = await measured(page, { as: "plain", threads: 1, steps: 20 })
      const eager = await measured(page, { as: "eager", threads: 1, steps: 40 })
      const plan = await measured(page, { as: "plan", threads: isolated ? 2 : 1, steps: 400 })
      ratios.plain.push(plan / plain)
      ratios.eager.push(plan / eager)
      console.log(
        `round ${round}: ${plan.toFixed(0)} steps/s as a plan, ${eager.toFixed(1)} eagerly, ${plain.toFixed(1)} by TensorFlow.js`
      )
    }
    const where = isolated ? "isolated, 2 threads" : "not isolated, 1 thread"
    const [plain, eager] = [median(ratios.plain), median(ratios.eager)]
    console.log(
      `${where}: ${plain.toFixed(1)} × TensorFlow.js on its own WASM (aim: 10, ${plain >= 10 ? "met" : "missed"}), ` +
        `${eager.toFixed(1)} × eager steps on Etude's (medians of ${values.rounds} rounds)`
    )
    await page.close()
    server.close()
  }
} finally {
  await browser.close()
}
process.exit()
