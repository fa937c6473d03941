import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Layer from "effect/Layer"
import * as PlatformError from "effect/PlatformError"

/** One file in memory, appended to; writes can be made to fail half-way or to wait. */
export interface Disk {
  readonly layer: Layer.Layer<FileSystem.FileSystem>
  readonly text: () => string
  /** The next so many writes put half of their bytes down and fail. */
  failing: number
  /** Runs before each write. */
  before: Effect.Effect<void>
  readonly log: Array<string>
}

export const make = (content?: string): Disk => {
  let bytes = new TextEncoder().encode(content ?? "")
  let exists = content !== undefined
  const error = (_tag: "NotFound" | "WriteZero", method: string) =>
    PlatformError.systemError({ _tag, module: "FileSystem", method, description: "no space left" })
  const put = (added: Uint8Array) => {
    bytes = Uint8Array.from([...bytes, ...added])
  }
  const disk: Disk = {
    layer: FileSystem.layerNoop({
      readFile: () =>
        Effect.suspend(() => (exists ? Effect.succeed(bytes) : Effect.fail(error("NotFound", "readFile")))),
      open: () =>
        Effect.acquireRelease(
          Effect.sync(() => {
            exists = true
            return {
              truncate: (length = 0) =>
                Effect.sync(() => {
                  bytes = bytes.slice(0, length)
                }),
              writeAll: (added: Uint8Array) =>
                Effect.suspend(() => {
                  if (disk.failing > 0) {
                    disk.failing -= 1
                    put(added.slice(0, added.length >> 1))
                    disk.log.push("failed")
                    return Effect.fail(error("WriteZero", "writeAll"))
                  }
                  disk.log.push("write")
                  put(added)
                  return Effect.void
                }).pipe((write) => Effect.andThen(disk.before, write)),
              sync: Effect.sync(() => void disk.log.push("sync"))
            } as unknown as FileSystem.File
          }),
          () => Effect.sync(() => void disk.log.push("close"))
        )
    }),
    text: () => new TextDecoder().decode(bytes),
    failing: 0,
    before: Effect.void,
    log: []
  }
  return disk
}
