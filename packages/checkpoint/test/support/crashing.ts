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
