/**
 * The file system of a run's callbacks: it writes as long as this process holds the run. Once another process has taken the run
 * over, every write fails, so that two never write the same files. Temporary files (`*.tmp`) have the token of their writer in their
 * names, so that who takes the run over can remove them: then a renaming that was about to happen finds nothing.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import { type PlatformError, systemError } from "effect/PlatformError"
import * as Leftovers from "./Leftovers.ts"

type Check = Effect.Effect<void, { readonly message: string }>

const temporary = ".tmp"

/** The path, with the writer's token where it is that of a temporary file. */
const own = (path: string, token: string | undefined): string =>
  path.endsWith(temporary) ? Leftovers.nameOf(path.slice(0, -temporary.length), token) : path

/** Makes methods that ask first. */
const fencing =
  (check: Check) =>
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
const fencedFile = (fenced: ReturnType<typeof fencing>, file: FileSystem.File): FileSystem.File =>
  Object.create(file, {
    write: { value: fenced("write", (buffer: Uint8Array) => file.write(buffer)) },
    writeAll: { value: fenced("writeAll", (buffer: Uint8Array) => file.writeAll(buffer)) },
    truncate: {
      value: fenced("truncate", (...size: Parameters<FileSystem.File["truncate"]>) => file.truncate(...size))
    }
  })

const fence = (files: FileSystem.FileSystem, check: Check, token: string | undefined): FileSystem.FileSystem => {
  const fenced = fencing(check)
  const at = (path: string) => own(path, token)
  const opened = fenced("open", (path: string, options?: Parameters<typeof files.open>[1]) =>
    Effect.map(files.open(at(path), options), (file) => fencedFile(fenced, file))
  )
  // What the platform derives from these, such as `sink` and `writeFileString`, is derived from the fenced ones.
  return FileSystem.make({
    ...files,
    open: (path, options) => ((options?.flag ?? "r") === "r" ? files.open(at(path), options) : opened(path, options)),
    stat: (path) => files.stat(at(path)),
    copy: fenced("copy", (from, to, options) => files.copy(at(from), at(to), options)),
    copyFile: fenced("copyFile", (from, to) => files.copyFile(at(from), at(to))),
    link: fenced("link", (from, to) => files.link(at(from), at(to))),
    symlink: fenced("symlink", (from, to) => files.symlink(at(from), at(to))),
    remove: fenced("remove", (path, options) => files.remove(at(path), options)),
    rename: fenced("rename", (from, to) => files.rename(at(from), at(to))),
    truncate: fenced("truncate", (path, size) => files.truncate(at(path), size)),
    writeFile: fenced("writeFile", (path, data, options) => files.writeFile(at(path), data, options))
  })
}

/**
 * @param check fails once this process may no longer write
 * @param token of this writer alone; undefined where nobody else could write
 */
export const layer = (check: Check, token?: string): Layer.Layer<FileSystem.FileSystem, never, FileSystem.FileSystem> =>
  Layer.effect(
    FileSystem.FileSystem,
    Effect.map(FileSystem.FileSystem, (files) => fence(files, check, token))
  )
