/** Files behind a URL, read by ranges of bytes where the server gives them. */
import { DataError } from "@etude/core/Errors"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { ByteSource } from "./ByteSource.ts"

/** How often a request is made that the server refuses for now, or whose answer is cut off. */
const attempts = 4
/** Seconds that a server can make a request wait. */
const longestWait = 30

const problem = (url: string, found: string, expected: string, advice: string, cause?: unknown): DataError =>
  new DataError({ source: url, found, expected, advice, ...(cause !== undefined && { cause }) })

const adviceOn = (status: number): string => {
  if (status === 401 || status === 403) return "Does it need a login? Download it, and read the file."
  if (status === 404 || status === 410) return "Check the address."
  if (status === 429) return "The server asks for fewer requests: try again later, or download the file."
  return "Try again later, or download the file."
}

/** An answer with its whole body. */
interface Whole {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
}

/** An answer, or why there is none for now. */
type Answer = Whole | { readonly again: DataError; readonly seconds: number }

const isTemporary = (status: number): boolean => status === 429 || status === 408 || status >= 500

const secondsToWait = (headers: Headers): number => {
  const seconds = Number(headers.get("retry-after") ?? 1)
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), longestWait) : 1
}

/** The body up to so many bytes; a server may send any number. */
const bodyOf = async (response: Response, most: number): Promise<Uint8Array | undefined> => {
  const parts: Array<Uint8Array> = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > most) return undefined
    parts.push(part)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

const ask = (url: string, range: string, most: number): Effect.Effect<Answer, DataError> =>
  Effect.gen(function* () {
    const answered = yield* Effect.tryPromise({
      try: async (signal): Promise<Answer | undefined> => {
        const response = await fetch(url, { headers: { range }, signal })
        const { status, headers } = response
        if (status === 200 || status === 206) {
          const bytes = await bodyOf(response, most)
          return bytes && { status, headers, bytes }
        }
        await response.body?.cancel()
        const refused = problem(url, `the status ${status}`, "a file", adviceOn(status))
        if (isTemporary(status)) return { again: refused, seconds: secondsToWait(headers) }
        throw refused
      },
      catch: (cause) => cause
    }).pipe(
      Effect.catch((cause) => {
        if (cause instanceof DataError) return Effect.fail(cause)
        const advice = "The connection may have been lost: try again, or download the file."
        const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : `${cause}`
        const again = problem(url, `an answer that doesn't end (${reason})`, "a whole answer", advice, cause)
        return Effect.succeed<Answer>({ again, seconds: 0 })
      })
    )
    if (answered !== undefined) return answered
    const advice = "The server gives no ranges of bytes: download the file, and read that."
    return yield* problem(url, `more than ${most.toLocaleString("en-US")} bytes`, `${range} alone`, advice)
  })

const askAgain = (url: string, range: string, most: number, attempt = 1): Effect.Effect<Whole, DataError> =>
  Effect.flatMap(ask(url, range, most), (answer) => {
    if (!("again" in answer)) return Effect.succeed(answer)
    if (attempt >= attempts) return Effect.fail(answer.again)
    return Effect.andThen(
      answer.seconds === 0 ? Effect.void : Effect.sleep(Duration.seconds(answer.seconds)),
      askAgain(url, range, most, attempt + 1)
    )
  })

const identityOf = (headers: Headers): string => headers.get("etag") ?? headers.get("last-modified") ?? ""

/** The size that `Content-Range: bytes 0-0/1234` states. */
const sizeIn = (headers: Headers): number | undefined => {
  const size = /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1]
  return size === undefined ? undefined : Number(size)
}

/** Opens a URL: its size, and its bytes by ranges; in memory, up to `limit`, where the server ignores ranges. */
export const openUrl = (url: string, limit: number): Effect.Effect<ByteSource, DataError> =>
  Effect.gen(function* () {
    const { status, headers, bytes } = yield* askAgain(url, "bytes=0-0", limit)
    const identity = identityOf(headers)
    const base = { name: url, identity }
    if (status === 200) {
      const read = (offset: number, length: number) => Effect.succeed(bytes.subarray(offset, offset + length))
      return { ...base, size: bytes.length, isHeld: true, read }
    }
    const size = sizeIn(headers)
    if (size === undefined) {
      const advice = "The server's ranges can't be used: download the file."
      return yield* problem(url, "a range without the file's size", "Content-Range: bytes 0-0/size", advice)
    }
    return {
      ...base,
      size,
      read: (offset, length) => readRange(url, identity, offset, Math.min(length, size - offset))
    }
  })

const readRange = (url: string, identity: string, offset: number, length: number) =>
  Effect.gen(function* () {
    if (length <= 0) return new Uint8Array(0)
    const range = `bytes=${offset}-${offset + length - 1}`
    const { status, headers, bytes } = yield* askAgain(url, range, length)
    if (identityOf(headers) !== identity) {
      return yield* problem(url, "a file that has changed since", "the same file", "Make the dataset again.")
    }
    const first = /bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1]
    if (status !== 206 || bytes.length !== length || Number(first) !== offset) {
      const found = `${bytes.length} bytes from byte ${first ?? 0}`
      return yield* problem(
        url,
        found,
        `${length} bytes from byte ${offset}`,
        "The server's ranges can't be used: download the file."
      )
    }
    return bytes
  })
