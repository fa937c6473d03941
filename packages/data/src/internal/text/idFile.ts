/** Ids in a file: raw numbers, little-endian, of which any part is read without the others. */
import * as fs from "node:fs"
import * as path from "node:path"
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type { Tokens } from "../../Text.ts"
import { bytesOf, type IdDtype, zeros } from "./ids.ts"

/** What tells that a file is still the one it was. */
interface Version {
  readonly size: number
  readonly mtimeMs: number
}

const changed = (file: string) =>
  new DataError({
    source: file,
    found: "a file that changed since it was opened",
    expected: "the same size and time of change",
    advice: "Write files of tokens under new names, and start again."
  })

const readFully = (descriptor: number, bytes: Uint8Array, position: number): boolean => {
  let read = 0
  while (read < bytes.length) {
    const count = fs.readSync(descriptor, bytes, read, bytes.length - read, position + read)
    if (count === 0) return false
    read += count
  }
  return true
}

/** Reads parts of the file. It is opened for each batch, so that none stays open and a change is seen. */
const readParts = (file: string, dtype: IdDtype, version: Version) => (starts: Float64Array, length: number) => {
  const ids = zeros(dtype, starts.length * length)
  const bytes = new Uint8Array(ids.buffer, 0, ids.byteLength)
  const width = bytesOf[dtype]
  let descriptor: number | undefined
  try {
    descriptor = fs.openSync(file, "r")
    const { size, mtimeMs } = fs.fstatSync(descriptor)
    if (size !== version.size || mtimeMs !== version.mtimeMs) return Effect.fail(changed(file))
    for (const [index, start] of starts.entries()) {
      const part = bytes.subarray(index * length * width, (index + 1) * length * width)
      if (!readFully(descriptor, part, start * width)) return Effect.fail(changed(file))
    }
    return ids
  } catch (cause) {
    return Effect.fail(
      new DataError({
        source: file,
        found: `an error while it was read (${cause instanceof Error ? cause.message : cause})`,
        expected: "a readable file",
        advice: "Was the file moved or removed? Start again with it in its place.",
        cause
      })
    )
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor)
  }
}

/** The ids of a file whose size is `size`. */
export const openIds = (file: string, dtype: IdDtype, version: Version): Tokens => ({
  name: path.basename(file),
  length: version.size / bytesOf[dtype],
  areBytes: dtype === "uint8",
  read: readParts(file, dtype, version)
})
