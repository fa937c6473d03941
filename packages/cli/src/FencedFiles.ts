/**
 * The file system of a run's callbacks: it writes as long as this process holds the run. Once another process has taken the run
 * over, every write fails, so that two never write the same files.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import { type PlatformError, systemError } from "effect/PlatformError"

type Check = Effect.Effect<void, { readonly message: string }>

/** @param check fails once this process may no longer write */
export const layer = (check: Check): Layer.Layer<FileSystem.FileSystem, never, FileSystem.FileSystem> =>
  Layer.effect(
    FileSystem.FileSystem,
    Effect.map(FileSystem.FileSystem, (files) => {
      const fenced =
        <Arguments extends ReadonlyArray<unknown>, A, R>(
          method: string,
          run: (...parameters: Arguments) => Effect.Effect<A, PlatformError, R>
        ) =>
        (...parameters: Arguments): Effect.Effect<A, PlatformError, R> =>
          check.pipe(
            Effect.mapError(({ message: description }) =>
              systemError({ _tag: "PermissionDenied", module: "FileSystem", method, description })
            ),
            Effect.andThen(Effect.suspend(() => run(...parameters)))
          )
      /** The same file, whose writes ask first. */
      const fencedFile = (file: FileSystem.File): FileSystem.File =>
        Object.create(file, {
          write: { value: fenced("write", (buffer: Uint8Array) => file.write(buffer)) },
          writeAll: { value: fenced("writeAll", (buffer: Uint8Array) => file.writeAll(buffer)) },
          truncate: {
            value: fenced("truncate", (...size: Parameters<FileSystem.File["truncate"]>) => file.truncate(...size))
          }
        })
      return {
        ...files,
        open: (path, options) => Effect.map(files.open(path, options), fencedFile),
        remove: fenced("remove", files.remove),
        rename: fenced("rename", files.rename),
        writeFile: fenced("writeFile", files.writeFile),
        writeFileString: fenced("writeFileString", files.writeFileString)
      }
    })
  )
