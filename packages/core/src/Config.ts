/**
 * Configs from one Schema: the decoder that reports every problem with its path, the JSON Schema, and the hash. Unknown
 * keys are errors, with the key that was probably meant.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ConfigInvalid, type Problem } from "./Errors.ts"
import * as ConfigProblems from "./internal/ConfigProblems.ts"
import * as Definitions from "./internal/Definitions.ts"
import type { Document } from "./internal/References.ts"
import * as Variants from "./internal/Variants.ts"

/** The schema of a key that may be left out: it then has a default. */
export interface Defaulted<T, E = T> extends Schema.withDecodingDefaultKey<Schema.Codec<T, E>> {}

/**
 * A key that may be left out, with the value that it then has. The JSON Schema shows that value as a file would write it, and
 * what it is for: both belong to the encoded side, so they are annotated before the default is put in.
 */
export const withDefault = <T, E>(schema: Schema.Codec<T, E>, value: E, description?: string): Defaulted<T, E> =>
  schema
    .annotate({ default: value as T & E, ...(description === undefined ? {} : { description }) }) // shown, never decoded
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(value)))

/** A schema by the type of what it lets through, where its checks, or how its fields were made, say more than their types. */
export const narrowed = <T, E = T>(schema: Schema.Top): Schema.Codec<T, E> => schema as unknown as Schema.Codec<T, E>

/** A finite number above 0. */
export const positive = Schema.Finite.check(Schema.isGreaterThan(0, { message: "expected a number above 0" }))

/** A finite number of 0 or more. */
export const notNegative = Schema.Finite.check(
  Schema.isGreaterThanOrEqualTo(0, { message: "expected a number of at least 0" })
)

/** A number in [0, 1). */
export const fraction = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 1, exclusiveMaximum: true }, { message: "expected a number in [0, 1)" })
)

/** A whole number above 0, of `what`: epochs, samples. */
export const count = (what: string) =>
  Schema.Int.check(Schema.isGreaterThan(0, { message: `expected a whole number of ${what} above 0` }))

const strict = { errors: "all", onExcessProperty: "error" } as const

const documentOf = ({ schema, definitions }: Document): { readonly [key: string]: unknown } => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  ...schema,
  ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
})

const described = <T, E>(schema: Schema.Codec<T, E>): Document =>
  Schema.toJsonSchemaDocument(schema, { onExcessProperty: "error" })

/** The JSON Schema (draft 2020-12) of a document in files. What repeats in it stands once, under `$defs`. */
export const documentSchema = <T, E>(schema: Schema.Codec<T, E>): { readonly [key: string]: unknown } =>
  documentOf(Definitions.share(described(schema)))

/** The JSON Schema of a config: what an editor completes and checks a config file with. Bare names of variants are in it. */
export const jsonSchema = <T, E>(schema: Schema.Codec<T, E>): { readonly [key: string]: unknown } =>
  documentOf(Definitions.share(Variants.withBareNames(described(schema)) as Document))

/**
 * Decodes a config, with its defaults. `source` names it in the message: a file, or what the caller calls it. The bare name of
 * a variant stands for it, in any case: `optimizer: adam` is `{ _tag: Adam }`.
 */
export const decode = <T, E>(
  schema: Schema.Codec<T, E>,
  input: unknown,
  source: string
): Effect.Effect<T, ConfigInvalid> => {
  const { value, problems } = Variants.understand(schema, input)
  const refuse = (others: ReadonlyArray<Problem>) => new ConfigInvalid({ source, problems: [...others, ...problems] })
  return Schema.decodeUnknownEffect(
    schema,
    strict
  )(value).pipe(
    Effect.mapError((error) => refuse(ConfigProblems.of(schema, value, error))),
    Effect.filterOrFail(
      () => problems.length === 0,
      () => refuse([])
    )
  )
}

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
