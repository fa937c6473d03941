import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { assert, it } from "@effect/vitest"
import * as Wasm from "@etude/backend/Wasm"
import * as PlanExecutor from "@etude/compile/PlanExecutor"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Page } from "playwright-core"
import { afterAll, beforeAll } from "vitest"
import { chromium } from "../../vitest.chromium.ts"
import { buildPage } from "../browser/build.ts"
import { type Digits, first, side, size } from "../browser/Digits.ts"
import { digestOf } from "../browser/digest.ts"
import { train } from "../browser/training.ts"
import { digitsOf, open } from "./support/openPage.ts"

const images = 12_000

const folder = mkdtempSync(path.join(tmpdir(), "etude-page-"))
let metafile: Awaited<ReturnType<typeof buildPage>>
beforeAll(async () => {
  metafile = await buildPage(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What Node's weights are after one epoch of the same images. */
const inNode = Effect.gen(function* () {
  const { state } = yield* train({ digits: first(digitsOf("train"), images), epochs: 1 })
  return yield* Effect.promise(() => digestOf(state.parameters))
}).pipe(
  Effect.scoped,
  Effect.provide(Layer.provideMerge(PlanExecutor.layerWith({ threads: 1, native: "off" }), Wasm.layer))
)

const reaches = (page: Page, ...states: ReadonlyArray<string>) =>
  page.waitForFunction((wanted) => wanted.includes(document.body.dataset["state"] ?? ""), states)

const begin = async (page: Page): Promise<void> => {
  await page.selectOption("#epochs", "1")
  await page.click("#start")
  await reaches(page, "training", "ended", "failed")
}

interface Seen {
  readonly status: string
  readonly executor: string
  readonly threads: string
  readonly digest: string
  readonly progress: number
  /** Points of each curve. */
  readonly points: ReadonlyArray<number>
  /** Whether all that there is fits into the width. */
  readonly fits: boolean
  readonly waits: number
}

const look = (page: Page): Promise<Seen> =>
  page.evaluate(() => {
    const text = (id: string): string => document.getElementById(id)?.textContent ?? ""
    const points = Array.from(document.querySelectorAll("svg polyline"), (line) => line.getAttribute("points") ?? "")
    return {
      status: text("status"),
      executor: text("executor"),
      threads: text("threads"),
      digest: text("digest").split(" ").at(-1) ?? "",
      progress: document.querySelector("progress")?.value ?? 0,
      points: points.map((line) => line.split(" ").length),
      fits: document.documentElement.scrollWidth <= innerWidth,
      waits: Reflect.get(globalThis, "waits")
    }
  })

/** Draws one of the images by pointer: each row's runs of ink as lines. */
const drawn = async (page: Page, { pixels }: Digits, index: number): Promise<void> => {
  await page.click("#clear")
  const box = await page.locator("#pad").boundingBox()
  assert.ok(box)
  const place = (cell: number) => ((cell + 0.5) * box.width) / side
  for (let y = 0; y < side; y++) {
    const row = Array.from(pixels.subarray(index * size + y * side, index * size + (y + 1) * side))
    for (let x = 0; x < side; x++) {
      if (row[x]! < 128) continue
      await page.mouse.move(box.x + place(x), box.y + place(y))
      await page.mouse.down()
      while (x + 1 < side && row[x + 1]! >= 128) x++
      await page.mouse.move(box.x + place(x), box.y + place(y))
      await page.mouse.up()
    }
  }
}

/** What the page takes what is drawn for, once its answer stands still. */
const answerOf = async (page: Page): Promise<string> => {
  await page.waitForFunction(() => document.querySelector("#bars .most") !== null)
  await page.waitForTimeout(200)
  return (await page.textContent("#answer")) ?? ""
}

const testDigits = digitsOf("t10k")

/** How many of the first so many of MNIST's test digits are recognized when they are drawn. */
const recognized = async (page: Page, count: number): Promise<number> => {
  let right = 0
  for (let index = 0; index < count; index++) {
    await drawn(page, testDigits, index)
    if ((await answerOf(page)) === `This is a ${testDigits.labels[index]}.`) right++
  }
  return right
}

const tab = "a tab trains LeNet-5, isolated or not, with Node's bits, and recognizes digits that are drawn"
it.live(
  tab,
  (context) =>
    Effect.gen(function* () {
      if (chromium() === undefined)
        return context.skip("there is no Chromium, and it cannot be installed; ETUDE_CHROMIUM may name one")
      const expected = yield* inNode
      for (const { isolated, width, threads, draws } of [
        { isolated: true, width: 1280, threads: "2", draws: 10 },
        { isolated: false, width: 390, threads: "1: not isolated", draws: 5 }
      ]) {
        const opened = yield* open({ folder, isolated, width, query: `images=${images}&threads=${isolated ? 2 : 1}` })
        const { page, errors } = opened
        yield* Effect.promise(() => begin(page))
        yield* Effect.promise(() => reaches(page, "ended", "failed"))
        const seen = yield* Effect.promise(() => look(page))
        assert.deepStrictEqual(
          { ...seen, points: undefined },
          {
            status: "All epochs are done. Draw a digit.",
            executor: "plan-1 fused",
            threads,
            digest: expected ?? "",
            progress: 1,
            points: undefined,
            fits: true,
            waits: 0
          }
        )
        assert.ok(seen.points.length === 4 && seen.points.every((points) => points >= 3), `${seen.points}`)
        assert.isAtLeast(yield* Effect.promise(() => recognized(page, draws)), 0.8 * draws)
        assert.deepStrictEqual(errors, [])
      }
    }).pipe(Effect.scoped),
  180_000
)

it.live("a run waits, answers meanwhile, goes on to the same bits, and ends when it is stopped", (context) =>
  Effect.gen(function* () {
    if (chromium() === undefined) return context.skip("there is no Chromium")
    const expected = yield* inNode
    const { page, errors } = yield* open({ folder, isolated: true, query: `images=${images}` })
    const steps = () => page.textContent("#steps")
    yield* Effect.promise(async () => {
      await begin(page)
      await page.click("#pause")
      await page.waitForTimeout(300)
      const before = await steps()
      await page.focus("#pad")
      for (const key of [" ", ...Array(12).fill("ArrowDown"), " "]) await page.keyboard.press(key)
      assert.match(await answerOf(page), /^This is a \d\.$/)
      assert.strictEqual(await steps(), before)
      assert.strictEqual(await page.textContent("#status"), "Paused.")
      await page.click("#pause")
      await reaches(page, "ended", "failed")
      assert.strictEqual((await look(page)).digest, expected)
      await page.selectOption("#epochs", "10")
      await page.click("#start")
      await reaches(page, "training")
      await page.click("#stop")
      await reaches(page, "ended", "failed")
      const { status, progress } = await look(page)
      assert.strictEqual(status, "Stopped. Draw a digit.")
      assert.isBelow(progress, 1)
    })
    assert.deepStrictEqual(errors, [])
  }).pipe(Effect.scoped)
)

it.live("without fused multiply-adds, and without SIMD, it says so, and both have the same bits", (context) =>
  Effect.gen(function* () {
    if (chromium() === undefined) return context.skip("there is no Chromium")
    const digests: Array<string> = []
    for (const engine of ["--no-enable-fma3", "--no-enable-sse4-1"]) {
      const { page, errors } = yield* open({ folder, isolated: false, query: "images=1200", engine })
      yield* Effect.promise(() => begin(page))
      yield* Effect.promise(() => reaches(page, "ended", "failed"))
      const { executor, digest } = yield* Effect.promise(() => look(page))
      assert.strictEqual(executor, "plan-1 split")
      assert.deepStrictEqual(errors, [])
      digests.push(digest)
    }
    assert.match(digests[0]!, /^[0-9a-f]{64}$/)
    assert.strictEqual(digests[0], digests[1])
  }).pipe(Effect.scoped)
)

it("what is bundled has nothing of Node and not much weight", () => {
  const sizeOf = (name: string): number =>
    Object.entries(metafile.outputs).find(([file]) => path.basename(file) === name)?.[1].bytes ?? Number.NaN
  assert.isBelow(sizeOf("page.js"), 50_000)
  assert.isBelow(sizeOf("worker.js"), 1_400_000)
  const external = Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter((one) => one.external))
  assert.deepStrictEqual(
    external.filter((one) => one.path !== "<runtime>"),
    []
  )
})
