import { Checkpoints } from "@etude/core/Checkpoints"
import { Storage, type StorageService } from "@etude/core/Storage"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as FileStore from "../../src/FileStore.ts"

export const folder = "runs/one"

/** The store in files on a storage that crashes. */
export const open = (storage: StorageService) => {
  const store = FileStore.layerStorage({ folder }).pipe(Layer.provide(Layer.succeed(Storage, storage)))
  return Effect.map(Layer.build(Layer.fresh(store)), Context.get(Checkpoints))
}

/** A store that takes the short way: a checkpoint is written under its own name from the begin. */
export const inPlace = (storage: StorageService) => open({ ...storage, ...writingInPlace(storage) })

const writingInPlace = (
  storage: StorageService
): Pick<StorageService, "makeFolder" | "create" | "syncFolder" | "rename"> => {
  // The first save's temporary folder becomes the final one at once.
  const names = new Map<string, string>()
  let saves = 0
  const real = (path: string): string => {
    const [whole] = /^.*\.saving-[^/]*/.exec(path) ?? []
    if (whole === undefined) return path
    if (!names.has(whole)) names.set(whole, `${folder}/${idAt(++saves)}`)
    return path.replace(whole, names.get(whole)!)
  }
  return {
    makeFolder: (path) => storage.makeFolder(real(path)),
    create: (path) => storage.create(real(path)),
    syncFolder: (path) => storage.syncFolder(real(path)),
    rename: (from, to) => (real(from) === to ? Effect.void : storage.rename(real(from), to))
  }
}
const idAt = (epoch: number) => `epoch-000${epoch}-batch-00000-step-00000${epoch}0-attempt-01`
