/**
 * Draws the README's pictures from a real run, `npm run picture`: `docs/images/start.svg` is what `npm start` shows in a
 * terminal of 80 columns (`script` of util-linux gives it one), `report-light.png` and `report-dark.png` are its report in
 * Chromium. Where there is no Chromium, the report keeps its old pictures.
 */
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { chromium as browserType } from "playwright-core"
import { chromium } from "../../../vitest.chromium.ts"
import { root } from "./Places.ts"
import { type Line, screenOf, svg, textOf } from "./TerminalPicture.ts"

const columns = 80
const images = path.join(root, "docs", "images")

const screenOfStart = (): ReadonlyArray<Line> => {
  const printed = execFileSync("script", ["-qefc", `stty cols ${columns} rows 40; npm start`, "/dev/null"], {
    cwd: root,
    env: { ...process.env, TERM: "xterm-256color" },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 26
  })
  return screenOf(printed)
}

/** The run's own lines: what npm and the set-up say before it differs from clone to clone. */
const runOf = (screen: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  const first = screen.findIndex((line) => textOf(line).startsWith("LeNet-5 on MNIST"))
  const last = screen.findIndex((line) => / resume runs\//.test(textOf(line)))
  if (first === -1 || last === -1) throw new Error(`npm start has not trained:\n${screen.map(textOf).join("\n")}`)
  return screen.slice(first, last + 1)
}

/** The confusion matrix is left out: the report shows it. */
const withoutMatrix = (run: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  const first = run.findIndex((line) => textOf(line).startsWith("confusion"))
  const after = run.findIndex((line, row) => row > first && line.length === 0)
  return first === -1 ? run : [...run.slice(0, first), ...run.slice(after + 1)]
}

const photograph = async (report: string, executablePath: string): Promise<void> => {
  const browser = await browserType.launch({ executablePath, args: ["--no-sandbox"] })
  try {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await browser.newPage({ viewport: { width: 1000, height: 745 }, colorScheme })
      await page.goto(pathToFileURL(report).href)
      await page.waitForSelector("canvas, svg")
      await page.screenshot({ path: path.join(images, `report-${colorScheme}.png`) })
    }
  } finally {
    await browser.close()
  }
}

const run = runOf(screenOfStart())
console.log(run.map(textOf).join("\n"))
writeFileSync(
  path.join(images, "start.svg"),
  svg([...screenOf("$ npm start"), ...withoutMatrix(run)], {
    columns,
    title: "npm start in a terminal: LeNet-5 trains on MNIST for four epochs"
  })
)

const [, folder] = /^Run +(\S+)$/m.exec(run.map(textOf).join("\n"))!
const browser = chromium()
if (browser === undefined) console.log("There is no Chromium: the report's pictures stay as they are.")
else await photograph(path.join(root, folder!, "report.html"), browser)
