/** Bundles in pages of Chromium, served by this process. */
import { readFile } from "node:fs/promises"
import { createServer, type IncomingHttpHeaders, type Server } from "node:http"
import path from "node:path"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { chromium as browserType } from "playwright-core"
import { chromium } from "../../../../vitest.chromium.ts"

/** Why there are no pages here; `undefined` where there are. */
export const unavailable = (): string | undefined =>
  chromium() === undefined ? "there is no Chromium, and it cannot be installed; ETUDE_CHROMIUM may name one" : undefined

/** A module of this folder as a script that puts what it exports into a global variable. */
export const bundle = (module: string, globalName: string) =>
  Effect.promise(() =>
    build({
      entryPoints: [new URL(module, import.meta.url).pathname],
      bundle: true,
      minify: true,
      write: false,
      platform: "browser",
      format: "iife",
      globalName,
      conditions: ["@etude/source"],
      logLevel: "error"
    })
  ).pipe(Effect.map(({ outputFiles }) => outputFiles[0]?.text ?? ""))

export interface Site {
  /** `/script.js`, which all pages load. */
  readonly script: string
  /** `/worker.js` is the script with this behind it. */
  readonly worker?: string
  /** Where files that end with `.wasm` are. */
  readonly folder?: string
}

/** Pages under /isolated/ may share memory. */
const headersOf = (url: string): IncomingHttpHeaders =>
  url.includes("/isolated/")
    ? { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" }
    : {}

const page = `<!doctype html><link rel="icon" href="data:,"><script src="script.js"></script>`

type Answer = readonly [type: string, body: string | Uint8Array]

const answerTo = async (url: string, { script, worker = "", folder = "." }: Site): Promise<Answer> => {
  if (url.endsWith(".wasm")) return ["application/wasm", await readFile(path.join(folder, path.basename(url)))]
  if (url.endsWith("worker.js")) return ["text/javascript", `${script}; ${worker}`]
  return url.endsWith(".js") ? ["text/javascript", script] : ["text/html", page]
}

const listening = (site: Site): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer(async ({ url = "/" }, response) => {
      const [type, body] = await answerTo(url, site)
      response.writeHead(200, { ...headersOf(url), "content-type": type })
      response.end(body)
    })
    server.listen(0, "127.0.0.1", () => resolve(server))
  })

const addressOf = (server: Server): string => {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`
}

/** The address of a site; each folder of it holds the same. */
export const serve = (site: Site) =>
  Effect.acquireRelease(
    Effect.promise(() => listening(site)),
    (server) => Effect.sync(() => server.close())
  ).pipe(Effect.map(addressOf))

export const open = Effect.acquireRelease(
  Effect.promise(() => browserType.launch({ executablePath: chromium() ?? "", args: ["--no-sandbox"] })),
  (browser) => Effect.promise(() => browser.close())
)
