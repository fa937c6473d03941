/** The parameters that a study varies: for each key of the config, the values that it may take. */
import type * as Schema from "effect/Schema"

/** Numbers from `low` to `high`, both included; with `log`, evenly in their logarithms. */
export interface Float {
  readonly _tag: "Float"
  readonly low: number
  readonly high: number
  readonly log: boolean
}

/** Whole numbers from `low` to `high`, both included. */
export interface Int {
  readonly _tag: "Int"
  readonly low: number
  readonly high: number
  readonly log: boolean
}

/** One of these values, in no order. */
export interface Choice {
  readonly _tag: "Choice"
  readonly values: ReadonlyArray<Schema.Json>
}

export type Range = Float | Int | Choice

/** A parameter; with `when`, one that is there only where another, a choice, has one of these values. */
export interface Parameter {
  readonly key: string
  readonly range: Range
  readonly when?: { readonly key: string; readonly values: ReadonlyArray<Schema.Json> }
}

/** In the order of the file; a parameter with `when` comes after the one that it depends on. */
export interface Space {
  readonly parameters: ReadonlyArray<Parameter>
}
