import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Page } from "playwright-core"
import type { Level } from "../../src/wasm/Level.ts"
import { type Digest, digest } from "../support/DrawnDigest.ts"
import * as Pages from "../support/Pages.ts"

const worker = `onmessage = ({ data }) => drawn.digest(data).then(postMessage)`

const inPage = (page: Page, threads: number, level?: Level) =>
  Effect.promise(() => page.evaluate<Digest>(`drawn.digest(${threads}, ${JSON.stringify(level)})`))

// The page's globals aren't this program's.
const inWorker = (page: Page, threads: number) =>
  Effect.promise(() =>
    page.evaluate<Digest>(`new Promise((resolve, reject) => {
      const worker = new Worker("worker.js")
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
      worker.postMessage(${threads})
    })`)
  )

it.live("pages and their workers write the bits that Node writes", (context) =>
  Effect.gen(function* () {
    const reason = Pages.unavailable()
    if (reason !== undefined) return context.skip(reason)
    const expected = yield* Effect.promise(() => digest(1))
    expect(expected.asInterpreted).toBe(true)
    const address = yield* Pages.serve({ script: yield* Pages.bundle("./DrawnDigest.ts", "drawn"), worker })
    const browser = yield* Pages.open
    const tab = yield* Effect.promise(() => browser.newPage())
    yield* Effect.promise(() => tab.goto(`${address}/plain/`))
    expect(yield* Effect.promise(() => tab.evaluate<boolean>("crossOriginIsolated"))).toBe(false)
    expect(yield* inPage(tab, 1)).toStrictEqual(expected)
    for (const level of ["split", "scalar"] as const) {
      const lower = yield* Effect.promise(() => digest(1, level))
      expect(lower.asInterpreted).toBe(true)
      expect(yield* inPage(tab, 1, level)).toStrictEqual(lower)
    }
    expect(yield* inWorker(tab, 1)).toStrictEqual(expected)
    yield* Effect.promise(() => tab.goto(`${address}/isolated/`))
    expect(yield* Effect.promise(() => tab.evaluate<boolean>("crossOriginIsolated"))).toBe(true)
    for (const threads of [1, 2, 3]) {
      expect(yield* inPage(tab, threads)).toStrictEqual(expected)
      expect(yield* inWorker(tab, threads)).toStrictEqual(expected)
    }
  }).pipe(Effect.scoped)
)
