/** Files of Node, read from any offset. */
import * as fs from "node:fs/promises"
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { unreadable } from "../readFile.ts"
import type { ByteSource } from "./ByteSource.ts"

const attempt = <A>(file: string, run: () => Promise<A>): Effect.Effect<A, DataError> =>
  Effect.catch(Effect.tryPromise({ try: run, catch: (cause) => cause }), (cause) => unreadable(file, cause))

const readFully = async (handle: fs.FileHandle, offset: number, length: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled === length ? bytes : bytes.subarray(0, filled)
}

const notAFile = (file: string): DataError =>
  new DataError({
    source: file,
    found: "a pipe or device",
    expected: "a file, which can be read again from any offset",
    advice: "Write what it gives into a file first."
  })

/** Opens a file for as long as the scope lasts. */
export const openFile = (file: string): Effect.Effect<ByteSource, DataError, Scope.Scope> =>
  Effect.gen(function* () {
    // To open a pipe would wait for its writer.
    const status = yield* attempt(file, () => fs.stat(file))
    if (status.isDirectory()) return yield* unreadable(file, Object.assign(new Error(file), { code: "EISDIR" }))
    if (!status.isFile()) return yield* notAFile(file)
    const handle = yield* Effect.acquireRelease(
      attempt(file, () => fs.open(file)),
      (opened) => Effect.promise(() => opened.close())
    )
    const { size, mtimeMs, ino } = yield* attempt(file, () => handle.stat())
    return {
      name: file,
      size,
      identity: `${ino} ${size} ${mtimeMs}`,
      read: (offset, length) =>
        attempt(file, () => readFully(handle, offset, Math.max(0, Math.min(length, size - offset))))
    }
  })
