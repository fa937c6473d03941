/** The parts of a checkpoint that are not tensors: `state.json` and `description.json`. */
import { RunDescription } from "@etude/core/Checkpoints"
import { encodePlain, Plain } from "@etude/core/TrainState"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Json from "./Json.ts"
import * as Migration from "./Migration.ts"

export const stateFile = "state.json"
export const descriptionFile = "description.json"

export const encodeState = (plain: Plain): Uint8Array<ArrayBuffer> => Json.bytes(encodePlain(plain))

/** Before version 1, a boundary that was cut short was not kept: the next thing was always the next batch. */
const stateVersion: Plain["version"] = 1
const stateMigrations: Migration.Migrations = { 0: (document) => ({ ...document, version: 1, boundary: null }) }

const decodePlain = Schema.decodeUnknownResult(Schema.toCodecJson(Plain), { errors: "all" })

/**
 * The plain part of a state as JSON of the current version, or the problem, as the rest of a sentence about the file.
 */
export const decodeState = (bytes: Uint8Array): Result.Result<Schema.Json, string> => {
  const document = Migration.parse(bytes)
  if (Result.isFailure(document)) return Result.fail(document.failure)
  const migrated = Migration.migrate(document.success, stateMigrations, stateVersion)
  if (Result.isFailure(migrated)) return Result.fail(migrated.failure)
  const decoded = decodePlain(migrated.success)
  return Result.isFailure(decoded)
    ? Result.fail(`is not a state: ${Migration.refusal(decoded.failure)}`)
    : Result.succeed(encodePlain(decoded.success))
}

const descriptionVersion = 1
const descriptionCodec = Schema.toCodecJson(RunDescription)
const decodeRun = Schema.decodeUnknownResult(descriptionCodec, { errors: "all" })

export const encodeDescription = (description: RunDescription): Uint8Array<ArrayBuffer> =>
  Json.bytes({
    version: descriptionVersion,
    ...(Schema.encodeSync(descriptionCodec)(description) as Schema.JsonObject)
  })

/** Before version 1 the number of threads was not kept. */
const descriptionMigrations: Migration.Migrations = {
  0: ({ backend, ...document }) => ({ ...document, version: 1, backend: { ...(backend as object), threads: 0 } })
}

/** The description of the run, or the problem, as the rest of a sentence about the file. */
export const decodeDescription = (bytes: Uint8Array): Result.Result<RunDescription, string> => {
  const document = Migration.parse(bytes)
  if (Result.isFailure(document)) return Result.fail(document.failure)
  const migrated = Migration.migrate(document.success, descriptionMigrations, descriptionVersion)
  if (Result.isFailure(migrated)) return Result.fail(migrated.failure)
  const decoded = decodeRun(migrated.success)
  return Result.mapError(decoded, (error) => `is not the description of a run: ${Migration.refusal(error)}`)
}
