/** Opening a folder of checkpoints: making it, making sure of it, and clearing away what stopped processes left behind. */
import type { StorageError, StorageService } from "@etude/core/Storage"
import * as Effect from "effect/Effect"
import * as Temporary from "./Temporary.ts"

/** The folders on the way to a folder, outermost first, each with the one it is in. */
const levels = (folder: string): ReadonlyArray<{ readonly path: string; readonly parent: string }> => {
  const parts = folder.split("/").filter((part) => part !== "" && part !== ".")
  const root = folder.startsWith("/") ? "/" : "."
  const pathOf = (count: number) =>
    count === 0 ? root : `${root === "/" ? "/" : ""}${parts.slice(0, count).join("/")}`
  return parts.map((_, index) => ({ path: pathOf(index + 1), parent: pathOf(index) }))
}

/** Creates a folder and its parents where they are missing; returns those that it created. */
const make = Effect.fnUntraced(function* (storage: StorageService, folder: string) {
  const created = new Set<string>()
  const missing: Array<string> = []
  const above = levels(folder).map(({ path }) => path)
  // From the inside out: outer folders, which may be inaccessible, are not touched if the inner one exists.
  for (let path = above.pop(); path !== undefined; path = above.pop()) {
    const result = yield* Effect.result(storage.makeFolder(path))
    if (result._tag === "Failure" && result.failure.reason === "missing" && above.length > 0) {
      missing.push(path)
      continue
    }
    if (yield* Effect.fromResult(result)) created.add(path)
    break
  }
  for (const path of missing.reverse()) if (yield* storage.makeFolder(path)) created.add(path)
  return created
})

/**
 * Opens the folder. An earlier process may have been stopped between making or renaming something and making sure of it, so
 * everything on the way is made sure of again: what has been seen once stays. Folders that were there before and cannot be
 * opened are not ours to make sure of. Who opens it exclusively clears away what living processes have begun, too.
 */
export const open = (storage: StorageService, folder: string, isExclusive = false): Effect.Effect<void, StorageError> =>
  Effect.gen(function* () {
    const store = yield* make(storage, folder)
    for (const { path, parent } of levels(folder)) {
      const sync = storage.syncFolder(parent)
      yield* store.has(path) ? sync : Effect.ignore(sync)
    }
    yield* storage.syncFolder(folder)
    for (const name of yield* storage.list(folder)) {
      const process = Temporary.processOf(name)
      const path = `${folder}/${name}`
      if (process === undefined || (!isExclusive && (yield* storage.isWriting(process, path)))) continue
      // Another process may be clearing it away at the same time; the rest is cleared away next time.
      yield* Effect.ignore(storage.remove(path))
    }
  })
