/**
 * Checkpoints as folders of files. A checkpoint is written to a temporary folder beside the others and renamed when all of
 * it has reached the disk: under its own name there is never a half one, whenever the process or the machine stops.
 */
import { sep } from "node:path"
import type { Checkpoints, RunDescription, Saved } from "@etude/core/Checkpoints"
import { CheckpointError, CheckpointMissing } from "@etude/core/Errors"
import { Storage, type StorageError } from "@etude/core/Storage"
import type { TrainState } from "@etude/core/TrainState"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schedule from "effect/Schedule"
import * as CheckpointId from "./CheckpointId.ts"
import * as Documents from "./Documents.ts"
import * as FolderReader from "./FolderReader.ts"
import * as FolderWriter from "./FolderWriter.ts"
import * as Hasher from "./Hasher.ts"
import * as NodeStorage from "./NodeStorage.ts"
import * as Opening from "./Opening.ts"
import * as Store from "./Store.ts"
import * as TensorFiles from "./TensorFiles.ts"

export interface FileStoreOptions {
  /**
   * Where the checkpoints are, with `/` between its parts; made when it is not there. One run has one folder. On Windows
   * {@link layer} takes `\\` too, so that `path.join` can be used.
   */
  readonly folder: string
  /** When to write again after a failure; not at all by default. */
  readonly retries?: Schedule.Schedule<unknown, CheckpointError>
  /** Asked before a checkpoint gets its name and before one is deleted: where it fails, this process may not write here. */
  readonly guard?: Effect.Effect<void, { readonly message: string }>
}

/** A store in a folder of any storage. */
export const make = Effect.fnUntraced(function* ({ folder, retries, guard = Effect.void }: FileStoreOptions) {
  const storage = yield* Storage
  const hasher = yield* Hasher.make
  const placeOf = (id: string): FolderReader.Place => ({ id, path: `${folder}/${id}` })
  const failed = (path: string, tried: "written" | "read" | "deleted") => (cause: StorageError | CheckpointError) =>
    cause._tag === "CheckpointError" ? cause : new CheckpointError({ path, tried, reason: cause.message, cause })

  const allowed = (path: string, tried: "written" | "deleted") =>
    Effect.mapError(guard, (cause) => new CheckpointError({ path, tried, reason: cause.message, cause }))

  yield* Opening.open(storage, folder).pipe(Effect.mapError(failed(folder, "written")))

  /** The names of all checkpoints, whole or damaged, oldest first. */
  const ids = Effect.map(storage.list(folder), CheckpointId.sorted).pipe(Effect.mapError(failed(folder, "read")))

  /** Says of a checkpoint that is not there at all that it is missing, not damaged. */
  const present = Effect.fnUntraced(function* (id: string) {
    const known = yield* ids
    return known.includes(id) ? undefined : new CheckpointMissing({ id, known })
  })
  const orMissing = <A, E>(
    id: string,
    effect: Effect.Effect<A, E>
  ): Effect.Effect<A, E | CheckpointMissing | CheckpointError> =>
    Effect.catch(effect, (error) => Effect.flatMap(present(id), (missing) => Effect.fail(missing ?? error)))

  const list = Effect.gen(function* () {
    const whole: Array<Saved> = []
    for (const id of yield* ids) {
      const place = placeOf(id)
      const manifest = yield* FolderReader.readManifest(storage, place).pipe(
        Effect.catchTag("CheckpointCorrupt", () => Effect.succeed(undefined))
      )
      if (manifest !== undefined) whole.push(FolderReader.savedOf(place.path, manifest))
    }
    return whole
  })

  const load = (id: string) => orMissing(id, FolderReader.load(storage, placeOf(id)))

  /** Names given to checkpoints that are not yet written. */
  const given = new Set<string>()

  const prepare = Effect.fnUntraced(function* (
    state: TrainState,
    description: RunDescription,
    savers?: ReadonlyArray<string>
  ) {
    const { plain } = state
    const position = CheckpointId.positionOf(plain)
    const tensorFiles = yield* TensorFiles.plan(state, folder)
    const documents = {
      [Documents.stateFile]: Documents.encodeState(plain),
      [Documents.descriptionFile]: Documents.encodeDescription(description)
    }
    const sizes = [
      ...tensorFiles.map(({ layout }) => layout.bytes),
      ...Object.values(documents).map(({ length }) => length)
    ]
    const savedAt = new Date(yield* Clock.currentTimeMillis).toISOString()
    const taken = yield* ids
    const id = CheckpointId.free(position, new Set([...taken, ...given]))
    given.add(id)
    const values = Store.valuesOf(plain)
    const saved: Saved = {
      id,
      path: placeOf(id).path,
      ...position,
      values,
      ...(savers === undefined ? {} : { savers }),
      bytes: sizes.reduce((sum, size) => sum + size, 0)
    }
    const write = FolderWriter.write(storage, hasher, folder, {
      saved,
      savedAt,
      description,
      tensorFiles,
      documents,
      guard: allowed(saved.path, "written")
    }).pipe(Effect.mapError(failed(saved.path, "written")))
    const withRetries = retries === undefined ? write : Effect.retry(write, retries)
    return {
      saved,
      write: Effect.ensuring(
        withRetries,
        Effect.sync(() => given.delete(id))
      )
    } satisfies Store.Prepared
  })

  return {
    prepare,
    load,
    latest: Effect.flatMap(ids, (all) => Store.latest(all, load)),
    best: (monitor, better) => Effect.map(list, (saved) => Store.best(saved, monitor, better)),
    list,
    verify: (id) => orMissing(id, FolderReader.verify(storage, placeOf(id))),
    delete: (id) =>
      CheckpointId.parse(id) === undefined
        ? Effect.void
        : allowed(placeOf(id).path, "deleted").pipe(
            Effect.andThen(FolderWriter.remove(storage, folder, id)),
            Effect.mapError(failed(placeOf(id).path, "deleted"))
          )
  } satisfies Store.StoreService
})

/** Checkpoints in a folder of any `Storage`. */
export const layerStorage = (
  options: FileStoreOptions
): Layer.Layer<Checkpoints | Store.Store, CheckpointError, Storage> => Store.layer(make(options))

/** A path of this machine as `Storage` has it. On other systems than Windows a backslash is part of a name. */
export const storagePath = (path: string, separator: string = sep): string => path.replaceAll(separator, "/")

/** Checkpoints in a folder of this machine. */
export const layer = (options: FileStoreOptions): Layer.Layer<Checkpoints | Store.Store, CheckpointError> =>
  layerStorage({ ...options, folder: storagePath(options.folder) }).pipe(Layer.provide(NodeStorage.layer))
