/** Requests to the hub by its own client, with its refusals as errors and as many tries as make sense. */

import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { HubError } from "./HubError.ts"
import { isCommit, type Place } from "./Place.ts"

type Client = typeof import("@huggingface/hub")

const noClient = (cause: unknown) =>
  new HubError({
    reason: "package",
    source: "@huggingface/hub",
    found: "no such package",
    advice: "Install the hub's client with `npm install @huggingface/hub`.",
    cause
  })

// By the `catch`, bundlers know that the package may be missing.
const client: Effect.Effect<Client | HubError> = Effect.promise(() =>
  import("@huggingface/hub").then((module): Client => module).catch(noClient)
)

/** The longest wait that the hub may ask for. */
const longestWait = 60

const refusals: Readonly<Record<number, Pick<HubError, "reason" | "found" | "advice">>> = {
  401: {
    reason: "unauthorized",
    found: "the hub wants to know who asks (401)",
    advice: "Look at the repository's name: one that doesn't exist looks like a private one. For that, set HF_TOKEN."
  },
  403: {
    reason: "forbidden",
    found: "the hub refuses (403)",
    advice: "Accept the repository's terms on its page, and take a token that may read it."
  },
  404: {
    reason: "missing",
    found: "not on the hub (404)",
    advice: "Look at the names of repository, revision and file."
  },
  429: {
    reason: "limited",
    found: "too many requests (429)",
    advice: "Wait some minutes, or set HF_TOKEN: known users may ask more."
  }
}

const codes: Readonly<Record<string, string>> = {
  RepoNotFound: "no such repository (404)",
  RevisionNotFound: "no such revision (404)",
  EntryNotFound: "no such file (404)"
}

/** Seconds of a `Retry-After` header: a number, or a date. */
const retryAfter = (header: string | null): number | undefined => {
  if (header === null) return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000)
}

const refusal = (source: string, response: Response): HubError => {
  const { status, headers } = response
  const known = refusals[status]
  const seconds = retryAfter(headers.get("retry-after"))
  return new HubError({
    reason: known?.reason ?? "server",
    source,
    found: codes[headers.get("x-error-code") ?? ""] ?? known?.found ?? `the hub answers with status ${status}`,
    advice: known?.advice ?? "Try again later.",
    status,
    ...(seconds !== undefined && { retryAfterSeconds: seconds })
  })
}

/** `fetch` that throws refusals as they are, before the client reads them into text. */
const watched =
  (source: string, signal: AbortSignal): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, { ...init, signal })
    if (response.ok) return response
    await response.body?.cancel()
    throw refusal(source, response)
  }

const unreachable = (source: string, cause: unknown) =>
  new HubError({
    reason: "unreachable",
    source,
    found: `no answer (${cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : cause})`,
    advice: "Look at the network and at HF_ENDPOINT. What is in the cache can be used with `offline: true`.",
    cause
  })

const senseless = (source: string, cause: unknown) =>
  new HubError({
    reason: "server",
    source,
    found: `an answer that makes no sense (${cause instanceof Error ? cause.message : cause})`,
    advice: "Does HF_ENDPOINT speak the hub's protocol?",
    cause
  })

/** An exception of `fetch` or of the client as an error. */
const errorOf = (source: string, cause: unknown): HubError => {
  if (cause instanceof HubError) return cause
  const isNetwork = cause instanceof TypeError && (cause.message === "fetch failed" || cause.message === "terminated")
  return isNetwork ? unreachable(source, cause) : senseless(source, cause)
}

const isTransient = ({ reason, status }: HubError): boolean =>
  reason === "limited" || reason === "unreachable" || (reason === "server" && status !== undefined && status >= 500)

/** Tries again what may go well later. */
const retrying = <A>(attempt: Effect.Effect<A, HubError>, place: Place, tried = 1): Effect.Effect<A, HubError> =>
  Effect.catch(attempt, (error) => {
    const { retryAfterSeconds = 0 } = error
    if (!isTransient(error) || tried >= place.tries || retryAfterSeconds > longestWait) return Effect.fail(error)
    const seconds = Math.max(retryAfterSeconds, place.waitSeconds * 2 ** (tried - 1))
    return Effect.andThen(Effect.sleep(`${seconds * 1000} millis`), retrying(attempt, place, tried + 1))
  })

const timedOut = (source: string, seconds: number) =>
  new HubError({
    reason: "unreachable",
    source,
    found: `no answer within ${seconds} seconds`,
    advice: "Look at the network, or raise `timeoutSeconds`."
  })

/** Gives up after the seconds without an answer. */
const inTime = <A>(effect: Effect.Effect<A, HubError>, place: Place, source: string): Effect.Effect<A, HubError> =>
  Effect.timeoutOrElse(effect, {
    duration: `${place.timeoutSeconds * 1000} millis`,
    orElse: () => Effect.fail(timedOut(source, place.timeoutSeconds))
  })

/** What each request of the client is given. */
interface Request {
  readonly fetch: typeof fetch
  readonly hubUrl?: string
  readonly accessToken?: string
}

/** A file that a request is about. */
interface FileRequest {
  readonly repo: Place["repo"]
  readonly revision: string
  readonly path: string
}

