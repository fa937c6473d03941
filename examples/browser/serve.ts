/**
 * Builds the page and serves it: `serve.ts [--port=8080] [--plain]`. What it serves is isolated from other pages, so that threads
 * may share memory; with `--plain` it isn't, as on servers that can't set headers.
 */
import { createReadStream, existsSync } from "node:fs"
import { createServer, type Server } from "node:http"
import path from "node:path"
import { parseArgs } from "node:util"
import { buildPage } from "./build.ts"

const types: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".map": "application/json",
  ".wasm": "application/wasm",
  ".gz": "application/octet-stream"
}

/** Both are needed for `crossOriginIsolated`, and the second for the page's workers, too. */
const isolating = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp"
}

export interface ServeOptions {
  readonly folder: string
  readonly isolated: boolean
  /** 0 for any that is free. */
  readonly port: number
}

/** Only on this machine. */
export const serve = ({ folder, isolated, port }: ServeOptions): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(({ url = "/" }, response) => {
      const { pathname } = new URL(url, "http://localhost")
      const file = path.join(folder, pathname === "/" ? "index.html" : path.basename(pathname))
      const type = types[path.extname(file)]
      if (type === undefined || !existsSync(file)) return response.writeHead(404).end()
      response.writeHead(200, { "content-type": type, "cache-control": "no-cache", ...(isolated && isolating) })
      return createReadStream(file).pipe(response)
    })
    server.on("error", reject)
    server.listen(port, "127.0.0.1", () => resolve(server))
  })

/** Where it listens. */
export const addressOf = (server: Server): string => {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : address}/`
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { port: { type: "string", default: "8080" }, plain: { type: "boolean", default: false } }
  })
  const folder = path.join(import.meta.dirname, "dist")
  await buildPage(folder)
  console.log(addressOf(await serve({ folder, isolated: !values.plain, port: Number(values.port) })))
}
