/** Old versions of a document, brought up to the present one step at a time. */
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as Json from "./Json.ts"

export type Document = { readonly [key: string]: Schema.Json }

/** From each old version to the next one. */
export type Migrations = { readonly [from: number]: (document: Document) => Document }

/** The JSON object in a file's bytes, or their problem, as the rest of a sentence about the file. */
export const parse = (bytes: Uint8Array): Result.Result<Document, string> => {
  try {
    const document = Json.parse(bytes)
    if (Json.isTooDeep(document)) return Result.fail("is nested too deeply")
    return typeof document === "object" && document !== null && !Array.isArray(document)
      ? Result.succeed(document as Document)
      : Result.fail("is not a JSON object")
  } catch {
    // The engine's own message differs between versions.
    return Result.fail("is not JSON: it was truncated or overwritten")
  }
}

/** The document in its current version, or why it can't be read, as the rest of a sentence about the file. */
export const migrate = (
  document: Document,
  migrations: Migrations,
  present: number
): Result.Result<Document, string> => {
  let current = document
  while (current["version"] !== present) {
    const { version: from } = current
    // Own keys only: every object has a member such as "constructor".
    const migration = typeof from === "number" && Object.hasOwn(migrations, from) ? migrations[from] : undefined
    if (migration === undefined) {
      const known = [...Object.keys(migrations), present].join(", ")
      const version = Json.shown(current["version"] ?? null)
      return Result.fail(`has version ${version}, and this @etude/checkpoint reads ${known}: a newer one may read it`)
    }
    current = migration(current)
  }
  return Result.succeed(current)
}

/** A Schema's message about a document, on one line. */
export const refusal = ({ message }: Schema.SchemaError): string => {
  const line = message.replace(/\s*\n\s*/g, " ")
  return line.length <= 1000 ? line : `${line.slice(0, 1000)}…`
}
