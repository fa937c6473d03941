/** Files that are there whole or not at all. */
import { randomUUID } from "node:crypto"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

const unwritable = (file: string, cause: unknown) =>
  new DataError({
    source: file,
    found: `an error while it was written (${cause instanceof Error ? cause.message : cause})`,
    expected: "a file that can be written",
    advice: "Free some space, or choose another folder; set ETUDE_CACHE to move what Etude keeps.",
    cause
  })

/**
 * Writes by `write` into a temporary file beside `file`, and gives it its name when it is whole and on disk. Other
 * processes see the old file or the new one; what an interruption leaves is removed.
 */
export const writeWhole = <A>(
  file: string,
  write: (add: (bytes: Uint8Array) => Effect.Effect<void, DataError>) => Effect.Effect<A, DataError>
): Effect.Effect<A, DataError> =>
  Effect.gen(function* () {
    const attempt = <B>(run: () => Promise<B>) =>
      Effect.tryPromise({ try: run, catch: (cause) => unwritable(file, cause) })
    yield* attempt(() => fs.mkdir(path.dirname(file), { recursive: true }))
    const temporary = `${file}.${randomUUID()}.tmp`
    return yield* Effect.acquireUseRelease(
      attempt(() => fs.open(temporary, "wx")),
      (handle) =>
        Effect.gen(function* () {
          const result = yield* write((bytes) => Effect.asVoid(attempt(() => handle.writeFile(bytes))))
          yield* attempt(() => handle.sync())
          yield* attempt(() => fs.rename(temporary, file))
          return result
        }),
      (handle, exit) =>
        Effect.promise(async () => {
          await handle.close()
          if (Exit.isFailure(exit)) await fs.rm(temporary, { force: true })
        })
    )
  })
