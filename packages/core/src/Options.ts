/** Parts of configs that several callbacks share. */
import * as Schema from "effect/Schema"

export { count, fraction, notNegative, positive, withDefault } from "./Config.ts"

export const Better = Schema.Literals(["higher", "lower"])
export type Better = typeof Better.Type

export const id = (byDefault: string) =>
  Schema.optionalKey(Schema.NonEmptyString).annotate({
    description: `The callback's id; by default ${byDefault}. Two callbacks of a run need two ids`
  })

/** One pattern over paths, or several: `*` is any part of a segment, `**` any number of segments. */
export const Patterns = Schema.Union([Schema.String, Schema.Array(Schema.String)])
