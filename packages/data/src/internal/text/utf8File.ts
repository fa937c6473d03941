/** UTF-8 files of any size, as texts that end at line ends. */
import { createHash } from "node:crypto"
import * as fs from "node:fs/promises"
import type { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import { unreadable } from "../readFile.ts"
import { notUtf8, validLength } from "./utf8.ts"

const blockSize = 2 ** 20

const lineFeed = 10

const attempt = <A>(file: string, run: () => Promise<A>): Effect.Effect<A, DataError> =>
  Effect.tryPromise({ try: run, catch: (cause) => cause }).pipe(Effect.catch((cause) => unreadable(file, cause)))

/** Does something with each block of a file, one after another; the next one is read into the same memory. */
const eachBlock = (file: string, use: (bytes: Uint8Array) => Effect.Effect<void, DataError>) =>
  Effect.acquireUseRelease(
    attempt(file, () => fs.open(file)),
    (handle) =>
      Effect.gen(function* () {
        const block = new Uint8Array(blockSize)
        while (true) {
          const { bytesRead } = yield* attempt(file, () => handle.read(block))
          if (bytesRead === 0) return
          yield* use(block.subarray(0, bytesRead))
        }
      }),
    (handle) => Effect.promise(() => handle.close())
  )

/** The SHA-256 of a file's content. */
export const hashOf = (file: string): Effect.Effect<string, DataError> =>
  Effect.suspend(() => {
    const hash = createHash("sha256")
    return Effect.map(
      eachBlock(file, (bytes) => Effect.sync(() => void hash.update(bytes))),
      () => hash.digest("hex")
    )
  })

const joined = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  if (first.length === 0) return second
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}

/**
 * Gives a file's text piece by piece, without a byte order mark, and at the end the SHA-256 of the content. A piece ends
 * at a line end, where its mebibyte has one. Fails where the file can't be read or is not UTF-8, with the offset.
 */
export const eachText = (file: string, use: (text: string) => Effect.Effect<void, DataError>) =>
  Effect.gen(function* () {
    const hash = createHash("sha256")
    const [mark, whole] = [new TextDecoder(), new TextDecoder("utf-8", { ignoreBOM: true })]
    let [rest, offset, beginning] = [new Uint8Array(0) as Uint8Array, 0, new Uint8Array(0) as Uint8Array]
    const take = (bytes: Uint8Array, isLast: boolean): Effect.Effect<void, DataError> => {
      const { length, isCut } = validLength(bytes)
      if (length < bytes.length && (isLast || !isCut)) {
        return Effect.fail(notUtf8(file, offset + length, bytes.subarray(length), beginning, isCut))
      }
      const lineEnd = isLast ? length : bytes.lastIndexOf(lineFeed, length - 1) + 1
      const end = lineEnd > 0 ? lineEnd : length
      const text = (offset === 0 ? mark : whole).decode(bytes.subarray(0, end))
      rest = bytes.slice(end)
      offset += end
      return text === "" ? Effect.void : use(text)
    }
    yield* eachBlock(file, (bytes) => {
      hash.update(bytes)
      if (offset === 0 && rest.length === 0) beginning = bytes.slice(0, 4)
      return take(joined(rest, bytes), false)
    })
    yield* take(rest, true)
    return hash.digest("hex")
  })
