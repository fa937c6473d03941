/**
 * Checkpoints as folders of files. A checkpoint is written to a temporary folder beside the others and renamed when all of
 * it has reached the disk: under its own name there is never a half one, whenever the process or the machine stops.
 */
import { sep } from "node:path"
import type { Checkpoints, RunDescription, Saved } from "@etude/core/Checkpoints"
import { CheckpointError, CheckpointMissing } from "@etude/core/Errors"
import { Storage, type StorageError, type StorageService } from "@etude/core/Storage"
import type { TrainState } from "@etude/core/TrainState"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
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
  /**
   * Whether nobody else writes here from now on, as who holds the run's lock knows. What others have begun to write is cleared away,
   * also where they live: a process that was stopped before it gave a checkpoint its name finds nothing to name. Default: false.
   */
  readonly isExclusive?: boolean
}

/** The parts that a store works with. */
interface Workplace {
  readonly folder: string
  readonly storage: StorageService
  readonly hasher: Hasher.Hasher
  readonly retries: Schedule.Schedule<unknown, CheckpointError> | undefined
  readonly guard: Effect.Effect<void, { readonly message: string }>
  /** Names given to checkpoints that are not yet written. */
  readonly usedIds: Set<string>
}

const placeOf = ({ folder }: Workplace, id: string): FolderReader.Place => ({ id, path: `${folder}/${id}` })

const failed = (path: string, tried: "written" | "read" | "deleted") => (cause: StorageError | CheckpointError) =>
  cause._tag === "CheckpointError" ? cause : new CheckpointError({ path, tried, reason: cause.message, cause })

const allowed = ({ guard }: Workplace, path: string, tried: "written" | "deleted") =>
  Effect.mapError(guard, (cause) => new CheckpointError({ path, tried, reason: cause.message, cause }))

/** The names of all checkpoints, whole or damaged, oldest first. */
const idsOf = ({ storage, folder }: Workplace) =>
  Effect.map(storage.list(folder), CheckpointId.sorted).pipe(Effect.mapError(failed(folder, "read")))

/** Says of a checkpoint that is not there at all that it is missing, not damaged. */
const orMissing = <A, E>(
  workplace: Workplace,
  id: string,
  effect: Effect.Effect<A, E>
): Effect.Effect<A, E | CheckpointMissing | CheckpointError> =>
  Effect.catch(effect, (error) =>
    Effect.flatMap(idsOf(workplace), (ids) =>
      Effect.fail(ids.includes(id) ? error : new CheckpointMissing({ id, known: ids }))
    )
  )

const list = Effect.fnUntraced(function* (workplace: Workplace) {
  const whole: Array<Saved> = []
  for (const id of yield* idsOf(workplace)) {
    const place = placeOf(workplace, id)
    const manifest = yield* FolderReader.readManifest(workplace.storage, place).pipe(
      Effect.catchTag("CheckpointCorrupt", () => Effect.succeed(undefined))
    )
    if (manifest !== undefined) whole.push(FolderReader.savedOf(place.path, manifest))
  }
  return whole
})

/** Names a checkpoint that is about to be written: by its position, and a number where that is taken. */
const nameFor = Effect.fnUntraced(function* (workplace: Workplace, position: Omit<CheckpointId.Position, "copy">) {
  const taken = yield* idsOf(workplace)
  const id = CheckpointId.free(position, new Set([...taken, ...workplace.usedIds]))
  workplace.usedIds.add(id)
  return id
})

const prepare = Effect.fnUntraced(function* (
  workplace: Workplace,
  state: TrainState,
  description: RunDescription,
  savers?: ReadonlyArray<string>
) {
  const { folder, storage, hasher, retries, usedIds } = workplace
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
  const id = yield* nameFor(workplace, position)
  const { path } = placeOf(workplace, id)
  const saved: Saved = {
    id,
    path,
    ...position,
    values: Store.valuesOf(plain),
    ...(savers === undefined ? {} : { savers }),
    bytes: sizes.reduce((sum, size) => sum + size, 0)
  }
  const contents = { saved, savedAt, description, tensorFiles, documents, guard: allowed(workplace, path, "written") }
  const write = FolderWriter.write(storage, hasher, folder, contents).pipe(Effect.mapError(failed(path, "written")))
  const ended = Effect.sync(() => usedIds.delete(id))
  return {
    saved,
    write: Effect.ensuring(retries === undefined ? write : Effect.retry(write, retries), ended)
  } satisfies Store.Prepared
})

const remove = (workplace: Workplace, id: string) => {
  // What has no name of a checkpoint is none of this store's.
  if (CheckpointId.parse(id) === undefined) return Effect.void
  const { path } = placeOf(workplace, id)
  return allowed(workplace, path, "deleted").pipe(
    Effect.andThen(FolderWriter.remove(workplace.storage, workplace.folder, id)),
    Effect.mapError(failed(path, "deleted"))
  )
}

/** A store in a folder of any storage. */
export const make = Effect.fnUntraced(function* ({
  folder,
  retries,
  guard = Effect.void,
  isExclusive = false
}: FileStoreOptions): Effect.fn.Return<Store.StoreService, CheckpointError, Storage | Scope.Scope> {
  const storage = yield* Storage
  const workplace: Workplace = { folder, storage, hasher: yield* Hasher.make, retries, guard, usedIds: new Set() }
  yield* Opening.open(storage, folder, isExclusive).pipe(Effect.mapError(failed(folder, "written")))
  const load = (id: string) => orMissing(workplace, id, FolderReader.load(storage, placeOf(workplace, id)))
  return {
    prepare: (state, description, savers) => prepare(workplace, state, description, savers),
    load,
    latest: Effect.flatMap(idsOf(workplace), (all) => Store.latest(all, load)),
    best: (monitor, better) => Effect.map(list(workplace), (saved) => Store.best(saved, monitor, better)),
    list: list(workplace),
    verify: (id) => orMissing(workplace, id, FolderReader.verify(storage, placeOf(workplace, id))),
    delete: (id) => remove(workplace, id)
  }
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
