/** Writes and deletes folders of checkpoints so that a crash at any point leaves each one whole or not there. */
import type { RunDescription, Saved } from "@etude/core/Checkpoints"
import type { CheckpointError } from "@etude/core/Errors"
import type { StorageError, StorageService } from "@etude/core/Storage"
import * as Effect from "effect/Effect"
import * as CheckpointId from "./CheckpointId.ts"
import * as Hasher from "./Hasher.ts"
import * as Libraries from "./Libraries.ts"
import * as Manifest from "./Manifest.ts"
import * as Temporary from "./Temporary.ts"
import type { Planned } from "./TensorFiles.ts"
import * as TensorWriter from "./TensorWriter.ts"

/** All parts of a checkpoint. */
export interface Content {
  readonly saved: Saved
  readonly savedAt: string
  readonly description: RunDescription
  readonly tensorFiles: ReadonlyArray<Planned>
  readonly documents: { readonly [file: string]: Uint8Array }
  /** Asked before the checkpoint gets its name. */
  readonly guard: Effect.Effect<void, CheckpointError>
}

const writeFile = (storage: StorageService, path: string, bytes: Uint8Array): Effect.Effect<void, StorageError> =>
  Effect.gen(function* () {
    const file = yield* storage.create(path)
    yield* file.write(bytes)
    yield* file.sync
  }).pipe(Effect.scoped)

const manifestOf = (
  id: string,
  { saved, savedAt, description }: Content,
  files: Manifest.Manifest["files"]
): Manifest.Manifest => {
  const { epoch, batch, step, attempt, values, savers } = saved
  const by = savers === undefined ? {} : { savers }
  const { task, configHash, executor, eagerPrograms, backend } = description
  const libraries = Libraries.versions()
  const eager = eagerPrograms === undefined ? {} : { eagerPrograms }
  const origin = { task, configHash, executor, ...eager, backend, libraries, platform: Libraries.platform() }
  return { version: Manifest.formatVersion, id, savedAt, epoch, batch, step, attempt, values, ...by, ...origin, files }
}

/** The name after this one, for when another process has taken it. */
const after = (id: string): string => {
  const position = CheckpointId.parse(id)
  if (position === undefined) throw new Error(`${id} is not the name of a checkpoint`)
  return CheckpointId.make({ ...position, copy: position.copy + 1 })
}

/**
 * Takes a checkpoint away: first its name, at once, then its files. The name's going is made sure of before the first file
 * goes, or a crash could leave a checkpoint without some of its files.
 */
export const remove = (storage: StorageService, folder: string, id: string): Effect.Effect<void, StorageError> =>
  Effect.gen(function* () {
    const temporary = `${folder}/${Temporary.make("deleting", storage.process)}`
    const renamed = yield* storage.rename(`${folder}/${id}`, temporary).pipe(
      Effect.as(true),
      Effect.catchIf(
        ({ reason }) => reason === "missing",
        () => Effect.succeed(false)
      )
    )
    if (!renamed) return
    yield* storage.syncFolder(folder)
    yield* storage.remove(temporary)
  })

/**
 * Writes a checkpoint. The order is what makes it safe: files, each made sure of; the manifest; the names of the files; then
 * the folder gets the checkpoint's name; then that name is made sure of. Gives what was saved, under another name if this
 * one was taken meanwhile. After a failure nothing of it is left.
 */
export const write = (
  storage: StorageService,
  hasher: Hasher.Hasher,
  folder: string,
  content: Content
): Effect.Effect<Saved, StorageError | CheckpointError> =>
  Effect.gen(function* () {
    const temporary = `${folder}/${Temporary.make("saving", storage.process)}`

    const fill = Effect.gen(function* () {
      const files: { [file: string]: Manifest.File } = {}
      yield* storage.makeFolder(temporary)
      for (const planned of content.tensorFiles) {
        files[planned.name] = yield* TensorWriter.write(storage, hasher, `${temporary}/${planned.name}`, planned)
      }
      for (const [file, bytes] of Object.entries(content.documents)) {
        yield* writeFile(storage, `${temporary}/${file}`, bytes)
        files[file] = { bytes: bytes.length, sha256: Hasher.sha256(bytes) }
      }
      return files
    })

    const place = Effect.fnUntraced(function* (id: string, files: Manifest.Manifest["files"]) {
      const manifest = Manifest.encode(manifestOf(id, content, files))
      yield* writeFile(storage, `${temporary}/${Manifest.fileName}`, manifest)
      yield* storage.syncFolder(temporary)
      yield* content.guard
      return yield* storage.rename(temporary, `${folder}/${id}`).pipe(
        Effect.as(true),
        Effect.catchIf(
          ({ reason }) => reason === "exists",
          () => Effect.succeed(false)
        )
      )
    })

    const removed = Effect.ignore(storage.remove(temporary))
    const files = yield* Effect.onError(fill, () => removed)
    let { id } = content.saved
    yield* Effect.gen(function* () {
      while (!(yield* Effect.onError(place(id, files), () => removed))) id = after(id)
      // Only after this may a save be reported.
      yield* Effect.onError(storage.syncFolder(folder), () => Effect.ignore(remove(storage, folder, id)))
    }).pipe(Effect.uninterruptible)
    return { ...content.saved, id, path: `${folder}/${id}` }
  })
