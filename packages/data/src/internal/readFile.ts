/** Reads whole files, plain or gzipped, and explains why a file can't be read. */

import * as fs from "node:fs/promises"
import * as path from "node:path"
import * as zlib from "node:zlib"
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"

const listed = 8

/** The contents of a folder, in a sentence, for the message about a missing file. */
const contentOf = (folder: string): Effect.Effect<string> =>
  Effect.promise(() =>
    fs.readdir(folder).then(
      (names) => {
        if (names.length === 0) return `The folder ${folder} is empty.`
        const more = names.length > listed ? ` and ${names.length - listed} more` : ""
        return `The folder ${folder} holds ${names.sort().slice(0, listed).join(", ")}${more}.`
      },
      () => `The folder ${folder} can't be listed or doesn't exist.`
    )
  )

const expected = "a readable file"

/** The error about a file that the system does not give, by the reason it states. */
export const unreadable = (file: string, cause: unknown): Effect.Effect<never, DataError> => {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return Effect.flatMap(contentOf(path.dirname(file)), (advice) =>
        Effect.fail(new DataError({ source: file, found: "no such file", expected, advice }))
      )
    case "EISDIR":
      return Effect.flatMap(contentOf(file), (advice) =>
        Effect.fail(new DataError({ source: file, found: "a folder", expected: "a file", advice }))
      )
    case "EACCES":
    case "EPERM":
      return Effect.fail(
        new DataError({
          source: file,
          found: "no permission",
          expected,
          advice: "Give this user read permission.",
          cause
        })
      )
    case "ERR_FS_FILE_TOO_LARGE":
      return Effect.fail(
        new DataError({ source: file, found: "more than 2 GiB", expected, advice: "Split the file.", cause })
      )
    default:
      return Effect.fail(
        new DataError({ source: file, found: `a read error (${cause})`, expected, advice: "Try again.", cause })
      )
  }
}

const damaged = (file: string, found: string, cause?: unknown) =>
  new DataError({
    source: file,
    found,
    expected: "a whole gzip file",
    advice: "The download may be truncated or altered: download it again.",
    ...(cause !== undefined && { cause })
  })

/** The unpacked size of a file, by its first bytes; `undefined` where they don't hold it. */
export type SizeOf = (beginning: Uint8Array) => number | undefined

/** Compressed bytes that are examined to learn the size: gzip's own header can have 64 KiB. */
const lookedAt = 128 * 1024
/** The bytes that may be decompressed beyond the size, so that a small excess is reported exactly. */
const slack = 64 * 1024
/** As for files that are not packed. */
const largest = 2 ** 31 - 1

/** The first bytes of what is packed, as far as they can be unpacked. */
const beginningOf = (packed: Uint8Array): Uint8Array => {
  try {
    return zlib.gunzipSync(packed.subarray(0, lookedAt), { finishFlush: zlib.constants.Z_SYNC_FLUSH })
  } catch {
    return new Uint8Array(0)
  }
}

const tooMuch = (file: string, size: number | undefined) =>
  new DataError({
    source: file,
    found: `compressed data that expand to more than ${size === undefined ? "2 GiB" : `${size} bytes`}`,
    expected: size === undefined ? "2 GiB at most" : "as many as its header states",
    advice: "Decompression stopped there. Download the file from a source you trust, or split it."
  })

/**
 * Decompresses off the main thread, and no more than the header states: a small file can expand to any size. Zeros
 * after the end, which zlib ignores, are refused like any other excess.
 */
const gunzip = (file: string, packed: Uint8Array, sizeOf: SizeOf): Effect.Effect<Uint8Array, DataError> =>
  Effect.callback((resume) => {
    const beginning = beginningOf(packed)
    const size = sizeOf(beginning)
    if (size !== undefined && size > largest) return resume(Effect.fail(tooMuch(file, undefined)))
    const done = (error: NodeJS.ErrnoException | null, result: unknown): void => {
      if (error !== null) {
        const found =
          error.code === "Z_BUF_ERROR"
            ? `the end of the file after ${packed.length} bytes, in the middle of the compressed data`
            : `compressed data that can't be decompressed (${error.message})`
        if (error.code !== "ERR_BUFFER_TOO_LARGE") resume(Effect.fail(damaged(file, found, error)))
        // Without a size, only the first bytes show the problem.
        else if (size === undefined) resume(Effect.succeed(beginning))
        else resume(Effect.fail(tooMuch(file, size)))
        return
      }
      // With `info`, which the types don't know of, zlib also gives the engine, and with it how far it read.
      const { buffer, engine } = result as { buffer: Buffer; engine: zlib.Gunzip }
      const rest = packed.length - engine.bytesWritten
      resume(
        rest === 0
          ? Effect.succeed(buffer)
          : Effect.fail(damaged(file, `${rest} bytes after the end of the compressed data`))
      )
    }
    const maxOutputLength = (size ?? beginning.length) + slack
    zlib.gunzip(packed, { info: true, maxOutputLength }, done)
  })

/** The bytes of a file as they are stored. */
export const readStored = (file: string): Effect.Effect<Uint8Array, DataError> =>
  Effect.tryPromise({ try: (signal) => fs.readFile(file, { signal }), catch: (cause) => cause }).pipe(
    Effect.catch((cause) => unreadable(file, cause))
  )

/** Whether bytes begin as gzip does. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** The bytes of a file, unpacked if they begin as gzip does, whatever the file is called. */
export const unpack = (file: string, bytes: Uint8Array, sizeOf: SizeOf): Effect.Effect<Uint8Array, DataError> =>
  isGzip(bytes) ? gunzip(file, bytes, sizeOf) : Effect.succeed(bytes)
