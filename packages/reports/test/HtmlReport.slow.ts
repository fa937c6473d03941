import { writeFileSync } from "node:fs"
import { pathToFileURL } from "node:url"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { chromium as browserType } from "playwright-core"
import { chromium } from "../../../vitest.chromium.ts"
import * as HtmlReport from "../src/HtmlReport.ts"
import { folder } from "./support/folder.ts"
import { eventsOf } from "./support/run.ts"

interface Seen {
  readonly charts: string
  /** Canvases that have been drawn on. */
  readonly inked: number
  readonly title: string
  readonly heading: string
  readonly sections: ReadonlyArray<string>
  readonly matrix: ReadonlyArray<string>
  readonly legends: ReadonlyArray<string>
  readonly values: ReadonlyArray<string>
  readonly icons: number
  /** Alternative text and width in pixels; 0 where the picture cannot be shown. */
  readonly figures: ReadonlyArray<readonly [alt: string, width: number]>
}

// Runs in the page, whose globals this program's types don't have.
const look = `(() => {
  const texts = (selector) => Array.from(document.querySelectorAll(selector), ({ textContent }) => textContent)
  const isInked = (canvas) =>
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value !== 0)
  return {
    charts: document.body.dataset.charts,
    inked: Array.from(document.querySelectorAll("canvas")).filter(isInked).length,
    title: document.title,
    heading: texts("h1")[0],
    sections: Array.from(document.querySelectorAll("section"), ({ id }) => id),
    matrix: texts(".matrix td"),
    legends: texts(".u-legend .u-label"),
    values: texts(".u-legend .u-value"),
    icons: document.querySelectorAll("link[rel=icon]").length,
    figures: Array.from(document.querySelectorAll("figure img"), (image) => [image.alt, image.naturalWidth])
  }
})()`

it.live("a browser draws the report's curves, without an error and without asking for anything", (context) =>
  Effect.gen(function* () {
    const executablePath = chromium()
    if (executablePath === undefined)
      return context.skip("there is no Chromium, and it cannot be installed; ETUDE_CHROMIUM may name one")
    const path = `${yield* folder}/report.html`
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><script>alert(1)</script><rect width="40" height="30" fill="green"/></svg>'
    const full = {
      validation: {
        results: {
          confusion: Option.some([
            [3, 1],
            [0, 4]
          ])
        },
        figures: () => [{ metric: "roc", title: "ROC <curve>", svg }]
      }
    }
    const text = HtmlReport.render(eventsOf({ epochs: 3, batches: 4 }), { full, classes: ["cat", "dog"] })
    writeFileSync(path, Option.getOrThrow(text))
    const browser = yield* Effect.acquireRelease(
      Effect.promise(() => browserType.launch({ executablePath, args: ["--no-sandbox"] })),
      (open) => Effect.promise(() => open.close())
    )
    const page = yield* Effect.promise(() => browser.newPage())
    const [errors, requests]: [Array<string>, Array<string>] = [[], []]
    page.on("pageerror", (error) => void errors.push(error.message))
    page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())))
    page.on("request", (request) => void requests.push(request.url()))
    yield* Effect.promise(() => page.goto(pathToFileURL(path).href))
    yield* Effect.promise(() => page.waitForFunction("document.body.dataset.charts !== undefined"))
    const seen = yield* Effect.promise(() => page.evaluate<Seen>(look))
    assert.deepStrictEqual(errors, [])
    assert.deepStrictEqual(requests, [pathToFileURL(path).href])
    assert.deepStrictEqual([seen.charts, seen.inked], ["4", 4])
    assert.deepStrictEqual([seen.title, seen.heading], ["tiny: finished", "tiny"])
    assert.deepStrictEqual(seen.sections, [
      "curves",
      "figures",
      "confusion",
      "best",
      "history",
      "config",
      "environment"
    ])
    assert.deepStrictEqual(seen.matrix, ["3", "1", "0", "4"])
    assert.includeMembers([...seen.legends], ["train", "validation", "batch", "batch, smoothed", "learning rate"])
    // The last values stand where nothing is pointed at.
    assert.notInclude(seen.values.join(" "), "–")
    assert.strictEqual(seen.icons, 1)
    assert.deepStrictEqual(seen.figures, [["ROC <curve>, validation", 40]])
    // Wide and narrow, light and dark: nothing is wider than its window, and charts are drawn anew.
    for (const width of [1400, 360]) {
      for (const colorScheme of ["dark", "light"] as const) {
        yield* Effect.promise(() => page.emulateMedia({ colorScheme }))
        yield* Effect.promise(() => page.setViewportSize({ width, height: 800 }))
        yield* Effect.promise(() =>
          page.waitForFunction(
            "Array.from(document.querySelectorAll('.chart')).every((place) => place.querySelector('.uplot').clientWidth <= place.clientWidth)"
          )
        )
        const [content, inked] = yield* Effect.promise(() =>
          page.evaluate<[number, number]>(`[document.documentElement.scrollWidth, ${look}.inked]`)
        )
        assert.deepStrictEqual([content, inked], [width, 4])
      }
    }
    assert.deepStrictEqual(errors, [])
  }).pipe(Effect.scoped)
)
