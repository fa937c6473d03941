/** What preprocessing has learned, as data. */
import * as Schema from "effect/Schema"

const numbers = Schema.Array(Schema.Finite)

/** What a missing value (NaN) becomes: the mean, or an error. */
export const Missing = Schema.Literals(["mean", "fail"])

const Standardize = Schema.TaggedStruct("Standardize", {
  mean: numbers,
  deviation: numbers,
  missing: Missing
})
const MinMax = Schema.TaggedStruct("MinMax", {
  minimum: numbers,
  range: numbers,
  mean: numbers,
  missing: Missing
})
const Categories = Schema.TaggedStruct("Categories", { values: Schema.Array(Schema.Int) })

/** What was learned about a field. Numbers are by feature. */
export type Rule =
  | {
      readonly _tag: "Standardize"
      readonly mean: ReadonlyArray<number>
      readonly deviation: ReadonlyArray<number>
      readonly missing: "mean" | "fail"
    }
  | {
      readonly _tag: "MinMax"
      readonly minimum: ReadonlyArray<number>
      readonly range: ReadonlyArray<number>
      readonly mean: ReadonlyArray<number>
      readonly missing: "mean" | "fail"
    }
  | { readonly _tag: "Categories"; readonly values: ReadonlyArray<number> }

export interface Fitted {
  /** By the names of the inputs' fields; `""` is a single field. */
  readonly fields: { readonly [field: string]: Rule }
  /** What else decided how raw values became numbers: columns with their categories, a vocabulary. */
  readonly encodings: Schema.Json
}

export const Codec: Schema.Codec<Fitted, Schema.Json> = Schema.toCodecJson(
  Schema.Struct({
    fields: Schema.Record(Schema.String, Schema.Union([Standardize, MinMax, Categories])),
    encodings: Schema.Json
  })
)
