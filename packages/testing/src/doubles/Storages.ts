/**
 * Storages as layers, for what writes files through core's `Storage`: one in memory, one that is full or ends the process at a
 * byte, and one that forgets at a crash what was not synced. `CrashStorage` is what they are made of, for finer faults.
 */
import { Storage, StorageError, type StorageService } from "@etude/core/Storage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CrashStorage from "./CrashStorage.ts"

/** Files in memory; the disk outlives the layer. */
export const memory = (disk = CrashStorage.emptyDisk(), process = "test"): Layer.Layer<Storage> =>
  Layer.sync(Storage, () => CrashStorage.make({ disk, process }))

/** Changes the fate of the bytes from `byte` on, counted over all files. */
const cutting = (
  storage: StorageService,
  byte: number,
  then: (path: string) => Effect.Effect<never, StorageError>
): StorageService => {
  let written = 0
  return {
    ...storage,
    create: (path) =>
      Effect.map(storage.create(path), (file) => ({
        ...file,
        write: (bytes) =>
          Effect.suspend(() => {
            const room = Math.max(0, byte - written)
            written += bytes.length
            return bytes.length <= room
              ? file.write(bytes)
              : Effect.andThen(file.write(bytes.subarray(0, room)), then(path))
          })
      }))
  }
}

/** Full from `byte` on: the write that gets there is done as far as it fits, and fails. */
export const full = (byte: number, disk = CrashStorage.emptyDisk()): Layer.Layer<Storage> =>
  Layer.sync(Storage, () =>
    cutting(CrashStorage.make({ disk, process: "test" }), byte, (path) =>
      Effect.fail(new StorageError({ path, operation: "write", reason: "full", detail: `full at byte ${byte}` }))
    )
  )

/** Ends the process at `byte`: what was written before stays, torn; later writes die with `ProcessEnded`. */
export const torn = (byte: number, disk = CrashStorage.emptyDisk()): Layer.Layer<Storage> =>
  Layer.sync(Storage, () =>
    cutting(CrashStorage.make({ disk, process: "test" }), byte, () => Effect.die(new CrashStorage.ProcessEnded()))
  )

/** The disk after a crash of the machine that took everything that was not synced. */
export const forgotten = (disk: CrashStorage.Disk): CrashStorage.Disk => {
  // The first outcome is the one that lost most.
  for (const { disk: left } of CrashStorage.crashes(disk, 2, () => 0)) return left
  return CrashStorage.emptyDisk()
}
