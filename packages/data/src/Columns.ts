/**
 * What the columns of a table are, and which of them a model sees: descriptions that all readers of tables share (CSV, JSON
 * lines, Parquet, Arrow). A description is plain data: print it with {@link format}, paste it, and give it to the reader of
 * the test set, so that both sets mean the same by the same number.
 */
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import { columnOfSchema, type FieldSchema } from "./internal/table/schemaColumns.ts"

/**
 * What becomes of a missing value. `"error"`, the default: the table can't be used. `{ fill }`: this value stands in its
 * place (of a category its name, of a date its text). `"mask"`: of an input, the number is 0 and one more number follows
 * it, 1 where the value is present and 0 where it is missing (a category in a list needs none: all its numbers are 0); of a
 * target, the dataset's mask excludes it from the loss.
 */
export type Missing = "error" | "mask" | { readonly fill: number | string | boolean }

/** What a value must fulfil beyond its type. */
export interface Check {
  /** Such as "a value between 0 and 1", for the error. */
  readonly expected: string
  readonly accepts: (value: number) => boolean
}

/** Numbers, held as float32. */
export interface NumberColumn {
  readonly type: "number"
  readonly missing?: Missing
  /** The shape of each value, where it is a list of numbers (JSON lines, Parquet, Arrow). Default: [], one number. */
  readonly shape?: ReadonlyArray<number>
  readonly check?: Check
}

/** Whole numbers of 32 bits. */
export interface IntegerColumn {
  readonly type: "integer"
  readonly missing?: Missing
  readonly shape?: ReadonlyArray<number>
  readonly check?: Check
}

/** One of a few texts. Its number is its place in `categories`, from 0. */
export interface CategoryColumn {
  readonly type: "category"
  /** Default: all texts of the column, sorted (as numbers if all are numbers). One read must find them all first. */
  readonly categories?: ReadonlyArray<string>
  /** One of `categories`, which stands for every text that is not among them. Default: such a text is an error. */
  readonly other?: string
  readonly missing?: Missing
}

/** True or false; as texts true/false, t/f, yes/no, y/n and 1/0, in any case. */
export interface BooleanColumn {
  readonly type: "boolean"
  readonly missing?: Missing
}

/** Points in time, as the number of `unit`s since `since`, in float32. */
export interface DateColumn {
  readonly type: "date"
  /** Default: "days". float32 tells 2³⁰ seconds from the next 64: move `since` near to the dates for fine units. */
  readonly unit?: "seconds" | "hours" | "days"
  /** Default: "1970-01-01". */
  readonly since?: string
  /** How texts are written; the time and its zone, UTC by default, follow in either case. Default: "year-month-day" (ISO 8601). */
  readonly format?: "year-month-day" | "day/month/year" | "month/day/year"
  readonly missing?: Missing
}

/** Texts, which are no numbers: for tokenizers, not for batches. */
export interface TextColumn {
  readonly type: "text"
}

/** A column that is not read. */
export interface IgnoredColumn {
  readonly type: "ignore"
}

export type Column =
  | NumberColumn
  | IntegerColumn
  | CategoryColumn
  | BooleanColumn
  | DateColumn
  | TextColumn
  | IgnoredColumn

/** The columns of a table by name, in the table's order. */
export interface Columns {
  readonly [name: string]: Column
}

/** Columns as they may be given: with the type alone for a description that says no more, or as a `Schema.Struct`. */
export type ColumnsInput =
  | { readonly [name: string]: Column | Column["type"] }
  | { readonly fields: { readonly [name: string]: FieldSchema } }

/** One field of a batch: a column's name, or a list of columns that become one vector. */
export type Field = string | ReadonlyArray<string>

/**
 * Which columns make the fields of a batch. A list becomes one float32 vector, in its order: a number, an integer, a boolean
 * (0 or 1) and a date are one number each, a category is one-hot. A name alone keeps its kind: number and date are float32
 * and integer, category (its index) and boolean int32, of shape [] (or the column's own). A record gives several fields.
 */
export interface Selection {
  /** Default: a list of all columns that hold numbers or categories and are neither targets nor weights. */
  readonly inputs?: Field | { readonly [name: string]: Field }
  /** Default: none. A category or boolean alone makes the dataset's `classes`. */
  readonly targets?: Field | { readonly [name: string]: Field }
  /** The column of the samples' weights, numbers of 0 or more. */
  readonly weights?: string
}

const isStruct = (input: ColumnsInput): input is { readonly fields: { readonly [name: string]: FieldSchema } } =>
  "ast" in input && "fields" in input

/**
 * Columns in full, from types alone or from a `Schema.Struct`: Number and Finite are numbers, Int integers, Literals
 * categories in their order, Boolean and Date themselves, String a text; `NullOr`, `optional` and `optionalKey` are
 * missing values with a mask. Fails with `DatasetInvalid` for a schema that is no column.
 *
 * ```ts
 * const columns = yield* Columns.make(Schema.Struct({ width: Schema.Finite, species: Schema.Literals(["a", "b"]) }))
 * ```
 */
export const make = (input: ColumnsInput): Effect.Effect<Columns, DatasetInvalid> =>
  Effect.suspend(() => {
    const problems: Array<DataError> = []
    const described = isStruct(input)
      ? Object.entries(input.fields).map(([name, schema]) => [name, columnOfSchema(name, schema, problems)] as const)
      : Object.entries(input).map(([name, column]) => [name, fullColumn(name, column, problems)] as const)
    return problems.length > 0
      ? Effect.fail(new DatasetInvalid({ dataset: "columns", problems }))
      : Effect.succeed(Object.fromEntries(described))
  })

const types = ["number", "integer", "category", "boolean", "date", "text", "ignore"]

const fullColumn = (name: string, column: Column | Column["type"], problems: Array<DataError>): Column => {
  const full: Column = typeof column === "string" ? { type: column } : column
  const problem = (found: string, expected: string, advice: string) => {
    problems.push(new DataError({ source: `columns.${name}`, found, expected, advice }))
    return full
  }
  if (!types.includes(full.type)) return problem(`the type ${full.type}`, types.join(", "), "Choose one of them.")
  if (full.type === "date" && Number.isNaN(Date.parse(full.since ?? "1970-01-01"))) {
    return problem(`since ${full.since}`, "a date such as 2000-01-01", "Write it in ISO 8601.")
  }
  if (full.type !== "category" || full.categories === undefined) return full
  const { categories, other } = full
  const twice = categories.find((category, index) => categories.indexOf(category) < index)
  if (categories.length === 0) return problem("no category", "one or more", "Omit `categories` to find them all.")
  if (twice !== undefined) return problem(`the category "${twice}" twice`, "each once", "Remove one.")
  if (other !== undefined && !categories.includes(other)) {
    return problem(`other: "${other}"`, "one of the categories", "Add it to `categories`.")
  }
  return full
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

const show = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const keys = Object.entries(value).map(
    ([key, inner]) => `${identifier.test(key) ? key : JSON.stringify(key)}: ${show(inner)}`
  )
  return `{ ${keys.join(", ")} }`
}

/** Columns as TypeScript, one a line, to be pasted as the reader's `columns`. */
export const format = (columns: Columns): string => {
  const lines = Object.entries(columns).map(([name, { ...column }]) => {
    // A function can't be printed; it is in the schema that the columns came from.
    if ("check" in column) delete column.check
    const value = Object.keys(column).length === 1 ? column.type : column
    return `  ${identifier.test(name) ? name : JSON.stringify(name)}: ${show(value)}`
  })
  return `{\n${lines.join(",\n")}\n}`
}
