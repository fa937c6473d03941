import { createServer, type IncomingHttpHeaders, type Server } from "node:http"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { chromium as browserType, type Page } from "playwright-core"
import { chromium } from "../../../../vitest.chromium.ts"
import type { Level } from "../../src/wasm/Level.ts"
import { type Digest, digest } from "../support/DrawnDigest.ts"

const bundle = Effect.promise(() =>
  build({
    entryPoints: [new URL("../support/DrawnDigest.ts", import.meta.url).pathname],
    bundle: true,
    minify: true,
    write: false,
    platform: "browser",
    format: "iife",
    globalName: "drawn",
    conditions: ["@etude/source"]
  })
).pipe(Effect.map(({ outputFiles }) => outputFiles[0]?.text ?? ""))

/** Pages under /isolated/ may share memory. */
const headersOf = (url: string): IncomingHttpHeaders =>
  url.startsWith("/isolated/")
    ? { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" }
    : {}

const page = `<!doctype html><link rel="icon" href="data:,"><script src="drawn.js"></script>`
const answer = `onmessage = ({ data }) => drawn.digest(data).then(postMessage)`

const listening = (script: string): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer(({ url = "/" }, response) => {
      const isScript = url.endsWith(".js")
      response.writeHead(200, { ...headersOf(url), "content-type": isScript ? "text/javascript" : "text/html" })
      response.end(url.endsWith("worker.js") ? `${script}; ${answer}` : isScript ? script : page)
    })
    server.listen(0, "127.0.0.1", () => resolve(server))
  })

const addressOf = (server: Server): string => {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`
}

const serve = (script: string) =>
  Effect.acquireRelease(
    Effect.promise(() => listening(script)),
    (server) => Effect.sync(() => server.close())
  ).pipe(Effect.map(addressOf))

const open = Effect.acquireRelease(
  Effect.promise(() => browserType.launch({ executablePath: chromium() ?? "", args: ["--no-sandbox"] })),
  (browser) => Effect.promise(() => browser.close())
)

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
    if (chromium() === undefined)
      return context.skip("there is no Chromium, and it cannot be installed; ETUDE_CHROMIUM may name one")
    const expected = yield* Effect.promise(() => digest(1))
    expect(expected.asInterpreted).toBe(true)
    const address = yield* serve(yield* bundle)
    const browser = yield* open
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
