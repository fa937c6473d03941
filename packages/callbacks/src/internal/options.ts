/** Parts of configs that several callbacks share. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** A key that may be left out, with the value it then has; the JSON Schema shows it. */
export const withDefault = <T, E>(schema: Schema.Codec<T, E>, value: E, description: string) =>
  schema.annotate({ default: value as never, description }).pipe(Schema.withDecodingDefaultKey(Effect.succeed(value)))

export const positiveInt = (what: string) =>
  Schema.Int.check(Schema.isGreaterThan(0, { message: `expected a whole number of ${what} above 0` }))

export const positive = Schema.Finite.check(Schema.isGreaterThan(0, { message: "expected a number above 0" }))

export const notNegative = Schema.Finite.check(
  Schema.isGreaterThanOrEqualTo(0, { message: "expected a number from 0" })
)

/** A number in [0, 1). */
export const share = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 1, exclusiveMaximum: true }, { message: "expected a number in [0, 1)" })
)

export const Better = Schema.Literals(["higher", "lower"])
export type Better = typeof Better.Type

export const id = (byDefault: string) =>
  Schema.optionalKey(Schema.NonEmptyString).annotate({
    description: `The callback's id; by default ${byDefault}. Two callbacks of a run need two ids`
  })

/** One pattern over paths, or several: `*` is any part of a segment, `**` any number of segments. */
export const Patterns = Schema.Union([Schema.String, Schema.Array(Schema.String)])
