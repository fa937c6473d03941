/** Reads the folder of a checkpoint, and believes nothing that its manifest does not confirm. */
import type { Loaded, RunDescription, Saved } from "@etude/core/Checkpoints"
import { CheckpointCorrupt, CheckpointError } from "@etude/core/Errors"
import type { StorageService } from "@etude/core/Storage"
import { groupOf } from "@etude/core/TensorNames"
import type { TensorData } from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Documents from "./Documents.ts"
import { sha256InSlices } from "./Hasher.ts"
import * as Manifest from "./Manifest.ts"
import * as Safetensors from "./Safetensors.ts"
import * as TensorFiles from "./TensorFiles.ts"

/** A checkpoint's place. */
export interface Place {
  readonly id: string
  /** Its folder. */
  readonly path: string
}

const corrupt = ({ id, path }: Place, file: string, reason: string) => new CheckpointCorrupt({ id, path, file, reason })

const read = (storage: StorageService, place: Place, file: string) =>
  storage.read(`${place.path}/${file}`).pipe(
    Effect.mapError((cause) => {
      if (cause.reason === "missing") return corrupt(place, file, "is missing")
      // Of a file that may not be read nothing is known, as of a damaged one: an older checkpoint may do.
      if (cause.reason === "damaged" || cause.reason === "denied") {
        return corrupt(place, file, `cannot be read: ${cause.detail}`)
      }
      return new CheckpointError({ path: place.path, tried: "read", reason: cause.message, cause })
    })
  )

/** A problem that a reader of part of a file finds counts as damage of that file. */
const orCorrupt = <A>(place: Place, file: string, result: Result.Result<A, string>) =>
  Effect.fromResult(Result.mapError(result, (reason) => corrupt(place, file, reason)))

/** The manifest. It must belong to this checkpoint and name the files that every checkpoint has. */
export const readManifest = Effect.fnUntraced(function* (storage: StorageService, place: Place) {
  const file = Manifest.fileName
  const manifest = yield* orCorrupt(place, file, Manifest.decode(yield* read(storage, place, file)))
  if (manifest.id !== place.id) return yield* corrupt(place, file, `belongs to ${manifest.id}: the folder was renamed`)
  const lacking = [...TensorFiles.required, Documents.stateFile, Documents.descriptionFile].filter(
    (name) => !Object.hasOwn(manifest.files, name)
  )
  if (lacking.length > 0) return yield* corrupt(place, file, `does not name ${lacking.join(", ")}`)
  return manifest
})

export const savedOf = (
  path: string,
  { id, epoch, batch, step, attempt, values, savers, files }: Manifest.Manifest
): Saved => ({
  id,
  path,
  epoch,
  batch,
  step,
  attempt,
  values,
  ...(savers === undefined ? {} : { savers }),
  bytes: Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0)
})

/** A file's bytes, compared with its manifest. */
const readVerified = Effect.fnUntraced(function* (
  storage: StorageService,
  place: Place,
  file: string,
  expected: Manifest.File
) {
  const bytes = yield* read(storage, place, file)
  if (bytes.length !== expected.bytes) {
    return yield* corrupt(place, file, `has ${bytes.length} bytes instead of ${expected.bytes}`)
  }
  const checksum = yield* sha256InSlices(bytes)
  if (checksum !== expected.sha256) {
    return yield* corrupt(place, file, `has the SHA-256 ${checksum} instead of ${expected.sha256}`)
  }
  return bytes
})

/** Compares every file with the manifest. */
export const verify = Effect.fnUntraced(function* (storage: StorageService, place: Place) {
  const manifest = yield* readManifest(storage, place)
  for (const [file, value] of Object.entries(manifest.files)) yield* readVerified(storage, place, file, value)
  return savedOf(place.path, manifest)
})

/** The tensors of a file, all of groups that belong there. */
const tensorsOf = (place: Place, file: string, bytes: Uint8Array) =>
  Effect.gen(function* () {
    const contents = Safetensors.decode(bytes, file)
    if (Result.isFailure(contents)) {
      const problems = contents.failure.problems.map(({ tensor, message }) =>
        tensor ? `${tensor}: ${message}` : message
      )
      return yield* corrupt(place, file, `is not a safetensors file: ${problems.join("; ")}`)
    }
    const { tensors } = contents.success
    const groups: ReadonlyArray<string | undefined> = TensorFiles.groupsOf(file)
    const strange = Object.keys(tensors).filter((name) => !groups.includes(groupOf(name) ?? "none"))
    if (strange.length > 0) return yield* corrupt(place, file, `holds ${strange.join(", ")}, which do not belong in it`)
    return tensors
  })

/** Reads and verifies everything. */
export const load = Effect.fnUntraced(function* (storage: StorageService, place: Place) {
  const manifest = yield* readManifest(storage, place)
  const tensors: { [name: string]: TensorData } = {}
  let description: RunDescription | undefined
  let plain: Loaded["data"]["plain"] | undefined
  for (const [file, listed] of Object.entries(manifest.files)) {
    const bytes = yield* readVerified(storage, place, file, listed)
    if (file === Documents.stateFile) plain = yield* orCorrupt(place, file, Documents.decodeState(bytes))
    else if (file === Documents.descriptionFile) {
      description = yield* orCorrupt(place, file, Documents.decodeDescription(bytes))
    } else if (TensorFiles.groupsOf(file).length > 0) Object.assign(tensors, yield* tensorsOf(place, file, bytes))
  }
  return {
    saved: savedOf(place.path, manifest),
    description: description!,
    data: { plain: plain!, tensors },
    passedOver: []
  } satisfies Loaded
})
