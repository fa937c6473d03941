/** Files that are written whole or not at all, even when the process crashes. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"

/**
 * Makes the entries of a directory survive a crash (fsync). Does nothing where directories cannot be opened, as on Windows.
 */
export const syncDirectory = (path: string): Effect.Effect<void, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const opened = yield* Effect.option(fs.open(path, { flag: "r" }))
    if (opened._tag === "Some") yield* opened.value.sync
  }).pipe(Effect.scoped)

/** Writes a file and makes its content survive a crash (fsync). Its directory's entry is not yet safe. */
export const writeSynced = (
  path: string,
  bytes: Uint8Array
): Effect.Effect<void, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    // Created exclusively: an existing link is not followed.
    const file = yield* fs.open(path, { flag: "wx" })
    yield* file.writeAll(bytes)
    yield* file.sync
  }).pipe(Effect.scoped)

/**
 * Writes a file atomically: temporary file beside it, fsync, rename, fsync of the directory. Readers see the old file
 * or the new one, never a part. Uninterruptible once started. On failure the temporary file is removed and the old one
 * is kept.
 */
export const write = (
  path: string,
  bytes: Uint8Array
): Effect.Effect<void, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const temporary = `${path}.${crypto.randomUUID()}.tmp`
    yield* writeSynced(temporary, bytes).pipe(
      Effect.andThen(fs.rename(temporary, path)),
      Effect.onError(() => Effect.ignore(fs.remove(temporary, { force: true })))
    )
    yield* syncDirectory((yield* Path.Path).dirname(path))
  }).pipe(Effect.uninterruptible)
