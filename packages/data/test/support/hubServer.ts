/** A server on the loopback that speaks the hub's protocol, and misbehaves as it is told. */
import { createHash } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"

export const commit = "0123456789abcdef0123456789abcdef01234567"

/** What to do with a request instead of answering it; `true` where it did. */
export type Trouble = (request: IncomingMessage, response: ServerResponse) => boolean

export interface HubServer {
  readonly endpoint: string
  /** Method and address of each request, with its range. */
  readonly requests: Array<string>
  /** How often each kind of request came. */
  readonly count: (pattern: RegExp) => number
  trouble: Trouble
  /** What of a file is sent: all of it, unless this says otherwise. */
  body: (bytes: Uint8Array, from: number) => { readonly bytes: Uint8Array; readonly breaks: boolean }
  answersRanges: boolean
}

export type Files = Readonly<Record<string, Uint8Array>>

/** Files from here on are stored as large ones, with SHA-256 and behind a redirect. */
export const large = 1000

const sha = (algorithm: string, ...parts: ReadonlyArray<string | Uint8Array>): string =>
  parts.reduce((hash, part) => hash.update(part), createHash(algorithm)).digest("hex")

const described = (path: string, bytes: Uint8Array) => ({
  type: "file",
  path,
  size: bytes.length,
  oid: sha("sha1", `blob ${bytes.length}\0`, bytes),
  ...(bytes.length >= large && { lfs: { oid: sha("sha256", bytes), size: bytes.length, pointerSize: 130 } })
})

const json = (response: ServerResponse, value: unknown, headers: Readonly<Record<string, string>> = {}): void => {
  response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(value))
}

export const refuse = (
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {}
): true => {
  response.writeHead(status, { "content-type": "text/plain", ...headers }).end("no")
  return true
}

const sendFile = (server: HubServer, request: IncomingMessage, response: ServerResponse, bytes: Uint8Array): void => {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "")
  const isPart = range !== null && server.answersRanges
  const from = isPart ? Number(range[1]) : 0
  const to = isPart && range[2] !== "" ? Number(range[2]) : bytes.length - 1
  const wanted = bytes.subarray(from, to + 1)
  response.writeHead(isPart ? 206 : 200, {
    "content-length": wanted.length,
    "accept-ranges": "bytes",
    etag: `"${sha("sha1", bytes)}"`,
    // The client asks for one byte to learn the size, also of a server that gives no other parts.
    ...((isPart || range !== null) && { "content-range": `bytes ${from}-${to}/${bytes.length}` })
  })
  const isProbe = range?.[1] === "0" && range[2] === "0"
  const sent = isProbe ? { bytes: wanted, breaks: false } : server.body(wanted, from)
  response.write(sent.bytes, () => (sent.breaks ? response.destroy() : response.end()))
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  let text = ""
  for await (const chunk of request) text += chunk
  return text
}

/** Pages of the tree hold two files each. */
const sendTree = (server: HubServer, url: URL, response: ServerResponse, files: Files): void => {
  const page = Number(url.searchParams.get("page") ?? 0)
  const entries = Object.entries(files).map(([path, bytes]) => described(path, bytes))
  const next = new URL(url)
  next.searchParams.set("page", String(page + 1))
  const link = `<${server.endpoint}${next.pathname}${next.search}>; rel="next"`
  json(response, entries.slice(2 * page, 2 * page + 2), 2 * page + 2 < entries.length ? { link } : {})
}

const answer = async (server: HubServer, request: IncomingMessage, response: ServerResponse, files: Files) => {
  const url = new URL(request.url ?? "/", server.endpoint)
  server.requests.push(`${request.method} ${url.pathname} ${request.headers.range ?? ""}`.trim())
  if (server.trouble(request, response)) return
  const [, api, file] =
    /^\/(?:api\/datasets\/tiny\/(\w[\w-]*)|(?:datasets\/tiny\/set\/resolve\/\w+|cdn)\/(.*))/.exec(url.pathname) ?? []
  const bytes = file === undefined ? undefined : files[decodeURIComponent(file)]
  if (api === undefined && bytes === undefined) return refuse(response, 404, { "x-error-code": "EntryNotFound" })
  if (bytes !== undefined) {
    if (url.pathname.startsWith("/cdn/") || bytes.length < large) return sendFile(server, request, response, bytes)
    const headers = { location: `/cdn/${file}`, "x-linked-size": String(bytes.length), "x-repo-commit": commit }
    return response.writeHead(302, headers).end()
  }
  if (api !== "set") return refuse(response, 404, { "x-error-code": "RepoNotFound" })
  if (url.pathname.includes("/revision/")) {
    const isKnown = /\/revision\/(?:main|v1)$/.test(url.pathname)
    return isKnown
      ? json(response, { _id: "1", id: "tiny/set", sha: commit })
      : refuse(response, 404, { "x-error-code": "RevisionNotFound" })
  }
  if (url.pathname.includes("/tree/")) return sendTree(server, url, response, files)
  const { paths } = JSON.parse(await readBody(request)) as { readonly paths: ReadonlyArray<string> }
  json(
    response,
    paths.flatMap((path) => (files[path] === undefined ? [] : [described(path, files[path])]))
  )
}

/** The server, with the dataset `tiny/set`, until the scope closes. */
export const serve = (files: Files) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly server: Server; readonly hub: HubServer }>((resume) => {
      const server = createServer((request, response) => void answer(hub, request, response, files))
      const requests: Array<string> = []
      const hub = {
        endpoint: "",
        requests,
        count: (pattern: RegExp) => requests.filter((request) => pattern.test(request)).length,
        trouble: () => false,
        body: (bytes: Uint8Array) => ({ bytes, breaks: false }),
        answersRanges: true
      }
      server.listen(0, "127.0.0.1", () => {
        hub.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        resume(Effect.succeed({ server, hub }))
      })
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  ).pipe(Effect.map(({ hub }): HubServer => hub))