/** One call of the client, tried as often as makes sense; `until` ends its requests instead of the end of the call. */
const call = <A>(
  place: Place,
  source: string,
  run: (client: Client, request: Request) => Promise<A>,
  until?: AbortSignal
) =>
  Effect.gen(function* () {
    const loaded = yield* client
    if (loaded instanceof HubError) return yield* loaded
    const attempt = Effect.tryPromise({
      try: (signal) =>
        run(loaded, {
          fetch: watched(source, until ?? signal),
          ...(place.endpoint !== undefined && { hubUrl: place.endpoint }),
          ...(place.token !== undefined && { accessToken: place.token })
        }),
      catch: (cause) => errorOf(source, cause)
    })
    return yield* retrying(inTime(attempt, place, source), place)
  })

/** The commit that a revision is now. */
export const commitOf = (place: Place): Effect.Effect<string, HubError> =>
  call(place, place.source, async (hub, request) => {
    const { name, type } = place.repo
    const options = { name, revision: place.revision, additionalFields: ["sha" as const], ...request }
    const { sha } = type === "dataset" ? await hub.datasetInfo(options) : await hub.modelInfo(options)
    if (typeof sha !== "string" || !isCommit(sha)) throw new Error(`a revision without a commit`)
    return sha
  })

/** A file of a commit, as the hub describes it. */
export const Entry = Schema.Struct({
  path: Schema.String,
  size: Schema.Natural,
  /** SHA-256 of the content for large files, else git's SHA-1 of the file as a blob. */
  sum: Schema.String.check(Schema.isPattern(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/))
})
export type Entry = typeof Entry.Type

/** What the client tells about a file. */
interface Described {
  readonly type: string
  readonly path: string
  readonly size: number
  readonly oid?: string | undefined
  readonly lfs?: { readonly oid: string; readonly size: number } | undefined
}

const entryOf = ({ path, size, oid, lfs }: Described): Entry =>
  Schema.decodeUnknownSync(Entry)(lfs === undefined ? { path, size, sum: oid } : { path, size: lfs.size, sum: lfs.oid })

/** The description of one file. */
export const describe = (place: Place, commit: string, path: string): Effect.Effect<Entry, HubError> =>
  call(place, `${place.source}/${path}`, async (hub, request) => {
    const infos = await hub.pathsInfo({ repo: place.repo, revision: commit, paths: [path], ...request })
    const info = infos.find((one) => one.path === path && one.type === "file")
    if (info !== undefined) return entryOf(info)
    throw new HubError({
      reason: "missing",
      source: `${place.source}/${path}`,
      found: infos.length > 0 ? "a folder" : "no such file",
      advice: "`Hub.list` shows the files; `Hub.files` takes several by patterns."
    })
  })

/** All files of a commit. */
export const list = (place: Place, commit: string): Effect.Effect<ReadonlyArray<Entry>, HubError> =>
  call(place, place.source, async (hub, request) => {
    const entries: Array<Entry> = []
    for await (const one of hub.listFiles({ repo: place.repo, revision: commit, recursive: true, ...request })) {
      if (one.type === "file") entries.push(entryOf(one))
    }
    return entries
  })

/** A stream of a file's bytes, and whether it begins at the first one, whatever was asked for. */
export interface Opened {
  readonly stream: ReadableStream<Uint8Array>
  readonly isWhole: boolean
}

/**
 * `fetch` whose first answer can be waited for: of what goes wrong before the first byte, the client's stream tells only
 * the message.
 */
const observed = (fetched: typeof fetch) => {
  const first = Promise.withResolvers<Response>()
  const observedFetch: typeof fetch = async (input, init) => {
    try {
      const response = await fetched(input, init)
      first.resolve(response)
      return response
    } catch (cause) {
      first.reject(cause)
      throw cause
    }
  }
  return { fetch: observedFetch, first: first.promise }
}

const openWith = async (
  hub: Client,
  request: Request,
  options: FileRequest,
  size: number,
  offset: number
): Promise<Opened> => {
  const downloadInfo = await hub.fileDownloadInfo({ ...options, ...request })
  if (downloadInfo === null) throw new Error("a file that was there is gone")
  const { fetch, first } = observed(request.fetch)
  const blob = await hub.downloadFile({ ...options, ...request, downloadInfo, xet: false, fetch })
  const stream = (offset === 0 ? blob : blob?.slice(offset, size))?.stream()
  if (stream === undefined) throw new Error("a file without content")
  return { stream, isWhole: (await first).status !== 206 }
}

/** Opens a file of a commit for reading from `offset` on; `signal` ends it. */
export const open = (place: Place, commit: string, entry: Entry, offset: number, signal: AbortSignal) => {
  const { path, size } = entry
  // The client puts the path into an address as it is.
  const options = { repo: place.repo, revision: commit, path: path.split("/").map(encodeURIComponent).join("/") }
  return call(
    place,
    `${place.source}/${path}`,
    (hub, request) => openWith(hub, request, options, size, offset),
    // A stream outlives its call: what ends the call must not end it.
    signal
  )
}
