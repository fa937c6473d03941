/**
 * `manifest.json`: what a checkpoint is, what made it, and the size and SHA-256 of each of its files. It is written last and
 * carries a hash of itself, so that every change of a checkpoint is noticed.
 */
import { BackendUsed, type Saved } from "@etude/core/Checkpoints"
import { Values } from "@etude/core/Event"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { sha256 } from "./Hasher.ts"
import * as Json from "./Json.ts"
import * as Migration from "./Migration.ts"

export const fileName = "manifest.json"

/** The format that is written. */
export const formatVersion = 1

const Sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))
/** A name without folders: nothing outside the checkpoint is ever read. */
const FileName = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9._-]*$/))

export interface File {
  readonly bytes: number
  readonly sha256: string
}
export const File: Schema.Codec<File> = Schema.Struct({ bytes: Schema.Natural, sha256: Sha256 })

export interface Manifest extends Omit<Saved, "path" | "bytes"> {
  readonly version: typeof formatVersion
  /** UTC, ISO 8601. */
  readonly savedAt: string
  readonly task: string
  readonly configHash: string
  readonly executor: string
  readonly eagerPrograms?: ReadonlyArray<string>
  readonly backend: BackendUsed
  /** Versions by library. */
  readonly libraries: { readonly [library: string]: string }
  /** Such as `linux-x64`. */
  readonly platform: string
  readonly files: { readonly [name: string]: File }
}
export const Manifest: Schema.Codec<Manifest> = Schema.Struct({
  version: Schema.Literal(formatVersion),
  id: Schema.String,
  savedAt: Schema.String,
  epoch: Schema.Natural,
  batch: Schema.Natural,
  step: Schema.Natural,
  attempt: Schema.Natural,
  values: Values,
  savers: Schema.optionalKey(Schema.Array(Schema.String)),
  task: Schema.String,
  configHash: Schema.String,
  executor: Schema.String,
  eagerPrograms: Schema.optionalKey(Schema.Array(Schema.String)),
  backend: BackendUsed,
  libraries: Schema.Record(Schema.String, Schema.String),
  platform: Schema.String,
  files: Schema.Record(FileName, File)
})

const codec = Schema.toCodecJson(Manifest)
const decodeManifest = Schema.decodeUnknownResult(codec, { errors: "all" })

/** The hash of a manifest's content, however it is laid out. */
const checksum = (document: Schema.Json): string => sha256(Json.bytes(document))

/** The bytes of the file. */
export const encode = (manifest: Manifest): Uint8Array<ArrayBuffer> => {
  const document = Schema.encodeSync(codec)(manifest) as { readonly [key: string]: Schema.Json }
  return Json.bytes({ ...document, checksum: checksum(document) })
}

/** Format 0 had no hash of itself and did not say what had made it. */
const migrations: Migration.Migrations = {
  0: (document) => ({
    savedAt: "unknown",
    task: "unknown",
    configHash: "unknown",
    executor: "unknown",
    backend: { name: "unknown", version: "unknown", device: "unknown", threads: 0 },
    libraries: {},
    platform: "unknown",
    ...document,
    version: 1
  })
}

/** The manifest in a file's bytes, or its problem, as the rest of a sentence about the file. */
export const decode = (bytes: Uint8Array): Result.Result<Manifest, string> => {
  const document = Migration.parse(bytes)
  if (Result.isFailure(document)) return Result.fail(document.failure)
  const { checksum: stated, ...content } = document.success
  const unhashed = content["version"] === 0 && stated === undefined
  if (!unhashed && stated !== checksum(content)) return Result.fail("was altered: its checksum does not match")
  const migrated = Migration.migrate(content, migrations, formatVersion)
  if (Result.isFailure(migrated)) return Result.fail(migrated.failure)
  return Result.mapError(decodeManifest(migrated.success), (error) => `is not a manifest: ${Migration.refusal(error)}`)
}
