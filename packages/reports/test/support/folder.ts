import * as NodeServices from "@effect/platform-node/NodeServices"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as PlatformError from "effect/PlatformError"

/** A temporary folder that goes with the scope. */
export const folder = FileSystem.FileSystem.use((fs) => fs.makeTempDirectoryScoped()).pipe(
  Effect.provide(NodeServices.layer)
)
export const node = NodeServices.layer

export const read = (path: string) =>
  FileSystem.FileSystem.use((fs) => fs.readFileString(path)).pipe(Effect.provide(NodeServices.layer))

export const list = (path: string) =>
  FileSystem.FileSystem.use((fs) => fs.readDirectory(path)).pipe(Effect.provide(NodeServices.layer))

/** Node's file system, whose disk is full while `full()` holds: half of what is written arrives. */
export const filling = (full: () => boolean) =>
  Layer.effect(
    FileSystem.FileSystem,
    FileSystem.FileSystem.useSync((fs) => ({
      ...fs,
      open: (path: string, options?: Parameters<typeof fs.open>[1]) =>
        Effect.map(fs.open(path, options), (file) => ({
          ...file,
          truncate: file.truncate,
          sync: file.sync,
          writeAll: (bytes: Uint8Array) =>
            Effect.suspend(() =>
              full()
                ? Effect.andThen(
                    file.writeAll(bytes.subarray(0, bytes.length >> 1)),
                    Effect.fail(
                      PlatformError.systemError({
                        _tag: "WriteZero",
                        module: "FileSystem",
                        method: "writeAll",
                        description: "no space left"
                      })
                    )
                  )
                : file.writeAll(bytes)
            )
        }))
    }))
  ).pipe(Layer.provide(NodeServices.layer))

/** A file in memory, whose disk takes so long for each write. */
export const slow = (duration: Duration.Input) => {
  let text = ""
  const missing = PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method: "stat" })
  const file = {
    writeAll: (bytes: Uint8Array) =>
      Effect.delay(
        Effect.sync(() => {
          text += new TextDecoder().decode(bytes)
        }),
        duration
      ),
    truncate: () => Effect.void,
    sync: Effect.void
  } as unknown as FileSystem.File // what is used of one
  const layer = FileSystem.layerNoop({
    makeDirectory: () => Effect.void,
    stat: () => Effect.fail(missing),
    writeFile: () => Effect.void,
    rename: () => Effect.void,
    open: () => Effect.succeed(file)
  })
  return { text: () => text, layer }
}
