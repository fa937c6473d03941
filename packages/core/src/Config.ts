/**
 * Configs from one Schema: the decoder that reports every problem with its path, the JSON Schema, and the hash. Unknown
 * keys are errors, with the key that was probably meant.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { ConfigInvalid, type Problem } from "./Errors.ts"
import { nearest } from "./nearest.ts"

const strict = { errors: "all", onExcessProperty: "error" } as const
const excessProperty = "Expected no excess property"

/** The JSON Schema (draft 2020-12) of a config: what an editor completes and checks a config file with. */
export const jsonSchema = <T, E>(schema: Schema.Codec<T, E>): { readonly [key: string]: unknown } => {
  const { schema: root, definitions } = Schema.toJsonSchemaDocument(schema, { onExcessProperty: "error" })
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...root,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
  }
}

/** The keys that a JSON Schema knows below `path`, over all alternatives. */
const keysAt = (node: any, definitions: any, path: ReadonlyArray<PropertyKey>): ReadonlyArray<string> => {
  // any: JSON Schema documents have no type of their own here
  if (node === undefined) return []
  if (typeof node.$ref === "string") return keysAt(definitions[node.$ref.split("/").at(-1)], definitions, path)
  const alternatives = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])]
  const nested = alternatives.flatMap((alternative: unknown) => keysAt(alternative, definitions, path))
  if (path.length === 0) return [...Object.keys(node.properties ?? {}), ...nested]
  const [first, ...rest] = path
  const child = typeof first === "number" ? (node.prefixItems?.[first] ?? node.items) : node.properties?.[first!]
  return [...keysAt(child, definitions, rest), ...nested]
}

const problemsOf = <T, E>(schema: Schema.Codec<T, E>, error: Schema.SchemaError): ReadonlyArray<Problem> => {
  const document = Schema.toJsonSchemaDocument(schema)
  return SchemaIssue.makeFormatterStandardSchemaV1()(error.issue).issues.map((issue) => {
    const keys = (issue.path ?? []).map((part) => (typeof part === "object" ? part.key : part))
    const path = keys.map(String).join(".")
    if (issue.message !== excessProperty) return { path, message: issue.message }
    const known = [...new Set(keysAt(document.schema, document.definitions, keys.slice(0, -1)))]
    const meant = nearest(String(keys.at(-1)), known)
    const hint = meant === undefined ? `known keys here: ${known.join(", ")}` : `did you mean "${meant}"?`
    return { path, message: `unknown key; ${hint}` }
  })
}

/** Decodes a config, with its defaults. `source` names it in the message: a file, or what the caller calls it. */
export const decode = <T, E>(
  schema: Schema.Codec<T, E>,
  input: unknown,
  source: string
): Effect.Effect<T, ConfigInvalid> =>
  Schema.decodeUnknownEffect(
    schema,
    strict
  )(input).pipe(Effect.mapError((error) => new ConfigInvalid({ source, problems: problemsOf(schema, error) })))

/** JSON with sorted keys: equal values give equal text. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part
  )

/** The SHA-256 (hexadecimal) of a config's encoded form, whatever the order of its keys. */
export const hash = <T, E>(schema: Schema.Codec<T, E>, config: T): Effect.Effect<string> =>
  Effect.promise(async () => {
    const bytes = new TextEncoder().encode(canonical(Schema.encodeSync(schema)(config)))
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")
  })
