/** The bytes of a file as they come, unpacked where its name says that it is packed. */
import { createReadStream } from "node:fs"
import { pipeline, type Readable } from "node:stream"
import { createGunzip } from "node:zlib"
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import { unreadable } from "../readFile.ts"

const isPacked = (file: string): boolean => /\.(gz|tgz)$/i.test(file)

/** A stream of the file. What goes wrong in it is thrown where it is read; see {@link errorOf}. */
export const open = (file: string): Readable => {
  const source = createReadStream(file, { highWaterMark: 2 ** 18 })
  return isPacked(file) ? pipeline(source, createGunzip(), () => {}) : source
}

/** What a failure to read a file is called. */
export const errorOf = async (file: string, cause: unknown): Promise<DataError> => {
  if (cause instanceof DataError) return cause
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  if (!code.startsWith("Z_") && code !== "ERR_ENCODING_INVALID_ENCODED_DATA")
    return Effect.runPromise(Effect.flip(unreadable(file, cause)))
  const isText = code === "ERR_ENCODING_INVALID_ENCODED_DATA"
  return new DataError({
    source: file,
    found: isText ? "bytes that are not UTF-8" : "compressed data that are cut off or damaged",
    expected: isText ? "UTF-8 text" : "a whole gzip file",
    advice: isText ? "Convert it to UTF-8." : "The download may be truncated or altered: download it again.",
    cause
  })
}
